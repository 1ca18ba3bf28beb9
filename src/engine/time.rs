//! What time is it, and how long is that?

use std::fmt;
use std::ops::{Add, Sub};
use std::time::Duration;

/// A point on the engine's one line of time: microseconds since an epoch that the caller chooses.
///
/// The line must include the time that a machine slept, as far as the caller can know it: tokens go on expiring and
/// peers go on forgetting while a laptop is shut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Instant(u64);

/// A length of time, in whole microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span(u64);

impl Instant {
    /// The end of time, 584 942 years after the epoch. What is due then never comes.
    pub const NEVER: Self = Self(u64::MAX);

    /// So many microseconds after the epoch.
    pub const fn from_micros(micros: u64) -> Self {
        Self(micros)
    }

    /// Microseconds since the epoch.
    pub const fn as_micros(self) -> u64 {
        self.0
    }

    /// How long ago `earlier` was; nothing, if it is still to come.
    pub const fn since(self, earlier: Self) -> Span {
        Span(self.0.saturating_sub(earlier.0))
    }
}

impl Span {
    /// No time at all.
    pub const ZERO: Self = Self(0);

    /// So many microseconds.
    pub const fn micros(micros: u64) -> Self {
        Self(micros)
    }

    /// So many milliseconds.
    pub const fn millis(millis: u64) -> Self {
        Self(millis.saturating_mul(1_000))
    }

    /// So many seconds.
    pub const fn secs(secs: u64) -> Self {
        Self(secs.saturating_mul(1_000_000))
    }

    /// The whole of it in microseconds.
    pub const fn as_micros(self) -> u64 {
        self.0
    }

    /// As many of it, a fraction too; never more than time has room for. Less than nothing is nothing.
    pub fn times(self, factor: f64) -> Self {
        Self((self.0 as f64 * factor) as u64) // `as` saturates, and NaN is 0
    }
}

/// Rounded up to a microsecond, so that a wait is never cut short.
impl From<Duration> for Span {
    fn from(duration: Duration) -> Self {
        let micros = duration.subsec_nanos().div_ceil(1_000);
        Self(duration.as_secs().saturating_mul(1_000_000).saturating_add(u64::from(micros)))
    }
}

impl From<Span> for Duration {
    fn from(span: Span) -> Self {
        Self::from_micros(span.0)
    }
}

/// At the end of time it stays there.
impl Add<Span> for Instant {
    type Output = Self;

    fn add(self, span: Span) -> Self {
        Self(self.0.saturating_add(span.0))
    }
}

/// Before the epoch there is nothing.
impl Sub<Span> for Instant {
    type Output = Self;

    fn sub(self, span: Span) -> Self {
        Self(self.0.saturating_sub(span.0))
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&Duration::from(*self), f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_ends_rather_than_wraps() {
        let end = Instant::from_micros(u64::MAX);
        assert_eq!(end + Span::secs(1), end);
        assert_eq!(Instant::default() - Span::secs(1), Instant::default());
        assert_eq!(Instant::default().since(end), Span::ZERO);
        assert_eq!(Span::secs(u64::MAX).as_micros(), u64::MAX);
        assert_eq!(Span::millis(u64::MAX).as_micros(), u64::MAX);
    }

    #[test]
    fn lengths_add_up() {
        let noon = Instant::from_micros(12_000_000);
        assert_eq!((noon + Span::millis(5)).since(noon), Span::micros(5_000));
        assert_eq!((noon - Span::secs(2)).as_micros(), 10_000_000);
        assert_eq!(Span::secs(3), Span::millis(3_000));
    }

    #[test]
    fn a_duration_is_rounded_up_so_that_no_wait_is_cut_short() {
        assert_eq!(Span::from(Duration::from_nanos(1)), Span::micros(1));
        assert_eq!(Span::from(Duration::from_millis(1_500)), Span::millis(1_500));
        assert_eq!(Span::from(Duration::MAX), Span::micros(u64::MAX));
        assert_eq!(Duration::from(Span::millis(7)), Duration::from_millis(7));
        assert_eq!(Span::millis(1_500).to_string(), "1.5s");
    }

    #[test]
    fn times_neither_overflows_nor_turns_negative() {
        assert_eq!(Span::millis(10).times(1.5), Span::millis(15));
        assert_eq!(Span::secs(1).times(-1.0), Span::ZERO);
        assert_eq!(Span::secs(1).times(f64::NAN), Span::ZERO);
        assert_eq!(Span::secs(1).times(f64::INFINITY), Span::micros(u64::MAX));
    }
}
