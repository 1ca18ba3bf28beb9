//! What does an engine here say to what was said there?

use std::fmt;

use everwire::engine::Client;

use crate::entry::Blank;
use crate::recording::{Recording, Said};

/// How many inputs there were, each with the answers that are recorded.
pub(crate) fn replay(recording: &Recording) -> Result<usize, Trouble> {
    let config = recording.options.clone().parse().map_err(|error| Trouble::at(1)(error.to_string()))?;
    let mut engine = Client::<Blank>::new(config, recording.seed);
    let mut inputs = 0;
    let mut now = None;
    for (number, at, said) in &recording.entries {
        let trouble = Trouble::at(*number);
        match said {
            Said::In(input) => {
                if let Some(more) = engine.poll() {
                    return Err(trouble(recording.unlike(&more, &"the next input")));
                }
                engine.handle(input.clone(), *at);
                inputs += 1;
                now = Some(*at);
            }
            Said::Out(_) if now != Some(*at) => {
                return Err(trouble("an answer at another time than what it answers".into()));
            }
            Said::Out(output) => match engine.poll() {
                Some(ours) if ours == *output => {}
                Some(ours) => return Err(trouble(recording.unlike(&ours, output))),
                None => return Err(trouble(recording.unlike(&"nothing", output))),
            },
        }
    }
    match engine.poll() {
        Some(more) => Err(Trouble::at(recording.end)(recording.unlike(&more, &"the end"))),
        None => Ok(inputs),
    }
}

impl Recording {
    fn unlike(&self, ours: &dyn fmt::Debug, recorded: &dyn fmt::Debug) -> String {
        let (there, here) = (&self.version, env!("CARGO_PKG_VERSION"));
        format!("the engine says ({here})\n  {ours:?}\nand recorded is ({there})\n  {recorded:?}")
    }
}

/// Where a recording cannot be read, or goes another way, first.
#[derive(Debug)]
pub(crate) struct Trouble {
    pub(crate) line: usize,
    pub(crate) why: String,
}

impl Trouble {
    pub(crate) fn at(line: usize) -> impl Fn(String) -> Self {
        move |why| Self { line, why }
    }

    /// With the lines that stand before it.
    pub(crate) fn told(&self, recording: &str) -> String {
        let first = self.line.saturating_sub(BEFORE).max(1);
        let lines = (1..).zip(recording.lines()).skip(first - 1).take(self.line + 1 - first);
        let before: String = lines.map(|(number, line)| format!("{number:>6}  {line}\n")).collect();
        format!("{before}line {}: {}", self.line, self.why)
    }
}

/// Enough to see the input that is answered, and what led to it.
const BEFORE: usize = 12;
