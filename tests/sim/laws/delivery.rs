//! Does what arrives reach the user, and does who must be asked get asked?

use everwire::engine::{Event, Input, Judgement, Options, Output, Payload};

use super::model::Life;
use super::{Caller, Law, Model, Verdict, law, must};
use crate::transcript::Line;

/// A message that arrives on the open socket is judged or told, once; what is judged the user's is told, once; and
/// nothing else ever is.
pub(super) fn what_arrives_is_told_once<P: Payload + PartialEq + std::fmt::Debug + 'static>() -> Law<P> {
    let mut due: Option<Due<P>> = None;
    law("what arrives is told once", Caller::Any, move |line, _, model| match line {
        Line::In(input) => {
            due = owed(input, model);
            Ok(())
        }
        Line::Out(Output::Judge { socket, data, question }) => {
            must(question.reply || question.pong, || "nothing is asked".to_owned())?;
            let is_current = model.current().is_some_and(|current| current.id == *socket);
            let owed = due.take().filter(|due| is_current && due.may_be_judged && due.data == *data);
            must(owed.is_some(), || format!("{data:?} is judged and did not arrive"))
        }
        Line::Out(Output::Tell(Event::Message(data))) => {
            let owed = due.take().filter(|due| due.data == *data);
            must(owed.is_some(), || format!("{data:?} is told and did not arrive"))
        }
        Line::Deadline(_) => nothing_is(&mut due),
        Line::Out(_) | Line::World(_) => Ok(()),
    })
}

/// `shouldRetry` is asked if there is one, about the latest socket, which is gone; and never twice at a time.
pub(super) fn should_retry_is_asked_about_a_loss<P: Payload + 'static>(config: &Options) -> Law<P> {
    let may_ask = config.reconnect.as_ref().is_some_and(|reconnect| reconnect.ask);
    law("shouldRetry is asked about a loss", Caller::Any, move |line, _, model| {
        let Line::Out(Output::AskRetry { socket, .. }) = line else { return Ok(()) };
        must(may_ask, || "there is none".to_owned())?;
        must(model.deciding.is_none(), || format!("{:?} is being decided", model.deciding))?;
        let latest = model.sockets.last().map(|latest| latest.id);
        must(model.current().is_none() && latest == Some(*socket), || format!("{socket:?} is not lost"))
    })
}

/// What the user is owed.
#[derive(Debug)]
struct Due<P> {
    data: P,
    may_be_judged: bool,
}

fn owed<P: Payload>(input: &Input<P>, model: &Model<P>) -> Option<Due<P>> {
    let (id, data, may_be_judged) = if let Input::Received { socket, data } = input {
        (socket, data, true)
    } else if let Input::Judged { socket, data, verdict: Judgement::Message } = input {
        (socket, data, false)
    } else {
        return None; // nothing arrives with it
    };
    model.current().filter(|socket| socket.id == *id && socket.life == Life::Open)?;
    (!model.is_disconnected).then(|| Due { data: data.clone(), may_be_judged })
}

fn nothing_is<P: std::fmt::Debug>(due: &mut Option<Due<P>>) -> Verdict {
    must(due.is_none(), || format!("{due:?} was not told"))
}

#[cfg(test)]
mod tests {
    use everwire::engine::{CloseInfo, Event, Input, Judgement, Options, Output, Question, ReconnectOptions, SocketId};

    use super::super::example::{Word, broken, broken_with, data, live, tell};
    use crate::transcript::Line;

    const TOLD: &str = "what arrives is told once";

    fn received() -> Line<Word> {
        Line::In(Input::Received { socket: SocketId(0), data: data(1) })
    }

    fn told(number: u64) -> Line<Word> {
        tell(Event::Message(data(number)))
    }

    fn judge(reply: bool) -> Line<Word> {
        let question = Question { reply, pong: false };
        Line::Out(Output::Judge { socket: SocketId(0), data: data(1), question })
    }

    #[test]
    fn a_message_that_is_lost_doubled_or_made_up_is_reported() {
        assert_eq!(broken(&live(vec![received(), Line::Deadline(None)])), Some((TOLD, 1)));
        assert_eq!(broken(&live(vec![received(), told(1), Line::Deadline(None)])), None);
        assert_eq!(broken(&live(vec![received(), told(1), told(1)])), Some((TOLD, 2)));
        assert_eq!(broken(&live(vec![received(), told(2)])), Some((TOLD, 1)));
        assert_eq!(broken(&live(vec![told(1)])), Some((TOLD, 0)));
        assert_eq!(broken(&live(vec![received(), judge(false)])), Some((TOLD, 1)));
        assert_eq!(broken(&live(vec![received(), judge(true), told(1)])), Some((TOLD, 2)));
        let judged = |verdict| Line::In(Input::Judged { socket: SocketId(0), data: data(1), verdict });
        let told_of = |verdict| broken(&live(vec![received(), judge(true), judged(verdict), told(1)]));
        assert_eq!(told_of(Judgement::Message), None);
        assert_eq!(told_of(Judgement::Pong), Some((TOLD, 3)));
    }

    #[test]
    fn a_question_about_no_loss_is_reported() {
        let law = "shouldRetry is asked about a loss";
        let asks = Options {
            reconnect: Some(ReconnectOptions { ask: true, ..ReconnectOptions::default() }),
            ..Options::default()
        };
        let close = CloseInfo::ABNORMAL;
        let ask = || Line::Out(Output::AskRetry { socket: SocketId(0), close: close.clone(), attempt: 0 });
        let lost = || Line::In(Input::Closed { socket: SocketId(0), close: close.clone(), unsent: 0 });
        assert_eq!(broken_with(&asks, &live(vec![lost(), ask()])), None);
        assert_eq!(broken_with(&asks, &live(vec![ask()])), Some((law, 0)));
        assert_eq!(broken_with(&asks, &live(vec![lost(), ask(), ask()])), Some((law, 2)));
        assert_eq!(broken(&live(vec![lost(), ask()])), Some((law, 1)));
    }
}
