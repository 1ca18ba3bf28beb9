//! Which counts can be joined, and when is one said?

use everwire::engine::session::{Ack, Breach, Gap, Session, Terms};
use everwire::engine::{Instant, Span};

use crate::world::Note;

#[test]
fn counts_that_run_backwards_or_ahead_are_a_breach() {
    let now = Instant::from_micros(0);
    let mut session = Session::new(Terms::default());
    for number in 1..=5 {
        assert_eq!(session.send(Note(number)), number);
    }
    assert_eq!(session.on_ack(3, |_| {}), Ok((1, 3)));
    assert_eq!(session.on_ack(3, |_| {}), Ok((4, 3)), "a repeated count is allowed");
    assert_eq!(session.on_ack(2, |_| {}), Err(Breach::Counts));
    assert_eq!(session.on_ack(6, |_| {}), Err(Breach::Counts));
    assert_eq!(session.kept().len(), 2, "a breach changes nothing");
    for gap in [Gap { from: 2, to: 2 }, Gap { from: 0, to: 2 }, Gap { from: 1, to: 0 }] {
        assert_eq!(session.on_gap(gap, now), Err(Breach::Counts), "{gap:?}");
    }
    assert_eq!(session.received(), 0);
    assert_eq!(session.on_gap(Gap { from: 1, to: 7 }, now), Ok(()));
    assert_eq!(session.received(), 7);
    assert_eq!(session.on_hello(6), None, "more than was ever sent");
    assert_eq!(session.on_welcome_back(2, Terms::default(), |_| {}), Err(Breach::Counts), "less than was acknowledged");
}

#[test]
fn an_acknowledgement_is_due_by_time_by_count_or_by_bytes_whichever_comes_first() {
    let at = |millis: u64| Instant::from_micros(millis * 1_000);
    let terms = Terms { messages: 3, bytes: 100, after: Span::millis(500) };
    let mut session = Session::<Note>::new(terms);
    assert_eq!(session.ack(), None, "there is nothing to say");
    session.on_message(1, at(0));
    session.on_message(1, at(400));
    assert_eq!(session.ack_deadline(), Some(at(500)), "another message does not put it off");
    assert_eq!(session.ack_if_due(at(499)), None);
    assert_eq!(session.ack_if_due(at(500)), Some(Ack { received: 2 }));
    assert_eq!(session.ack_deadline(), None);
    for _ in 0..3 {
        session.on_message(1, at(600));
    }
    assert_eq!(session.ack_if_due(at(600)), Some(Ack { received: 5 }), "by count");
    session.on_message(100, at(700));
    assert_eq!(session.ack_if_due(at(700)), Some(Ack { received: 6 }), "by bytes");
    session.on_message(1, at(800));
    assert_eq!(session.on_hello(0), Some(None));
    assert_eq!(session.ack_deadline(), None, "the welcome has said it");
}
