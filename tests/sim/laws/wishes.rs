//! Is a message sent as its sender wished: only in time, and only at once where it is volatile?

use everwire::engine::{DropReason, Event, Frame, Input, Instant, MessageId, Output, Payload};

use super::model::Message;
use super::{Caller, Law, Model, law, must};
use crate::transcript::Line;

/// What has outlived its ttl neither waits nor goes, unless it goes at once; what is dropped as expired has.
pub(super) fn a_ttl_is_kept<P: Payload + 'static>() -> Law<P> {
    law("a ttl is kept", Caller::Orderly, |line, _, model| match line {
        Line::Out(Output::Transmit { frame: Frame::Message { id, .. }, .. }) => {
            let is_late = is(*id, model, |message| has_expired(message, model.now));
            must(!is_late || is_sent_now(*id, model), || format!("{id:?} goes, and has expired"))
        }
        Line::Out(Output::Tell(Event::Dropped { id, reason: DropReason::Expired, .. })) => {
            must(is(*id, model, |message| has_expired(message, model.now)), || format!("{id:?} has not expired"))
        }
        Line::Deadline(_) => {
            let late = model.waiting.keys().find(|id| is(**id, model, |message| has_expired(message, model.now)));
            must(late.is_none(), || format!("{late:?} waits, and has expired"))
        }
        Line::In(_) | Line::Out(_) | Line::World(_) => Ok(()),
    })
}

/// What is volatile never waits, and nothing else is dropped for that.
pub(super) fn what_is_volatile_goes_at_once<P: Payload + 'static>() -> Law<P> {
    law("what is volatile goes at once or not at all", Caller::Orderly, |line, _, model| match line {
        Line::Out(Output::Tell(Event::Dropped { id, reason: DropReason::Volatile, .. })) => {
            must(is(*id, model, |message| message.is_volatile), || format!("{id:?} is not volatile"))
        }
        Line::Out(Output::Transmit { frame: Frame::Message { id, .. }, .. }) => {
            let is_volatile = is(*id, model, |message| message.is_volatile);
            must(!is_volatile || is_sent_now(*id, model), || format!("{id:?} goes later"))
        }
        Line::Deadline(_) => {
            let waits = model.waiting.keys().find(|id| is(**id, model, |message| message.is_volatile));
            must(waits.is_none(), || format!("{waits:?} waits"))
        }
        Line::In(_) | Line::Out(_) | Line::World(_) => Ok(()),
    })
}

fn is<P>(id: MessageId, model: &Model<P>, what: impl Fn(&Message<P>) -> bool) -> bool {
    model.messages.get(&id).is_some_and(what)
}

fn has_expired<P>(message: &Message<P>, now: Instant) -> bool {
    message.expires.is_some_and(|expires| expires <= now)
}

fn is_sent_now<P>(id: MessageId, model: &Model<P>) -> bool {
    matches!(&model.said, Some(Input::Send { id: sent, .. }) if *sent == id)
}

#[cfg(test)]
mod tests {
    use everwire::engine::{DropReason, Event, Input, MessageId, SendOptions, Span, Wake};

    use super::super::example::{Word, at, broken, data, live, message, tell};
    use crate::transcript::{Line, Transcript};

    const TTL: &str = "a ttl is kept";
    const VOLATILE: &str = "what is volatile goes at once or not at all";

    fn send(options: SendOptions) -> Line<Word> {
        Line::In(Input::Send { id: MessageId(1), data: data(1), options })
    }

    fn dropped(reason: DropReason) -> Vec<Line<Word>> {
        let settled = tell(Event::Settled { id: MessageId(1), outcome: Err(reason) });
        vec![settled, tell(Event::Dropped { id: MessageId(1), data: data(1), reason })]
    }

    fn drained() -> Line<Word> {
        Line::Deadline(Some((at(99), Wake::Limiter)))
    }

    fn later(micros: u64, sent: SendOptions, lines: Vec<Line<Word>>) -> Transcript<Word> {
        let mut transcript = live(vec![send(sent), drained()]);
        transcript.lines.extend([Line::In(Input::Elapsed)].into_iter().chain(lines).map(|line| (at(micros), line)));
        transcript
    }

    #[test]
    fn what_goes_waits_or_is_dropped_at_the_wrong_time_is_reported() {
        let brief = SendOptions { ttl: Some(Span::micros(10)), volatile: false, ..SendOptions::default() };
        let at_once = SendOptions { ttl: Some(Span::ZERO), volatile: false, ..SendOptions::default() };
        assert_eq!(broken(&live(vec![send(at_once), message(0, 1)])), None);
        assert_eq!(broken(&later(9, brief, vec![message(0, 1)])), None);
        assert_eq!(broken(&later(10, brief, vec![message(0, 1)])), Some((TTL, 3)));
        assert_eq!(broken(&later(9, brief, vec![drained()])), None);
        assert_eq!(broken(&later(10, brief, vec![drained()])), Some((TTL, 3)));
        assert_eq!(broken(&later(9, brief, dropped(DropReason::Expired))), Some((TTL, 4)));
        assert_eq!(broken(&later(10, brief, dropped(DropReason::Expired))), None);
    }

    #[test]
    fn what_is_volatile_and_waits_is_reported() {
        let volatile = SendOptions { ttl: None, volatile: true, ..SendOptions::default() };
        assert_eq!(broken(&live(vec![send(volatile), message(0, 1)])), None);
        assert_eq!(broken(&live(vec![send(volatile), drained()])), Some((VOLATILE, 1)));
        let late = live(vec![send(volatile), Line::In(Input::Elapsed), message(0, 1)]);
        assert_eq!(broken(&late), Some((VOLATILE, 2)));
        let usual = live([vec![send(SendOptions::default())], dropped(DropReason::Volatile)].concat());
        assert_eq!(broken(&usual), Some((VOLATILE, 2)));
    }
}
