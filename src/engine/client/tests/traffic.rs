//! Messages out and in, and what a lost socket held.

use super::*;
use crate::engine::config::{Overflow, QueueOptions};

#[test]
fn a_message_goes_at_once_and_its_promise_is_settled_when_the_browser_took_it() {
    let mut talk = Talk::live(Options::default());
    assert_eq!(talk.send("hello"), ["transmit 0 hello"]);
    assert_eq!(talk.client.buffered_amount(), 5);
    assert_eq!(talk.transmitted(0, 5), ["settled 1"]);
    assert_eq!(talk.transmitted(0, 5), NOTHING, "an answer to no order");
    assert_eq!(talk.buffered(0, 0), NOTHING);
    assert_eq!(talk.client.buffered_amount(), 0);
    let stats = talk.client.stats();
    assert_eq!((stats.messages_sent, stats.bytes_sent), (1, 5));
}

#[test]
fn messages_wait_for_a_connection_and_go_in_order() {
    let mut talk = Talk::new(Options::default());
    assert_eq!(talk.send("one"), NOTHING);
    talk.say(Input::Connect);
    assert_eq!(talk.send("three"), NOTHING);
    assert_eq!(talk.client.buffered_amount(), 8);
    assert_eq!((talk.client.stats().queued_messages, talk.client.stats().queued_bytes), (2, 8));
    let said = ["Open", "Open! attempt 0 reconnected false", "transmit 0 one", "transmit 0 three"];
    assert_eq!(talk.opened(0), said);
    assert_eq!(talk.transmitted(0, 3), ["settled 1"]);
    assert_eq!(talk.transmitted(0, 5), ["settled 2"]);
}

#[test]
fn numbers_rise_and_one_that_does_not_is_inert() {
    let mut talk = Talk::live(Options::default());
    let numbered = |id| Input::Send { id: MessageId(id), data: Word("x"), options: SendOptions::default() };
    assert_eq!(talk.say(numbered(5)).len(), 1);
    assert_eq!(talk.say(numbered(5)), NOTHING);
    assert_eq!(talk.say(numbered(4)), NOTHING);
    assert_eq!(talk.say(numbered(6)).len(), 1);
}

#[test]
fn a_message_that_the_browser_would_not_take_is_dropped() {
    let mut talk = Talk::live(Options::default());
    talk.send("bad");
    let said = talk.say(Input::NotTransmitted { socket: SocketId(0) });
    assert_eq!(said, ["broken 1 Unsendable", "dropped 1 Unsendable"]);
    assert_eq!(talk.client.buffered_amount(), 0);
    assert_eq!(talk.say(Input::NotTransmitted { socket: SocketId(0) }), NOTHING);
}

#[test]
fn above_the_high_mark_messages_wait_and_drain_tells_when_they_are_through() {
    let mut talk = Talk::live(marks(10, 4));
    talk.hand_over(0, "eleven bytes");
    assert_eq!(talk.send("b"), NOTHING);
    assert_eq!(talk.next(), Some((Span::millis(4), Wake::Limiter)));
    assert_eq!(talk.until_deadline(), NOTHING, "nothing was seen to move");
    assert_eq!(talk.buffered(0, 5), NOTHING);
    assert_eq!(talk.buffered(0, 4), ["transmit 0 b"]);
    assert_eq!(talk.transmitted(0, 1), ["settled 2"], "drain is owed until the low mark is reached again");
    assert!(talk.next().is_some_and(|(_, wake)| wake == Wake::Limiter), "so it is looked at");
    assert_eq!(talk.buffered(0, 4), ["drain"]);
    assert_eq!(talk.next(), None, "and not a moment longer");
}

#[test]
fn a_queue_that_goes_in_one_breath_drains_in_it() {
    let mut talk = Talk::live(marks(10, 10));
    talk.hand_over(0, "eleven bytes");
    talk.send("b");
    assert_eq!(talk.buffered(0, 0), ["transmit 0 b", "drain"]);
}

