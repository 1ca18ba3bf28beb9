//! Do the same inputs give the same outputs?

use std::panic::{AssertUnwindSafe, catch_unwind};

use everwire::engine::{Client, Input, Instant, Options, Payload};

use super::{Broken, Model};
use crate::transcript::{Line, Transcript};

/// A session made of these inputs, by a fresh engine.
pub(crate) fn replay<P: Payload>(
    config: &Options,
    seed: u64,
    inputs: impl IntoIterator<Item = (Instant, Input<P>)>,
) -> Transcript<P> {
    let config = config.clone().parse().expect("sessions are made with options that hold together");
    let mut client = Client::new(config, seed);
    let mut transcript = Transcript::default();
    for (at, input) in inputs {
        step(&mut client, at, input, &mut transcript);
    }
    transcript
}

/// The same, up to where the engine panics.
pub(crate) fn replay_caught<P: Payload>(config: &Options, seed: u64, inputs: &[(Instant, Input<P>)]) -> Transcript<P> {
    let config = config.clone().parse().expect("sessions are made with options that hold together");
    let mut client = Client::new(config, seed);
    let mut transcript = Transcript::default();
    for (at, input) in inputs {
        let all_is_well = catch_unwind(AssertUnwindSafe(|| step(&mut client, *at, input.clone(), &mut transcript)));
        if all_is_well.is_err() {
            break;
        }
    }
    transcript
}

fn step<P: Payload>(client: &mut Client<P>, at: Instant, input: Input<P>, transcript: &mut Transcript<P>) {
    transcript.lines.push((at, Line::In(input.clone())));
    client.handle(input, at);
    transcript.lines.extend(std::iter::from_fn(|| client.poll()).map(|output| (at, Line::Out(output))));
    transcript.lines.push((at, Line::Deadline(client.deadline())));
}

/// Deterministic: what was said to the engine, said again, gets the same answers.
pub(crate) fn reproduces<P: Payload + PartialEq + std::fmt::Debug>(
    transcript: &Transcript<P>,
    config: &Options,
    seed: u64,
) -> Result<(), Broken> {
    let again = replay(config, seed, inputs(transcript));
    compare("the same inputs give the same outputs", transcript, &again)
}

/// Stale ids are inert: a fact about what is not, or not any more, does what `Elapsed` at that time does.
pub(crate) fn stale_facts_are_elapsed<P: Payload + PartialEq + std::fmt::Debug>(
    transcript: &Transcript<P>,
    config: &Options,
    seed: u64,
) -> Result<(), Broken> {
    let mut model = Model::new(config);
    let mut instead = Vec::new();
    for (at, line) in &transcript.lines {
        if let Line::In(input) = line {
            let is_inert = model.is_inert(input);
            instead.push((*at, if is_inert { Input::Elapsed } else { input.clone() }));
        }
        model.hear(*at, line);
    }
    compare("a stale fact does what Elapsed does", transcript, &replay(config, seed, instead))
}

/// All that is not a line of the world's, and with any input for any other.
fn compare<P: PartialEq + std::fmt::Debug>(
    law: &'static str,
    first: &Transcript<P>,
    again: &Transcript<P>,
) -> Result<(), Broken> {
    let mut again = again.lines.iter();
    for (line, (at, said)) in first.lines.iter().enumerate() {
        if let Line::World(_) = said {
            continue;
        }
        let other = again.next();
        let agree = match (said, other) {
            (Line::In(_), Some((_, Line::In(_)))) => true,
            (said, other) => other.is_some_and(|(_, other)| other == said),
        };
        if !agree {
            let why = format!("at {at:?} {said:?} became {:?}", other.map(|(_, line)| line));
            return Err(Broken { law, line, why });
        }
    }
    match again.next() {
        Some((_, extra)) => Err(Broken { law, line: first.lines.len(), why: format!("{extra:?} came on top") }),
        None => Ok(()),
    }
}

/// What was said to the engine, and when.
pub(crate) fn inputs<P: Clone>(transcript: &Transcript<P>) -> Vec<(Instant, Input<P>)> {
    let said = transcript.lines.iter().filter_map(|(at, line)| match line {
        Line::In(input) => Some((*at, input.clone())),
        Line::Out(_) | Line::Deadline(_) | Line::World(_) => None,
    });
    said.collect()
}

#[cfg(test)]
mod tests {
    use everwire::engine::{Event, Options};

    use super::super::example::{Word, send, session, tell};
    use super::*;

    /// An engine that says nothing is replayed by one that does; these sessions were not made by it.
    fn law(first: Vec<Line<Word>>, again: Vec<Line<Word>>) -> Option<usize> {
        compare("the same", &session(first), &session(again)).err().map(|broken| broken.line)
    }

    #[test]
    fn two_sessions_that_differ_are_told_apart() {
        let drain = || tell(Event::Drain);
        assert_eq!(law(vec![send(1), drain()], vec![send(1), drain()]), None);
        assert_eq!(law(vec![send(1), drain()], vec![send(1)]), Some(1));
        assert_eq!(law(vec![send(1)], vec![send(1), drain()]), Some(1));
        assert_eq!(law(vec![send(1), Line::Deadline(None)], vec![send(1), drain()]), Some(1));
        assert_eq!(law(vec![Line::World("rain".to_owned()), drain()], vec![drain()]), None);
    }

    #[test]
    fn a_session_that_no_engine_made_is_not_reproduced() {
        let made_up = session(vec![send(1), tell(Event::Drain), Line::Deadline(None)]);
        assert!(reproduces(&made_up, &Options::default(), 0).is_err());
    }
}
