//! A connection begun, lost, waited for and ended.

use super::*;
use crate::engine::vocabulary::Advice;

#[test]
fn a_connection_is_opened_and_closed_by_the_server() {
    let mut talk = Talk::new(Options::default());
    assert_eq!(talk.client.state(), ClientState::Connecting);
    assert_eq!(talk.next(), None, "nothing happens before Connect");
    assert_eq!(talk.say(Input::Connect), ["open 0 attempt 0"]);
    assert_eq!(talk.next(), Some((Span::secs(10), Wake::Handshake)));
    assert_eq!(talk.opened(0), ["Open", "Open! attempt 0 reconnected false"]);
    assert_eq!(talk.next(), None);
    assert_eq!(talk.closed(0, 1000), ["down 1000 for good, unconfirmed 0 of 0", "Closed", "Closed! 1000"]);
    assert_eq!(talk.say(Input::Connect), NOTHING, "closed is closed");
    assert_eq!(talk.next(), None);
}

#[test]
fn a_lost_connection_comes_back() {
    let mut talk = Talk::live(Options::default());
    talk.now = talk.now + Span::secs(5);
    assert_eq!(talk.closed(0, 1006), ["down 1006 and tries again, unconfirmed 0 of 0", "Waiting", "retry 0"]);
    assert!(talk.next().is_some_and(|(wait, wake)| wait <= Span::millis(500) && wake == Wake::Retry));
    assert_eq!(talk.until_deadline(), ["open 1 attempt 0", "Connecting"]);
    assert_eq!(talk.opened(1), ["Open", "Open! attempt 0 reconnected true"]);
    assert_eq!((talk.client.stats().attempts, talk.client.stats().connects), (2, 2));
}

#[test]
fn one_that_did_not_last_is_a_failed_attempt() {
    let mut talk = Talk::live(Options::default());
    talk.now = talk.now + Span::micros(4_999_999);
    assert_eq!(talk.closed(0, 1006), ["down 1006 and tries again, unconfirmed 0 of 0", "Waiting", "retry 1"]);
}

#[test]
fn a_failed_attempt_is_told_and_tried_again() {
    for fail in
        [|talk: &mut Talk| talk.closed(0, 1006), |talk: &mut Talk| talk.say(Input::NotOpened { socket: SocketId(0) })]
    {
        let mut talk = Talk::new(Options::default());
        talk.say(Input::Connect);
        assert_eq!(fail(&mut talk), ["error unavailable/connect", "Waiting", "retry 1"]);
        assert_eq!(talk.until_deadline(), ["open 1 attempt 1", "Connecting"]);
        assert_eq!(talk.opened(1), ["Open", "Open! attempt 1 reconnected false"]);
    }
}

#[test]
fn a_handshake_may_take_longer_after_each_failure() {
    let mut talk = Talk::new(Options { connect_timeout_after_failure: Span::secs(20), ..Options::default() });
    talk.say(Input::Connect);
    for (attempt, patience) in [10, 20, 20, 25, 30, 30].into_iter().enumerate() {
        assert_eq!(talk.next(), Some((Span::secs(patience), Wake::Handshake)));
        let (socket, next) = (format!("close {attempt} 3008"), format!("retry {}", attempt + 1));
        assert_eq!(talk.until_deadline(), [&socket, "error unavailable/connect-timeout", "Waiting", &next]);
        talk.until_deadline();
    }
}

#[test]
fn a_fact_about_another_socket_is_inert() {
    let mut talk = Talk::new(Options::default());
    talk.say(Input::Connect);
    talk.until_deadline(); // 0 is given up
    talk.until_deadline();
    assert_eq!(talk.opened(0), NOTHING);
    assert_eq!(talk.closed(0, 4000), NOTHING);
    assert_eq!(talk.say(Input::NotOpened { socket: SocketId(0) }), NOTHING);
    assert_eq!(talk.opened(1), ["Open", "Open! attempt 1 reconnected false"]);
    assert_eq!(talk.say(Input::NotOpened { socket: SocketId(1) }), NOTHING, "it is open");
    assert_eq!(talk.opened(1), NOTHING, "once is enough");
    assert_eq!(talk.received(0, "late"), NOTHING);
    assert_eq!(talk.received(1, "hello"), ["message hello"]);
}

