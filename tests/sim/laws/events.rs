//! Do the events make sense to whoever listens?

use everwire::engine::{ClientState, Event, Input, Options, Output};

use super::{Caller, Law, law, must};
use crate::transcript::Line;

/// `State` tells of another state each time, and of one that can follow.
pub(super) fn a_state_changes_to_another<P: 'static>() -> Law<P> {
    law("a state changes to another", Caller::Any, |line, _, model| {
        let Line::Out(Output::Tell(Event::State(next))) = line else { return Ok(()) };
        let may_follow = match model.state {
            ClientState::Connecting => *next != ClientState::Connecting,
            ClientState::Open => *next != ClientState::Open,
            ClientState::Waiting => matches!(next, ClientState::Connecting | ClientState::Closed),
            ClientState::Closing => *next == ClientState::Closed,
            ClientState::Closed => false,
        };
        must(may_follow, || format!("{next:?} follows {:?}", model.state))
    })
}

/// Each `Open` is followed by one `Down`, or, unless it was lost by then, by the user's own close; `Down` says truly
/// whether it goes on.
pub(super) fn open_and_down_pair_up<P: 'static>() -> Law<P> {
    let (mut is_up, mut was_up) = (false, false);
    let mut promise = None;
    law("open and down pair up", Caller::Any, move |line, _, model| match line {
        Line::Out(Output::Tell(Event::Open { reconnected, .. })) => {
            must(!is_up, || "it is open already".to_owned())?;
            must(model.state == ClientState::Open, || format!("while {:?}", model.state))?;
            must(*reconnected == was_up, || format!("reconnected: {reconnected}"))?;
            (is_up, was_up) = (true, true);
            Ok(())
        }
        Line::Out(Output::Tell(Event::Down { will_retry, .. })) => {
            must(is_up, || "it is not open".to_owned())?;
            let was_lost_before = model.deciding.is_some();
            must(!model.is_disconnected || was_lost_before, || "after the user closed".to_owned())?;
            (is_up, promise) = (false, Some(*will_retry));
            Ok(())
        }
        Line::Out(Output::Tell(Event::Closed(_))) => {
            let is_by_user = model.is_disconnected && model.deciding.is_none();
            must(!is_up || is_by_user, || "closed without a down".to_owned())
        }
        Line::Deadline(_) => {
            let kept = promise.is_none_or(|will_retry| will_retry != model.is_closed);
            must(kept, || format!("{promise:?} was told, and closed: {}", model.is_closed))?;
            promise = None;
            // between two drains what the user believes is so
            let is_open = model.state == ClientState::Open;
            let is_deciding = model.deciding.is_some() || model.is_disconnected;
            must(is_up == is_open || is_deciding, || format!("up: {is_up}, while {:?}", model.state))
        }
        Line::In(_) | Line::Out(_) | Line::World(_) => Ok(()),
    })
}

/// What was handed to the lost socket and neither came back nor can be confirmed: without a heartbeat all of it, with one
/// at least what followed the last ping.
pub(super) fn unconfirmed_is_counted<P: 'static>(config: &Options) -> Law<P> {
    let has_heartbeat = config.heartbeat.is_some();
    let may_come_late = config.reconnect.as_ref().is_some_and(|reconnect| reconnect.ask);
    law("down counts what nothing confirms", Caller::Orderly, move |line, _, model| {
        let Line::Out(Output::Tell(Event::Down { unconfirmed, .. })) = line else { return Ok(()) };
        let Some(socket) = model.sockets.last() else { return Err("there never was a socket".to_owned()) };
        let messages = || socket.handed.iter().filter(|handed| handed.message.is_some());
        let all = messages().count() as u64;
        let after_ping = messages().filter(|handed| handed.pings == socket.pings).count() as u64;
        let least = if has_heartbeat { after_ping } else { all };
        // shouldRetry is asked in between, and its answer may come after a late close that brought some of them back
        let most = if may_come_late { socket.messages } else { all };
        must((least..=most).contains(&unconfirmed.messages), || {
            format!("{unconfirmed:?} are told, and may be {least} to {most} messages")
        })
    })
}

