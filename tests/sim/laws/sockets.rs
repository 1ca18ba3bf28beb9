//! Is there one socket at a time, and is only that one heard and spoken to?

use everwire::engine::{Frame, Input, Instant, Options, Output, SocketId, Via, Wake};

use super::model::Life;
use super::{Caller, Law, law, must};
use crate::transcript::Line;

/// A second `Open` only after the first socket ended or was closed by order; and no number twice.
pub(super) fn one_live_socket<P: everwire::engine::Payload + 'static>() -> Law<P> {
    let mut highest: Option<SocketId> = None;
    law("one live socket", Caller::Any, move |line, _, model| {
        let Line::Out(Output::Open { socket, .. }) = line else { return Ok(()) };
        must(model.current().is_none(), || format!("{socket:?} is opened beside {:?}", model.current()))?;
        must(highest.is_none_or(|highest| *socket > highest), || format!("{socket:?} was there before"))?;
        highest = Some(*socket);
        Ok(())
    })
}

/// Nothing before `Opened`, nothing after `Close` was ordered or `Closed` was told, nothing to any other.
pub(super) fn only_an_open_socket_is_handed_anything<P: everwire::engine::Payload + 'static>() -> Law<P> {
    law("nothing transmitted before Opened or after Close", Caller::Any, |line, _, model| {
        let Line::Out(Output::Transmit { socket, .. }) = line else { return Ok(()) };
        let life = model.current().filter(|current| current.id == *socket).map(|current| current.life);
        must(life == Some(Life::Open), || {
            format!(
                "{socket:?} is {:?}, the current one is {:?}",
                model.socket(*socket).map(|it| it.life),
                model.current()
            )
        })
    })
}

/// Once, and of a socket that is there.
pub(super) fn a_close_is_ordered_once<P: everwire::engine::Payload + 'static>() -> Law<P> {
    law("a close is ordered once, of the current socket", Caller::Any, |line, _, model| {
        let Line::Out(Output::Close { socket, .. }) = line else { return Ok(()) };
        let current = model.current().filter(|current| current.id == *socket && current.life != Life::Closing);
        must(current.is_some(), || format!("{socket:?} is {:?}", model.socket(*socket).map(|it| it.life)))
    })
}

/// With the credential as a message no other is sent until the server took it.
pub(super) fn signing_in_comes_first<P: everwire::engine::Payload + 'static>(config: &Options) -> Law<P> {
    let by_message = config.auth.as_ref().is_some_and(|auth| auth.via == Via::Message);
    let signs_in = config.auth.is_some();
    law("auth comes before the queue", Caller::Any, move |line, _, model| {
        let Line::Out(Output::Transmit { socket, frame }) = line else { return Ok(()) };
        let is_accepted = model.socket(*socket).is_some_and(|socket| socket.is_accepted);
        match frame {
            Frame::Message { .. } | Frame::Ping => must(is_accepted || !by_message, || "not accepted yet".to_owned()),
            Frame::Control(_) => Err("no session is wished for".to_owned()),
            Frame::Auth => must(by_message, || format!("no credential goes by message (auth: {signs_in})")),
        }
    })
}

/// A socket that is open is presented the credential, where it goes by message: nobody else would begin.
pub(super) fn a_credential_is_presented<P: everwire::engine::Payload + 'static>(config: &Options) -> Law<P> {
    let by_message = config.auth.as_ref().is_some_and(|auth| auth.via == Via::Message);
    let mut is_presented = false;
    law("a credential is presented", Caller::Any, move |line, _, model| match line {
        Line::In(_) => {
            is_presented = false;
            Ok(())
        }
        Line::Out(Output::Transmit { frame: Frame::Auth, .. }) => {
            is_presented = true;
            Ok(())
        }
        Line::Deadline(_) => {
            let Some(Input::Opened { socket }) = &model.said else { return Ok(()) };
            let current = model.current().filter(|current| current.id == *socket && current.life == Life::Open);
            let is_new = current.is_some_and(|current| !current.is_accepted && current.answered == 0);
            must(!by_message || !is_new || is_presented || has_frames(current), || format!("not to {socket:?}"))
        }
        Line::Out(_) | Line::World(_) => Ok(()),
    })
}

/// It was opened earlier, and is told so again.
fn has_frames(socket: Option<&super::Socket>) -> bool {
    socket.is_some_and(|socket| !socket.handed.is_empty() || socket.refused > 0)
}