#[test]
fn the_last_attempt_is_the_last() {
    let mut talk = Talk::new(reconnect(|options| options.attempts = Some(2)));
    talk.say(Input::Connect);
    assert_eq!(talk.closed(0, 1006), ["error unavailable/connect", "Waiting", "retry 1"]);
    talk.until_deadline();
    let end = ["error unavailable/connect", "error unavailable/attempts", "Closed", "Closed! 1006"];
    assert_eq!(talk.closed(1, 1006), end);
}

#[test]
fn what_fails_without_a_network_is_not_held_against_it() {
    let mut talk = Talk::new(reconnect(|options| options.attempts = Some(1)));
    talk.say(Input::Offline);
    talk.say(Input::Connect);
    assert_eq!(talk.closed(0, 1006), ["error unavailable/connect", "Waiting", "retry 1"]);
    assert_eq!(talk.say(Input::Online).len(), 1, "the wait is shorter");
    talk.until_deadline();
    assert!(talk.closed(1, 1006).contains(&"error unavailable/attempts".to_owned()));
}

#[test]
fn a_connection_lost_without_a_network_is_not_held_against_it() {
    let mut talk = Talk::live(reconnect(|options| options.attempts = Some(1)));
    talk.say(Input::Offline);
    assert!(talk.closed(0, 1006).contains(&"retry 1".to_owned()));
}

#[test]
fn without_reconnection_the_first_end_is_the_last() {
    let alone = || Options { reconnect: None, ..Options::default() };
    assert_eq!(
        Talk::live(alone()).closed(0, 1006),
        ["down 1006 for good, unconfirmed 0 of 0", "Closed", "Closed! 1006"]
    );
    let mut talk = Talk::new(alone());
    talk.say(Input::Connect);
    assert_eq!(talk.closed(0, 1006), ["error unavailable/connect", "Closed", "Closed! 1006"]);
    let mut refused = Talk::live(alone());
    let end = ["down 4403 for good, unconfirmed 0 of 0", "error refused/closed", "Closed", "Closed! 4403"];
    assert_eq!(refused.closed(0, 4403), end);
    let mut woken = Talk::live(alone());
    assert_eq!(woken.say(Input::Woke), NOTHING, "to replace it would be to reconnect");
}

#[test]
fn a_code_that_says_stop_is_an_error_and_the_end() {
    let mut talk = Talk::live(Options::default());
    let end = ["down 3003 for good, unconfirmed 0 of 0", "error refused/closed", "Closed", "Closed! 3003"];
    assert_eq!(talk.closed(0, 3003), end);
}

#[test]
fn a_server_that_says_later_is_believed() {
    let mut talk = Talk::live(Options::default());
    talk.closed(0, 1013);
    let (wait, _) = talk.next().expect("it waits");
    assert!(wait >= Span::secs(15), "{wait}");
    for hint in [Input::Online, Input::Visible, Input::Woke] {
        assert_eq!(talk.say(hint), NOTHING, "and no hint overrules it");
    }
    assert_eq!(talk.say(Input::Connect), ["open 1 attempt 1", "Connecting"], "but the user does");
}

#[test]
fn should_retry_is_asked_and_obeyed() {
    let asked = ["ask 0 1000 attempt 1", "Waiting"];
    let advise = |advice| {
        let mut talk = Talk::live(reconnect(|options| options.ask = true));
        assert_eq!(talk.closed(0, 1000), asked);
        assert_eq!(talk.next(), None);
        assert_eq!(talk.say(Input::Advised { socket: SocketId(7), advice }), NOTHING, "about another");
        let said = talk.say(Input::Advised { socket: SocketId(0), advice });
        (said, talk)
    };
    let again = ["down 1000 and tries again, unconfirmed 0 of 0", "retry 1"];
    let (said, talk) = advise(Some(Advice::Retry));
    assert_eq!(said, again);
    assert!(talk.next().is_some_and(|(wait, _)| wait <= Span::secs(1)));
    let (said, mut talk) = advise(Some(Advice::RetryAfter(Span::secs(77))));
    assert_eq!(said, again);
    assert_eq!(talk.next(), Some((Span::secs(77), Wake::Retry)));
    assert_eq!(talk.say(Input::Visible), NOTHING, "no hint overrules it");
    let end = ["down 1000 for good, unconfirmed 0 of 0", "Closed", "Closed! 1000"];
    assert_eq!(advise(Some(Advice::Stop)).0, end);
    assert_eq!(advise(None).0, end, "the table says so");
}

