//! A user who closes, during each of the states.

use everwire::engine::{ClientState, DropReason, Output};

use crate::page::Provider;
use crate::transcript::Line;

use super::*;

/// Closes in a state that `lead` leads to, with three messages waiting or on their way; and it is over within the close
/// timeout, with every promise settled, and nothing opened afterwards.
fn closes(options: &Options, state: ClientState, lead: impl FnOnce(&mut World)) -> World {
    let mut world = World::new(options, 7);
    lead(&mut world);
    world.turn(send(3));
    assert_eq!(world.client.state(), state, "{}", told(&world.transcript));
    let (before, sockets) = (world.now, world.links.len());
    world.turn(Turn::Disconnect { code: Some(4001) });
    world.run(Span::secs(600));
    let (at, _) = world.user.closed.clone().expect("it is told");
    assert!(at.since(before) <= Span::millis(5_010), "{}", at.since(before));
    assert_eq!((world.client.state(), world.links.len()), (ClientState::Closed, sockets));
    assert_eq!(world.client.stats().queued_messages, 0);
    let open =
        world.transcript.lines.iter().rev().take_while(|(_, line)| !matches!(line, Line::Out(Output::Open { .. })));
    assert!(open.count() > 0);
    lawful(&world, options);
    world
}

fn all_dropped(world: &World) {
    assert_eq!(world.user.dropped, [1, 2, 3].map(|id| (id, DropReason::Closed)));
    assert!(world.server.received.is_empty());
}

#[test]
fn before_it_connects() {
    all_dropped(&closes(&Options::default(), ClientState::Connecting, |_| {}));
}

#[test]
fn while_the_token_is_fetched() {
    let world = closes(&with_auth(Via::Handshake), ClientState::Connecting, |world| {
        world.page.provider = Provider::Hangs;
        world.tell(Input::Connect);
        world.run(Span::secs(1));
    });
    all_dropped(&world);
    assert!(world.links.is_empty());
}

#[test]
fn while_it_shakes_hands() {
    all_dropped(&closes(&Options::default(), ClientState::Connecting, |world| {
        world.turn(Turn::NetworkUseless);
        world.tell(Input::Connect);
        world.run(Span::secs(1));
    }));
}

#[test]
fn while_its_address_is_looked_for_and_what_is_found_then_is_not_opened() {
    let world = closes(&Options::default(), ClientState::Connecting, |world| {
        world.page.address = Some(Provider::Gives);
        world.tell(Input::Connect);
    });
    all_dropped(&world);
    assert!(world.links.is_empty());
}

#[test]
fn while_it_signs_in() {
    all_dropped(&closes(&with_auth(Via::Message), ClientState::Connecting, |world| {
        world.turn(Turn::Silence(true));
        world.tell(Input::Connect);
        world.run(Span::secs(2));
    }));
}

#[test]
fn while_it_is_open_and_then_what_was_accepted_is_sent_before_the_goodbye() {
    let world = closes(&Options::default(), ClientState::Open, |world| {
        world.tell(Input::Connect);
        world.run(Span::secs(2));
    });
    assert_eq!(world.server.received, all_to(3));
    assert_eq!(world.user.closed.as_ref().map(|(_, close)| (close.code.get(), close.clean)), Some((4001, true)));
}

#[test]
fn while_it_is_open_and_the_peer_is_stuck() {
    let world = closes(&Options::default(), ClientState::Open, |world| {
        world.tell(Input::Connect);
        world.run(Span::secs(2));
        world.turn(Turn::Stall);
    });
    assert_eq!(world.user.closed.as_ref().map(|(_, close)| close.code.get()), Some(1006), "whatever the peer does");
}

#[test]
fn while_a_renewal_is_under_way() {
    let world = closes(&with_auth(Via::Message), ClientState::Open, |world| {
        world.tell(Input::Connect);
        world.run(Span::secs(10));
        world.page.provider = Provider::Hangs;
        world.run(Span::secs(265));
    });
    assert_eq!(world.server.received, all_to(3));
}

#[test]
fn while_it_waits() {
    all_dropped(&closes(&Options::default(), ClientState::Waiting, |world| {
        world.turn(Turn::NetworkDown);
        world.tell(Input::Connect);
        world.run(Span::micros(2_100));
        while world.client.state() != ClientState::Waiting {
            world.run(Span::millis(1));
        }
    }));
}

#[test]
fn while_it_closes_already() {
    let world = closes(&Options::default(), ClientState::Open, |world| {
        world.tell(Input::Connect);
        world.run(Span::secs(2));
    });
    let mut world = world;
    world.turn(Turn::Disconnect { code: None });
    world.run(Span::secs(1));
    assert_eq!(world.client.state(), ClientState::Closed);
}
