//! How long until the next attempt?

use super::config::ReconnectOptions;
use super::rng::Rng;
use super::time::Span;

/// Full jitter inside the cap, for each attempt: after a deploy a thousand clients come back spread out, and none later
/// than `max_delay`. The count starts again only after a connection has lasted, since a server that flaps would look
/// healthy otherwise.
#[derive(Debug)]
pub(super) struct Backoff {
    options: ReconnectOptions,
    /// In a row.
    failures: u32,
    /// Those of them that use up `attempts`.
    counted: u32,
}

impl Backoff {
    pub(super) fn new(options: &ReconnectOptions) -> Self {
        Self { options: options.clone(), failures: 0, counted: 0 }
    }

    /// The number of the next attempt in its row, from 0.
    pub(super) fn attempt(&self) -> u32 {
        self.failures
    }

    /// As many attempts in a row as are allowed have failed.
    pub(super) fn is_exhausted(&self) -> bool {
        self.options.attempts.is_some_and(|attempts| self.counted >= attempts)
    }

    /// An attempt failed. One that does not count (there was no network) makes the waits longer all the same.
    pub(super) fn on_failed(&mut self, counts: bool) {
        self.failures = self.failures.saturating_add(1);
        self.counted = self.counted.saturating_add(u32::from(counts));
    }

    /// A connection ended. One that did not last is a failed attempt.
    pub(super) fn on_lost(&mut self, lived: Span, counts: bool) {
        if lived >= self.options.stable_after {
            self.failures = 0;
            self.counted = 0;
        } else {
            self.on_failed(counts);
        }
    }

    /// Anything up to `min_delay` · `factor`^attempt, and up to `max_delay`.
    pub(super) fn delay(&self, rng: &mut Rng) -> Span {
        let exponent = i32::try_from(self.failures).unwrap_or(i32::MAX);
        let most = self.options.min_delay.times(self.options.factor.powi(exponent));
        rng.up_to(most.min(self.options.max_delay))
    }

    /// The server said "try again later" (1013): longer than usual, and still spread out inside the cap.
    pub(super) fn long_delay(&self, rng: &mut Rng) -> Span {
        let most = self.options.max_delay;
        let half = most.times(0.5);
        Span::micros(most.as_micros() - rng.up_to(half).as_micros())
    }

    /// It might work now: soon, but an office that comes back to its desks does not come back in one moment.
    pub(super) fn soon(&self, rng: &mut Rng) -> Span {
        rng.up_to(self.options.min_delay)
    }

    /// Whether a wait is no longer than that.
    pub(super) fn is_soon(&self, wait: Span) -> bool {
        wait <= self.options.min_delay
    }

