//! The peer falls silent, or seems to.

use everwire::engine::{Error, Instant};

use super::*;

/// When it was noticed that nobody is there, from this moment.
fn noticed_since(world: &World, start: Instant) -> Option<Span> {
    let silent = world.user.errors.iter().find(|(_, error)| *error == Error::Silent);
    silent.map(|(at, _)| at.since(start))
}

/// The same, from when it was open.
fn noticed(world: &World) -> Option<Span> {
    noticed_since(world, world.user.opens[0].0)
}

#[test]
fn a_peer_that_goes_silent_is_noticed_within_interval_and_timeout() {
    let options = with_heartbeat();
    let mut world = open(&options);
    world.turn(Turn::Stall);
    world.run(Span::secs(60));
    let noticed = noticed(&world).expect("it is noticed");
    assert!((Span::secs(35)..Span::millis(35_100)).contains(&noticed), "{noticed}");
    world.turn(Turn::Flow);
    world.run(Span::secs(60));
    assert_eq!(world.user.opens.len(), 2);
    lawful(&world, &options);
}

#[test]
fn a_peer_that_answers_pings_is_kept_for_hours() {
    let options = with_heartbeat();
    let mut world = open(&options);
    world.run(Span::secs(7_200));
    assert_eq!((world.user.opens.len(), world.links.len()), (1, 1));
    let round_trip = world.client.stats().round_trip.expect("it was measured");
    assert!((Span::millis(60)..Span::millis(110)).contains(&round_trip), "{round_trip}");
    assert_eq!(world.user.received.len(), 0, "pongs are not delivered");
    lawful(&world, &options);
}

#[test]
fn in_a_hidden_tab_with_a_timer_a_minute_nobody_flaps_and_a_death_is_noticed_two_minutes_later() {
    let options = with_heartbeat();
    let mut world = open(&options);
    world.turn(Turn::Hide);
    world.run(Span::secs(7_200));
    assert_eq!(world.links.len(), 1, "it does not flap");
    let before = world.now;
    world.turn(Turn::Stall);
    world.run(Span::secs(600));
    let noticed = noticed_since(&world, before).expect("it is noticed");
    assert!(noticed <= Span::secs(181), "{noticed}");
    lawful(&world, &options);
}

#[test]
fn a_big_upload_in_front_of_the_ping_is_no_death_as_long_as_bytes_move() {
    let options = with_heartbeat();
    let mut world = open(&options);
    world.turn(Turn::Bandwidth(50_000));
    world.turn(Turn::Send { messages: 60, bytes: 64 << 10 }); // eighty seconds of it
    world.run(Span::secs(100));
    assert_eq!((noticed(&world), world.links.len()), (None, 1));
    assert_eq!(world.server.received, all_to(60));
    lawful(&world, &options);
}

#[test]
fn and_is_one_when_they_stop_moving() {
    let options = with_heartbeat();
    let mut world = open(&options);
    world.turn(Turn::Bandwidth(50_000));
    world.turn(Turn::Send { messages: 60, bytes: 64 << 10 });
    world.run(Span::secs(40));
    let before = world.now;
    world.turn(Turn::Stall);
    world.run(Span::secs(30));
    let noticed = noticed_since(&world, before).expect("it is noticed");
    assert!((Span::secs(9)..Span::millis(10_500)).contains(&noticed), "{noticed}");
    lawful(&world, &options);
}

#[test]
fn an_application_that_keeps_talking_to_a_dead_link_notices_it_all_the_same() {
    let options = with_heartbeat();
    let mut world = open(&options);
    world.turn(Turn::Stall);
    for _ in 0..40 {
        world.turn(send(1));
        world.run(Span::secs(1));
    }
    assert!(noticed(&world).is_some_and(|noticed| noticed <= Span::millis(36_100)), "{:?}", noticed(&world));
    lawful(&world, &options);
}

#[test]
fn a_server_that_answers_no_ping_but_talks_is_alive() {
    let options = with_heartbeat();
    let mut world = open(&options);
    world.turn(Turn::Silence(true));
    for _ in 0..60 {
        world.turn(Turn::Flood { messages: 1 });
        world.run(Span::secs(30));
    }
    assert_eq!((noticed(&world), world.links.len()), (None, 1));
    lawful(&world, &options);
}
