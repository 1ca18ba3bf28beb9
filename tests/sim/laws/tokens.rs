//! Is the token provider left in peace?

use everwire::engine::{AskId, CloseCode, Event, Input, Instant, Judgement, Options, Output, Payload, Span};

use super::{Caller, Law, Model, law, must};
use crate::transcript::Line;

/// One question at a time, each with its own number; and only what is asked is cancelled.
pub(super) fn one_question_at_a_time<P: Payload + 'static>(config: &Options) -> Law<P> {
    let signs_in = config.auth.is_some();
    let mut highest: Option<AskId> = None;
    law("one question to the token provider at a time", Caller::Any, move |line, _, model| match line {
        Line::Out(Output::FetchToken { ask, .. }) => {
            must(signs_in, || "nobody signs in".to_owned())?;
            must(model.ask.is_none(), || format!("{:?} is under way", model.ask))?;
            must(highest.is_none_or(|highest| *ask > highest), || format!("{ask:?} was there before"))?;
            highest = Some(*ask);
            Ok(())
        }
        Line::Out(Output::CancelToken { ask }) => {
            must(model.ask == Some(*ask), || format!("{ask:?} is cancelled, {:?} is under way", model.ask))
        }
        Line::Out(Output::Tell(Event::Closed(_))) => {
            must(model.ask.is_none(), || format!("{:?} is still under way at the end", model.ask))
        }
        Line::In(_) | Line::Out(_) | Line::Deadline(_) | Line::World(_) => Ok(()),
    })
}

/// Where the last question got a token, the next is asked 10 s after it at the earliest, unless the server said that the
/// token is no good: a wrong clock of ours makes every token look expired. (Questions that fail are paced by the waits.)
pub(super) fn questions_are_paced<P: Payload + 'static>() -> Law<P> {
    let (mut asked, mut succeeded): (Instant, Option<Instant>) = (Instant::default(), None);
    law("questions to the token provider are paced", Caller::Any, move |line, _, model| {
        match line {
            Line::In(Input::Token { ask, .. }) if model.ask == Some(*ask) => succeeded = Some(asked),
            Line::In(input) if is_refusal(input, model) => succeeded = None,
            Line::Out(Output::FetchToken { reason, .. }) => {
                let since = succeeded.take().map(|asked| model.now.since(asked));
                must(since.is_none_or(|since| since >= SHORTEST), || format!("{reason:?}, {since:?} after the last"))?;
                asked = model.now;
            }
            Line::In(_) | Line::Out(_) | Line::Deadline(_) | Line::World(_) => {}
        }
        Ok(())
    })
}

/// The server said so: by its reply, or by a code that means it.
fn is_refusal<P: Payload>(input: &Input<P>, model: &Model<P>) -> bool {
    let is_refusal = if let Input::Closed { close, .. } = input {
        [CloseCode::UNAUTHORIZED, CloseCode::POLICY_VIOLATION, CloseCode::from(4401)].contains(&close.code)
    } else {
        matches!(input, Input::Judged { verdict: Judgement::Refused, .. })
    };
    is_refusal && !model.is_inert(input)
}

/// As `auth` has it.
const SHORTEST: Span = Span::secs(10);

#[cfg(test)]
mod tests {
    use everwire::engine::{
        AskId, AuthOptions, ClientState, CloseInfo, Event, Input, Options, Output, SocketId, TokenReason, Via,
    };

    use super::super::example::{Word, at, broken, broken_with, live, session, tell};
    use super::CloseCode;
    use crate::transcript::{Line, Transcript};

    fn fetch(ask: u64) -> Line<Word> {
        Line::Out(Output::FetchToken { ask: AskId(ask), reason: TokenReason::Expiring, attempt: 0 })
    }

    fn token(ask: u64) -> Line<Word> {
        Line::In(Input::Token { ask: AskId(ask), expires: None })
    }

    fn with_auth(transcript: &Transcript<Word>) -> Option<(&'static str, usize)> {
        let auth = Some(AuthOptions::via(Via::Handshake));
        broken_with(&Options { auth, ..Options::default() }, transcript)
    }

    #[test]
    fn a_question_too_many_is_reported() {
        let law = "one question to the token provider at a time";
        let cancel = |ask| Line::Out(Output::CancelToken { ask: AskId(ask) });
        assert_eq!(broken(&session(vec![fetch(0)])), Some((law, 0)));
        assert_eq!(with_auth(&session(vec![fetch(0), fetch(1)])), Some((law, 1)));
        assert_eq!(with_auth(&session(vec![fetch(0), cancel(0), fetch(1)])), None);
        assert_eq!(with_auth(&session(vec![fetch(1), cancel(1), fetch(1)])), Some((law, 2)));
        assert_eq!(with_auth(&session(vec![fetch(0), cancel(1)])), Some((law, 1)));
        let closes = || {
            let state = tell(Event::State(ClientState::Closed));
            vec![Line::In(Input::Disconnect(None)), state, tell(Event::Closed(CloseInfo::ABNORMAL))]
        };
        assert_eq!(with_auth(&session([vec![fetch(0)], closes()].concat())), Some((law, 3)));
        assert_eq!(with_auth(&session([vec![fetch(0), cancel(0)], closes()].concat())), None);
    }

    #[test]
    fn a_question_too_soon_is_reported() {
        let asked_after = |micros| {
            let mut transcript = session(vec![fetch(0), token(0)]);
            transcript.lines.extend([(at(micros), Line::In(Input::Elapsed)), (at(micros), fetch(1))]);
            with_auth(&transcript)
        };
        assert_eq!(asked_after(9_999_999), Some(("questions to the token provider are paced", 3)));
        assert_eq!(asked_after(10_000_000), None);
    }

    #[test]
    fn a_refused_token_may_be_replaced_at_once() {
        let asked_after = |code: u16| {
            let close = CloseInfo { code: CloseCode::from(code), ..CloseInfo::ABNORMAL };
            let mut transcript = session(vec![fetch(0), token(0)]);
            transcript.lines.extend(live(vec![]).lines.into_iter().filter(|(_, line)| !matches!(line, Line::World(_))));
            let closed = Line::In(Input::Closed { socket: SocketId(0), close, unsent: 0 });
            transcript.lines.extend([closed, fetch(1)].map(|line| (at(0), line)));
            with_auth(&transcript).map(|(law, _)| law)
        };
        for code in [3000, 4401, 1008] {
            assert_eq!(asked_after(code), None, "{code}");
        }
        assert_eq!(asked_after(1006), Some("questions to the token provider are paced"));
    }
}
