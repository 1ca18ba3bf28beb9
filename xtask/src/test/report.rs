//! What is said at the end of a test run?

use super::tally::Tally;
use crate::failure::Outcome;
use crate::say;
use std::time::Duration;

/// What became of one step.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) tally: Tally,
    pub(crate) time: Duration,
    /// Why it could not be done, if that was so.
    pub(crate) note: String,
}

/// A table, then the numbers alone in the last line; a failure if there was one.
pub(crate) fn tell(rows: &[Row], time: Duration) -> Outcome {
    say::heading(&format!("summary ({})", say::took(time)));
    for line in table(rows) {
        say::line(&line);
    }
    let mut sum = Tally::default();
    rows.iter().for_each(|row| sum += row.tally);
    say::line("");
    say::line(&last_line(sum));
    if sum.is_good() { Ok(()) } else { Err("".into()) } // all has been said
}

fn table(rows: &[Row]) -> Vec<String> {
    let header =
        format!("  {:<18} {:<7} {:>7} {:>7} {:>8} {:>13}", "step", "result", "passed", "failed", "skipped", "time");
    let body = rows.iter().map(|Row { name, tally, time, note }| {
        let result = if tally.is_good() { "ok" } else { "FAILED" };
        let (Tally { passed, failed, skipped }, time) = (tally, say::took(*time));
        let line = format!("  {name:<18} {result:<7} {passed:>7} {failed:>7} {skipped:>8} {time:>13}  {note}");
        line.trim_end().to_owned()
    });
    std::iter::once(header).chain(body).collect()
}

fn last_line(sum: Tally) -> String {
    format!("{} passed, {} failed", sum.passed, sum.failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_holds_the_numbers_alone() {
        assert_eq!(last_line(Tally { passed: 120, failed: 0, skipped: 3 }), "120 passed, 0 failed");
    }

    #[test]
    fn a_failed_step_stands_out_and_says_why() {
        let rows = [
            Row { name: "fmt".into(), tally: Tally::one_passed(), time: Duration::from_secs(1), note: String::new() },
            Row {
                name: "wasm webkit".into(),
                tally: Tally::one_failed(),
                time: Duration::from_secs(2),
                note: "why".into(),
            },
        ];
        let lines = table(&rows);
        assert!(lines[1].contains("ok") && !lines[1].contains("FAILED"));
        assert!(lines[2].contains("FAILED") && lines[2].ends_with("why"));
        assert!(tell(&rows, Duration::from_secs(3)).is_err());
    }
}