#[test]
fn rates_hold_messages_back_until_their_very_time() {
    let mut talk = Talk::live(with_limit(|limit| limit.messages_per_second = Some(2.0)));
    talk.hand_over(0, "a");
    assert_eq!(talk.send("b"), NOTHING);
    assert_eq!(talk.send("c"), NOTHING);
    assert_eq!(talk.next(), Some((Span::millis(500), Wake::Limiter)));
    assert_eq!(talk.until_deadline(), ["transmit 0 b"]);
    assert_eq!(talk.next(), Some((Span::millis(500), Wake::Limiter)));
    assert_eq!(talk.until_deadline(), ["transmit 0 c", "drain"]);
}

#[test]
fn a_ping_does_not_wait_for_the_rates_but_messages_wait_for_it() {
    let mut talk = Talk::live(Options {
        heartbeat: with_heartbeat().heartbeat,
        ..with_limit(|limit| limit.messages_per_second = Some(2.0))
    });
    assert_eq!(talk.until_deadline(), ["transmit 0 (ping)"]);
    talk.transmitted(0, 4);
    assert_eq!(talk.send("a"), NOTHING);
    assert_eq!(talk.wait(Span::millis(500)), ["transmit 0 a", "drain"]);
    talk.transmitted(0, 1);
    assert_eq!(talk.say(Input::Woke), NOTHING, "asked already");
    assert_eq!(talk.wait(Span::secs(9)), NOTHING);
    talk.received(0, "b");
    talk.send("c");
    assert_eq!(talk.say(Input::Woke), ["transmit 0 (ping)"], "above the rate");
}

#[test]
fn a_volatile_message_goes_now_or_not_at_all() {
    let volatile = SendOptions { volatile: true, ..SendOptions::default() };
    let dropped = |id| [format!("broken {id} Volatile"), format!("dropped {id} Volatile")];
    let mut talk = Talk::new(Options::default());
    assert_eq!(talk.send_with("a", volatile), dropped(1), "no connection");
    let mut talk = Talk::live(with_limit(|limit| limit.messages_per_second = Some(2.0)));
    assert_eq!(talk.send_with("a", volatile), ["transmit 0 a"]);
    talk.transmitted(0, 1);
    assert_eq!(talk.send_with("b", volatile), dropped(2), "the rate");
    assert_eq!(talk.next(), None, "nobody waits");
    talk.send("c");
    talk.now = talk.now + Span::secs(1);
    assert_eq!(talk.send_with("d", volatile)[0], "broken 4 Volatile", "behind others");
}

#[test]
fn a_volatile_message_is_not_dropped_because_something_else_is_due() {
    let volatile = SendOptions { volatile: true, ..SendOptions::default() };
    let mut looked_at = Talk::live(Options::default());
    looked_at.hand_over(0, "a");
    looked_at.say(Input::Flush(FlushId(1)));
    looked_at.now = looked_at.now + Span::millis(5); // the look's timer is late
    assert_eq!(looked_at.send_with("v", volatile), ["transmit 0 v"]);
    let mut pinged = Talk::live(with_heartbeat());
    pinged.now = pinged.now + Span::secs(25);
    assert_eq!(pinged.send_with("v", volatile), ["transmit 0 v", "transmit 0 (ping)"]);
    pinged.transmitted(0, 1);
    pinged.now = pinged.now + Span::secs(10);
    assert_eq!(pinged.send_with("w", volatile)[0], "broken 2 Volatile", "nobody is there");
}

#[test]
fn a_message_that_waited_too_long_is_dropped() {
    let ttl = SendOptions { ttl: Some(Span::secs(3)), ..SendOptions::default() };
    let mut talk = Talk::new(Options::default());
    talk.send_with("a", ttl);
    talk.send("b");
    assert_eq!(talk.next(), Some((Span::secs(3), Wake::Expiry)));
    assert_eq!(talk.until_deadline(), ["broken 1 Expired", "dropped 1 Expired"]);
    assert_eq!(talk.next(), None);
    let mut live = Talk::live(Options::default());
    assert_eq!(live.send_with("a", SendOptions { ttl: Some(Span::ZERO), ..SendOptions::default() }), ["transmit 0 a"]);
}

