//! Does each rule hold, one by one?

use super::*;
use crate::engine::message::sample::{self, Bytes};

#[test]
fn a_promise_is_settled_at_the_first_hand_over_only() {
    for keep in [true, false] {
        let mut flight = Flight::new(keep);
        flight.hand(message(1, 10), 10);
        flight.hand(Cargo::Message(Message { settled: true, ..sample::message(2, 10) }), 10);
        flight.hand(Cargo::Auth, 0);
        assert_eq!(flight.on_transmitted(9), measured(10, 1, true));
        assert_eq!(flight.on_transmitted(10), measured(10, 2, false));
        assert_eq!(flight.on_transmitted(4), Some(Measured { most: 0, what: What::Ours }));
        assert_eq!(flight.on_transmitted(4), None, "an answer to no order");
    }
    assert_eq!(
        flight(&[10]).end(10).unsent,
        [Message { settled: true, ..sample::message(0, 10) }],
        "its promise was kept"
    );
}

#[test]
fn what_the_browser_did_not_take_is_handed_back() {
    let mut flight = flight(&[10]);
    flight.hand(Cargo::Ping, 0);
    flight.hand(message(1, 10), 30);
    assert!(flight.is_ping_waiting());
    assert_eq!(flight.on_not_transmitted(), Some((Cargo::Ping, 0)));
    assert!(!flight.is_ping_waiting());
    assert_eq!(flight.on_not_transmitted(), Some((message(1, 10), 30)));
    assert_eq!(flight.on_not_transmitted(), None);
    assert_eq!(flight.oldest(), Some(MessageId(0)), "what it had taken stays");
}

#[test]
fn a_message_has_left_when_its_last_byte_has() {
    let mut flight = flight(&[10, 20, 30]);
    assert!(!flight.on_buffered(60));
    assert!(flight.on_buffered(51), "a part of the first moved");
    assert_eq!(flight.oldest(), Some(MessageId(0)));
    assert!(flight.on_buffered(50));
    assert_eq!(flight.oldest(), Some(MessageId(1)));
    assert!(!flight.on_buffered(50));
    assert!(flight.on_buffered(0));
    assert_eq!(flight.oldest(), None);
}

#[test]
fn what_is_only_ordered_has_not_left() {
    let mut flight = Flight::new(true);
    flight.hand(Cargo::Auth, 0);
    flight.hand(message(7, 10), 10);
    flight.on_buffered(0);
    assert_eq!(flight.oldest(), Some(MessageId(7)));
}

/// The reading that comes before the answer to an order has the ordered bytes in it.
#[test]
fn a_reading_that_knows_more_than_we_is_no_movement() {
    let mut flight = flight(&[100]);
    flight.hand(message(1, 20), 20);
    assert!(!flight.on_buffered(120));
    flight.on_transmitted(20);
    assert!(!flight.on_buffered(120), "nothing has moved");
    assert!(flight.on_buffered(119));
    flight.hand(message(2, 20), 20);
    flight.on_buffered(139);
    assert_eq!(flight.oldest(), Some(MessageId(0)));
    assert_eq!(flight.end(1_000).unsent.len(), 2, "what moved stays moved: a part of the first has left");
}

#[test]
fn an_empty_message_leaves_with_the_byte_before_it() {
    let mut flight = flight(&[5, 0, 5]);
    flight.on_buffered(6);
    assert_eq!(flight.oldest(), Some(MessageId(0)));
    flight.on_buffered(5);
    assert_eq!(flight.oldest(), Some(MessageId(2)));
}

#[test]
fn a_ping_waits_until_it_has_left() {
    let mut flight = flight(&[10]);
    assert!(!flight.is_ping_waiting());
    flight.hand(Cargo::Ping, 0);
    flight.on_transmitted(4);
    flight.on_buffered(4);
    assert!(flight.is_ping_waiting());
    flight.on_buffered(0);
    assert!(!flight.is_ping_waiting());
}

