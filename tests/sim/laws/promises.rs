//! Is every promise kept, once, and every drop told?

use std::collections::HashSet;

use everwire::engine::{DropReason, Event, Input, MessageId, Output};

use super::{Caller, Law, law, must};
use crate::transcript::Line;

/// Every accepted message's promise settles exactly once, and all are settled when `Closed` is told. As kept only once
/// the browser took it, or once its socket was given up, which leaves the answer open.
pub(super) fn each_is_settled_once<P: everwire::engine::Payload + 'static>() -> Law<P> {
    law("every promise settles exactly once", Caller::Any, |line, _, model| match line {
        Line::Out(Output::Tell(Event::Settled { id, outcome })) => {
            let Some(message) = model.messages.get(id) else { return Err(format!("{id:?} was never accepted")) };
            must(model.unsettled.contains(id), || format!("{id:?} is settled again, now as {outcome:?}"))?;
            must(outcome.is_err() || message.is_transmitted || is_out_of_hand(*id, model), || {
                format!("{id:?} is kept, and the browser has not taken it")
            })
        }
        Line::Out(Output::Tell(Event::Closed(_))) => {
            must(model.unsettled.is_empty(), || format!("never settled: {:?}", model.unsettled))
        }
        Line::Deadline(_) if model.is_closed => {
            must(model.unsettled.is_empty(), || format!("sent after the end and not settled: {:?}", model.unsettled))
        }
        Line::In(_) | Line::Out(_) | Line::Deadline(_) | Line::World(_) => Ok(()),
    })
}

fn is_out_of_hand<P: everwire::engine::Payload>(id: MessageId, model: &super::Model<P>) -> bool {
    model.sockets.iter().rev().any(|socket| {
        let owed = socket.handed[socket.answered..].iter().any(|handed| handed.message == Some(id));
        owed && (model.current().is_none_or(|current| current.id != socket.id) || model.is_disconnected)
    })
}

/// A rejected promise is followed by its drop for the same reason; a drop is of a message that was there, not dropped
/// before, and settled by then.
pub(super) fn a_drop_is_told_and_settled<P: everwire::engine::Payload + 'static>() -> Law<P> {
    let mut expected: Option<(MessageId, DropReason)> = None;
    let mut dropped = HashSet::new();
    let mut is_end_claimed = false;
    law("a drop is told once, after its promise", Caller::Any, move |line, _, model| {
        if let Some((id, reason)) = expected.take() {
            let follows = matches!(line, Line::Out(Output::Tell(Event::Dropped { id: it, reason: why, .. }))
                if *it == id && *why == reason);
            must(follows, || format!("{id:?} was rejected as {reason:?}, and no drop followed"))?;
        }
        match line {
            Line::Out(Output::Tell(Event::Settled { id, outcome: Err(reason) })) => expected = Some((*id, *reason)),
            Line::Out(Output::Tell(Event::Dropped { id, reason, .. })) => {
                must(model.messages.contains_key(id), || format!("{id:?} was never accepted"))?;
                must(!model.unsettled.contains(id), || format!("{id:?} is dropped with its promise open"))?;
                must(dropped.insert(*id), || format!("{id:?} is dropped again"))?;
                let is_asked = match reason {
                    DropReason::Unsendable => matches!(model.said, Some(Input::NotTransmitted { .. })),
                    DropReason::Aborted => matches!(model.said, Some(Input::TakeBack(it)) if it == *id),
                    DropReason::Unconfirmed => false, // where no session is wished for
                    DropReason::Closed | DropReason::Overflow | DropReason::Expired | DropReason::Volatile => true,
                };
                is_end_claimed |= *reason == DropReason::Closed;
                must(is_asked, || format!("{id:?} is dropped as {reason:?} after {:?}", kind_of(&model.said)))?;
            }
            Line::Out(Output::Transmit { frame: everwire::engine::Frame::Message { id, .. }, .. }) => {
                must(!dropped.contains(id), || format!("{id:?} was dropped, and is handed over"))?;
            }
            Line::Deadline(_) => {
                let is_true = !std::mem::take(&mut is_end_claimed) || model.is_disconnected || model.is_closed;
                must(is_true, || "dropped because the client closed, and it did not".to_owned())?;
            }
            Line::In(_) | Line::Out(_) | Line::World(_) => {}
        }
        Ok(())
    })
}

