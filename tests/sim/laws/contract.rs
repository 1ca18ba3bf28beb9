//! Did the caller keep his side? Where he did not, some laws do not hold.
//!
//! The contract, as the vocabulary has it: every fact is about a socket that was to be opened, in the order in which a
//! browser lives; every order is answered once, in order, before the next fact about that socket; readings are honest.

use std::collections::{HashMap, HashSet, VecDeque};

use everwire::engine::{AskId, FlushId, Input, Judgement, Kind, Output, Payload, Question, SocketId};

use super::{Caller, Law, Model, Verdict, law, must};
use crate::transcript::Line;

pub(super) fn the_caller_keeps_the_contract<P: Payload + PartialEq + std::fmt::Debug + 'static>() -> Law<P> {
    let mut page =
        Page { phases: HashMap::new(), judging: VecDeque::new(), asked: HashSet::new(), advising: None, flush: None };
    law("the caller keeps the contract", Caller::Orderly, move |line, _, model| match line {
        Line::In(input) => page.says(input, model).map_err(|why| format!("{input:?}: {why}")),
        Line::Out(output) => {
            page.hears(output);
            Ok(())
        }
        Line::Deadline(_) | Line::World(_) => Ok(()),
    })
}

/// What a page must remember to be honest.
#[derive(Debug)]
struct Page<P> {
    phases: HashMap<SocketId, Phase>,
    /// To be judged, in order.
    judging: VecDeque<(SocketId, P, Question)>,
    /// Questions to the token provider that were not answered.
    asked: HashSet<AskId>,
    /// What `shouldRetry` was asked about and did not answer.
    advising: Option<SocketId>,
    flush: Option<FlushId>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Connecting,
    Open,
    Gone,
}

impl<P: Payload + PartialEq + std::fmt::Debug> Page<P> {
    fn hears(&mut self, output: &Output<P>) {
        match output {
            Output::Open { socket, .. } => {
                self.phases.insert(*socket, Phase::Connecting);
            }
            Output::FetchToken { ask, .. } => {
                self.asked.insert(*ask);
            }
            Output::Judge { socket, data, question } => self.judging.push_back((*socket, data.clone(), *question)),
            Output::AskRetry { socket, .. } => self.advising = Some(*socket),
            Output::Transmit { .. }
            | Output::Close { .. }
            | Output::CancelToken { .. }
            | Output::Aim { .. }
            | Output::Tell(_) => {}
        }
    }

    fn says(&mut self, input: &Input<P>, model: &Model<P>) -> Verdict {
        match input {
            Input::Send { id, .. } => must(model.latest.is_none_or(|latest| *id > latest), || "not higher".to_owned()),
            Input::Flush(id) => {
                must(self.flush.replace(*id).is_none_or(|latest| *id > latest), || "not higher".to_owned())
            }
            Input::NotOpened { socket } => self.passes(*socket, Phase::Connecting, Phase::Gone),
            Input::Opened { socket } => self.passes(*socket, Phase::Connecting, Phase::Open),
            Input::Closed { socket, unsent, .. } => {
                let phase = self.phases.get(socket).copied().unwrap_or(Phase::Gone);
                self.passes(*socket, phase, Phase::Gone)?;
                must(phase != Phase::Gone, || "it was not there".to_owned())?;
                self.owes_nothing(*socket, model)?;
                let level = model.socket(*socket).map_or(0, |socket| socket.level);
                must(*unsent <= level, || format!("there were only {level}"))
            }
            Input::Agreed { .. } | Input::Control { .. } => Err("no session is wished for".to_owned()),
            Input::Received { socket, .. } => {
                self.passes(*socket, Phase::Open, Phase::Open)?;
                self.owes_nothing(*socket, model)
            }
            Input::Buffered { socket, bytes } => {
                self.passes(*socket, Phase::Open, Phase::Open)?;
                self.owes_nothing(*socket, model)?;
                let level = model.socket(*socket).map_or(0, |socket| socket.level);
                must(*bytes <= level, || format!("there were only {level}"))
            }
            Input::Judged { socket, data, verdict } => {
                let Some((asked, it, question)) = self.judging.pop_front() else { return Err("not asked".to_owned()) };
                must(asked == *socket && it == *data, || format!("{it:?} of {asked:?} was asked about"))?;
                must(may_be(*verdict, question), || format!("{question:?} was asked"))
            }
            Input::Transmitted { socket, bytes } => {
                let Some(socket) = model.socket(*socket).filter(|socket| socket.owes_answers()) else {
                    return Err("nothing was ordered".to_owned());
                };
                let message = socket.handed[socket.answered].message.and_then(|id| model.messages.get(&id));
                let most = message.map_or(LARGEST_URGENT, |message| most(&message.data));
                must(*bytes <= most, || format!("it is at most {most} bytes long"))
            }
            Input::NotTransmitted { socket } => {
                let owes = model.socket(*socket).is_some_and(|socket| socket.owes_answers());
                must(owes, || "nothing was ordered".to_owned())
            }
            Input::Token { ask, .. } | Input::NoToken { ask } => {
                must(self.asked.remove(ask), || "not asked, or answered before".to_owned())
            }
            Input::Advised { socket, .. } => {
                must(self.advising.take() == Some(*socket), || "not asked, or answered before".to_owned())
            }
            Input::Connect
            | Input::TakeBack(_)
            | Input::Disconnect(_)
            | Input::Elapsed
            | Input::Woke
            | Input::Online
            | Input::Offline
            | Input::Visible
            | Input::Hidden
            | Input::Resumed
            | Input::Restored => Ok(()),
        }
    }