#[test]
fn what_is_due_at_the_end_of_time_never_comes() {
    let mut talk = Talk::new(Options::default());
    talk.send_with("a", SendOptions { ttl: Some(Span::micros(u64::MAX)), ..SendOptions::default() });
    assert_eq!(talk.next(), None);
    talk.now = Instant::NEVER;
    assert_eq!(talk.say(Input::Elapsed), NOTHING);
}

#[test]
fn a_message_can_be_taken_back_while_it_waits() {
    let mut talk = Talk::new(Options::default());
    talk.send("a");
    talk.send("b");
    assert_eq!(talk.say(Input::TakeBack(MessageId(1))), ["broken 1 Aborted", "dropped 1 Aborted"]);
    assert_eq!(talk.say(Input::TakeBack(MessageId(1))), NOTHING);
    talk.say(Input::Connect);
    assert_eq!(talk.opened(0)[2..], ["transmit 0 b"]);
    assert_eq!(talk.say(Input::TakeBack(MessageId(2))), NOTHING, "it is out of our hands");
}

#[test]
fn a_full_queue_drops_as_asked() {
    let queue = |overflow| Options {
        queue: QueueOptions { max_messages: 1, overflow, ..QueueOptions::default() },
        ..Options::default()
    };
    let mut talk = Talk::new(queue(Overflow::Reject));
    talk.send("a");
    assert_eq!(talk.send("b"), ["broken 2 Overflow", "dropped 2 Overflow"]);
    let mut talk = Talk::new(queue(Overflow::DropOldest));
    talk.send("a");
    assert_eq!(talk.send("b"), ["broken 1 Overflow", "dropped 1 Overflow"]);
}

#[test]
fn what_certainly_never_left_is_sent_again_first_and_in_order() {
    let mut talk = Talk::live(Options::default());
    for word in ["one", "two", "six"] {
        talk.hand_over(0, word);
    }
    talk.buffered(0, 6);
    assert_eq!(talk.closed_with(0, 1006, 6)[0], "down 1006 and tries again, unconfirmed 1 of 3");
    talk.send("nine");
    talk.until_deadline();
    let again = ["transmit 1 two", "transmit 1 six", "transmit 1 nine"];
    assert_eq!(talk.opened(1)[2..], again);
    assert_eq!(talk.transmitted(1, 3), NOTHING, "its promise was kept at the first hand-over");
    assert_eq!(talk.transmitted(1, 3), NOTHING);
    assert_eq!(talk.transmitted(1, 4), ["settled 4"]);
    assert_eq!(talk.client.stats().messages_sent, 6);
}

#[test]
fn what_comes_back_may_be_dropped_but_its_promise_stays_kept() {
    let mut talk = Talk::live(Options::default());
    talk.hand_over(0, "one");
    talk.closed_with(0, 1006, 3);
    assert_eq!(talk.say(Input::TakeBack(MessageId(1))), ["dropped 1 Aborted"]);
    let mut volatile = Talk::live(Options::default());
    volatile.send_with("now", SendOptions { volatile: true, ..SendOptions::default() });
    volatile.transmitted(0, 3);
    assert_eq!(volatile.closed_with(0, 1006, 3)[0], "dropped 1 Volatile");
}

#[test]
fn a_socket_that_was_given_up_is_not_sent_again_from() {
    let mut talk = Talk::live(Options::default());
    talk.hand_over(0, "one");
    assert_eq!(talk.say(Input::Connect)[1], "down 1006 and tries again, unconfirmed 1 of 3");
    assert_eq!(talk.opened(1), ["Open", "Open! attempt 0 reconnected true"]);
    talk.hand_over(1, "two");
    assert_eq!(talk.closed_with(0, 1006, 3), NOTHING, "too late: order is kept");
    assert_eq!(talk.transmitted(0, 3), NOTHING);
    assert_eq!(talk.say(Input::NotTransmitted { socket: SocketId(0) }), NOTHING);
    assert_eq!(talk.buffered(0, 100), NOTHING);
    assert_eq!(talk.client.buffered_amount(), 3, "only the new one's");
}

