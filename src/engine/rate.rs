//! May so many units go now, and if not, when?

use super::config::Rate;
use super::time::{Instant, Span};

/// The generic cell rate algorithm (ITU-T I.371), which is a leaky bucket: each unit that goes is owed a period, time
/// works that off, and `burst` periods have room.
///
/// So in any window W, wherever its edges are, no more than burst + W/period units go; a fixed window would let twice
/// the burst pass at its edge. What is larger than the burst goes when nothing is owed, and into debt.
#[derive(Debug)]
pub(super) struct Bucket {
    /// All in picoseconds.
    period: u64,
    room: u64,
    /// As of `then`. At the most 213 days: a debt beyond that is forgiven.
    owed: u64,
    then: Instant,
    /// No more is given back than was owed just before each charge that followed the ones it may be about: what time
    /// had worked off by then is worked off, and given back it would be gone twice.
    least: u64,
}

impl Bucket {
    pub(super) fn new(rate: Rate) -> Self {
        let room = rate.burst.saturating_mul(rate.period).min(MOST_ROOM);
        Self { period: rate.period, room, owed: 0, then: Instant::default(), least: u64::MAX }
    }

    /// Whether they may go; if not, the first moment when they may.
    pub(super) fn wait(&self, units: u64, now: Instant) -> Result<(), Instant> {
        let now = now.max(self.then);
        let excess = self.owed_at(now).saturating_add(self.cost(units).min(self.room)).saturating_sub(self.room);
        if excess == 0 { Ok(()) } else { Err(now + Span::micros(excess.div_ceil(PICOS))) }
    }

    /// They go, whether they may or not.
    pub(super) fn charge(&mut self, units: u64, now: Instant) {
        let owed = self.owed_at(now);
        self.least = self.least.min(owed);
        self.owed = owed.saturating_add(self.cost(units));
        self.then = self.then.max(now);
    }

    /// So many were charged, and so many went. If they were more, they are owed as of the latest charge.
    pub(super) fn correct(&mut self, charged: u64, went: u64) {
        let (charged, went) = (self.cost(charged), self.cost(went));
        let back = charged.saturating_sub(went).min(self.least);
        self.least -= back;
        self.owed = self.owed.saturating_sub(back).saturating_add(went.saturating_sub(charged));
    }

    /// Whatever was charged before the latest charge is known to have gone: none of it is given back.
    pub(super) fn settle(&mut self) {
        self.least = u64::MAX;
    }

    fn cost(&self, units: u64) -> u64 {
        units.saturating_mul(self.period)
    }

    fn owed_at(&self, now: Instant) -> u64 {
        self.owed.saturating_sub(now.since(self.then).as_micros().saturating_mul(PICOS))
    }
}

