//! Does a session that a browser recorded go the same way here?
//!
//! What was said to the engine there is said to one here, at the same times; it must answer the same, entry by entry.
//! `EVERWIRE_TRACE=file cargo test --test replay` does it with a recording of yours, one entry of `trace` a line.
//! `src/js/trace.rs` writes what is read here; nothing else knows both sides.

#![cfg(not(target_arch = "wasm32"))]

mod entry;
mod fields;
mod options;
mod recording;
mod replay;

use std::path::{Path, PathBuf};
use std::{env, fs};

use serde_json::{Value, json};

use recording::Recording;
use replay::Trouble;

#[test]
fn a_session_from_a_browser_goes_the_same_way_here() {
    let recordings = env::var_os("EVERWIRE_TRACE").map_or_else(samples, |own| vec![PathBuf::from(own)]);
    for path in recordings {
        let recorded = read(&path);
        match replayed(&recorded) {
            Ok(inputs) => println!("{}: {inputs} inputs, and the same answers to each", path.display()),
            Err(trouble) => panic!("{}\n{}", path.display(), trouble.told(&recorded)),
        }
    }
}

#[test]
fn whatever_the_engine_did_not_say_is_found_at_its_line() {
    for (text, number, said) in answers() {
        for name in said.as_object().expect("an entry is an object").keys() {
            let mut other = said.clone();
            other[name] = another(&said[name]);
            let trouble = replayed(&with_line(&text, number, &[other.to_string()])).expect_err(name);
            assert_eq!(trouble.line, number, "{name} of {said}: {trouble:?}");
        }
    }
}

#[test]
fn an_answer_too_few_or_too_many_is_found_where_it_is_missed() {
    for (text, number, said) in answers() {
        let missed = replayed(&with_line(&text, number, &[])).expect_err("an answer less");
        assert!(missed.line <= number + SAME_IN_A_ROW, "{said}: {missed:?}");
        let line = said.to_string();
        let doubled = replayed(&with_line(&text, number, &[line.clone(), line])).expect_err("an answer twice");
        assert!((number..=number + SAME_IN_A_ROW).contains(&doubled.line), "{said}: {doubled:?}");
    }
}

#[test]
fn another_seed_goes_another_way() {
    let texts: Vec<_> = samples().iter().map(|path| read(path)).filter(|text| text.contains("\"Retry\"")).collect();
    assert!(!texts.is_empty(), "nowhere is anything left to chance");
    for text in texts {
        let mut began: Value = serde_json::from_str(text.lines().next().expect("a beginning")).expect("is JSON");
        began["seed"] = json!("1");
        let trouble = replayed(&with_line(&text, 1, &[began.to_string()])).expect_err("other waits");
        assert!(trouble.why.contains("Retry"), "{trouble:?}");
    }
}

#[test]
fn a_name_that_nobody_knows_is_an_error_on_every_line() {
    for path in samples() {
        let text = read(&path);
        for (number, line) in (1..).zip(text.lines()) {
            let mut entry: Value = serde_json::from_str(line).expect("is JSON");
            entry["surprise"] = json!(1);
            let trouble = replayed(&with_line(&text, number, &[entry.to_string()])).expect_err("a surprise");
            assert_eq!(trouble.line, number);
            assert!(trouble.why.contains("surprise"), "{trouble:?}");
        }
    }
}

#[test]
fn trouble_is_told_with_what_stands_before_it() {
    let path = samples().pop().expect("there are samples");
    let text = read(&path);
    let end = text.lines().count();
    let trouble = replayed(&with_line(&text, end, &[])).expect_err("the last answer is missing");
    let told = trouble.told(&text);
    let before = text.lines().nth(end - 2).expect("there is one before the last");
    assert!(told.contains(&format!("line {end}: ")) && told.contains(before), "{told}");
}

/// The recordings that are kept: a session of each browser.
fn samples() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/replay/recorded");
    let files = fs::read_dir(&folder).expect("the recordings").map(|file| file.expect("can be listed").path());
    let mut samples: Vec<_> = files.filter(|file| file.extension().is_some_and(|ending| ending == "jsonl")).collect();
    samples.sort();
    assert!(samples.len() >= 2, "recordings are missing in {}", folder.display());
    samples
}

/// Each answer of each sample: the whole recording, its line, and what it says.
fn answers() -> impl Iterator<Item = (String, usize, Value)> {
    samples().into_iter().flat_map(|path| {
        let text = read(&path);
        let entries = (1..).zip(text.lines()).map(|(number, line)| {
            let said: Value = serde_json::from_str(line).expect("is JSON");
            (number, said)
        });
        let said: Vec<_> = entries.filter(|(_, said)| said.get("out").is_some()).collect();
        assert!(!said.is_empty(), "no answers in {}", path.display());
        said.into_iter().map(move |(number, said)| (text.clone(), number, said))
    })
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn replayed(text: &str) -> Result<usize, Trouble> {
    replay::replay(&Recording::read(text)?)
}

/// The recording with these lines in place of that one.
fn with_line(text: &str, number: usize, instead: &[String]) -> String {
    let mut lines: Vec<_> = text.lines().collect();
    lines.splice(number - 1..number, instead.iter().map(String::as_str));
    lines.join("\n")
}

/// A value of the same kind, and another one.
fn another(value: &Value) -> Value {
    match value {
        Value::Null => json!(7),
        Value::Bool(said) => json!(!said),
        Value::Number(number) => json!(number.as_f64().expect("a number") + 1.0),
        Value::String(text) => json!(format!("{text}!")),
        Value::Array(_) | Value::Object(_) => unreachable!("an answer is flat"),
    }
}

/// Two answers that are the same are told apart only where the row of them ends.
const SAME_IN_A_ROW: usize = 1;