/// `Retry` only while waiting; and an attempt is told of under the number that it gets.
pub(super) fn a_retry_waits<P: 'static>(config: &Options) -> Law<P> {
    let allowed = config.reconnect.as_ref().map_or(1, |reconnect| reconnect.attempts.unwrap_or(u32::MAX));
    let (mut announced, mut is_uncounted) = (None, false);
    law("a retry is told while waiting", Caller::Any, move |line, _, model| match line {
        Line::Out(Output::Tell(Event::Retry { attempt, .. })) => {
            announced = Some(*attempt);
            must(model.state == ClientState::Waiting, || format!("while {:?}", model.state))
        }
        Line::Out(Output::Open { attempt, .. }) => {
            let as_told = announced.take().is_none_or(|announced| announced == *attempt);
            must(as_told, || format!("attempt {attempt} begins, and another was told"))?;
            must(is_uncounted || *attempt < allowed, || format!("attempt {attempt} of {allowed:?}"))
        }
        // attempts that fail while there is no network, and those that the user wants, are numbered and do not count
        Line::In(Input::Offline) => {
            is_uncounted = true;
            Ok(())
        }
        Line::In(Input::Connect) => {
            is_uncounted |= !model.sockets.is_empty();
            Ok(())
        }
        Line::In(Input::NotOpened { .. } | Input::NoToken { .. }) => {
            announced = None; // the attempt that was told of failed before it had a socket
            Ok(())
        }
        Line::Out(Output::Tell(Event::Error(_))) => {
            announced = None;
            Ok(())
        }
        Line::In(_) | Line::Out(_) | Line::Deadline(_) | Line::World(_) => Ok(()),
    })
}

/// `Closed` is told once, in the state of that name, and nothing comes with it afterwards (see `stopped`).
pub(super) fn closed_is_the_end<P: 'static>() -> Law<P> {
    law("closed is told once and last", Caller::Any, |line, _, model| match line {
        Line::Out(Output::Tell(Event::Closed(_))) => {
            must(!model.is_closed, || "again".to_owned())?;
            must(model.state == ClientState::Closed, || format!("while {:?}", model.state))
        }
        Line::Deadline(_) => {
            let agree = (model.state == ClientState::Closed) == model.is_closed;
            must(agree, || format!("{:?}, and closed was told: {}", model.state, model.is_closed))
        }
        Line::In(_) | Line::Out(_) | Line::World(_) => Ok(()),
    })
}

#[cfg(test)]
mod tests {
    use everwire::engine::{
        ClientState, CloseInfo, Event, Input, MessageId, Options, Output, SocketId, Span, Unconfirmed,
    };

    use super::super::example::{Word, broken, broken_with, live, message, send, session, tell, transmitted};
    use crate::transcript::Line;

    const PAIRS: &str = "open and down pair up";

    fn state(state: ClientState) -> Line<Word> {
        tell(Event::State(state))
    }

    fn down(will_retry: bool) -> Line<Word> {
        tell(Event::Down { close: CloseInfo::ABNORMAL, will_retry, unconfirmed: Default::default() })
    }

    fn closed() -> Line<Word> {
        tell(Event::Closed(CloseInfo::ABNORMAL))
    }

    #[test]
    fn a_state_that_cannot_follow_is_reported() {
        let law = "a state changes to another";
        assert_eq!(broken(&session(vec![state(ClientState::Connecting)])), Some((law, 0)));
        assert_eq!(broken(&live(vec![state(ClientState::Open)])), Some((law, 0)));
        let back = vec![state(ClientState::Waiting), state(ClientState::Open)];
        assert_eq!(broken(&session(back)), Some((law, 1)));
        let reopened = vec![state(ClientState::Closing), state(ClientState::Connecting)];
        assert_eq!(broken(&session(reopened)), Some((law, 1)));
    }

