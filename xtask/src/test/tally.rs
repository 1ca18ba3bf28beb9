//! How many test cases passed and failed, by the tools' own summaries?

use std::ops::AddAssign;

/// Numbers of test cases.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    /// Left out by the tests themselves, with a reason of their own.
    pub(crate) skipped: u64,
}

impl Tally {
    /// A check that has no cases of its own, and went well.
    pub(crate) fn one_passed() -> Tally {
        Tally { passed: 1, ..Tally::default() }
    }

    /// Something that failed without a case to blame.
    pub(crate) fn one_failed() -> Tally {
        Tally { failed: 1, ..Tally::default() }
    }

    /// What `cargo test` and wasm-bindgen's runner print at the end of each test program:
    /// `test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s`.
    pub(crate) fn read_cargo(&mut self, line: &str) {
        let Some(rest) = line.trim().strip_prefix("test result: ") else {
            return;
        };
        let Some((_, counts)) = rest.split_once(". ") else {
            return;
        };
        for part in counts.split(';') {
            match part.trim().split_once(' ').map(|(number, what)| (number.parse::<u64>(), what)) {
                Some((Ok(number), "passed")) => self.passed += number,
                Some((Ok(number), "failed")) => self.failed += number,
                Some((Ok(number), "ignored")) => self.skipped += number,
                _ => {} // measured, filtered out, the time
            }
        }
    }

    /// What `node --test` prints at its end, a line for each number: `ℹ pass 3`.
    pub(crate) fn read_node(&mut self, line: &str) {
        let Some(rest) = line.strip_prefix("ℹ ").or_else(|| line.strip_prefix("# ")) else {
            return;
        };
        match rest.trim().split_once(' ').map(|(what, number)| (what, number.parse::<u64>())) {
            Some(("pass", Ok(number))) => self.passed += number,
            Some(("fail" | "cancelled", Ok(number))) => self.failed += number,
            Some(("skipped" | "todo", Ok(number))) => self.skipped += number,
            _ => {} // tests, suites, the time, what a test printed
        }
    }

    /// What `cargo mutants` prints for each change: a test noticed it (a hang is noticed, too), or none did.
    pub(crate) fn read_mutants(&mut self, line: &str) {
        match line.split_whitespace().next() {
            Some("caught" | "TIMEOUT") => self.passed += 1,
            Some("MISSED") => self.failed += 1,
            _ => {} // the sum of it all, or a change that does not compile
        }
    }

    /// The tool's verdict beside its own numbers: one that failed has at least one failure.
    pub(crate) fn with_verdict(mut self, succeeded: bool) -> Tally {
        if !succeeded && self.failed == 0 {
            self.failed = 1;
        }
        self
    }

    /// Did it all go well?
    pub(crate) fn is_good(&self) -> bool {
        self.failed == 0
    }

    /// How many cases ran?
    pub(crate) fn ran(&self) -> u64 {
        self.passed + self.failed
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Tally) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mutant_that_no_test_noticed_is_a_failure() {
        let mut tally = Tally::default();
        for line in [
            "Found 3 mutants to test",
            "MISSED   src/engine/rng.rs:12:9: replace + with -",
            "caught   src/engine/rng.rs:13:9: replace Rng::next with 0",
            "TIMEOUT  src/engine/rng.rs:14:9: replace < with <=",
            "3 mutants tested: 1 missed, 1 caught, 1 timeouts",
        ] {
            tally.read_mutants(line);
        }
        assert_eq!(tally, Tally { passed: 2, failed: 1, skipped: 0 });
    }

    #[test]
    fn cargos_and_wasm_bindgens_summaries_add_up() {
        let mut tally = Tally::default();
        tally.read_cargo("running 5 tests");
        tally.read_cargo(
            "test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s",
        );
        tally.read_cargo("    test result: FAILED. 2 passed; 3 failed; 0 ignored; 0 filtered out; finished in 1.05s");
        assert_eq!(tally, Tally { passed: 7, failed: 3, skipped: 1 });
    }

    #[test]
    fn nodes_summary_counts_cancelled_cases_as_failures() {
        let mut tally = Tally::default();
        for line in ["ℹ tests 9", "ℹ suites 0", "ℹ pass 5", "ℹ fail 1", "ℹ cancelled 1", "ℹ skipped 1", "ℹ todo 1"]
        {
            tally.read_node(line);
        }
        tally.read_node("ℹ duration_ms 3012.5");
        assert_eq!(tally, Tally { passed: 5, failed: 2, skipped: 2 });
    }

    #[test]
    fn what_a_test_prints_is_no_summary() {
        let mut tally = Tally::default();
        tally.read_node("the server says: # pass 12");
        tally.read_cargo("expected `test result: ok. 5 passed`");
        assert_eq!(tally, Tally::default());
    }

    #[test]
    fn a_tool_that_failed_without_a_failed_case_still_failed() {
        assert_eq!(Tally::one_passed().with_verdict(false), Tally { passed: 1, failed: 1, skipped: 0 });
        assert_eq!(Tally::one_failed().with_verdict(false), Tally::one_failed());
    }
}