#[test]
fn should_retry_cannot_go_beyond_the_attempts() {
    let mut talk = Talk::new(reconnect(|options| (options.ask, options.attempts) = (true, Some(1))));
    talk.say(Input::Connect);
    assert_eq!(talk.closed(0, 1006), ["error unavailable/connect", "ask 0 1006 attempt 1", "Waiting"]);
    let said = talk.say(Input::Advised { socket: SocketId(0), advice: Some(Advice::Retry) });
    assert_eq!(said, ["error unavailable/attempts", "Closed", "Closed! 1006"]);
}

#[test]
fn the_user_need_not_wait_for_the_answer() {
    let mut talk = Talk::live(reconnect(|options| options.ask = true));
    talk.closed(0, 1000);
    let said = talk.say(Input::Connect);
    assert_eq!(said, ["down 1000 and tries again, unconfirmed 0 of 0", "open 1 attempt 1", "Connecting"]);
    assert_eq!(talk.say(Input::Advised { socket: SocketId(0), advice: Some(Advice::Stop) }), NOTHING, "too late");
}

#[test]
fn connect_ends_a_wait_and_replaces_a_socket() {
    let mut talk = Talk::live(Options::default());
    assert_eq!(
        talk.say(Input::Connect),
        ["close 0 1000", "down 1006 and tries again, unconfirmed 0 of 0", "open 1 attempt 0", "Connecting"]
    );
    assert_eq!(talk.say(Input::Connect), ["close 1 1000", "open 2 attempt 0"]);
    talk.closed(2, 1006);
    assert_eq!(talk.say(Input::Connect), ["open 3 attempt 1", "Connecting"]);
    talk.opened(3);
    talk.now = talk.now + Span::secs(5);
    assert!(talk.say(Input::Connect).contains(&"open 4 attempt 0".to_owned()), "it had lasted");
}

#[test]
fn a_silent_peer_is_given_up() {
    let mut talk = Talk::live(with_heartbeat());
    assert_eq!(talk.next(), Some((Span::secs(25), Wake::Heartbeat)));
    assert_eq!(talk.until_deadline(), ["transmit 0 (ping)"]);
    talk.transmitted(0, 4);
    assert_eq!(talk.next(), Some((Span::millis(4), Wake::Limiter)), "is it stuck behind data?");
    talk.buffered(0, 0);
    assert_eq!(talk.next(), Some((Span::secs(10), Wake::Heartbeat)));
    let down = "down 1006 and tries again, unconfirmed 0 of 0";
    assert_eq!(talk.until_deadline(), ["close 0 3008", "error unavailable/silent", down, "Waiting", "retry 0"]);
}

#[test]
fn a_late_timer_asks_again_but_not_in_a_hidden_page_where_all_are_late() {
    for (hints, late, said) in [
        (vec![], 2_000_001, "transmit 0 (ping)"),
        (vec![], 2_000_000, "close 0 3008"),
        (vec![Input::Hidden], 61_000_000, "close 0 3008"),
        (vec![Input::Hidden], 61_000_001, "transmit 0 (ping)"),
        (vec![Input::Hidden, Input::Visible], 2_000_001, "transmit 0 (ping)"),
    ] {
        let mut talk = Talk::live(with_heartbeat());
        talk.until_deadline();
        for hint in hints {
            talk.say(hint);
        }
        assert_eq!(talk.wait(Span::micros(10_000_000 + late))[0], said);
    }
}

#[test]
fn a_frame_that_arrives_late_beats_the_deadline_that_it_missed() {
    let mut talk = Talk::live(with_heartbeat());
    talk.until_deadline();
    talk.now = talk.now + Span::secs(10);
    assert_eq!(talk.received(0, "hello"), ["judge 0 hello reply false pong true"]);
    assert_eq!(talk.patience(), Span::secs(25));
}

/// Nobody looks at a buffer that is empty, until the timer.
#[test]
fn an_idle_peer_that_falls_silent_is_given_up_in_time_although_its_ping_has_left() {
    let mut talk = Talk::live(with_heartbeat());
    talk.now = talk.now + Span::secs(25);
    talk.buffered(0, 0);
    talk.transmitted(0, 4);
    talk.now = talk.now + Span::secs(10);
    let said = [talk.buffered(0, 0), talk.say(Input::Elapsed)].concat();
    assert!(said.contains(&"error unavailable/silent".to_owned()), "{said:?}");
}

