//! Has an answer had its time?

use super::time::{Instant, Span};

/// The time that an answer has.
///
/// Where the end of it is noticed far too late, everything may have stood still: the page was frozen, or the machine
/// slept. That is no verdict on whoever should have answered, and the answer may wait in the browser's queue, behind us.
/// So it has its time once more; only once, or a page whose timers are always late would wait for ever.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Term {
    began: Instant,
    until: Instant,
    /// What it has once more; `None`: it has had it.
    again: Option<Span>,
}

impl Term {
    pub(super) fn new(span: Span, now: Instant) -> Self {
        Self { began: now, until: now + span, again: Some(span) }
    }

    /// Whether it began so recently that whoever comes back now was back by then: the sleep is told, then the page is
    /// seen, and comes from the cache.
    pub(super) fn has_just_begun(self, now: Instant, punctual: Span) -> bool {
        now.since(self.began) <= punctual
    }

    pub(super) fn until(self) -> Instant {
        self.until
    }

    /// The end has come. Is it over? `punctual`: how late that may be noticed and still prove that nobody answered.
    pub(super) fn is_over(&mut self, now: Instant, punctual: Span) -> bool {
        if now.since(self.until) <= punctual {
            return now >= self.until;
        }
        let Some(again) = self.again.take() else { return true };
        self.until = now + again;
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_has_its_time_and_no_more() {
        let mut term = Term::new(Span::secs(10), at(5));
        assert_eq!(term.until(), at(15));
        assert!(!term.is_over(at(14), PUNCTUAL));
        assert!(term.is_over(at(15), PUNCTUAL) && term.is_over(at(17), PUNCTUAL));
    }

    #[test]
    fn whoever_comes_back_finds_what_has_just_begun_and_what_stood_still() {
        let mut term = Term::new(Span::secs(10), at(5));
        assert!(term.has_just_begun(at(7), PUNCTUAL) && !term.has_just_begun(at(7) + Span::micros(1), PUNCTUAL));
        assert!(
            !term.is_over(at(100), PUNCTUAL) && !term.has_just_begun(at(100), PUNCTUAL),
            "more time is no beginning"
        );
    }

    #[test]
    fn what_is_noticed_too_late_proves_nothing_but_not_twice() {
        let mut term = Term::new(Span::secs(10), at(5));
        assert!(!term.is_over(at(17) + Span::micros(1), PUNCTUAL));
        assert_eq!(term.until(), at(27) + Span::micros(1), "all of its time");
        assert!(!term.is_over(at(27), PUNCTUAL));
        assert!(term.is_over(at(3_600), PUNCTUAL));
    }

    const PUNCTUAL: Span = Span::secs(2);

    fn at(seconds: u64) -> Instant {
        Instant::from_micros(seconds * 1_000_000)
    }
}