#[test]
fn unless_its_own_close_says_that_it_never_left_before_anything_newer_went() {
    let mut talk = Talk::live(Options::default());
    talk.hand_over(0, "one");
    talk.hand_over(0, "two");
    talk.say(Input::Connect);
    talk.send("three");
    talk.say(Input::Connect); // another one given up, that held nothing
    assert_eq!(talk.closed_with(0, 1006, 3), NOTHING);
    assert_eq!(talk.opened(2)[2..], ["transmit 2 two", "transmit 2 three"]);
    assert_eq!(talk.closed_with(0, 1006, 6), NOTHING, "once is enough");
    let mut live = Talk::live(Options::default());
    live.hand_over(0, "one");
    live.say(Input::Connect);
    live.opened(1);
    assert_eq!(live.closed_with(0, 1006, 3), ["transmit 1 one"]);
}

#[test]
fn giving_up_keeps_the_promises_of_what_was_ordered() {
    let mut talk = Talk::live(Options::default());
    talk.send("one");
    assert_eq!(talk.say(Input::Connect)[..2], ["close 0 1000", "settled 1"]);
    assert_eq!(talk.transmitted(0, 3), NOTHING);
}

#[test]
fn what_was_given_up_is_let_go_when_the_user_closes() {
    let mut talk = Talk::live(Options::default());
    talk.hand_over(0, "one");
    talk.say(Input::Connect);
    talk.say(Input::Disconnect(None));
    assert_eq!(talk.closed_with(0, 1006, 3), NOTHING);
    assert_eq!(talk.closed(1, 1006), ["Closed", "Closed! 1006"]);
    assert_eq!(talk.closed_with(0, 1006, 3), NOTHING);
}

#[test]
fn a_pong_confirms_what_went_before_its_ping() {
    let mut talk = Talk::live(with_heartbeat());
    talk.hand_over(0, "one");
    assert_eq!(talk.until_deadline(), ["transmit 0 (ping)"]);
    talk.transmitted(0, 4);
    talk.hand_over(0, "three");
    talk.judged(0, Judgement::Pong);
    assert_eq!(talk.closed(0, 1006)[0], "down 1006 and tries again, unconfirmed 1 of 5");
}

#[test]
fn a_ping_that_cannot_be_made_is_tried_once_more_and_hides_no_silence() {
    let mut talk = Talk::live(with_heartbeat());
    for _ in 0..2 {
        assert_eq!(talk.until_deadline(), ["transmit 0 (ping)"]);
        assert_eq!(talk.say(Input::NotTransmitted { socket: SocketId(0) }), NOTHING);
        assert_eq!(talk.next(), Some((Span::secs(10), Wake::Heartbeat)));
    }
    assert_eq!(talk.until_deadline()[..2], ["close 0 3008", "error unavailable/silent"]);
    let mut heard = Talk::live(with_heartbeat());
    for _ in 0..10 {
        assert_eq!(heard.until_deadline(), ["transmit 0 (ping)"]);
        heard.say(Input::NotTransmitted { socket: SocketId(0) });
        heard.received(0, "hello");
        assert_eq!(heard.next(), Some((Span::secs(25), Wake::Heartbeat)), "a peer that speaks is there");
    }
}

#[test]
fn a_ping_stuck_behind_data_waits_as_long_as_the_data_moves() {
    let mut talk = Talk::live(with_heartbeat());
    talk.hand_over(0, "a long upload");
    talk.until_deadline();
    talk.transmitted(0, 4);
    assert_eq!(talk.next(), Some((Span::millis(4), Wake::Limiter)), "is it stuck?");
    talk.now = talk.now + Span::secs(9);
    talk.buffered(0, 10);
    assert_eq!(talk.patience(), Span::secs(10));
    talk.now = talk.now + Span::secs(9);
    talk.buffered(0, 10);
    assert_eq!(talk.patience(), Span::secs(1), "it does not move");
    talk.buffered(0, 0);
    assert_eq!(talk.patience(), Span::secs(10), "the ping has left");
    talk.hand_over(0, "more");
    talk.now = talk.now + Span::secs(5);
    talk.buffered(0, 0);
    assert_eq!(talk.next(), Some((Span::secs(5), Wake::Heartbeat)), "now only an answer counts");
}

