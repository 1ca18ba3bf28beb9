//! Which of several addresses is tried next?

use super::time::{Instant, Span};

/// One that failed rests, and the next in turn is tried; one that works is stayed with.
#[derive(Debug)]
pub(super) struct Places {
    current: usize,
    /// Until when each rests.
    rested: Vec<Instant>,
}

impl Places {
    pub(super) fn new(count: usize) -> Self {
        Self { current: 0, rested: vec![Instant::default(); count] }
    }

    pub(super) fn are_several(&self) -> bool {
        self.rested.len() > 1
    }

    pub(super) fn current(&self) -> usize {
        self.current
    }

    /// The current one failed: the next in turn that has rested, or, where all rest, the one that has soonest.
    pub(super) fn on_failed(&mut self, rest: Span, now: Instant) {
        let (count, failed) = (self.rested.len(), self.current);
        self.rested[failed] = now + rest.max(Span::micros(1));
        let mut place = failed;
        for _ in 1..count {
            place = (place + 1) % count;
            if self.rested[place].max(now) < self.rested[self.current].max(now) {
                self.current = place;
            }
        }
    }

    /// The server says where to go.
    pub(super) fn go_to(&mut self, place: usize) {
        if place < self.rested.len() {
            self.current = place;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REST: Span = Span::secs(30);

    #[test]
    fn each_has_its_turn_and_what_failed_rests() {
        let mut places = Places::new(3);
        places.on_failed(REST, at(0));
        assert_eq!(places.current(), 1);
        places.on_failed(REST, at(1));
        assert_eq!(places.current(), 2);
        places.on_failed(REST, at(2));
        assert_eq!(places.current(), 0, "all rest: the first is ready soonest");
        places.on_failed(REST, at(31));
        assert_eq!(places.current(), 1, "which has rested");
    }

    #[test]
    fn one_that_rests_is_passed_over() {
        let mut places = Places::new(3);
        places.on_failed(REST, at(0));
        places.go_to(0);
        places.on_failed(REST, at(1));
        places.on_failed(REST, at(2));
        assert_eq!(places.current(), 2, "0 and 1 rest");
        places.on_failed(REST, at(31));
        assert_eq!(places.current(), 0, "0 has rested, 1 has not");
    }

    #[test]
    fn the_only_one_is_tried_again() {
        let mut places = Places::new(1);
        places.on_failed(REST, at(0));
        places.go_to(1);
        assert_eq!((places.current(), places.are_several()), (0, false));
    }

    fn at(seconds: u64) -> Instant {
        Instant::from_micros(seconds * 1_000_000)
    }
}
