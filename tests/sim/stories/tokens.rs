//! Tokens expire, are refused, are slow to come.

use everwire::engine::{ClientState, Error, TokenReason};

use crate::page::Provider;

use super::*;

fn reasons(world: &World) -> Vec<TokenReason> {
    world.page.asked.iter().map(|&(_, reason)| reason).collect()
}

#[test]
fn a_token_that_expires_while_waiting_is_fetched_before_the_next_attempt() {
    let options = with_auth(Via::Message);
    let mut world = World::new(&options, 7);
    world.server.token_life = Span::secs(40);
    world.tell(Input::Connect);
    world.run(Span::secs(5));
    world.turn(Turn::CloseAll { code: 1013 }); // come back in 15 to 30 seconds
    while world.user.opens.len() < 2 {
        world.run(Span::millis(100));
    }
    assert_eq!(reasons(&world), [TokenReason::First, TokenReason::Expiring]);
    assert_eq!(world.client.state(), ClientState::Open);
    lawful(&world, &options);
}

#[test]
fn a_token_is_renewed_in_band_for_hours_and_the_connection_stays() {
    let options = with_auth(Via::Message);
    let mut world = open(&options);
    world.run(Span::secs(7_200));
    assert_eq!(world.links.len(), 1);
    let asked = world.page.asked.len();
    assert!((26..30).contains(&asked), "{asked} tokens of five minutes, each renewed half a minute before its end");
    lawful(&world, &options);
}

#[test]
fn a_reply_that_comes_after_its_time_is_no_message_and_the_connection_stays() {
    let options = with_auth(Via::Message);
    let mut world = open(&options);
    world.run(Span::secs(260));
    world.turn(Turn::Stall);
    world.run(Span::secs(30)); // the renewal is due, and its reply does not come in time
    world.turn(Turn::Flow);
    world.run(Span::secs(600));
    let errors: Vec<Error> = world.user.errors.iter().map(|(_, error)| error.clone()).collect();
    assert_eq!(errors, [Error::ReplyTimeout]);
    assert_eq!((world.client.state(), world.links.len()), (ClientState::Open, 1));
    assert_eq!(world.wrong, [""; 0]);
    lawful(&world, &options);
}

#[test]
fn a_refused_token_gets_one_fresh_try_then_a_clear_stop() {
    for via in [Via::Handshake, Via::Message] {
        let options = with_auth(via);
        let mut world = open(&options);
        world.run(Span::secs(10));
        world.turn(Turn::Revoke);
        world.run(Span::secs(10));
        assert_eq!(world.client.state(), ClientState::Open, "a fresh one is good");
        assert_eq!(reasons(&world), [TokenReason::First, TokenReason::Refused]);
        lawful(&world, &options);
    }
    let options = with_auth(Via::Message);
    let mut world = World::new(&options, 7);
    world.server.refuses_all = true;
    world.tell(Input::Connect);
    world.run(Span::secs(600));
    assert_eq!(world.client.state(), ClientState::Closed);
    assert_eq!(world.user.errors.last().map(|(_, error)| error.clone()), Some(Error::SignIn));
    assert_eq!(world.links.len(), 2, "the token, and a fresh one");
    lawful(&world, &options);
}

#[test]
fn a_handshake_that_is_refused_for_its_token_heals_although_the_page_is_not_told_why() {
    let options = with_auth(Via::Handshake);
    let mut world = World::new(&options, 7);
    world.page.hides_expiry = true;
    world.tell(Input::Connect);
    world.run(Span::secs(10));
    world.server.token_life = Span::secs(3_600);
    world.turn(Turn::Sleep); // longer than the token lives, which the page does not know
    world.run(Span::secs(600));
    world.turn(Turn::Wake);
    world.run(Span::secs(60));
    assert_eq!(world.client.state(), ClientState::Open);
    assert_eq!(reasons(&world), [TokenReason::First, TokenReason::Refused]);
    lawful(&world, &options);
}

#[test]
fn a_wrong_clock_makes_every_token_look_expired_and_asking_is_bounded() {
    for via in [Via::Handshake, Via::Message] {
        let options = with_auth(via);
        let mut world = World::new(&options, 7);
        world.page.clock_error = Span::secs(100_000);
        world.tell(Input::Connect);
        world.run(Span::secs(600));
        assert_eq!((world.client.state(), world.links.len()), (ClientState::Open, 1), "the server knows better");
        assert!(world.page.asked.len() <= 61, "six times a minute: {}", world.page.asked.len());
        lawful(&world, &options);
    }
}

#[test]
fn a_provider_that_fails_or_hangs_is_no_dead_end() {
    for provider in [Provider::Fails, Provider::Hangs] {
        let options = with_auth(Via::Handshake);
        let mut world = World::new(&options, 7);
        world.page.provider = provider;
        world.tell(Input::Connect);
        world.run(Span::secs(120));
        assert!(world.links.is_empty() && world.page.asked.len() > 3, "{} times", world.page.asked.len());
        world.page.provider = Provider::Gives;
        world.run(Span::secs(41));
        assert_eq!(world.client.state(), ClientState::Open);
        lawful(&world, &options);
    }
}

#[test]
fn nothing_is_sent_before_the_server_has_accepted_the_token() {
    let options = with_auth(Via::Message);
    let mut world = World::new(&options, 7);
    world.turn(send(5));
    world.turn(Turn::Silence(true)); // it does not reply
    world.tell(Input::Connect);
    world.run(Span::secs(8));
    assert_eq!(world.server.received, [0; 0]);
    world.turn(Turn::Silence(false));
    world.run(Span::secs(60));
    assert_eq!(world.server.received, all_to(5));
    assert_eq!(world.user.errors[0].1, Error::ReplyTimeout);
    lawful(&world, &options);
}

/// In band the token is renewed in time; in a handshake it cannot be, so the server ends the connection, and each time
/// a fresh one is let in: a refusal after a connection that lasted is the first one again.
#[test]
fn a_server_that_ends_connections_when_their_token_expires_is_kept_for_hours() {
    for (via, hides_expiry, links) in
        [(Via::Message, false, 1..2), (Via::Handshake, false, 20..30), (Via::Handshake, true, 20..30)]
    {
        let options = with_auth(via);
        let mut world = World::new(&options, 7);
        (world.server.is_strict, world.page.hides_expiry) = (true, hides_expiry);
        world.tell(Input::Connect);
        for _ in 0..72 {
            world.run(Span::secs(97));
            world.turn(send(1));
        }
        world.run(Span::secs(10));
        assert_eq!(world.client.state(), ClientState::Open, "{via:?}: {:?}", world.user.errors);
        assert!(links.contains(&world.links.len()), "{via:?}: {} sockets for two hours", world.links.len());
        assert_eq!(world.server.received, all_to(72));
        if !hides_expiry {
            let asked = world.page.asked.len();
            assert!((24..30).contains(&asked), "{asked} tokens, each renewed half a minute before its end");
        }
        lawful(&world, &options);
    }
}