#[test]
fn a_pong_confirms_what_went_before_its_ping() {
    let mut flight = flight(&[10]);
    ping(&mut flight);
    take(&mut flight, 1, 20);
    ping(&mut flight);
    assert_eq!(flight.unconfirmed(), Unconfirmed { messages: 2, bytes: 30 });
    flight.on_pong();
    assert_eq!(flight.unconfirmed(), Unconfirmed { messages: 1, bytes: 20 }, "as of the older ping");
    flight.on_pong();
    assert_eq!(flight.unconfirmed(), Unconfirmed { messages: 1, bytes: 20 }, "only the oldest is remembered");
}

#[test]
fn a_late_pong_does_not_confirm_what_went_after_its_ping() {
    let mut flight = flight(&[10]);
    ping(&mut flight);
    ping(&mut flight);
    flight.on_pong();
    take(&mut flight, 1, 20);
    ping(&mut flight);
    flight.on_pong(); // the answer to the second
    assert_eq!(flight.unconfirmed(), Unconfirmed { messages: 1, bytes: 20 });
    flight.on_pong();
    assert_eq!(flight.unconfirmed(), Unconfirmed::default());
}

#[test]
fn a_pong_that_nobody_asked_for_is_no_credit() {
    let mut flight = flight(&[10]);
    flight.on_pong();
    flight.on_pong();
    ping(&mut flight);
    take(&mut flight, 1, 20);
    ping(&mut flight);
    flight.on_pong();
    assert_eq!(flight.unconfirmed(), Unconfirmed { messages: 1, bytes: 20 });
}

#[test]
fn what_was_confirmed_and_never_left_is_not_counted_twice() {
    let mut flight = flight(&[10, 10]);
    ping(&mut flight);
    flight.on_pong(); // a lie
    let loss = flight.end(14);
    assert_eq!((loss.unsent.len(), loss.unconfirmed), (1, Unconfirmed::default()));
}

#[test]
fn whole_messages_among_the_last_bytes_come_back() {
    assert_eq!(end(&[10, 20, 30], 0), (vec![], 3, 60));
    assert_eq!(end(&[10, 20, 30], 29), (vec![], 3, 60), "a part of it has left");
    assert_eq!(end(&[10, 20, 30], 30), (vec![2], 2, 30));
    assert_eq!(end(&[10, 20, 30], 50), (vec![1, 2], 1, 10));
    assert_eq!(end(&[10, 20, 30], 1_000), (vec![0, 1, 2], 0, 0));
}

#[test]
fn an_empty_message_comes_back_only_if_something_before_it_is_unsent() {
    assert_eq!(end(&[5, 0], 0).0, [0; 0]);
    assert_eq!(end(&[5, 0], 1).0, [1], "it is behind the unsent end of the other");
    assert_eq!(end(&[5, 0], 5).0, [0, 1]);
    assert_eq!(end(&[0, 5], 5).0, [1], "the empty one may have left");
}

#[test]
fn what_the_browser_never_took_comes_back_unsettled_and_nothing_is_left() {
    let mut flight = flight(&[10]);
    flight.hand(Cargo::Ping, 0);
    flight.hand(message(1, 10), 10);
    let loss = flight.end(0);
    assert_eq!(loss.unsent, [sample::message(1, 10)]);
    assert_eq!(loss.unconfirmed, Unconfirmed { messages: 1, bytes: 10 });
    assert_eq!((flight.oldest(), flight.is_ping_waiting()), (None, false));
    assert_eq!(flight.end(u64::MAX), Loss { unsent: vec![], unconfirmed: Unconfirmed::default() });
}

#[test]
fn giving_up_keeps_the_promises_of_what_was_ordered() {
    let mut flight = flight(&[10]);
    flight.hand(Cargo::Ping, 0);
    flight.hand(message(1, 10), 30);
    flight.hand(Cargo::Message(Message { settled: true, ..sample::message(2, 10) }), 10);
    let mut settled = vec![];
    let unconfirmed = flight.give_up(|id| settled.push(id.0));
    assert_eq!((settled, unconfirmed), (vec![1], Unconfirmed { messages: 3, bytes: 50 }));
    assert_eq!(flight.end(u64::MAX).unsent, [], "nobody knows which of them it took");
}

