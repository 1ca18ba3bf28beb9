//! Signing in, and staying signed in.

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

/// Within ten seconds of getting it nobody asks for another, so a doubted one is tried, and gets in.
#[test]
fn a_token_that_was_doubted_and_got_in_is_renewed_because_it_expires() {
    let mut talk = Talk::new(with_auth(Via::Handshake));
    talk.say(Input::Connect);
    talk.token(0, Some(Span::secs(20)));
    for socket in [0, 1] {
        talk.closed(socket, 1006);
        talk.until_deadline();
    }
    talk.opened(2);
    assert_eq!(talk.until_deadline(), ["fetch 1 Expiring attempt 2"]);
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
fn a_token_is_renewed_in_band_and_the_connection_stays() {
    let mut talk = signed_in(Via::Message, Span::secs(100));
    assert_eq!(talk.next(), Some((Span::secs(70), Wake::Renewal)));
    assert_eq!(talk.until_deadline(), ["fetch 1 Expiring attempt 0"]);
    assert_eq!(talk.next(), Some((Span::secs(10), Wake::Token)));
    assert_eq!(talk.token(0, None), NOTHING, "an old answer");
    assert_eq!(talk.token(1, Some(Span::secs(100))), ["transmit 0 (auth)"]);
    assert_eq!(talk.next(), Some((Span::secs(10), Wake::Reply)));
    assert_eq!(talk.send("meanwhile"), ["transmit 0 meanwhile"]);
    assert_eq!(talk.received(0, "yes"), ["judge 0 yes reply true pong false"]);
    assert_eq!(talk.judged(0, Judgement::Accepted), NOTHING);
    assert_eq!(talk.next(), Some((Span::secs(70), Wake::Renewal)));
}

/// A server that ends the connection when the token of its handshake expires.
#[test]
fn a_renewed_token_that_no_server_has_seen_is_tried_before_another_is_asked_for() {
    let mut options = with_auth(Via::Handshake);
    options.reconnect = Some(ReconnectOptions { stable_after: Span::secs(600), ..ReconnectOptions::default() });
    let mut talk = signed_in_with(options, Span::secs(100));
    talk.until_deadline();
    talk.token(1, Some(Span::secs(1_000)));
    talk.now = talk.now + Span::secs(30);
    assert_eq!(talk.closed(0, 4401)[1..], ["Waiting", "retry 1"]);
    assert_eq!(talk.until_deadline(), ["open 1 attempt 1", "Connecting"]);
    talk.opened(1);
    talk.closed(1, 4401);
    assert_eq!(talk.until_deadline()[0], "fetch 2 Refused attempt 2", "it is refused as well, and has its fresh try");
    talk.token(2, Some(Span::secs(1_000)));
    talk.opened(2);
    assert_eq!(talk.closed(2, 4401).last().map(String::as_str), Some("Closed! 4401"));
}

#[test]
fn a_token_in_the_handshake_is_renewed_for_the_next_time() {
    let mut talk = signed_in(Via::Handshake, Span::secs(100));
    assert_eq!(talk.until_deadline(), ["fetch 1 Expiring attempt 0"]);
    assert_eq!(talk.token(1, Some(Span::secs(100))), NOTHING);
    assert_eq!(talk.next(), Some((Span::secs(70), Wake::Renewal)));
    talk.closed(0, 1006);
    assert_eq!(talk.until_deadline()[0], "open 1 attempt 0", "and then needs no asking");
}

#[test]
fn a_renewal_that_fails_is_tried_again_and_the_connection_stays() {
    let mut talk = signed_in(Via::Message, Span::secs(40));
    assert_eq!(talk.until_deadline(), ["fetch 1 Expiring attempt 0"]);
    assert_eq!(talk.say(Input::NoToken { ask: AskId(9) }), NOTHING);
    assert_eq!(talk.say(Input::NoToken { ask: AskId(1) }), ["error unavailable/token"]);
    assert_eq!(talk.next(), Some((Span::secs(10), Wake::Renewal)), "not at once");
    assert_eq!(talk.until_deadline(), ["fetch 2 Expiring attempt 0"]);
    assert_eq!(talk.until_deadline(), ["cancel 2", "error unavailable/token-timeout", "fetch 3 Expiring attempt 0"]);
    talk.token(3, Some(Span::secs(100)));
    assert_eq!(
        talk.until_deadline(),
        ["error unavailable/reply-timeout"],
        "whether it may stay is the server's to say"
    );
    assert_eq!(talk.client.state(), ClientState::Open);
    talk.until_deadline();
    talk.token(4, None);
    assert_eq!(talk.say(Input::NotTransmitted { socket: SocketId(0) }), NOTHING);
    assert_eq!(talk.next(), None);
}

#[test]
fn a_renewal_that_is_refused_gets_one_fresh_try_in_band() {
    let mut talk = signed_in(Via::Message, Span::secs(100));
    talk.until_deadline();
    talk.token(1, Some(Span::secs(100)));
    assert_eq!(talk.judged(0, Judgement::Refused), ["fetch 2 Refused attempt 0"]);
    assert_eq!(talk.token(2, Some(Span::secs(100))), ["transmit 0 (auth)"]);
    let end =
        ["close 0 1000", "down 1006 for good, unconfirmed 0 of 0", "error refused/sign-in", "Closed", "Closed! 1006"];
    assert_eq!(talk.judged(0, Judgement::Refused), end);
}

#[test]
fn a_connection_that_has_lasted_forgives_an_earlier_refusal_before_it_ends() {
    let mut talk = Talk::new(with_auth(Via::Message));
    talk.say(Input::Connect);
    talk.token(0, None);
    talk.opened(0);
    talk.judged(0, Judgement::Refused);
    talk.until_deadline();
    talk.token(1, Some(Span::secs(36_000)));
    talk.opened(1);
    talk.judged(1, Judgement::Accepted);
    talk.until_deadline(); // ten hours later
    talk.token(2, Some(Span::secs(36_000)));
    assert_eq!(talk.judged(1, Judgement::Refused), ["fetch 3 Refused attempt 1"]);
}

#[test]
fn a_renewal_that_is_accepted_forgives_an_earlier_refusal() {
    let mut talk = signed_in(Via::Message, Span::secs(100));
    talk.until_deadline();
    talk.token(1, Some(Span::secs(100)));
    for ask in [2, 4] {
        assert_eq!(talk.judged(0, Judgement::Refused), [format!("fetch {ask} Refused attempt 0")]);
        talk.token(ask, Some(Span::secs(100)));
        assert_eq!(talk.judged(0, Judgement::Accepted), NOTHING);
        talk.until_deadline();
        talk.token(ask + 1, Some(Span::secs(100)));
    }
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
fn a_refusal_that_is_told_twice_counts_once() {
    let mut options = with_auth(Via::Message);
    options.reconnect = Some(ReconnectOptions { stable_after: Span::secs(600), ..ReconnectOptions::default() });
    let mut talk = signed_in_with(options, Span::secs(100));
    talk.until_deadline();
    talk.token(1, Some(Span::secs(100)));
    talk.judged(0, Judgement::Refused);
    let said = ["cancel 2", "down 4401 and tries again, unconfirmed 0 of 0", "Waiting", "retry 1"];
    assert_eq!(talk.closed(0, 4401), said, "by its reply, and by a close code");
    assert_eq!(talk.until_deadline()[0], "fetch 3 Refused attempt 1");
}

#[test]
fn a_renewal_that_was_refused_is_not_forgotten_when_the_provider_fails() {
    let mut talk = signed_in(Via::Message, Span::secs(100));
    talk.until_deadline();
    talk.token(1, Some(Span::secs(100)));
    talk.judged(0, Judgement::Refused);
    talk.say(Input::NoToken { ask: AskId(2) });
    assert_eq!(talk.next(), Some((Span::secs(10), Wake::Renewal)));
    assert_eq!(talk.until_deadline(), ["fetch 3 Refused attempt 0"]);
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
fn a_late_answer_to_an_older_credential_ends_no_renewal() {
    let mut talk = Talk::new(with_auth(Via::Message));
    talk.say(Input::Connect);
    talk.token(0, Some(Span::secs(60)));
    talk.opened(0);
    talk.judged(0, Judgement::Accepted); // and the browser has not said yet whether it took the credential
    assert_eq!(talk.until_deadline(), ["fetch 1 Expiring attempt 0"]);
    assert_eq!(talk.say(Input::NotTransmitted { socket: SocketId(0) }), NOTHING);
    assert_eq!(talk.next(), Some((Span::secs(10), Wake::Token)), "the question is still open");
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
    assert_eq!(renewing().say(Input::Connect)[0], "cancel 1");
    let mut lost = renewing();
    assert_eq!(lost.closed(0, 1006)[0], "cancel 1");
    assert_eq!(lost.token(1, None), NOTHING);
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

/// Connected, with a token that is good for so long.
fn signed_in(via: Via, good_for: Span) -> Talk {
    signed_in_with(with_auth(via), good_for)
}

fn signed_in_with(options: Options, good_for: Span) -> Talk {
    let via = options.auth.as_ref().expect("it signs in").via;
    let mut talk = Talk::new(options);
    talk.say(Input::Connect);
    talk.token(0, Some(good_for));
    talk.opened(0);
    if via == Via::Message {
        talk.transmitted(0, 9);
        talk.judged(0, Judgement::Accepted);
    }
    assert_eq!(talk.client.state(), ClientState::Open);
    talk
}
