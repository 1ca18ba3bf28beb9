//! Does it wait for what is to come, and no longer than it may?

use everwire::engine::{Advice, ClientState, Event, Input, Options, Output, Payload, Span, Wake};

use super::{Caller, Law, law, must};
use crate::transcript::Line;

/// A deadline in the past, or now, would have been met already: the caller's timer would spin.
pub(super) fn a_deadline_lies_ahead<P: 'static>() -> Law<P> {
    law("no deadline in the past after a drain", Caller::Any, |line, _, model| {
        let Line::Deadline(Some((at, wake))) = line else { return Ok(()) };
        must(*at > model.now, || format!("{wake:?} is due at {at:?}, and it is {:?}", model.now))
    })
}

/// No longer than `maxDelay`, unless `shouldRetry` said so; then for exactly as long as it said. What the user is told
/// is what is waited.
pub(super) fn a_wait_is_bounded<P: 'static>(config: &Options) -> Law<P> {
    // a wait of nothing is one of a microsecond: never is there another attempt in the same breath
    let floor = |delay: Span| delay.max(Span::micros(1));
    let most = config.reconnect.as_ref().map(|reconnect| floor(reconnect.max_delay));
    let mut told = None;
    law("a wait for the next attempt is bounded", Caller::Any, move |line, _, model| match line {
        Line::In(_) => {
            told = None;
            Ok(())
        }
        Line::Out(Output::Tell(Event::Retry { delay, .. })) => {
            told = Some(*delay);
            let advised = match &model.said {
                Some(Input::Advised { advice: Some(Advice::RetryAfter(advised)), .. }) => Some(floor(*advised)),
                Some(_) | None => None,
            };
            let Some(most) = most else { return Err("there is no reconnection".to_owned()) };
            must(advised == Some(*delay) || *delay <= most, || {
                format!("{delay} is longer than {most}, and {advised:?} was advised")
            })
        }
        Line::Deadline(deadline) => {
            // an attempt that is due at once has begun by now; what a message's ttl wants may come first
            let (Some(delay), Some((at, Wake::Retry))) = (told, deadline) else { return Ok(()) };
            let until = model.now + delay;
            must(*at == until, || format!("{delay} was told, until {until:?}, and {at:?} is waited for"))
        }
        Line::Out(_) | Line::World(_) => Ok(()),
    })
}

/// Whoever is under way has a deadline: an attempt, a wait, a close, and a message that waits for the limits. Else it
/// would hang for good. Only `shouldRetry`, which always answers, is waited for without one.
pub(super) fn nothing_is_waited_for_without_end<P: Payload + 'static>() -> Law<P> {
    let mut is_for_ever = false;
    law("nothing is waited for without end", Caller::Orderly, move |line, _, model| match line {
        Line::Out(Output::Tell(Event::Retry { delay, .. })) => {
            is_for_ever = (model.now + *delay).as_micros() == u64::MAX; // as shouldRetry wants it
            Ok(())
        }
        Line::Deadline(None) => {
            let is_under_way = match model.state {
                ClientState::Connecting => model.ask.is_some() || model.current().is_some(),
                ClientState::Open => !model.waiting.is_empty(),
                ClientState::Waiting => model.deciding.is_none() && !is_for_ever,
                ClientState::Closing => true,
                ClientState::Closed => false,
            };
            must(!is_under_way, || format!("{:?}, {} messages wait, and no deadline", model.state, model.waiting.len()))
        }
        Line::In(_) | Line::Out(_) | Line::Deadline(Some(_)) | Line::World(_) => Ok(()),
    })
}

#[cfg(test)]
mod tests {
    use everwire::engine::{ClientState, Event, Input, Output, SocketId, Span, Wake};

    use super::super::example::{Word, at, broken, live, send, session, tell};
    use crate::transcript::Line;

    #[test]
    fn a_deadline_that_has_come_is_reported() {
        let mut lines = session(vec![Line::In(Input::Elapsed), Line::Deadline(Some((at(0), Wake::Retry)))]);
        assert_eq!(broken(&lines), Some(("no deadline in the past after a drain", 1)));
        lines.lines[1].1 = Line::Deadline(Some((at(1), Wake::Retry)));
        assert_eq!(broken(&lines), None);
    }

    #[test]
    fn a_wait_without_end_is_reported() {
        let law = Some("nothing is waited for without end");
        let ends = |lines: Vec<Line<Word>>| broken(&session(lines)).map(|(law, _)| law);
        let state = |state| tell(Event::State(state));
        let end = || Line::Deadline(None);
        assert_eq!(ends(vec![end()]), None);
        let open = Output::Open { socket: SocketId(0), attempt: 0 };
        assert_eq!(ends(vec![Line::In(Input::Connect), Line::Out(open), end()]), law);
        assert_eq!(ends(vec![state(ClientState::Waiting), end()]), law);
        assert_eq!(ends(vec![Line::In(Input::Disconnect(None)), state(ClientState::Closing), end()]), law);
        assert_eq!(broken(&live(vec![end()])), None);
        assert_eq!(broken(&live(vec![send(1), end()])).map(|(law, _)| law), law);
    }

    #[test]
    fn a_wait_beyond_the_cap_is_reported() {
        let waits = |delay| Line::Out(Output::Tell(Event::Retry { attempt: 0, delay }));
        let waiting = Line::Out(Output::Tell(Event::State(ClientState::Waiting)));
        let too_long = vec![Line::In(Input::Elapsed), waiting.clone(), waits(Span::secs(31))];
        assert_eq!(broken(&session(too_long)), Some(("a wait for the next attempt is bounded", 2)));
        let until = Line::Deadline(Some((at(5_000_000), Wake::Retry)));
        let not_as_told = vec![Line::In(Input::Elapsed), waiting, waits(Span::secs(3)), until];
        assert_eq!(broken(&session(not_as_told)), Some(("a wait for the next attempt is bounded", 3)));
    }
}
