//! Staying signed in.

use super::*;

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
fn a_reply_that_comes_late_is_no_message_and_is_not_taken_for_the_next_one() {
    let mut talk = signed_in(Via::Message, Span::secs(40));
    let renew = |talk: &mut Talk, ask| {
        assert_eq!(talk.until_deadline(), [format!("fetch {ask} Expiring attempt 0")]);
        assert_eq!(talk.token(ask, Some(Span::secs(40))), ["transmit 0 (auth)"]);
    };
    renew(&mut talk, 1);
    assert_eq!(talk.until_deadline()[0], "error unavailable/reply-timeout");
    assert_eq!(talk.token(2, Some(Span::secs(40))), ["transmit 0 (auth)"]);
    assert_eq!(talk.received(0, "no"), ["judge 0 no reply true pong false"]);
    assert_eq!(talk.judged(0, Judgement::Refused), NOTHING, "the first; the second is what counts by now");
    assert_eq!(talk.next(), Some((Span::secs(10), Wake::Reply)));
    assert_eq!(talk.received(0, "yes"), ["judge 0 yes reply true pong false"]);
    assert_eq!(talk.judged(0, Judgement::Accepted), NOTHING);
    assert_eq!(talk.next(), Some((Span::secs(10), Wake::Renewal)));
    assert_eq!(talk.received(0, "data"), ["message data"], "all are replied to");
    assert_eq!(talk.judged(0, Judgement::Refused), NOTHING, "a reply to nothing");
}

#[test]
fn a_late_refusal_of_the_latest_credential_is_a_refusal_and_so_is_one_that_comes_while_another_is_fetched() {
    let late = || {
        let mut talk = signed_in(Via::Message, Span::secs(100));
        talk.until_deadline();
        talk.token(1, Some(Span::secs(100)));
        assert_eq!(talk.until_deadline(), ["error unavailable/reply-timeout"]);
        talk
    };
    assert_eq!(late().judged(0, Judgement::Refused), ["fetch 2 Refused attempt 0"]);
    let mut fetching = late();
    assert_eq!(fetching.until_deadline(), ["fetch 2 Expiring attempt 0"]);
    assert_eq!(fetching.received(0, "no"), ["judge 0 no reply true pong false"]);
    assert_eq!(fetching.judged(0, Judgement::Refused), NOTHING, "another is on its way");
    assert_eq!(fetching.token(2, Some(Span::secs(100))), ["transmit 0 (auth)"]);
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
fn a_refusal_that_is_told_twice_counts_once() {
    let mut options = with_auth(Via::Message);
    options.reconnect = Some(ReconnectOptions { stable_after: Span::secs(600), ..ReconnectOptions::default() });
    let mut talk = signed_in_with(options, Span::secs(100));
    talk.until_deadline();
    talk.token(1, Some(Span::secs(100)));
    talk.judged(0, Judgement::Refused);
    let said = ["down 4401 and tries again, unconfirmed 0 of 0", "Waiting", "retry 1"];
    assert_eq!(talk.closed(0, 4401), said, "by its reply, and by a close code");
    assert_eq!(talk.token(2, Some(Span::secs(100))), NOTHING, "the one fresh try");
    assert_eq!(talk.until_deadline(), ["open 1 attempt 1", "Connecting"]);
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
fn a_question_outlives_the_socket_and_its_answer_is_for_the_next() {
    let renewing = || {
        let mut talk = signed_in(Via::Handshake, Span::secs(40));
        assert_eq!(talk.until_deadline(), ["fetch 1 Expiring attempt 0"]);
        talk
    };
    let mut replaced = renewing();
    let down = "down 1006 and tries again, unconfirmed 0 of 0";
    assert_eq!(replaced.say(Input::Connect), ["close 0 1000", down, "Connecting"]);
    assert_eq!(replaced.next(), Some((Span::secs(10), Wake::Token)));
    assert_eq!(replaced.token(1, Some(Span::secs(90))), ["open 1 attempt 0"]);
    let mut early = renewing();
    early.closed(0, 1006);
    assert_eq!(early.token(1, Some(Span::secs(90))), NOTHING);
    assert_eq!(early.until_deadline(), ["open 1 attempt 0", "Connecting"], "it came while it waited");
    let mut late = renewing();
    late.closed(0, 1006);
    assert_eq!(late.until_deadline(), ["Connecting"]);
    assert_eq!(late.token(1, Some(Span::secs(90))), ["open 1 attempt 0"]);
    let mut failed = renewing();
    failed.closed(0, 1006);
    assert_eq!(failed.say(Input::NoToken { ask: AskId(1) }), ["error unavailable/token"]);
    assert_eq!(failed.until_deadline(), ["fetch 2 Expiring attempt 0", "Connecting"]);
    let mut refused = renewing();
    refused.closed(0, 4401);
    let anew = ["cancel 1", "fetch 2 Refused attempt 0", "Connecting"];
    assert_eq!(refused.until_deadline(), anew, "the provider must know that it was refused");
}