#[test]
fn of_a_socket_that_was_given_up_what_certainly_never_left_is_known_once_its_orders_are_answered() {
    let mut flight = flight(&[10]);
    flight.hand(Cargo::Ping, 0);
    flight.hand(message(1, 10), 30);
    flight.give_up(|_| {});
    flight.on_transmitted(4);
    assert_eq!(
        flight.on_transmitted(10).map(|measured| measured.what),
        Some(What::Message { id: MessageId(1), first: false })
    );
    assert_eq!(flight.end(14).unsent, [Message { settled: true, ..sample::message(1, 10) }]);
}

#[test]
fn where_nothing_is_sent_again_no_payload_is_kept_and_memory_stays_flat() {
    let mut flight = Flight::new(false);
    for id in 0..100_000 {
        flight.hand(message(id, 10), 10);
        assert_eq!(flight.on_transmitted(10), measured(10, id, true));
    }
    assert!(flight.inside.iter().all(|inside| matches!(inside.held, Held::Name(_))));
    assert!(flight.inside.len() < 500, "{}", flight.inside.len());
    for left in 0..100_000 {
        flight.on_buffered(1_000_000 - left * 10);
        let oldest = flight.oldest().expect("not all have left").0;
        assert!(oldest <= left && left - oldest <= 100_000 / GRAINS, "{oldest} after {left} messages");
    }
    flight.on_buffered(0);
    assert_eq!(flight.oldest(), None);
    assert_eq!(flight.unconfirmed(), Unconfirmed { messages: 100_000, bytes: 1_000_000 });
    ping(&mut flight);
    flight.on_pong();
    take(&mut flight, 100_000, 10);
    assert_eq!(flight.end(10), Loss { unsent: vec![], unconfirmed: Unconfirmed { messages: 1, bytes: 10 } });
}

#[test]
fn a_stream_that_is_not_kept_goes_on_leaving() {
    let mut flight = Flight::new(false);
    for id in 0..100_000 {
        take(&mut flight, id, 10);
        flight.on_buffered(10_000);
        let oldest = flight.oldest().expect("some are inside").0;
        assert!(id < 1_000 || id - oldest <= 1_000 + 1_000 / GRAINS, "{oldest} of {id}");
        assert!(flight.inside.len() < 300, "{}", flight.inside.len());
    }
}

#[test]
fn a_few_that_are_not_kept_are_each_known() {
    let mut flight = Flight::new(false);
    for id in 0..GRAINS {
        take(&mut flight, id, 10);
    }
    for left in 0..GRAINS {
        flight.on_buffered((GRAINS - left) * 10);
        assert_eq!(flight.oldest(), Some(MessageId(left)));
    }
}

#[test]
fn at_a_constant_depth_no_memory_is_asked_for() {
    let mut flight = flight(&[10; 10]);
    let before = (flight.ordered.capacity(), flight.inside.capacity());
    for id in 10..10_000 {
        take(&mut flight, id, 10);
        flight.on_buffered(100);
    }
    assert_eq!((flight.ordered.capacity(), flight.inside.capacity()), before);
}

pub(super) fn message(id: u64, size: u64) -> Cargo<Bytes> {
    Cargo::Message(sample::message(id, size))
}

#[expect(clippy::unnecessary_wraps, reason = "as the method says it")]
fn measured(most: u64, id: u64, first: bool) -> Option<Measured> {
    Some(Measured { most, what: What::Message { id: MessageId(id), first } })
}

fn take(flight: &mut Flight<Bytes>, id: u64, size: u64) {
    flight.hand(message(id, size), size);
    flight.on_transmitted(size);
}

fn ping(flight: &mut Flight<Bytes>) {
    flight.hand(Cargo::Ping, 0);
    flight.on_transmitted(4);
}

/// Messages of these sizes, all taken by the browser.
fn flight(sizes: &[u64]) -> Flight<Bytes> {
    let mut flight = Flight::new(true);
    for (id, &size) in (0..).zip(sizes) {
        take(&mut flight, id, size);
    }
    flight
}

/// What comes back of such messages, and how many, and how many bytes, are not confirmed.
fn end(sizes: &[u64], unsent: u64) -> (Vec<u64>, u64, u64) {
    let Loss { unsent, unconfirmed } = flight(sizes).end(unsent);
    (unsent.iter().map(|message| message.id.0).collect(), unconfirmed.messages, unconfirmed.bytes)
}
