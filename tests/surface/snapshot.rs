//! How does what we promise compare with what is written down?

use std::env;
use std::fmt::Write;
use std::fs;
use std::path::Path;

/// A file of this folder.
pub(crate) struct Snapshot(pub(crate) &'static str);

impl Snapshot {
    /// Fails with the difference, or writes it down where `EVERWIRE_ACCEPT` is set.
    pub(crate) fn must_be(&self, now: &str) {
        let path = root().join("tests/surface").join(self.0);
        if env::var_os("EVERWIRE_ACCEPT").is_some() {
            fs::write(&path, now).unwrap_or_else(|error| panic!("cannot write {}: {error}", path.display()));
        }
        let before = fs::read_to_string(&path).unwrap_or_default(); // not there yet: all of it is new
        if let Some(difference) = difference(&before, now) {
            panic!("tests/surface/{} is no longer true:\n\n{difference}\n{ADVICE}", self.0);
        }
    }
}

/// The repository.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).expect("this crate is two folders below it")
}

const ADVICE: &str = "\
If nobody meant this, undo it. If it is meant, docs/SEMVER.md says which version it takes: tell it in CHANGELOG, then
    EVERWIRE_ACCEPT=1 cargo test --package everwire-surface
writes it down.";

/// Lines that went with `-`, lines that came with `+`, each under the heading that it stands below. Line ends do not
/// count: a checkout may change them.
fn difference(before: &str, now: &str) -> Option<String> {
    let (before, now): (Vec<&str>, Vec<&str>) = (before.lines().collect(), now.lines().collect());
    if before == now {
        return None;
    }
    let mut text = String::new();
    let mut shown = "";
    for Change { sign, line, heading } in changes(&before, &now) {
        if heading != shown && heading != line {
            let _ = writeln!(text, "  {heading}"); // writing into a string cannot fail
        }
        shown = heading;
        let _ = writeln!(text, "{sign} {line}");
    }
    Some(text)
}

struct Change<'a> {
    sign: char,
    line: &'a str,
    heading: &'a str,
}

/// By the longest common subsequence.
fn changes<'a>(before: &[&'a str], now: &[&'a str]) -> Vec<Change<'a>> {
    let mut common = vec![vec![0_u32; now.len() + 1]; before.len() + 1];
    for i in (0..before.len()).rev() {
        for j in (0..now.len()).rev() {
            let either = common[i + 1][j].max(common[i][j + 1]);
            common[i][j] = if before[i] == now[j] { common[i + 1][j + 1] + 1 } else { either };
        }
    }
    let (mut i, mut j, mut heading) = (0, 0, "");
    let mut changes = Vec::new();
    while i < before.len() || j < now.len() {
        let line = before.get(i).or(now.get(j)).expect("one of them goes on");
        if i < before.len() && j < now.len() && before[i] == now[j] {
            heading = heading_after(heading, line);
            (i, j) = (i + 1, j + 1);
        } else if j == now.len() || (i < before.len() && common[i + 1][j] >= common[i][j + 1]) {
            heading = heading_after(heading, before[i]);
            changes.push(Change { sign: '-', line: before[i], heading });
            i += 1;
        } else {
            heading = heading_after(heading, now[j]);
            changes.push(Change { sign: '+', line: now[j], heading });
            j += 1;
        }
    }
    changes
}

/// What is not indented heads what follows.
fn heading_after<'a>(heading: &'a str, line: &'a str) -> &'a str {
    if line.is_empty() || line.starts_with(' ') { heading } else { line }
}

#[test]
fn a_difference_is_shown_under_its_heading() {
    let before = "one\n    a\n    b\ntwo\n    c\n";
    assert_eq!(difference(before, before), None);
    assert_eq!(difference("one\r\n    a\r\n", "one\n    a\n"), None);
    assert_eq!(difference(before, "one\n    a\n    b\ntwo\n    d\n").as_deref(), Some("  two\n-     c\n+     d\n"));
    assert_eq!(difference(before, "one\n    b\ntwo\n    c\n").as_deref(), Some("  one\n-     a\n"));
    assert_eq!(difference("", "one\n").as_deref(), Some("+ one\n"));
}
