//! Signing in.

use super::*;

#[test]
fn a_token_is_fetched_before_the_handshake() {
    let mut talk = Talk::new(with_auth(Via::Handshake));
    assert_eq!(talk.say(Input::Connect), ["fetch 0 First attempt 0"]);
    assert_eq!(talk.client.state(), ClientState::Connecting);
    assert_eq!(talk.next(), Some((Span::secs(10), Wake::Token)));
    assert_eq!(talk.say(Input::Connect), NOTHING, "it is at it");
    assert_eq!(talk.token(7, None), NOTHING, "the answer to another question");
    assert_eq!(talk.token(0, None), ["open 0 attempt 0"]);
    assert_eq!(talk.opened(0), ["Open", "Open! attempt 0 reconnected false"]);
    assert_eq!(talk.token(0, None), NOTHING, "answered already");
}

#[test]
fn a_provider_that_fails_is_a_failed_attempt_and_no_dead_end() {
    let mut talk = Talk::new(with_auth(Via::Handshake));
    talk.say(Input::Connect);
    assert_eq!(talk.say(Input::NoToken { ask: AskId(3) }), NOTHING);
    assert_eq!(talk.say(Input::NoToken { ask: AskId(0) }), ["error unavailable/token", "Waiting", "retry 1"]);
    assert_eq!(talk.until_deadline(), ["fetch 1 First attempt 1", "Connecting"]);
    let late = ["cancel 1", "error unavailable/token-timeout", "Waiting", "retry 2"];
    assert_eq!(talk.until_deadline(), late);
    assert_eq!(talk.token(1, None), NOTHING, "too late");
    talk.until_deadline();
    assert_eq!(talk.token(2, None), ["open 0 attempt 2"]);
}

#[test]
fn a_provider_is_not_asked_whether_to_retry() {
    let mut options = with_auth(Via::Handshake);
    options.reconnect = Some(ReconnectOptions { ask: true, attempts: Some(1), ..ReconnectOptions::default() });
    let mut talk = Talk::new(options);
    talk.say(Input::Connect);
    let end = ["error unavailable/token", "error unavailable/attempts", "Closed", "Closed! 1006"];
    assert_eq!(talk.say(Input::NoToken { ask: AskId(0) }), end);
}

#[test]
fn signing_in_by_message_comes_before_everything_else() {
    let mut talk = Talk::new(with_auth(Via::Message));
    talk.send("queued");
    talk.say(Input::Connect);
    talk.token(0, None);
    assert_eq!(talk.opened(0), ["transmit 0 (auth)"]);
    assert_eq!(talk.client.state(), ClientState::Connecting);
    assert_eq!(talk.next(), Some((Span::secs(10), Wake::Reply)));
    assert_eq!(talk.transmitted(0, 9), NOTHING);
    assert_eq!(talk.send("me too"), NOTHING);
    assert_eq!(talk.received(0, "hi"), ["judge 0 hi reply true pong false"]);
    assert_eq!(talk.judged(0, Judgement::Message), ["message it"], "a server that speaks first is heard");
    assert_eq!(talk.received(0, "yes"), ["judge 0 yes reply true pong false"]);
    assert_eq!(
        talk.judged(0, Judgement::Accepted),
        ["Open", "Open! attempt 0 reconnected false", "transmit 0 queued", "transmit 0 me too"]
    );
    assert_eq!(talk.received(0, "data"), ["message data"], "no reply is awaited any more");
    assert_eq!(talk.judged(0, Judgement::Accepted), NOTHING);
    assert_eq!(talk.judged(0, Judgement::Refused), NOTHING);
}