#[test]
fn closing_says_goodbye_and_waits_for_the_answer() {
    let mut talk = Talk::live(Options::default());
    assert_eq!(talk.say(Input::Disconnect(Some(CloseFrame::NORMAL))), ["Closing", "close 0 1000"]);
    assert_eq!(talk.next(), Some((Span::secs(5), Wake::Close)));
    assert_eq!(talk.say(Input::Disconnect(None)), NOTHING, "once is enough");
    assert_eq!(talk.say(Input::Connect), NOTHING, "what the user closed stays closed");
    for hint in [Input::Woke, Input::Restored, Input::Visible, Input::Offline, Input::Online] {
        assert_eq!(talk.say(hint), NOTHING);
    }
    assert_eq!(talk.received(0, "late"), NOTHING, "as the standard has it");
    assert_eq!(talk.closed(0, 1000), ["Closed", "Closed! 1000"]);
}

#[test]
fn a_peer_that_does_not_answer_a_close_is_not_waited_for() {
    let mut talk = Talk::live(Options::default());
    assert_eq!(talk.say(Input::Disconnect(None)), ["Closing", "close 0 nothing"]);
    assert_eq!(talk.until_deadline(), ["Closed", "Closed! 1006"]);
    assert_eq!(talk.closed(0, 1000), NOTHING, "too late");
}

#[test]
fn closing_while_there_is_no_socket_is_done_at_once() {
    let mut fresh = Talk::new(Options::default());
    assert_eq!(fresh.say(Input::Disconnect(None)), ["Closed", "Closed! 1006"]);
    let mut waiting = Talk::live(Options::default());
    waiting.closed(0, 1006);
    assert_eq!(waiting.say(Input::Disconnect(None)), ["Closed", "Closed! 1006"]);
    assert_eq!(waiting.next(), None);
}

#[test]
fn closing_while_should_retry_is_asked_tells_of_the_loss_and_how_it_ended() {
    let mut talk = Talk::live(reconnect(|options| options.ask = true));
    talk.hand_over(0, "one");
    talk.closed(0, 1012);
    let end = ["down 1012 for good, unconfirmed 1 of 3", "Closed", "Closed! 1012"];
    assert_eq!(talk.say(Input::Disconnect(None)), end);
    let mut attempt = Talk::new(reconnect(|options| options.ask = true));
    attempt.say(Input::Connect);
    attempt.closed(0, 1011);
    assert_eq!(attempt.say(Input::Disconnect(None)), ["Closed", "Closed! 1011"], "it had never been open");
}

#[test]
fn closing_while_it_opens_waits_for_the_browser_to_say_so() {
    let mut talk = Talk::new(Options::default());
    talk.say(Input::Connect);
    assert_eq!(talk.say(Input::Disconnect(Some(CloseFrame::NORMAL))), ["close 0 1000", "Closing"]);
    assert_eq!(talk.opened(0), NOTHING);
    assert_eq!(talk.closed(0, 1006), ["Closed", "Closed! 1006"]);
    let mut not_made = Talk::new(Options::default());
    not_made.say(Input::Connect);
    not_made.say(Input::Disconnect(None));
    assert_eq!(not_made.say(Input::NotOpened { socket: SocketId(0) }), ["Closed", "Closed! 1006"]);
}

#[test]
fn a_clock_that_goes_back_stands_still() {
    let mut talk = Talk::live(with_heartbeat());
    talk.now = Instant::from_micros(20_000_000);
    talk.received(0, "hello");
    talk.now = Instant::from_micros(0);
    talk.received(0, "hello");
    assert_eq!(talk.client.deadline(), Some((Instant::from_micros(45_000_000), Wake::Heartbeat)));
}

#[test]
fn stats_say_since_when() {
    let mut talk = Talk::new(with_heartbeat());
    assert_eq!(talk.client.stats(), Stats::default());
    talk.now = Instant::from_micros(7);
    talk.say(Input::Connect);
    talk.opened(0);
    assert_eq!(talk.client.stats().connected_since, Some(Instant::from_micros(7)));
    talk.until_deadline();
    talk.now = talk.now + Span::millis(30);
    talk.received(0, "pong");
    assert_eq!(talk.judged(0, Judgement::Pong), NOTHING, "no message of the user's");
    assert_eq!(talk.client.stats().round_trip, Some(Span::millis(30)));
    talk.closed(0, 1006);
    assert_eq!(talk.client.stats().connected_since, None);
}
