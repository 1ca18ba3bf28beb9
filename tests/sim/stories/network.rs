//! The network fails, or only seems to work.

use everwire::engine::{ClientState, Error, LimitOptions};

use crate::page::Provider;

use super::*;

#[test]
fn a_network_that_is_up_but_useless_is_tried_with_growing_patience_and_then_works() {
    let options = Options::default();
    let mut world = World::new(&options, 7);
    world.turn(Turn::NetworkUseless);
    world.tell(Input::Connect);
    world.run(Span::secs(300));
    let timeouts: Vec<_> = world.user.errors.iter().filter(|(_, error)| *error == Error::ConnectTimeout).collect();
    assert!((6..12).contains(&timeouts.len()), "{} attempts in five minutes", timeouts.len());
    let patience = timeouts[5].0.since(timeouts[4].0);
    assert!(patience >= Span::secs(30), "the sixth attempt may take three times as long as the first: {patience}");
    world.turn(Turn::NetworkUp);
    world.run(Span::secs(61));
    assert_eq!(world.client.state(), ClientState::Open);
    lawful(&world, &options);
}

#[test]
fn what_never_left_is_sent_again_first_and_in_order_and_nothing_is_doubled() {
    let options = Options::default();
    let mut world = open(&options);
    world.turn(Turn::Bandwidth(10_000));
    world.turn(send(100)); // ten seconds of it
    world.run(Span::secs(4));
    world.turn(Turn::ResetAll);
    world.turn(send(5));
    world.run(Span::secs(60));
    let arrived = &world.server.received;
    assert!(arrived.is_sorted_by(|one, other| one < other), "in order and once: {arrived:?}");
    // one was half gone when the link broke
    assert_eq!(
        (world.user.unconfirmed() as usize, world.user.downs.len()),
        (arrived.iter().filter(|&&id| id <= 40).count() + 1, 1)
    );
    assert!(arrived.len() >= 104, "{} of 105", arrived.len());
    lawful(&world, &options);
}

#[test]
fn a_stall_that_was_given_up_on_and_resumes_doubles_nothing() {
    let options = with_heartbeat();
    let mut world = open(&options);
    world.turn(Turn::Stall);
    world.turn(send(400));
    world.run(Span::secs(36));
    assert_eq!(world.user.errors.last().map(|(_, error)| error.clone()), Some(Error::Silent));
    world.turn(send(5));
    world.turn(Turn::Flow); // and the old socket goes on sending what it held
    world.run(Span::secs(60));
    let mut arrived = world.server.received.clone();
    arrived.sort_unstable();
    assert_eq!(arrived, all_to(405), "each once");
    assert_eq!(world.user.unconfirmed(), 400, "counted, since nobody could know");
    lawful(&world, &options);
}

#[test]
fn offline_for_a_while_uses_up_no_attempts() {
    let options = with_attempts(3);
    let mut world = open(&options);
    world.turn(Turn::Says { online: false });
    world.turn(Turn::NetworkDown);
    world.run(Span::secs(600));
    assert_eq!(world.client.state(), ClientState::Waiting, "many more than three have failed, and none counts");
    let before = world.now;
    world.turn(Turn::NetworkUp);
    world.turn(Turn::Says { online: true });
    world.run(Span::secs(5));
    assert!(world.user.opens[1].0.since(before) <= Span::secs(1), "it does not sit out a wait of thirty seconds");
    lawful(&world, &options);
}

/// Each client is its own world. Their browsers say in the same moment that the network is back, and none has a heartbeat
/// to ask with whether its old socket still lives.
#[test]
fn a_router_that_comes_back_with_a_thousand_clients_behind_it_is_no_stampede() {
    let clients = 1_000;
    let mut knocks = [0; 10];
    for seed in 0..clients {
        let mut world = World::new(&Options::default(), seed);
        world.tell(Input::Connect);
        world.run(Span::secs(10));
        world.turn(Turn::Says { online: false });
        world.run(Span::secs(10));
        let before = (world.now, world.server.knocked.len());
        world.turn(Turn::Says { online: true });
        assert_eq!(world.client.state(), ClientState::Waiting, "the old socket is gone at once");
        world.run(Span::secs(2));
        assert_eq!(world.client.state(), ClientState::Open, "client {seed} is left out");
        for knock in &world.server.knocked[before.1..] {
            knocks[knock.since(before.0).as_micros() as usize / 100_000] += 1;
        }
    }
    assert_eq!(knocks.iter().sum::<u64>(), clients, "{knocks:?}");
    let peak = knocks.iter().max().expect("ten tenths of a second");
    assert!(*peak <= clients / 3, "{knocks:?} in each tenth of a second");
}