    #[test]
    fn an_open_or_a_down_alone_is_reported() {
        let open = |reconnected| tell(Event::Open { attempt: 0, reconnected, resumed: None });
        assert_eq!(broken(&live(vec![open(true)])), Some((PAIRS, 0)));
        assert_eq!(broken(&session(vec![down(true)])), Some((PAIRS, 0)));
        assert_eq!(broken(&live(vec![down(true), down(true)])), Some((PAIRS, 1)));
        assert_eq!(broken(&session(vec![open(false)])), Some((PAIRS, 0)));
        assert_eq!(broken(&live(vec![down(true), open(false)])), Some((PAIRS, 1)));
        assert_eq!(broken(&live(vec![Line::In(Input::Disconnect(None)), down(false)])), Some((PAIRS, 1)));
        assert_eq!(broken(&live(vec![state(ClientState::Closed), closed()])), Some((PAIRS, 1)));
        assert_eq!(broken(&live(vec![state(ClientState::Waiting), Line::Deadline(None)])), Some((PAIRS, 1)));
    }

    #[test]
    fn a_down_that_does_not_tell_the_truth_is_reported() {
        let end = || vec![state(ClientState::Closed), closed(), Line::Deadline(None)];
        assert_eq!(broken(&live([vec![down(true)], end()].concat())), Some((PAIRS, 3)));
        assert_eq!(broken(&live([vec![down(false)], end()].concat())), None);
        let waits = vec![down(false), state(ClientState::Waiting), Line::Deadline(None)];
        assert_eq!(broken(&live(waits)), Some((PAIRS, 2)));
    }

    #[test]
    fn a_message_that_is_lost_and_not_counted_is_reported() {
        let down = |messages| {
            let unconfirmed = Unconfirmed { messages, bytes: 0 };
            tell(Event::Down { close: CloseInfo::ABNORMAL, will_retry: true, unconfirmed })
        };
        let lost_with = |messages| {
            let settled = tell(Event::Settled { id: MessageId(1), outcome: Ok(()) });
            let closed = Line::In(Input::Closed { socket: SocketId(0), close: CloseInfo::ABNORMAL, unsent: 0 });
            broken(&live(vec![send(1), message(0, 1), transmitted(0, 3), settled, closed, down(messages)]))
        };
        assert_eq!(lost_with(1), None);
        assert_eq!(lost_with(0), Some(("down counts what nothing confirms", 5)));
        assert_eq!(lost_with(2), Some(("down counts what nothing confirms", 5)));
    }

    #[test]
    fn a_retry_that_is_not_so_is_reported() {
        let law = "a retry is told while waiting";
        let retry = || tell(Event::Retry { attempt: 1, delay: Span::secs(1) });
        let open = |attempt| Line::Out(Output::Open { socket: SocketId(0), attempt });
        assert_eq!(broken(&session(vec![retry()])), Some((law, 0)));
        assert_eq!(broken(&session(vec![state(ClientState::Waiting), retry(), open(2)])), Some((law, 2)));
        assert_eq!(broken(&session(vec![state(ClientState::Waiting), retry(), open(1)])), None);
        let once = Options { reconnect: None, ..Options::default() };
        assert_eq!(broken_with(&once, &session(vec![open(1)])), Some((law, 0)));
    }

    #[test]
    fn a_closed_out_of_place_is_reported() {
        let law = "closed is told once and last";
        let disconnect = || Line::In(Input::Disconnect(None));
        assert_eq!(broken(&session(vec![disconnect(), closed()])), Some((law, 1)));
        let silent = vec![disconnect(), state(ClientState::Closed), Line::Deadline(None)];
        assert_eq!(broken(&session(silent)), Some((law, 2)));
        let again = vec![disconnect(), state(ClientState::Closed), closed(), closed()];
        assert_eq!(broken(&session(again)).map(|(_, line)| line), Some(3));
    }
}
