//! Does a message that passes through the engine allocate anything? Counted, at several depths of the queue.

#![cfg(not(target_arch = "wasm32"))]

#[path = "sim/caller.rs"]
mod caller;

use allocation_counter::measure;
use caller::{Caller, Note, when_empty, within_rates};
use everwire::engine::{HeartbeatOptions, Options};

const DEPTHS: [u64; 3] = [1, 100, 10_000];
/// More than any ring in it is long, so that one that grows is caught.
const MESSAGES: u64 = 50_000;

#[test]
fn a_message_through_the_queue_allocates_nothing() {
    for depth in DEPTHS {
        let mut caller = Caller::connected(when_empty(), depth);
        let sent = counts_nothing(&mut caller, |caller| caller.one_sent(Note(32)), |c| c.transmitted);
        assert_eq!(sent, MESSAGES, "at depth {depth}");
    }
}

#[test]
fn a_message_with_a_ttl_allocates_nothing() {
    for depth in DEPTHS {
        let mut caller = Caller::connected(when_empty(), depth).with_ttl();
        let sent = counts_nothing(&mut caller, |caller| caller.one_sent(Note(32)), |c| c.settled);
        assert_eq!(sent, MESSAGES, "at depth {depth}");
    }
}

#[test]
fn a_message_straight_to_the_browser_allocates_nothing() {
    let mut caller = Caller::connected(Options::default(), 0);
    let sent = counts_nothing(&mut caller, |caller| caller.one_sent(Note(32)), |c| c.settled);
    assert_eq!(sent, MESSAGES);
}

#[test]
fn a_message_within_the_rates_allocates_nothing() {
    let mut caller = Caller::connected(within_rates(), 0);
    let sent = counts_nothing(&mut caller, |caller| caller.one_sent(Note(32)), |c| c.settled);
    assert_eq!(sent, MESSAGES);
}

#[test]
fn a_message_that_arrives_allocates_nothing() {
    for heartbeat in [None, Some(HeartbeatOptions::default())] {
        let mut caller = Caller::connected(Options { heartbeat, ..Options::default() }, 0);
        let heard = counts_nothing(&mut caller, |caller| caller.one_received(Note(32)), |c| c.delivered);
        assert_eq!(heard, MESSAGES);
    }
}

/// That the counter counts.
#[test]
fn an_allocation_would_be_seen() {
    assert_eq!(measure(|| drop(std::hint::black_box(Box::new(1)))).count_total, 1);
}

/// Runs it warm, then counts; says how much of `what` there was meanwhile.
fn counts_nothing(caller: &mut Caller, step: impl Fn(&mut Caller), what: impl Fn(&Caller) -> u64) -> u64 {
    for _ in 0..MESSAGES {
        step(caller);
    }
    let before = what(caller);
    let counted = measure(|| {
        for _ in 0..MESSAGES {
            step(caller);
        }
    });
    assert_eq!(counted.count_total, 0, "{counted:?}");
    what(caller) - before
}