/// A fact about another socket, an answer to no order, a number that was there: no output, and the same deadline; only
/// the next look at bufferedAmount may move, since time has passed. (What is due by then is another matter.)
pub(super) fn what_is_stale_is_inert<P: everwire::engine::Payload + std::fmt::Debug + 'static>() -> Law<P> {
    let mut stale: Option<String> = None;
    law("what is stale is inert", Caller::Any, move |line, at, model| match line {
        Line::In(input) => {
            let is_due = model.deadline.is_some_and(|(deadline, _)| deadline <= at.max(model.now));
            stale = (model.is_inert(input) && !is_due).then(|| format!("{input:?}"));
            Ok(())
        }
        Line::Out(output) => match &stale {
            Some(stale) => Err(format!("{stale} was answered by {output:?}")),
            None => Ok(()),
        },
        Line::Deadline(deadline) => match &stale {
            Some(stale) if *deadline != model.deadline && !is_put_off(model.deadline, *deadline) => {
                Err(format!("{stale} moved the deadline from {:?} to {deadline:?}", model.deadline))
            }
            Some(_) | None => Ok(()),
        },
        Line::World(_) => Ok(()),
    })
}

/// Time has passed, and nothing moved: the next look may be put off.
fn is_put_off(before: Option<(Instant, Wake)>, after: Option<(Instant, Wake)>) -> bool {
    matches!((before, after), (Some((before, Wake::Limiter)), Some((after, _))) if after > before)
}

#[cfg(test)]
mod tests {
    use everwire::engine::{AuthOptions, CloseInfo, Frame, Input, Judgement, Options, Output, SocketId, Via, Wake};

    use super::super::example::{at, broken, broken_with, data, live, message, send, session};
    use crate::transcript::Line;

    fn open(socket: u64) -> Line<super::super::example::Word> {
        Line::Out(Output::Open { socket: SocketId(socket), attempt: 0 })
    }

    fn close(socket: u64) -> Line<super::super::example::Word> {
        Line::Out(Output::Close { socket: SocketId(socket), frame: None })
    }

    #[test]
    fn a_second_socket_beside_the_first_is_reported() {
        assert_eq!(broken(&session(vec![open(0), open(1)])), Some(("one live socket", 1)));
        assert_eq!(broken(&session(vec![open(0), close(0), open(1)])), None);
        assert_eq!(broken(&session(vec![open(1), close(1), open(1)])), Some(("one live socket", 2)));
    }

    #[test]
    fn a_message_before_opened_is_reported() {
        let law = "nothing transmitted before Opened or after Close";
        assert_eq!(broken(&session(vec![send(1), open(0), message(0, 1)])), Some((law, 2)));
    }

    #[test]
    fn a_message_after_close_is_reported() {
        let law = "nothing transmitted before Opened or after Close";
        assert_eq!(broken(&live(vec![send(1), close(0), message(0, 1)])), Some((law, 2)));
        let closed = Input::Closed { socket: SocketId(0), close: CloseInfo::ABNORMAL, unsent: 0 };
        assert_eq!(broken(&live(vec![send(1), Line::In(closed), message(0, 1)])), Some((law, 2)));
    }

    #[test]
    fn a_second_close_is_reported() {
        let law = "a close is ordered once, of the current socket";
        assert_eq!(broken(&live(vec![close(0), close(0)])), Some((law, 1)));
        assert_eq!(broken(&live(vec![Line::In(Input::Disconnect(None)), close(0), close(0)])), Some((law, 2)));
    }

    #[test]
    fn a_message_before_the_server_accepted_is_reported() {
        let auth = Some(AuthOptions::via(Via::Message));
        let options = Options { auth, ..Options::default() };
        let accepted = Input::Judged { socket: SocketId(0), data: data(0), verdict: Judgement::Accepted };
        let credential = Line::Out(Output::Transmit { socket: SocketId(0), frame: Frame::Auth });
        let drained = Line::Deadline(Some((at(9), Wake::Reply)));
        assert_eq!(broken_with(&options, &live(vec![drained.clone()])), Some(("a credential is presented", 0)));
        assert_eq!(broken_with(&options, &live(vec![credential.clone(), drained])), None);
        let early = live(vec![credential.clone(), send(1), message(0, 1)]);
        assert_eq!(broken_with(&options, &early), Some(("auth comes before the queue", 2)));
        let patient = live(vec![credential.clone(), send(1), Line::In(accepted), message(0, 1)]);
        assert_eq!(broken_with(&options, &patient), None);
        assert_eq!(broken(&live(vec![credential])), Some(("auth comes before the queue", 0)));
    }

    #[test]
    fn an_answer_to_a_stale_fact_is_reported() {
        let late = || Line::In(Input::Opened { socket: SocketId(7) });
        let law = "what is stale is inert";
        assert_eq!(broken(&session(vec![late(), open(0)])), Some((law, 1)));
        assert_eq!(broken(&session(vec![late(), Line::Deadline(Some((at(9), Wake::Retry)))])), Some((law, 1)));
        let due = Line::Deadline(Some((at(1), Wake::Retry)));
        let mut met = session(vec![Line::In(Input::Elapsed), due, late(), open(0)]);
        for line in &mut met.lines[2..] {
            line.0 = at(1);
        }
        assert_eq!(broken(&met), None);
    }
}