#[test]
fn a_token_that_is_refused_gets_one_fresh_try() {
    let mut talk = Talk::new(with_auth(Via::Message));
    talk.say(Input::Connect);
    talk.token(0, None);
    talk.opened(0);
    assert_eq!(talk.judged(0, Judgement::Refused), ["close 0 1000", "Waiting", "retry 1"]);
    assert!(talk.next().is_some_and(|(wait, _)| wait <= Span::millis(500)));
    assert_eq!(talk.until_deadline(), ["fetch 1 Refused attempt 1", "Connecting"]);
    talk.token(1, None);
    talk.opened(1);
    assert_eq!(talk.judged(1, Judgement::Refused), ["close 1 1000", "error refused/sign-in", "Closed", "Closed! 1006"]);
}

#[test]
fn a_close_code_can_refuse_it_too() {
    for via in [Via::Handshake, Via::Message] {
        let mut talk = Talk::new(with_auth(via));
        talk.say(Input::Connect);
        for (socket, code) in [(0, 4401), (1, 1008)] {
            talk.token(socket, None);
            talk.opened(socket);
            if via == Via::Message {
                talk.judged(socket, Judgement::Accepted);
            }
            let said = talk.closed(socket, code);
            if socket == 0 {
                assert_eq!(said, ["down 4401 and tries again, unconfirmed 0 of 0", "Waiting", "retry 1"]);
                assert_eq!(talk.until_deadline()[0], "fetch 1 Refused attempt 1");
            } else {
                let end = ["down 1008 for good, unconfirmed 0 of 0", "error refused/sign-in", "Closed", "Closed! 1008"];
                assert_eq!(said, end);
            }
        }
    }
}

#[test]
fn after_a_connection_that_lasted_there_is_a_fresh_try_again() {
    let mut talk = Talk::new(with_auth(Via::Handshake));
    talk.say(Input::Connect);
    for round in 0..3 {
        talk.token(round, None);
        talk.opened(round);
        talk.now = talk.now + Span::secs(5);
        assert_eq!(talk.closed(round, 3000)[1..], ["Waiting", "retry 0"], "round {round}");
        talk.until_deadline();
    }
}

#[test]
fn a_refusal_without_reconnection_is_the_end() {
    let mut talk = Talk::new(Options { reconnect: None, ..with_auth(Via::Message) });
    talk.say(Input::Connect);
    talk.token(0, None);
    talk.opened(0);
    assert_eq!(talk.judged(0, Judgement::Refused), ["close 0 1000", "error refused/sign-in", "Closed", "Closed! 1006"]);
}

#[test]
fn a_refusal_uses_up_an_attempt() {
    let mut options = with_auth(Via::Message);
    options.reconnect = Some(ReconnectOptions { attempts: Some(1), ..ReconnectOptions::default() });
    let mut talk = Talk::new(options);
    talk.say(Input::Connect);
    talk.token(0, None);
    talk.opened(0);
    let end = ["close 0 1000", "error unavailable/attempts", "Closed", "Closed! 1006"];
    assert_eq!(talk.judged(0, Judgement::Refused), end);
}

#[test]
fn without_a_network_a_refusal_uses_up_none() {
    let mut options = with_auth(Via::Message);
    options.reconnect = Some(ReconnectOptions { attempts: Some(1), ..ReconnectOptions::default() });
    let mut talk = Talk::new(options);
    talk.say(Input::Offline);
    talk.say(Input::Connect);
    talk.token(0, None);
    talk.opened(0);
    assert_eq!(talk.judged(0, Judgement::Refused), ["close 0 1000", "Waiting", "retry 1"]);
}

#[test]
fn a_reply_that_does_not_come_is_a_failed_attempt() {
    let mut talk = Talk::new(with_auth(Via::Message));
    talk.say(Input::Connect);
    talk.token(0, None);
    talk.opened(0);
    assert_eq!(talk.until_deadline(), ["close 0 3008", "error unavailable/reply-timeout", "Waiting", "retry 1"]);
    talk.until_deadline();
    talk.opened(1);
    assert_eq!(
        talk.closed(1, 1006),
        ["error unavailable/connect", "Waiting", "retry 2"],
        "nor is a close in place of it"
    );
}

