//! What does a recording hold? JSON lines: a beginning, then inputs and outputs.

use everwire::engine::{Input, Instant, Options, Output};
use serde_json::Value;

use crate::entry::{self, Blank};
use crate::fields::Fields;
use crate::options;
use crate::replay::Trouble;

pub(crate) struct Recording {
    /// Of the package that recorded it.
    pub(crate) version: String,
    pub(crate) seed: u64,
    pub(crate) options: Options,
    /// Each with the number of its line.
    pub(crate) entries: Vec<(usize, Instant, Said)>,
    /// One past the last line.
    pub(crate) end: usize,
}

pub(crate) enum Said {
    In(Input<Blank>),
    Out(Output<Blank>),
}

impl Recording {
    pub(crate) fn read(text: &str) -> Result<Self, Trouble> {
        let mut lines = (1..).zip(text.lines());
        let (_, first) = lines.next().ok_or_else(|| Trouble::at(1)("nothing is recorded".into()))?;
        let (version, seed, options) = began(first).map_err(Trouble::at(1))?;
        let entries = lines
            .map(|(number, line)| said(line).map(|(at, said)| (number, at, said)).map_err(Trouble::at(number)))
            .collect::<Result<Vec<_>, _>>()?;
        let end = entries.last().map_or(1, |(number, ..)| *number) + 1;
        Ok(Self { version, seed, options, entries, end })
    }
}

fn began(line: &str) -> Result<(String, u64, Options), String> {
    let mut fields = fields(line)?;
    fields.time("at")?;
    let version = fields.text("began")?;
    let seed = fields.text("seed")?.parse().map_err(|error| format!("`seed` must be a whole number: {error}"))?;
    let options = options::read(fields.object("options")?)?;
    fields.end()?;
    Ok((version, seed, options))
}

fn said(line: &str) -> Result<(Instant, Said), String> {
    let mut fields = fields(line)?;
    let at = fields.time("at")?;
    let said = match (fields.text_if("in")?, fields.text_if("out")?) {
        (Some(name), None) => Said::In(entry::input(&name, &mut fields)?),
        (None, Some(name)) => Said::Out(entry::output(&name, &mut fields)?),
        (Some(_), Some(_)) | (None, None) => return Err("an entry has either `in` or `out`".into()),
    };
    fields.end()?;
    Ok((at, said))
}

fn fields(line: &str) -> Result<Fields, String> {
    Fields::of(serde_json::from_str::<Value>(line).map_err(|error| format!("is no JSON: {error}"))?)
}
