//! What is the next random number? Splitmix64: the whole session follows from its seed.

use everwire::engine::Span;

/// A stream of numbers.
#[derive(Debug, Clone)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// In [0, end); 0 if that is empty.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        if end == 0 { 0 } else { self.next() % end }
    }

    /// In [0, most].
    pub(crate) fn up_to(&mut self, most: u64) -> u64 {
        match most.checked_add(1) {
            Some(end) => self.below(end),
            None => self.next(),
        }
    }

    /// Some time from this to that.
    pub(crate) fn between(&mut self, from: Span, to: Span) -> Span {
        Span::micros(from.as_micros() + self.up_to(to.as_micros() - from.as_micros()))
    }

    /// Yes, once in so many times.
    pub(crate) fn once_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }

    pub(crate) fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    pub(crate) fn pick<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(of.len() as u64) as usize].clone()
    }

    /// Small, large, or at an edge where arithmetic ends.
    pub(crate) fn extreme(&mut self) -> u64 {
        match self.below(8) {
            0 => 0,
            1 => 1,
            2 => u64::MAX,
            3 => u64::MAX - self.below(3),
            4 => u64::MAX / 2 + self.below(3),
            5 => 1 << self.below(64),
            6 => self.below(10_000),
            _ => self.next() >> self.below(64),
        }
    }
}