/// Without its payload, which may not be printable.
fn kind_of<P>(input: &Option<Input<P>>) -> &'static str {
    match input {
        Some(Input::Closed { .. }) => "a close",
        Some(Input::Send { .. }) => "a send",
        Some(_) => "another input",
        None => "nothing",
    }
}

#[cfg(test)]
mod tests {
    use everwire::engine::{CloseInfo, DropReason, Event, Input, MessageId, Output, SocketId};

    use super::super::example::{Word, broken, data, live, message, send, tell, transmitted};
    use crate::transcript::Line;

    const SETTLED: &str = "every promise settles exactly once";
    const DROPPED: &str = "a drop is told once, after its promise";

    fn settled(id: u64, outcome: Result<(), DropReason>) -> Line<Word> {
        tell(Event::Settled { id: MessageId(id), outcome })
    }

    fn dropped(id: u64, reason: DropReason) -> Line<Word> {
        tell(Event::Dropped { id: MessageId(id), data: data(id), reason })
    }

    #[test]
    fn a_promise_that_settles_twice_is_reported() {
        let once = vec![send(1), message(0, 1), transmitted(0, 3), settled(1, Ok(()))];
        assert_eq!(broken(&live(once.clone())), None);
        let twice = [once, vec![settled(1, Ok(()))]].concat();
        assert_eq!(broken(&live(twice)), Some((SETTLED, 4)));
    }

    #[test]
    fn a_promise_that_is_kept_too_early_is_reported() {
        assert_eq!(broken(&live(vec![send(1), message(0, 1), settled(1, Ok(()))])), Some((SETTLED, 2)));
        let close = Line::Out(Output::Close { socket: SocketId(0), frame: None });
        let given_up = vec![send(1), message(0, 1), Line::In(Input::Connect), close, settled(1, Ok(()))];
        assert_eq!(broken(&live(given_up)), None);
    }

    #[test]
    fn a_promise_of_nobody_is_reported() {
        assert_eq!(broken(&live(vec![settled(1, Ok(()))])), Some((SETTLED, 0)));
    }

    #[test]
    fn a_promise_that_is_open_at_the_end_is_reported() {
        let end = tell(Event::Closed(CloseInfo::ABNORMAL));
        let state = tell(Event::State(everwire::engine::ClientState::Closed));
        let disconnect = Line::In(Input::Disconnect(None));
        let forgotten = vec![send(1), disconnect.clone(), state.clone(), end.clone()];
        assert_eq!(broken(&live(forgotten)), Some((SETTLED, 3)));
        let late = vec![disconnect, state, end, send(1), Line::Deadline(None)];
        assert_eq!(broken(&live(late)), Some((SETTLED, 4)));
    }

    #[test]
    fn a_rejection_without_its_drop_is_reported() {
        let rejected = settled(1, Err(DropReason::Overflow));
        let silent = vec![send(1), rejected.clone(), Line::Deadline(None)];
        assert_eq!(broken(&live(silent)), Some((DROPPED, 2)));
        let otherwise = vec![send(1), rejected, dropped(1, DropReason::Expired)];
        assert_eq!(broken(&live(otherwise)), Some((DROPPED, 2)));
    }

    #[test]
    fn a_drop_that_is_not_settled_or_not_asked_for_is_reported() {
        assert_eq!(broken(&live(vec![dropped(1, DropReason::Expired)])), Some((DROPPED, 0)));
        assert_eq!(broken(&live(vec![send(1), dropped(1, DropReason::Expired)])), Some((DROPPED, 1)));
        let unasked = |reason| vec![send(1), settled(1, Err(reason)), dropped(1, reason), Line::Deadline(None)];
        assert_eq!(broken(&live(unasked(DropReason::Aborted))), Some((DROPPED, 2)));
        assert_eq!(broken(&live(unasked(DropReason::Unsendable))), Some((DROPPED, 2)));
        assert_eq!(broken(&live(unasked(DropReason::Closed))), Some((DROPPED, 3)));
    }

    #[test]
    fn what_was_dropped_stays_dropped() {
        let reason = DropReason::Closed;
        let closes = Line::In(Input::Disconnect(None));
        let drop = vec![send(1), closes, settled(1, Err(reason)), dropped(1, reason)];
        assert_eq!(broken(&live([drop.clone(), vec![dropped(1, reason)]].concat())), Some((DROPPED, 4)));
        assert_eq!(broken(&live([drop, vec![message(0, 1)]].concat())), Some((DROPPED, 4)));
    }
}
