//! Does no more wait than may?

use everwire::engine::{DropReason, Event, Input, MessageId, Options, Output, Overflow, Payload};

use super::{Caller, Law, Model, Verdict, law, must};
use crate::transcript::Line;

/// After each drain what waits is within the bounds. With `Reject` what comes back from a lost socket may exceed them,
/// but nothing new is taken until it fits. And nothing is dropped for room where there was room.
pub(super) fn the_queue_is_bounded<P: Payload + 'static>(config: &Options) -> Law<P> {
    let queue = config.queue.clone();
    let bounds = (queue.max_messages, queue.max_bytes);
    law("the queue is bounded", Caller::Orderly, move |line, _, model| match line {
        Line::Deadline(_) => match queue.overflow {
            Overflow::Reject => match sent_just_now(model).filter(|id| model.waiting.contains_key(id)) {
                Some(id) => fits(model, bounds, || format!("{id:?} was taken")),
                None => Ok(()),
            },
            Overflow::DropOldest | Overflow::DropNewest => fits(model, bounds, || "after a drain".to_owned()),
        },
        Line::Out(Output::Tell(Event::Dropped { id, reason: DropReason::Overflow, .. })) => {
            // `waiting` still has it
            let had_room = fits(model, bounds, String::new).is_ok();
            must(!had_room, || {
                format!("{id:?} was dropped, and {} of {} bytes fit", model.waiting.len(), model.waiting_bytes)
            })
        }
        Line::In(_) | Line::Out(_) | Line::World(_) => Ok(()),
    })
}

fn fits<P>(model: &Model<P>, (messages, bytes): (u64, u64), when: impl Fn() -> String) -> Verdict {
    let (waiting, size) = (model.waiting.len() as u128, model.waiting_bytes);
    must(waiting <= u128::from(messages) && size <= u128::from(bytes), || {
        format!("{}: {waiting} messages and {size} bytes wait, {messages} and {bytes} may", when())
    })
}

fn sent_just_now<P>(model: &Model<P>) -> Option<MessageId> {
    let Some(Input::Send { id, .. }) = &model.said else { return None };
    Some(*id)
}

#[cfg(test)]
mod tests {
    use everwire::engine::{DropReason, Event, MessageId, Options, Overflow, QueueOptions};

    use super::super::example::{Word, broken_with, data, send, session, tell};
    use crate::transcript::Line;

    const BOUNDED: &str = "the queue is bounded";

    fn broken(max_messages: u64, overflow: Overflow, lines: Vec<Line<Word>>) -> Option<(&'static str, usize)> {
        let queue = QueueOptions { max_messages, overflow, ..QueueOptions::default() };
        broken_with(&Options { queue, ..Options::default() }, &session(lines))
    }

    fn drain() -> Line<Word> {
        Line::Deadline(None)
    }

    #[test]
    fn one_too_many_is_reported() {
        for overflow in [Overflow::Reject, Overflow::DropOldest, Overflow::DropNewest] {
            let lines = vec![send(1), drain(), send(2), drain()];
            assert_eq!(broken(2, overflow, lines.clone()), None);
            assert_eq!(broken(1, overflow, lines), Some((BOUNDED, 3)));
        }
        let queue = QueueOptions { max_bytes: 5, ..QueueOptions::default() };
        let options = Options { queue, ..Options::default() };
        let lines = session(vec![send(1), drain(), send(2), drain()]);
        assert_eq!(broken_with(&options, &lines), Some((BOUNDED, 3)));
    }

    #[test]
    fn a_drop_where_there_is_room_is_reported() {
        let reason = DropReason::Overflow;
        let settled = tell(Event::Settled { id: MessageId(1), outcome: Err(reason) });
        let dropped = tell(Event::Dropped { id: MessageId(1), data: data(1), reason });
        let lines = vec![send(1), settled, dropped];
        assert_eq!(broken(1, Overflow::Reject, lines.clone()), Some((BOUNDED, 2)));
        assert_eq!(broken(0, Overflow::Reject, lines), None);
    }
}