    /// How long this attempt may take, if the first may take so long: half as long again after each failure, up to
    /// three times. A slow mobile link that never makes it in ten seconds makes it in thirty.
    pub(super) fn growing(&self, timeout: Span) -> Span {
        timeout.times(1.0 + 0.5 * f64::from(self.failures.min(4)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_doubles_up_to_the_cap_and_everything_below_it_comes() {
        let mut backoff = backoff(|_| {});
        for most in [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000] {
            let drawn = draw(|rng| backoff.delay(rng));
            assert!(drawn.iter().all(|&delay| delay <= Span::millis(most)));
            assert!(drawn.iter().any(|&delay| delay > Span::millis(most).times(0.95)), "up to the cap");
            assert!(drawn.iter().any(|&delay| delay < Span::millis(most).times(0.05)), "down to nothing");
            backoff.on_failed(true);
        }
    }

    #[test]
    fn no_number_of_failures_is_too_many() {
        let mut backoff = backoff(|options| options.factor = 1e300);
        backoff.failures = u32::MAX;
        backoff.counted = u32::MAX;
        backoff.on_failed(true);
        let drawn = draw(|rng| backoff.delay(rng));
        assert!(
            drawn.iter().all(|&delay| delay <= Span::secs(30)) && drawn.iter().any(|&delay| delay > Span::secs(28))
        );
        assert_eq!(backoff.growing(Span::secs(10)), Span::secs(30));
    }

    /// Nothing times infinity is not a number, and no wait.
    #[test]
    fn whatever_the_options_a_wait_is_inside_the_cap() {
        let spans = [0, 1, 499, 500_000, 30_000_000, 1 << 60, u64::MAX];
        for seed in 0..5_000 {
            let mut rng = Rng::new(seed);
            let mut below = |n: u64| rng.up_to(Span::micros(n - 1)).as_micros();
            let (one, other) = (spans[below(7) as usize], spans[below(7) as usize]);
            let (min_delay, max_delay) = (Span::micros(one.min(other)), Span::micros(one.max(other)));
            let factor = [1.0, 1.000_000_001, 2.0, 1e300, f64::MAX][below(5) as usize];
            let failures = [0, 1, 7, 1 << 31, u32::MAX][below(5) as usize];
            let options = ReconnectOptions { min_delay, max_delay, factor, ..ReconnectOptions::default() };
            let backoff = Backoff { failures, ..Backoff::new(&options) };
            for _ in 0..20 {
                let delay = backoff.delay(&mut rng);
                assert!(delay <= max_delay, "seed {seed}: {delay:?}");
                assert!(min_delay > Span::ZERO || delay == Span::ZERO, "seed {seed}");
                let later = backoff.long_delay(&mut rng);
                assert!(later <= max_delay && later >= max_delay.times(0.499), "seed {seed}: {later:?}");
                assert!(backoff.soon(&mut rng) <= min_delay, "seed {seed}");
            }
        }
    }

    #[test]
    fn the_count_starts_again_only_after_a_connection_has_lasted() {
        let mut backoff = backoff(|_| {});
        backoff.on_failed(true);
        backoff.on_lost(Span::micros(4_999_999), true);
        assert_eq!(backoff.attempt(), 2);
        backoff.on_lost(Span::secs(5), true);
        assert_eq!(backoff.attempt(), 0);
    }

    #[test]
    fn attempts_are_used_up_in_a_row() {
        let mut backoff = backoff(|options| options.attempts = Some(2));
        backoff.on_failed(true);
        assert!(!backoff.is_exhausted());
        backoff.on_lost(Span::secs(5), true);
        backoff.on_failed(true);
        assert!(!backoff.is_exhausted());
        backoff.on_lost(Span::ZERO, true);
        assert!(backoff.is_exhausted());
        let endless = super::Backoff { counted: u32::MAX, ..self::backoff(|_| {}) };
        assert!(!endless.is_exhausted());
    }

    #[test]
    fn without_a_network_waits_grow_and_nothing_is_used_up() {
        let mut backoff = backoff(|options| options.attempts = Some(1));
        backoff.on_failed(false);
        backoff.on_lost(Span::ZERO, false);
        assert_eq!((backoff.attempt(), backoff.is_exhausted()), (2, false));
    }

    #[test]
    fn later_is_at_least_half_the_cap_and_soon_at_most_the_smallest() {
        let backoff = backoff(|_| {});
        let later = draw(|rng| backoff.long_delay(rng));
        assert!(later.iter().all(|&delay| Span::secs(15) <= delay && delay <= Span::secs(30)));
        assert!(later.iter().any(|&delay| delay < Span::secs(16)) && later.iter().any(|&delay| delay > Span::secs(29)));
        let soon = draw(|rng| backoff.soon(rng));
        assert!(soon.iter().all(|&delay| delay <= Span::millis(500) && backoff.is_soon(delay)));
        assert!(!backoff.is_soon(Span::micros(500_001)));
        assert!(soon.iter().any(|&delay| delay > Span::millis(475)));
    }

    #[test]
    fn patience_grows_up_to_three_times() {
        let mut backoff = backoff(|_| {});
        for seconds in [10, 15, 20, 25, 30, 30] {
            assert_eq!(backoff.growing(Span::secs(10)), Span::secs(seconds));
            backoff.on_failed(true);
        }
    }

    fn backoff(change: impl FnOnce(&mut ReconnectOptions)) -> Backoff {
        let mut options = ReconnectOptions::default();
        change(&mut options);
        Backoff::new(&options)
    }

    fn draw(mut one: impl FnMut(&mut Rng) -> Span) -> Vec<Span> {
        let mut rng = Rng::new(3);
        (0..1_000).map(|_| one(&mut rng)).collect()
    }
}
