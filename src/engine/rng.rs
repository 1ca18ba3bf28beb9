//! What comes next by chance? Seeded, so that a session can be replayed.

use super::time::Span;

/// SplitMix64 (Steele, Lea and Flood, OOPSLA 2014): one number of state, and every seed is as good as another.
#[derive(Debug, Clone)]
pub(super) struct Rng(u64);

impl Rng {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Anything from nothing to all of it, each as likely.
    pub(super) fn up_to(&mut self, span: Span) -> Span {
        let fraction = (self.next_u64() >> 11) as f64 / (1_u64 << 53) as f64; // in [0, 1): 53 bits are what an f64 holds
        let most = span.as_micros();
        Span::micros(((fraction * (most as f64 + 1.0)) as u64).min(most))
    }

    fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first numbers of the authors' own program, from seed 1234567.
    #[test]
    fn it_is_splitmix64() {
        let mut rng = Rng::new(1_234_567);
        let drawn = [rng.next_u64(), rng.next_u64(), rng.next_u64(), rng.next_u64(), rng.next_u64()];
        let published = [
            6_457_827_717_110_365_317,
            3_203_168_211_198_807_973,
            9_817_491_932_198_370_423,
            4_593_380_528_125_082_431,
            16_408_922_859_458_223_821,
        ];
        assert_eq!(drawn, published);
    }

    #[test]
    fn each_value_is_as_likely_and_both_ends_come() {
        let mut rng = Rng::new(7);
        let mut seen = [0_u32; 4];
        for _ in 0..40_000 {
            seen[rng.up_to(Span::micros(3)).as_micros() as usize] += 1;
        }
        assert!(seen.iter().all(|&times| (9_500..10_500).contains(&times)), "{seen:?}");
    }

    #[test]
    fn it_stays_within_at_both_extremes() {
        let mut rng = Rng::new(7);
        assert_eq!(rng.up_to(Span::ZERO), Span::ZERO);
        let drawn: Vec<u64> = (0..1_000).map(|_| rng.up_to(Span::micros(u64::MAX)).as_micros()).collect();
        assert!(
            drawn.iter().any(|&micros| micros > u64::MAX / 4 * 3) && drawn.iter().any(|&micros| micros < u64::MAX / 4)
        );
    }
}