#[test]
fn a_browser_that_says_offline_and_lies_is_not_believed() {
    let options = Options::default();
    let mut world = World::new(&options, 7);
    world.turn(Turn::Says { online: false });
    world.tell(Input::Connect);
    world.run(Span::secs(1));
    assert_eq!(world.client.state(), ClientState::Open);
}

#[test]
fn attempts_that_are_used_up_are_the_end() {
    let options = with_attempts(3);
    let mut world = World::new(&options, 7);
    world.turn(Turn::NetworkDown);
    world.tell(Input::Connect);
    world.run(Span::secs(60));
    assert_eq!(world.links.len(), 3);
    assert_eq!(world.user.errors.last().map(|(_, error)| error.clone()), Some(Error::Attempts(3)));
    lawful(&world, &options);
}

#[test]
fn a_slow_reader_is_never_sent_more_than_the_high_mark_and_everything_arrives() {
    let limit = LimitOptions { high_water: 256 << 10, ..LimitOptions::default() };
    let options = Options { limit: Some(limit), ..Options::default() };
    let mut world = open(&options);
    world.turn(Turn::Bandwidth(1_000_000));
    for _ in 0..16 {
        world.turn(Turn::Send { messages: 10, bytes: 64 << 10 });
        world.run(Span::secs(1));
    }
    world.turn(Turn::Flush);
    world.run(Span::secs(5));
    assert_eq!(world.server.received, all_to(160), "ten megabytes, in order");
    assert!(world.page.most_buffered <= (256 + 64) << 10, "{} bytes", world.page.most_buffered);
    assert!(world.page.most_buffered > 256 << 10, "and it is not timid either");
    assert!(!world.user.drains.is_empty());
    assert_eq!(world.user.flushed, [(1, true)]);
    lawful(&world, &options);
}

#[test]
fn a_slow_reader_costs_no_time_but_its_own() {
    let limit = LimitOptions { high_water: 256 << 10, ..LimitOptions::default() };
    let mut world = open(&Options { limit: Some(limit), ..Options::default() });
    world.turn(Turn::Bandwidth(1_000_000));
    world.turn(Turn::Send { messages: 160, bytes: 64 << 10 });
    let before = world.now;
    while world.server.received.len() < 160 {
        world.run(Span::millis(10));
    }
    let took = world.now.since(before);
    assert!(took < Span::millis(10_486 + 200), "ten megabytes at one a second: {took}");
}

#[test]
fn the_rate_that_was_asked_for_is_the_rate_that_the_server_sees() {
    let limit = LimitOptions { messages_per_second: Some(10.0), burst: 5, ..LimitOptions::default() };
    let options = Options { limit: Some(limit), ..Options::default() };
    let mut world = open(&options);
    world.turn(send(50));
    world.run(Span::millis(4_480));
    let handed = world.user.handed_over.len();
    assert!((49..=50).contains(&handed), "5 at once and 10 a second: {handed}");
    world.run(Span::secs(1));
    assert_eq!(world.server.received, all_to(50));
    lawful(&world, &options);
}

#[test]
fn a_captive_portal_that_fails_every_handshake_is_tried_at_a_bounded_rate_and_then_works() {
    let options = Options::default();
    let mut world = open(&options);
    world.turn(Turn::NetworkCaptive);
    world.turn(Turn::ResetAll);
    world.run(Span::secs(600));
    assert!((15..60).contains(&world.links.len()), "{} attempts in ten minutes", world.links.len());
    world.turn(send(3));
    world.turn(Turn::NetworkUp);
    world.run(Span::secs(61));
    assert_eq!(world.client.state(), ClientState::Open);
    assert_eq!(world.server.received, all_to(3));
    lawful(&world, &options);
}

#[test]
fn an_address_that_cannot_be_found_or_takes_for_ever_is_a_failed_attempt_and_no_dead_end() {
    for (provider, why) in [(Provider::Fails, Error::Connect), (Provider::Hangs, Error::ConnectTimeout)] {
        let options = Options::default();
        let mut world = World::new(&options, 7);
        world.page.address = Some(provider);
        world.turn(send(3));
        world.tell(Input::Connect);
        world.run(Span::secs(120));
        assert!(world.links.is_empty() && world.user.errors.len() > 3, "{:?}", world.user.errors);
        assert!(world.user.errors.iter().all(|(_, error)| *error == why), "{:?}", world.user.errors);
        world.page.address = Some(Provider::Gives);
        world.run(Span::secs(61));
        assert_eq!(world.server.received, all_to(3));
        lawful(&world, &options);
    }
}
