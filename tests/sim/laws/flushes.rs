//! Is every flush answered, and truly?

use everwire::engine::{Event, FlushId, Input, MessageId, Output, Payload, SocketId};

use super::{Caller, Law, Model, law, must};
use crate::transcript::Line;

/// Once each, and at the latest when `Closed` is told; one that is asked for afterwards at once.
pub(super) fn each_is_answered_once<P: 'static>() -> Law<P> {
    let mut owed: Vec<FlushId> = Vec::new();
    law("every flush is answered exactly once", Caller::Any, move |line, _, model| {
        let is_end = match line {
            Line::In(Input::Flush(id)) => {
                owed.push(*id);
                false
            }
            Line::Out(Output::Tell(Event::Flushed { id, .. })) => {
                let Some(position) = owed.iter().position(|owed| owed == id) else {
                    return Err(format!("{id:?} is answered and not open"));
                };
                owed.remove(position);
                false
            }
            Line::Out(Output::Tell(Event::Closed(_))) => true,
            Line::Deadline(_) => model.is_closed,
            Line::In(_) | Line::Out(_) | Line::World(_) => false,
        };
        must(!is_end || owed.is_empty(), || format!("never answered: {owed:?}"))
    })
}

/// `complete: true` says that all accepted before it has left the browser or was dropped; `false` is only said where a
/// socket was lost or has been given up, be it before, or at the end.
pub(super) fn a_complete_flush_is_complete<P: Payload + 'static>() -> Law<P> {
    let mut open: Vec<(FlushId, Option<MessageId>)> = Vec::new();
    // what a lost socket held stays in doubt, for flushes that are asked for later, too
    let (mut has_failed, mut has_lost) = (None, false);
    law("a complete flush is complete", Caller::Orderly, move |line, _, model| match line {
        Line::In(Input::Flush(id)) => {
            open.push((*id, model.latest));
            Ok(())
        }
        Line::In(Input::Closed { .. }) | Line::Out(Output::Close { .. }) => {
            has_lost = true;
            Ok(())
        }
        Line::Out(Output::Tell(Event::Flushed { id, complete })) => {
            let Some(position) = open.iter().position(|(it, _)| it == id) else { return Ok(()) };
            let (_, until) = open.remove(position);
            if !*complete {
                has_failed = Some(*id);
                return Ok(());
            }
            let Some(until) = until else { return Ok(()) };
            let stays = still_here(until, model);
            must(stays.is_none(), || format!("{id:?}, and {stays:?} has not left"))
        }
        Line::Deadline(_) => match has_failed.take() {
            Some(id) => must(has_lost || model.is_closed, || format!("{id:?} failed, and nothing was lost")),
            None => Ok(()),
        },
        Line::In(_) | Line::Out(_) | Line::World(_) => Ok(()),
    })
}

/// A flush that was under way fails when a socket is lost, without having said goodbye, or is given up, and what became
/// of one of its messages is not known: it had not left, and does not come back.
pub(super) fn a_flush_over_a_loss_fails<P: Payload + 'static>() -> Law<P> {
    let mut open: Vec<(FlushId, Option<MessageId>)> = Vec::new();
    let mut doomed: Vec<FlushId> = Vec::new();
    let mut lost: Vec<MessageId> = Vec::new();
    law("a flush over a loss fails", Caller::Orderly, move |line, _, model| {
        // by now the model knows which of them came back
        for id in lost.drain(..).filter(|id| !model.waiting.contains_key(id)) {
            doomed.extend(open.iter().filter(|(_, until)| *until >= Some(id)).map(|(flush, _)| *flush));
        }
        match line {
            Line::In(Input::Flush(id)) => open.push((*id, model.latest)),
            Line::In(Input::Closed { socket, close, .. }) if !close.clean => lost = in_the_buffer_of(*socket, model),
            Line::Out(Output::Close { socket, .. }) if !model.is_disconnected => {
                lost = in_the_buffer_of(*socket, model);
            }
            Line::Out(Output::Tell(Event::Flushed { id, complete })) => {
                open.retain(|(it, _)| it != id);
                let is_doomed = doomed.contains(id);
                must(!is_doomed || !*complete, || format!("{id:?} is complete, and something of it is lost"))?;
                doomed.retain(|it| it != id);
            }
            Line::In(_) | Line::Out(_) | Line::Deadline(_) | Line::World(_) => {}
        }
        Ok(())
    })
}

/// What certainly has not left it, if it is the current one.
fn in_the_buffer_of<P: Payload>(socket: SocketId, model: &Model<P>) -> Vec<MessageId> {
    let current = model.current().filter(|current| current.id == socket);
    let handed = current.into_iter().flat_map(|socket| socket.not_left());
    handed.filter(|handed| handed.bytes != Some(0)).filter_map(|handed| handed.message).collect()
}

