//! The laptop sleeps, the page hides, freezes, and comes back.

use everwire::engine::{ClientState, Via};

use super::*;

const HOUR: Span = Span::secs(3_600);

#[test]
fn a_laptop_that_slept_for_an_hour_is_back_in_a_moment_with_a_heartbeat_and_without() {
    for options in [Options::default(), with_heartbeat()] {
        let mut world = open(&options);
        world.turn(Turn::Sleep);
        world.run(HOUR);
        let before = world.now;
        world.turn(Turn::Wake);
        world.turn(send(3));
        world.run(Span::secs(11));
        assert_eq!(world.client.state(), ClientState::Open);
        let back = world.user.opens[1].0.since(before);
        assert!(back <= Span::secs(1), "{back}");
        let arrived = &world.server.received;
        assert!(arrived.is_sorted_by(|one, other| one < other), "{arrived:?}");
        assert_eq!(arrived.len() as u64 + world.user.unconfirmed(), 3, "arrived, or counted");
        lawful(&world, &options);
    }
}

#[test]
fn a_laptop_that_slept_for_a_moment_loses_nothing_that_is_answered() {
    let options = with_heartbeat();
    let mut world = open(&options);
    world.turn(Turn::Sleep);
    world.run(Span::secs(20));
    world.turn(Turn::Wake);
    world.run(Span::secs(60));
    assert_eq!(world.links.len(), 1, "it was asked, and it was there");
    lawful(&world, &options);
}

#[test]
fn a_laptop_that_falls_asleep_while_it_connects_has_used_up_no_attempt() {
    for options in [with_attempts(1), Options { auth: Some(AuthOptions::via(Via::Message)), ..with_attempts(1) }] {
        for stage in [Span::millis(4), Span::millis(450), Span::secs(2)] {
            let mut world = World::new(&options, 7);
            world.server.token_life = Span::secs(86_400);
            world.turn(Turn::NetworkUseless);
            world.tell(Input::Connect);
            world.run(stage);
            world.turn(Turn::Sleep);
            world.run(HOUR);
            world.turn(Turn::Wake);
            world.run(Span::secs(5));
            assert_eq!(world.client.state(), ClientState::Open, "{}", told(&world.transcript));
            assert_eq!(world.user.errors, []);
            lawful(&world, &options);
        }
    }
}

#[test]
fn a_token_that_expired_asleep_is_fetched_before_the_next_attempt() {
    let options = with_auth(Via::Handshake);
    let mut world = open(&options);
    world.turn(Turn::Sleep);
    world.run(HOUR);
    world.turn(Turn::Wake);
    world.run(Span::secs(5));
    assert_eq!(world.client.state(), ClientState::Open);
    assert_eq!((world.links.len(), world.user.errors.len()), (2, 0), "not once is a stale one tried");
    lawful(&world, &options);
}

#[test]
fn a_page_from_the_back_forward_cache_has_a_dead_socket_that_says_it_is_open() {
    for options in [Options::default(), with_heartbeat()] {
        let mut world = open(&options);
        world.turn(Turn::Leave);
        world.run(Span::secs(40));
        let before = world.now;
        world.turn(Turn::Return);
        world.turn(send(1));
        world.run(Span::secs(5));
        assert_eq!(world.client.state(), ClientState::Open);
        assert!(world.user.opens[1].0.since(before) <= Span::secs(1));
        lawful(&world, &options);
    }
}

#[test]
fn a_page_that_hides_freezes_and_goes_on_is_still_connected() {
    let options = with_heartbeat();
    let mut world = open(&options);
    for (turn, seconds) in [(Turn::Hide, 300), (Turn::Freeze, 1_000), (Turn::Resume, 1), (Turn::Show, 100)] {
        world.turn(turn);
        world.run(Span::secs(seconds));
    }
    assert_eq!((world.client.state(), world.links.len()), (ClientState::Open, 1));
    lawful(&world, &options);
}

#[test]
fn what_the_user_closed_is_never_opened_again() {
    let options = with_heartbeat();
    let mut world = open(&options);
    world.turn(Turn::Disconnect { code: None });
    for turn in [Turn::Hide, Turn::Show, Turn::Freeze, Turn::Resume, Turn::Sleep, Turn::Wake, Turn::Leave, Turn::Return]
    {
        world.turn(turn);
        world.run(Span::secs(100));
    }
    for online in [false, true] {
        world.turn(Turn::Says { online });
        world.run(Span::secs(100));
    }
    world.turn(Turn::Connect);
    world.run(Span::secs(100));
    assert_eq!((world.client.state(), world.links.len()), (ClientState::Closed, 1));
    lawful(&world, &options);
}