    fn passes(&mut self, socket: SocketId, from: Phase, to: Phase) -> Verdict {
        let phase = self.phases.insert(socket, to);
        must(phase == Some(from), || format!("it is {phase:?}"))
    }

    fn owes_nothing(&self, socket: SocketId, model: &Model<P>) -> Verdict {
        let owes = model.socket(socket).is_some_and(|socket| socket.owes_answers());
        must(!owes, || "what was ordered is not answered".to_owned())
    }
}

fn may_be(verdict: Judgement, question: Question) -> bool {
    match verdict {
        Judgement::Accepted | Judgement::Refused => question.reply,
        Judgement::Pong => question.pong,
        Judgement::Message => true,
    }
}

/// The most that a browser can count it as: a UTF-16 unit takes three bytes of UTF-8 at most.
fn most<P: Payload>(data: &P) -> u64 {
    match data.kind() {
        Kind::Text => (data.size() / 2).saturating_mul(3),
        Kind::Binary => data.size(),
    }
}

/// A credential or a ping of a gigabyte is nobody's.
const LARGEST_URGENT: u64 = 1 << 30;

#[cfg(test)]
mod tests {
    use everwire::engine::{CloseInfo, Input, Options, SocketId};

    use super::super::example::{Word, data, live, message, send, transmitted};
    use super::super::keeps_contract;
    use crate::transcript::Line;

    fn keeps(lines: Vec<Line<Word>>) -> bool {
        keeps_contract(&live(lines), &Options::default()).is_ok()
    }

    fn closed(socket: u64, unsent: u64) -> Line<Word> {
        Line::In(Input::Closed { socket: SocketId(socket), close: CloseInfo::ABNORMAL, unsent })
    }

    #[test]
    fn an_answer_comes_once_and_before_the_next_fact() {
        assert!(keeps(vec![send(1), message(0, 1), transmitted(0, 3), closed(0, 3)]));
        assert!(!keeps(vec![send(1), message(0, 1), closed(0, 0)]));
        assert!(!keeps(vec![transmitted(0, 3)]));
        assert!(!keeps(vec![send(1), message(0, 1), transmitted(0, 3), transmitted(0, 3)]));
        assert!(!keeps(vec![send(1), message(0, 1), transmitted(0, 4)]));
    }

    #[test]
    fn a_socket_lives_as_in_a_browser() {
        assert!(!keeps(vec![closed(1, 0)]));
        assert!(!keeps(vec![closed(0, 0), closed(0, 0)]));
        assert!(!keeps(vec![closed(0, 1)]));
        assert!(!keeps(vec![Line::In(Input::Opened { socket: SocketId(0) })]));
        assert!(!keeps(vec![Line::In(Input::NotOpened { socket: SocketId(0) })]));
        assert!(!keeps(vec![closed(0, 0), Line::In(Input::Received { socket: SocketId(0), data: data(1) })]));
    }

    #[test]
    fn readings_are_honest_and_numbers_rise() {
        let reading = |bytes| Line::In(Input::Buffered { socket: SocketId(0), bytes });
        assert!(keeps(vec![reading(0)]));
        assert!(!keeps(vec![reading(1)]));
        assert!(!keeps(vec![send(2), send(2)]));
    }
}
