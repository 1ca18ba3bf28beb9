//! Does what is closed stay closed?

use everwire::engine::{DropReason, Event, Output};

use super::{Caller, Law, law, must};
use crate::transcript::Line;

/// After `Closed` a send is refused and a flush answered, and nothing else is said or waited for.
pub(super) fn stopped_stays_stopped<P: std::fmt::Debug + 'static>() -> Law<P> {
    law("stopped stays stopped", Caller::Any, |line, _, model| {
        if !model.is_closed {
            return Ok(());
        }
        match line {
            Line::Out(Output::Tell(
                Event::Settled { outcome: Err(DropReason::Closed), .. }
                | Event::Dropped { reason: DropReason::Closed, .. }
                | Event::Flushed { .. },
            ))
            | Line::In(_)
            | Line::World(_) => Ok(()),
            Line::Out(output) => Err(format!("{output:?}")),
            Line::Deadline(deadline) => must(deadline.is_none(), || format!("{deadline:?} is waited for")),
        }
    })
}

#[cfg(test)]
mod tests {
    use everwire::engine::{ClientState, CloseInfo, Event, Input, Output, SocketId, Wake};

    use super::super::example::{Word, at, broken, session, tell};
    use crate::transcript::Line;

    fn after_the_end(line: Line<Word>) -> Option<(&'static str, usize)> {
        let state = tell(Event::State(ClientState::Closed));
        let closed = tell(Event::Closed(CloseInfo::ABNORMAL));
        broken(&session(vec![Line::In(Input::Disconnect(None)), state, closed, line]))
    }

    #[test]
    fn whatever_is_said_after_the_end_is_reported() {
        let stopped = Some(("stopped stays stopped", 3));
        assert_eq!(after_the_end(Line::Deadline(Some((at(9), Wake::Retry)))), stopped);
        assert_eq!(after_the_end(tell(Event::Drain)), stopped);
        assert_eq!(
            after_the_end(Line::Out(Output::FetchToken {
                ask: everwire::engine::AskId(0),
                reason: everwire::engine::TokenReason::First,
                attempt: 0,
            })),
            stopped
        );
        assert_eq!(after_the_end(Line::Deadline(None)), None);
        assert_eq!(
            after_the_end(Line::Out(Output::Open { socket: SocketId(0), attempt: 0 })),
            Some(("stopped stays stopped", 3))
        );
    }
}