/// Picoseconds in a microsecond.
const PICOS: u64 = 1_000_000;
/// Half of what can be counted, 106 days: the other half is for what is owed on top. A burst beyond that is cut to it;
/// as it is, the count would stop at the brim and everything would go.
const MOST_ROOM: u64 = u64::MAX / 2;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::rng::Rng;

    #[test]
    fn a_burst_goes_at_once_and_then_one_each_period() {
        let mut bucket = bucket(3, 10 * PICOS);
        for _ in 0..3 {
            assert_eq!(bucket.wait(1, at(100)), Ok(()));
            bucket.charge(1, at(100));
        }
        assert_eq!(bucket.wait(1, at(100)), Err(at(110)));
        assert_eq!(bucket.wait(1, at(109)), Err(at(110)), "not a microsecond early");
        assert_eq!(bucket.wait(1, at(110)), Ok(()));
        bucket.charge(1, at(110));
        assert_eq!(bucket.wait(2, at(110)), Err(at(130)));
        assert_eq!(bucket.wait(3, at(139)), Err(at(140)));
        assert_eq!(bucket.wait(3, at(140)), Ok(()), "after a rest all of the burst");
    }

    #[test]
    fn what_is_larger_than_the_burst_goes_when_nothing_is_owed_and_into_debt() {
        let mut bucket = bucket(10, PICOS);
        bucket.charge(1, at(0));
        assert_eq!(bucket.wait(25, at(0)), Err(at(1)));
        assert_eq!(bucket.wait(25, at(1)), Ok(()));
        bucket.charge(25, at(1));
        assert_eq!(bucket.wait(1, at(1)), Err(at(17)), "the debt is paid first");
    }

    #[test]
    fn what_did_not_go_is_given_back_and_what_went_beyond_is_owed() {
        let mut bucket = bucket(10, PICOS);
        bucket.charge(10, at(0));
        bucket.settle();
        bucket.correct(10, 6);
        assert_eq!(bucket.wait(4, at(0)), Ok(()));
        assert_eq!(bucket.wait(5, at(0)), Err(at(1)));
        bucket.correct(0, 7);
        assert_eq!(bucket.wait(10, at(0)), Err(at(13)));
    }

    /// Of 10 units 8 are worked off when 5 more go, so 2 are what can be given back: had only 1 of the 10 gone, nothing
    /// would be owed by then, and now the 5.
    #[test]
    fn what_time_has_worked_off_is_not_given_back_as_well() {
        let mut bucket = bucket(10, PICOS);
        bucket.charge(10, at(0));
        bucket.settle();
        bucket.charge(5, at(8));
        bucket.correct(10, 1);
        assert_eq!(bucket.wait(5, at(8)), Ok(()), "the latter 5 are owed");
        assert_eq!(bucket.wait(6, at(8)), Err(at(9)));
        bucket.correct(5, 5);
        bucket.charge(5, at(8));
        bucket.settle();
        bucket.correct(5, 0);
        assert_eq!(bucket.wait(5, at(8)), Ok(()), "when all is answered, it starts afresh");
    }

    #[test]
    fn two_answers_do_not_give_the_same_back() {
        let mut bucket = bucket(10, PICOS);
        bucket.charge(4, at(0));
        bucket.settle();
        bucket.charge(4, at(0));
        bucket.charge(2, at(5)); // 3 were owed
        bucket.correct(4, 2);
        bucket.correct(4, 2);
        assert_eq!(bucket.wait(8, at(5)), Ok(()));
        assert_eq!(bucket.wait(9, at(5)), Err(at(6)));
    }

    #[test]
    fn a_wait_is_rounded_up_to_a_microsecond() {
        let mut bucket = bucket(1, PICOS + 1);
        bucket.charge(1, at(0));
        assert_eq!(bucket.wait(1, at(1)), Err(at(2)));
    }

    #[test]
    fn time_that_goes_back_gives_nothing_and_is_told_nothing_false() {
        let mut bucket = bucket(1, 10 * PICOS);
        bucket.charge(1, at(100));
        bucket.charge(1, at(50));
        assert_eq!(bucket.wait(1, at(50)), Err(at(120)));
        assert_eq!(bucket.wait(1, at(119)), Err(at(120)));
        assert_eq!(bucket.wait(1, at(120)), Ok(()));
    }

    #[test]
    fn the_largest_numbers_are_numbers_too() {
        let mut bucket = bucket(1, u64::MAX / 4);
        bucket.charge(u64::MAX, at(5));
        assert!(bucket.wait(1, at(0)).is_err());
        assert_eq!(bucket.wait(1, at(u64::MAX)), Ok(()));
        bucket.correct(u64::MAX, u64::MAX - 1);
        assert!(bucket.wait(1, at(5)).is_err(), "what is beyond counting is not given back");
        assert_eq!(self::bucket(u64::MAX, u64::MAX).wait(u64::MAX, at(0)), Ok(()));
    }

    /// 10¹² periods of an hour: 2⁷¹ picoseconds.
    #[test]
    fn a_burst_that_is_too_large_to_count_is_a_limit_all_the_same() {
        let mut bucket = bucket(1_000_000_000_000, 3_600_000_000 * PICOS);
        let admitted = (0..10_000).take_while(|_| {
            let is_free = bucket.wait(1, at(0)).is_ok();
            bucket.charge(1, at(0));
            is_free
        });
        assert_eq!(admitted.count(), 106 * 24 + 18, "106 days' worth");
    }

    /// Every window of every session, by the definition: what goes is no more than the burst (or one larger message)
    /// and what the window's length allows. And nothing is held back longer than that demands.
    #[test]
    fn in_no_window_does_more_go_than_the_burst_and_what_its_length_allows() {
        for seed in 0..3_000 {
            let mut rng = Rng::new(seed);
            let mut below = |n: u64| rng.up_to(Span::micros(n - 1)).as_micros();
            let (burst, period) = (1 + below(8), 1 + below(5 * PICOS));
            let mut bucket = bucket(burst, period);
            let (mut gone, mut now) = (vec![], 0);
            for _ in 0..40 {
                now += below(12);
                let units = if below(6) == 0 { burst + below(6) } else { 1 + below(burst) };
                if let Err(then) = bucket.wait(units, at(now)) {
                    let told = then.as_micros();
                    assert!(told > now && !is_lawful(&gone, (told - 1, units), burst, period), "seed {seed}: too long");
                    assert!(bucket.wait(units, at(told - 1)).is_err(), "seed {seed}: it might have been sooner");
                    if below(2) == 0 {
                        continue;
                    }
                    now = told;
                    assert_eq!(bucket.wait(units, at(now)), Ok(()), "seed {seed}: it was told to come now");
                }
                assert!(is_lawful(&gone, (now, units), burst, period), "seed {seed}");
                bucket.charge(units, at(now));
                gone.push((now, units));
            }
        }
    }

    /// Of each window that ends with this one: all that goes in it is worth no more than the burst and the window's
    /// length; or this one is larger than the burst, and all before it is worked off.
    fn is_lawful(gone: &[(u64, u64)], (to, units): (u64, u64), burst: u64, period: u64) -> bool {
        let cost = |units: u64| u128::from(units) * u128::from(period);
        let mut before = 0;
        gone.iter().rev().all(|&(from, units_before)| {
            before += cost(units_before);
            let room = if units > burst { 0 } else { cost(burst) - cost(units) };
            before <= room + u128::from(to - from) * u128::from(PICOS)
        })
    }

    fn bucket(burst: u64, period: u64) -> Bucket {
        Bucket::new(Rate { burst, period })
    }

    fn at(micros: u64) -> Instant {
        Instant::from_micros(micros)
    }
}