/// The first message up to this one that waits, or lies in the current socket's buffer.
fn still_here<P: Payload>(until: MessageId, model: &Model<P>) -> Option<MessageId> {
    let waits = model.waiting.keys().next().copied();
    let in_buffer = model.current().and_then(|socket| {
        let certain = socket.not_left().filter(|handed| handed.bytes != Some(0)); // an empty one may be gone
        certain.filter_map(|handed| handed.message).last()
    });
    [waits, in_buffer].into_iter().flatten().find(|&id| id <= until)
}

#[cfg(test)]
mod tests {
    use everwire::engine::{ClientState, CloseInfo, Event, FlushId, Input, MessageId, Output, SocketId};

    use super::super::example::{Word, broken, live, message, send, session, tell, transmitted};
    use crate::transcript::Line;

    const ONCE: &str = "every flush is answered exactly once";
    const COMPLETE: &str = "a complete flush is complete";

    fn flush(id: u64) -> Line<Word> {
        Line::In(Input::Flush(FlushId(id)))
    }

    fn flushed(id: u64, complete: bool) -> Line<Word> {
        tell(Event::Flushed { id: FlushId(id), complete })
    }

    #[test]
    fn a_flush_that_is_answered_twice_or_never_is_reported() {
        assert_eq!(broken(&session(vec![flush(1), flushed(1, true), flushed(1, true)])), Some((ONCE, 2)));
        assert_eq!(broken(&session(vec![flush(1), flushed(2, true)])), Some((ONCE, 1)));
        let end = || {
            let closed = tell(Event::Closed(CloseInfo::ABNORMAL));
            vec![Line::In(Input::Disconnect(None)), tell(Event::State(ClientState::Closed)), closed]
        };
        assert_eq!(broken(&session([vec![flush(1)], end()].concat())), Some((ONCE, 3)));
        let after = [end(), vec![flush(1), Line::Deadline(None)]].concat();
        assert_eq!(broken(&session(after)), Some((ONCE, 4)));
    }

    #[test]
    fn a_flush_that_is_answered_too_early_is_reported() {
        assert_eq!(broken(&session(vec![send(1), flush(1), flushed(1, true)])), Some((COMPLETE, 2)));
        let settled = tell(Event::Settled { id: MessageId(1), outcome: Ok(()) });
        let sent = vec![send(1), message(0, 1), transmitted(0, 3), settled];
        let reading = |bytes| vec![Line::In(Input::Buffered { socket: SocketId(0), bytes })];
        let answered_at =
            |bytes| broken(&live([sent.clone(), vec![flush(1)], reading(bytes), vec![flushed(1, true)]].concat()));
        assert_eq!(answered_at(1), Some((COMPLETE, 6)));
        assert_eq!(answered_at(0), None);
        assert_eq!(broken(&live([sent.clone(), vec![flush(1), flushed(1, true)]].concat())), Some((COMPLETE, 5)));
    }

    #[test]
    fn a_flush_that_succeeds_over_a_loss_is_reported() {
        let settled = tell(Event::Settled { id: MessageId(1), outcome: Ok(()) });
        let sent = vec![send(1), message(0, 1), transmitted(0, 3), settled, flush(1)];
        let closed = |clean, unsent| {
            let close = CloseInfo { clean, ..CloseInfo::ABNORMAL };
            vec![Line::In(Input::Closed { socket: SocketId(0), close, unsent })]
        };
        let answered =
            |end: Vec<Line<Word>>, complete| broken(&live([sent.clone(), end, vec![flushed(1, complete)]].concat()));
        let loss = Some(("a flush over a loss fails", 6));
        assert_eq!(answered(closed(false, 0), true), loss);
        assert_eq!(answered(closed(false, 2), true), loss);
        assert_eq!(answered(closed(false, 0), false), None);
        assert_eq!(answered(closed(true, 0), true), None);
        let given_up = vec![Line::Out(Output::Close { socket: SocketId(0), frame: None })];
        assert_eq!(answered(given_up.clone(), true), loss);
        assert_eq!(answered(given_up, false), None);
        // it came back, so it is not lost; but it waits
        assert_eq!(answered(closed(false, 3), true), Some((COMPLETE, 6)));
    }

    #[test]
    fn a_flush_that_fails_for_nothing_is_reported() {
        assert_eq!(broken(&live(vec![flush(1), flushed(1, false), Line::Deadline(None)])), Some((COMPLETE, 2)));
    }
}