#[test]
fn a_credential_that_cannot_be_made_is_a_failed_attempt() {
    let mut talk = Talk::new(with_auth(Via::Message));
    talk.say(Input::Connect);
    talk.token(0, None);
    talk.opened(0);
    let said = talk.say(Input::NotTransmitted { socket: SocketId(0) });
    assert_eq!(said, ["close 0 1000", "error unavailable/token", "Waiting", "retry 1"]);
}

#[test]
fn a_cached_token_is_used_until_it_is_doubted() {
    let mut talk = Talk::new(with_auth(Via::Handshake));
    talk.say(Input::Connect);
    talk.token(0, None);
    talk.now = talk.now + Span::secs(10);
    talk.say(Input::Elapsed);
    // it took the whole timeout: that attempt is late, and the token was fetched for it
    assert_eq!(talk.until_deadline(), ["open 1 attempt 1", "Connecting"]);
    talk.closed(1, 1006);
    assert_eq!(talk.until_deadline(), ["fetch 1 Refused attempt 2", "Connecting"], "a refusal is invisible");
}

#[test]
fn a_token_that_expires_while_waiting_is_fetched_before_the_next_attempt() {
    let mut talk = Talk::new(with_auth(Via::Handshake));
    talk.say(Input::Connect);
    talk.token(0, Some(Span::secs(60)));
    talk.opened(0);
    talk.closed(0, 1013);
    talk.now = talk.now + Span::secs(30);
    assert_eq!(talk.say(Input::Elapsed), ["fetch 1 Expiring attempt 1", "Connecting"]);
}

#[test]
fn a_refusal_counts_although_the_user_does_not_wait_for_should_retry() {
    let mut options = with_auth(Via::Handshake);
    options.reconnect = Some(ReconnectOptions { ask: true, ..ReconnectOptions::default() });
    let mut talk = signed_in_with(options, Span::secs(1_000));
    talk.closed(0, 4401);
    assert_eq!(talk.say(Input::Connect)[1], "fetch 1 Refused attempt 1");
}

#[test]
fn a_token_that_served_a_connection_however_short_is_a_cached_one() {
    let mut talk = Talk::new(with_auth(Via::Handshake));
    talk.say(Input::Connect);
    talk.token(0, None);
    talk.opened(0);
    talk.now = talk.now + Span::secs(4);
    talk.closed(0, 1006);
    assert_eq!(talk.until_deadline()[0], "open 1 attempt 1");
    talk.now = talk.now + Span::secs(8);
    talk.closed(1, 1006);
    assert_eq!(talk.until_deadline()[0], "fetch 1 Refused attempt 2");
}

#[test]
fn a_question_that_is_no_longer_wanted_is_cancelled() {
    let mut fetching = Talk::new(with_auth(Via::Handshake));
    fetching.say(Input::Connect);
    assert_eq!(fetching.say(Input::Disconnect(None)), ["cancel 0", "Closed", "Closed! 1006"]);
    let renewing = || {
        let mut talk = signed_in(Via::Message, Span::secs(40));
        talk.until_deadline();
        talk
    };
    assert_eq!(renewing().say(Input::Disconnect(None))[0], "cancel 1");
    let mut over = renewing();
    assert_eq!(over.closed(0, 1000), ["down 1000 for good, unconfirmed 0 of 0", "cancel 1", "Closed", "Closed! 1000"]);
    assert_eq!(over.token(1, None), NOTHING);
    let mut closing = renewing();
    closing.say(Input::Disconnect(None));
    assert_eq!(closing.token(1, None), NOTHING);
}

#[test]
fn an_answer_nobody_asked_for_is_inert() {
    let mut talk = Talk::live(Options::default());
    assert_eq!(talk.token(0, None), NOTHING);
    assert_eq!(talk.say(Input::NoToken { ask: AskId(0) }), NOTHING);
}
