//! How are people told what goes on, on a terminal and in a log?
//!
//! A terminal gets one live line that is written over; a log gets a line every half minute, not thousands.

use std::io::{IsTerminal, Write, stdout};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// One line, on its own.
pub(crate) fn line(text: &str) {
    emit(&format!("{text}\n"));
}

/// One line that steps back behind the others: the command that runs, a tool's own words.
pub(crate) fn dim(text: &str) {
    emit(&format!("{}\n", styled("2", text)));
}

/// The start of something that may take long.
pub(crate) fn heading(text: &str) {
    emit(&format!("{}\n", styled("1", &format!("> {text}"))));
}

/// How that went: well.
pub(crate) fn good(text: &str) {
    emit(&format!("  {}\n", styled("32", text)));
}

/// How that went: badly, after what was said before.
pub(crate) fn failure(before: &str, text: &str) {
    emit(&format!("{before}  {}\n", styled("31", text)));
}

/// The part of this task in the line that is written over, on a terminal only; an empty one takes it away.
pub(crate) fn live(task: &str, text: &str) {
    if !on_terminal() {
        return; // a log is told by heartbeats instead
    }
    {
        let mut live = LIVE.lock().unwrap_or_else(PoisonError::into_inner);
        live.retain(|(name, _)| name != task);
        if !text.is_empty() {
            live.push((task.to_owned(), text.to_owned()));
            live.sort();
        }
    }
    emit("");
}

/// Takes the live line away for good, when an interrupt ends us.
pub(crate) fn clear_live() {
    LIVE.lock().unwrap_or_else(PoisonError::into_inner).clear();
    emit("");
}

/// Does a person look on, or does a log collect?
pub(crate) fn on_terminal() -> bool {
    stdout().is_terminal()
}

/// `0.4 s`, `34.2 s`, `3 min 05 s`.
pub(crate) fn took(time: Duration) -> String {
    let seconds = time.as_secs();
    if seconds < 60 {
        format!("{:.1} s", time.as_secs_f64())
    } else {
        format!("{} min {:02} s", seconds / 60, seconds % 60)
    }
}

fn styled(style: &str, text: &str) -> String {
    if on_terminal() && std::env::var_os("NO_COLOR").is_none() {
        format!("\x1b[{style}m{text}\x1b[0m")
    } else {
        text.to_owned()
    }
}

/// Every word goes through here: over the live line, which then is drawn again below.
fn emit(text: &str) {
    if cfg!(test) {
        return print!("{text}"); // which the tests' own runner keeps to itself
    }
    let live = LIVE.lock().unwrap_or_else(PoisonError::into_inner);
    let mut out = stdout().lock();
    let (before, after) = if on_terminal() { ("\r\x1b[2K", drawn(&live, columns())) } else { ("", String::new()) };
    // A reader that went away (`cargo xtask test | head`) must not stop the work, nor the cleaning up after it.
    let _ = write!(out, "{before}{text}{after}").and_then(|()| out.flush());
}

/// One part for each task that runs, side by side; never wider than the terminal, where it could not be written over.
fn drawn(live: &[(String, String)], columns: usize) -> String {
    let several = live.len() > 1;
    let width = columns.saturating_sub(5) / live.len().max(1);
    let parts = live.iter().map(|(name, text)| {
        let whole = if several { format!("{name} {text}") } else { text.clone() };
        let part: String = whole.chars().take(width.saturating_sub(3)).collect();
        part
    });
    let joined = parts.collect::<Vec<_>>().join(" | ");
    if joined.is_empty() { joined } else { styled("2", &format!("    {joined}")) }
}

fn columns() -> usize {
    std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok()).unwrap_or(80)
}

static LIVE: Mutex<Vec<(String, String)>> = Mutex::new(Vec::new());

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_in_seconds_then_in_minutes() {
        assert_eq!(took(Duration::from_millis(449)), "0.4 s");
        assert_eq!(took(Duration::from_secs(59)), "59.0 s");
        assert_eq!(took(Duration::from_secs(185)), "3 min 05 s");
    }

    #[test]
    fn the_live_line_is_never_wider_than_the_terminal() {
        let task = |name: &str| (name.to_owned(), "x".repeat(300));
        for tasks in [vec![task("one")], vec![task("one"), task("two"), task("three")]] {
            assert!((40..80).contains(&drawn(&tasks, 80).chars().count()));
        }
        assert_eq!(drawn(&[], 80), "");
    }
}