#[test]
fn what_was_accepted_before_close_is_sent_before_it() {
    let mut talk = Talk::live(marks(4, 2));
    talk.hand_over(0, "seven c");
    talk.send("b");
    talk.say(Input::Flush(FlushId(1)));
    assert_eq!(talk.say(Input::Disconnect(Some(CloseFrame::NORMAL))), ["Closing"]);
    assert_eq!(talk.next(), Some((Span::millis(4), Wake::Limiter)));
    assert_eq!(talk.send("c"), ["broken 3 Closed", "dropped 3 Closed"]);
    assert_eq!(talk.buffered(0, 2), ["transmit 0 b", "close 0 1000"]);
    assert_eq!(talk.next(), Some((Span::secs(5), Wake::Close)));
    assert_eq!(talk.transmitted(0, 1), ["settled 2"]);
    assert_eq!(talk.closed(0, 1000), ["flushed 1 true", "Closed", "Closed! 1000"]);
}

#[test]
fn what_cannot_be_sent_before_close_is_dropped_at_its_deadline() {
    let mut talk = Talk::live(marks(4, 2));
    talk.hand_over(0, "seven c");
    talk.send("b");
    talk.say(Input::Flush(FlushId(1)));
    talk.say(Input::Disconnect(Some(CloseFrame::NORMAL)));
    let end = ["close 0 1000", "flushed 1 false", "broken 2 Closed", "dropped 2 Closed", "Closed", "Closed! 1006"];
    assert_eq!(talk.wait(Span::secs(5)), end);
    assert_eq!(talk.send("c"), ["broken 3 Closed", "dropped 3 Closed"]);
    assert_eq!(talk.say(Input::Flush(FlushId(2))), ["flushed 2 true"], "nothing waits");
}

#[test]
fn everything_is_settled_before_the_end_is_told() {
    let mut talk = Talk::new(Options::default());
    talk.send("a");
    talk.send("b");
    talk.say(Input::Flush(FlushId(1)));
    let end = [
        "broken 1 Closed",
        "dropped 1 Closed",
        "broken 2 Closed",
        "dropped 2 Closed",
        "flushed 1 false",
        "Closed",
        "Closed! 1006",
    ];
    assert_eq!(talk.say(Input::Disconnect(None)), end);
    let mut lost = Talk::live(Options::default());
    lost.hand_over(0, "a");
    assert_eq!(lost.closed_with(0, 4403, 1)[..2], ["down 4403 for good, unconfirmed 0 of 0", "error refused/closed"]);
    assert_eq!(lost.client.stats().queued_messages, 0);
}

#[test]
fn with_a_heartbeat_a_message_is_told_from_a_pong() {
    let mut talk = Talk::live(with_heartbeat());
    assert_eq!(talk.received(0, "hello"), ["judge 0 hello reply false pong true"]);
    assert_eq!(talk.judged(0, Judgement::Message), ["message it"]);
    assert_eq!(talk.judged(7, Judgement::Message), NOTHING, "of another socket");
    let stats = talk.client.stats();
    assert_eq!((stats.messages_received, stats.bytes_received), (1, 2));
    talk.say(Input::Disconnect(None));
    assert_eq!(talk.judged(0, Judgement::Message), NOTHING, "the callback closed it");
}

#[test]
fn nobody_looks_while_nothing_waits() {
    let mut talk = Talk::live(marks(4, 2));
    talk.hand_over(0, "seven c");
    assert_eq!(talk.next(), None);
    talk.send("b");
    talk.closed(0, 1006);
    assert_eq!(talk.next().map(|(_, wake)| wake), Some(Wake::Retry), "nor without a socket");
}
