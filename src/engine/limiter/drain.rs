//! How fast does the browser's buffer empty, and so when is it worth a look?

use super::super::time::{Instant, Span};

/// What was seen of it, on one socket.
#[derive(Debug)]
pub(super) struct Drain {
    /// Bytes per microsecond, of late. 0: unknown.
    speed: f64,
    /// So many bytes have left since `since`. Less than nothing, while a reading knows of more than was counted.
    left: f64,
    since: Instant,
    read: Instant,
    outlook: Outlook,
    /// So many bytes the next look waits for. 0: for nothing.
    awaited: u64,
}

/// What the next look goes by.
#[derive(Debug)]
enum Outlook {
    /// The speed, which is fresh.
    Speed,
    /// Nothing: it is not known, or nothing moved when it should have. So long.
    Patience(Span),
}

impl Drain {
    pub(super) fn new() -> Self {
        Self {
            speed: 0.0,
            left: 0.0,
            since: Instant::default(),
            read: Instant::default(),
            outlook: Outlook::Patience(SOONEST),
            awaited: 0,
        }
    }

    /// The buffer was empty until now: nothing could leave it.
    pub(super) fn on_filled(&mut self, now: Instant) {
        self.left = 0.0;
        self.since = now;
    }

    /// So many bytes have left, or, below nothing, turned out to be there.
    pub(super) fn on_change(&mut self, left: f64) {
        self.left += left;
    }

    /// It was read, and all that has left is known. Does that tell the speed?
    pub(super) fn on_read(&mut self, buffered: u64, now: Instant) -> bool {
        self.read = now;
        let time = now.since(self.since);
        if self.left <= 0.0 || time < SOONEST {
            return false; // it leaves in lumps: two of them in one moment are no speed
        }
        let speed = self.left / time.as_micros() as f64;
        let awaited = std::mem::take(&mut self.awaited) as f64;
        let was_missed = awaited > 0.0 && self.left > awaited * MISSED;
        self.speed = if was_missed {
            // A browser counts nothing while a page fills its buffer, so such a time says too little of the speed, again
            // and again: a look that came too late must come sooner, whatever was measured.
            self.speed.max(speed) * 2.0
        } else if buffered == 0 {
            self.speed.max(speed) // at least: it may have been empty for long
        } else if self.speed == 0.0 || self.speed > speed * UNLIKE || speed > self.speed * UNLIKE {
            speed
        } else {
            (self.speed + speed) / 2.0
        };
        self.left = 0.0;
        self.since = now;
        self.outlook = Outlook::Speed;
        true
    }

    /// How long until so many bytes have left? If the speed does not tell, each wait is twice the one before.
    pub(super) fn wait(&mut self, bytes: u64, now: Instant) -> Span {
        self.awaited = bytes;
        match self.outlook {
            Outlook::Speed => {
                self.outlook = Outlook::Patience(SOONEST);
                let all = Span::micros((bytes as f64 / self.speed).ceil() as u64); // `as` saturates
                (self.read + all).since(now).clamp(SOONEST, LATEST)
            }
            Outlook::Patience(wait) => {
                self.outlook = Outlook::Patience(wait.times(2.0).min(LATEST));
                wait
            }
        }
    }
}

/// Browsers do not wake a nested timer sooner (HTML standard, "timers").
const SOONEST: Span = Span::millis(4);
/// What the classic recipe waits between two looks.
const LATEST: Span = Span::millis(100);
/// When so many times as much as was awaited has left, the look came too late.
const MISSED: f64 = 1.5;
/// So many times faster or slower is another network, not the same one's noise: an average would take a look for each
/// halving.
const UNLIKE: f64 = 4.0;

#[cfg(test)]
mod tests {
    use super::super::{Admission, Limiter};
    use super::*;
    use crate::engine::config::Limit;
    use crate::engine::rng::Rng;

    #[test]
    fn looks_are_rarer_while_nothing_moves() {
        let mut limiter = marks(100, 40);
        limiter.admit(200, at(0));
        let (mut now, mut waits) = (0, vec![]);
        for _ in 0..7 {
            let look = limiter.next_look(at(now)).as_micros();
            waits.push((look - now) / 1_000);
            now = look;
            limiter.on_buffered(200, at(now));
        }
        assert_eq!(waits, [4, 8, 16, 32, 64, 100, 100]);
    }

    #[test]
    fn a_look_does_not_creep_away() {
        let mut limiter = marks(100, 40);
        limiter.admit(200, at(0));
        let look = limiter.next_look(at(0));
        assert_eq!(limiter.next_look(at(3_999)), look);
        assert_eq!(limiter.admit(1, at(3_999)), Admission::NotUntil(look));
        assert!(limiter.next_look(look) > look, "when it has come, there is another");
    }

    /// Two of them in one moment would be gigabytes a second.
    #[test]
    fn what_leaves_in_lumps_is_measured_over_the_time_between_them() {
        let mut limiter = marks(100_000, 40_000);
        limiter.admit(200_000, at(0));
        limiter.on_transmitted(200_000, 200_000, at(0));
        limiter.on_buffered(190_000, at(10_000));
        limiter.on_buffered(180_000, at(10_001));
        assert_eq!(limiter.next_look(at(10_001)), at(110_001), "1 MB/s, and 140 KB to go");
        limiter.on_buffered(180_000, at(13_999));
        assert_eq!(limiter.next_look(at(13_999)), at(110_001), "not yet long enough");
        limiter.on_buffered(180_000, at(14_000));
        assert_eq!(limiter.next_look(at(14_000)), at(14_000 + 80_000), "10 KB in 4 ms more: 1.75 MB/s on average");
    }

    /// An echo a second ago says nothing about how long a large message takes; but that it is faster than this.
    #[test]
    fn time_in_which_there_was_nothing_to_send_is_no_slowness() {
        let mut limiter = marks(100_000, 0);
        limiter.admit(100_001, at(0));
        limiter.on_transmitted(100_001, 100_001, at(0));
        limiter.on_buffered(50_001, at(10_000)); // 5 MB/s
        limiter.on_buffered(0, at(1_000_000));
        limiter.admit(50_000, at(2_000_000));
        limiter.on_transmitted(50_000, 50_000, at(2_000_000));
        limiter.on_buffered(50_000, at(2_000_000));
        assert_eq!(limiter.next_look(at(2_000_000)), at(2_010_000));
        limiter.on_buffered(25_000, at(2_005_000));
        assert_eq!(limiter.next_look(at(2_005_000)), at(2_010_000), "as before: it was filled at 2 s");
    }

    #[test]
    fn what_is_handed_over_meanwhile_has_not_drained_and_hides_no_drain() {
        let mut limiter = marks(1_000_000, 0);
        limiter.admit(1_000_001, at(0));
        limiter.on_transmitted(1_000_001, 1_000_001, at(0));
        limiter.force(0, at(5_000));
        limiter.on_transmitted(0, 200_000, at(5_000));
        limiter.on_buffered(1_100_001, at(10_000)); // 100 000 left in 10 ms
        limiter.on_buffered(1_000_000, at(20_000)); // and again
        assert_eq!(limiter.next_look(at(20_000)), at(120_000));
        limiter.force(300, at(20_000));
        limiter.on_buffered(900_200, at(30_000)); // knows of the 200 that are answered only now
        limiter.on_transmitted(300, 200, at(30_000));
        limiter.on_buffered(400_200, at(80_000)); // 600 000 in 60 ms
        assert_eq!(limiter.next_look(at(80_000)), at(120_020), "and 400 200 to go");
    }

    #[test]
    fn from_the_low_mark_on_it_is_the_end_that_is_looked_for() {
        let mut limiter = marks(100_000, 50_000);
        limiter.admit(50_000, at(0));
        limiter.on_transmitted(50_000, 50_000, at(0));
        limiter.on_buffered(40_000, at(10_000));
        assert_eq!(limiter.next_look(at(10_000)), at(50_000));
    }

    /// Up to four times faster or slower it is averaged, beyond that it stands for itself.
    #[test]
    fn a_speed_of_another_kind_is_taken_as_it_is() {
        for (first, then, taken) in [
            (10_000, 40_000, 2.5),
            (10_000, 41_000, 4.1),
            (40_000, 10_000, 2.5),
            (41_000, 10_000, 1.0),
            (10_000, 20_000, 1.5),
            (20_000, 10_000, 1.5),
        ] {
            let mut limiter = marks(200_000, 0);
            limiter.admit(200_001, at(0));
            limiter.on_transmitted(200_001, 200_001, at(0));
            limiter.on_buffered(200_001 - first, at(10_000));
            let left = 200_001 - first - then;
            limiter.on_buffered(left, at(20_000));
            let end = 20_000 + (left as f64 / taken).ceil() as u64;
            assert_eq!(limiter.next_look(at(20_000)), at(end.min(120_000)), "{first} and then {then} bytes in 10 ms");
        }
    }

    /// While a page fills the buffer, in one task, nothing leaves it, as far as the browser counts; then it leaves at
    /// 300 MB/s, and timers are 3 ms late (Chromium, measured). The time of filling is no slowness.
    #[test]
    fn a_look_that_came_too_late_comes_sooner_the_next_time() {
        let mut limiter = marks(4_000_000, 2_000_000);
        let (mut now, mut held, mut found) = (0, 0_u64, vec![]);
        for _ in 0..8 {
            while let Admission::Go = limiter.admit(65_536, at(now)) {
                limiter.on_transmitted(65_536, 65_536, at(now));
                held += 65_536;
                now += 150;
            }
            let filled = now;
            while limiter.is_held() {
                now = limiter.next_look(at(now)).as_micros() + 3_000;
                limiter.on_buffered(held.saturating_sub(300 * (now - filled)), at(now));
            }
            held = held.saturating_sub(300 * (now - filled));
            found.push(held);
        }
        assert!(found[4..].iter().all(|&held| held > 1_000_000), "a look late is a network idle: {found:?}");
    }

    #[test]
    fn the_next_socket_has_a_speed_of_its_own() {
        let mut limiter = marks(100_000, 0);
        limiter.admit(100_001, at(0));
        limiter.on_transmitted(100_001, 100_001, at(0));
        limiter.on_buffered(50_000, at(50_000));
        limiter.next_look(at(50_000));
        limiter.on_end();
        limiter.admit(100_001, at(60_000));
        assert!(limiter.is_held());
        assert_eq!(limiter.next_look(at(60_000)), at(64_000));
        limiter.on_buffered(100_001, at(64_000));
        assert_eq!(limiter.next_look(at(64_000)), at(72_000));
    }

    #[test]
    fn a_fixed_tick_is_kept_for_who_wants_it() {
        let mut limiter = Limiter::new(Limit { poll_interval: Some(Span::millis(100)), ..marks(0, 0).limit });
        limiter.admit(1_000, at(0));
        assert_eq!(limiter.next_look(at(0)), at(100_000));
        limiter.on_buffered(900, at(50_000));
        assert_eq!(limiter.next_look(at(50_000)), at(100_000), "a reading between does not put it off");
        limiter.on_buffered(900, at(100_000));
        assert_eq!(limiter.next_look(at(100_000)), at(200_000));
    }

    /// From 10 KB to 100 MB a second, even or in lumps, four tenths of a second down to the low mark: six looks (one to
    /// see the speed, one each 100 ms, one to get it right), and none later than browsers wake anyone.
    #[test]
    fn the_low_mark_is_foretold_from_the_speed() {
        for speed in [0.01, 0.1, 1.0, 10.0, 100.0] {
            for lump in [1, 500, 5_000] {
                let size = (speed * 800_000.0) as u64;
                let left = |now: u64| size.saturating_sub((speed * (now / lump * lump) as f64) as u64);
                let Passage { looks, late, .. } = until_drained(size, left);
                assert!(looks <= 6 && late <= 4_000, "{speed} MB/s by {lump} us: {looks} looks, {late} us late");
            }
        }
    }

    /// From any speed to any other, at any moment. What becomes slower is looked at four times too often; what becomes
    /// faster is found by the look that was already due, and those come each 100 ms.
    #[test]
    fn a_speed_that_changes_is_followed() {
        for seed in 0..3_000 {
            let mut rng = Rng::new(seed);
            let mut below = |n: u64| rng.up_to(Span::micros(n - 1)).as_micros();
            let mut speed = || 10_f64.powf(below(4_001) as f64 / 1_000.0 - 2.0);
            let (first, then) = (speed(), speed());
            let (turn, rest) = (1_000 + below(400_000), 1_000 + below(400_000));
            let size = 2 * (first * turn as f64 + then * rest as f64) as u64;
            let left = |now: u64| {
                let gone = first * now.min(turn) as f64 + then * now.saturating_sub(turn) as f64;
                size.saturating_sub(gone as u64)
            };
            let Passage { looks, late, drained } = until_drained(size, left);
            let usual = 3 + drained / 100_000;
            assert!(looks <= usual + 4, "seed {seed}: {first} then {then} MB/s: {looks} looks in {drained} us");
            let soon = if then > first { 100_000 } else { 4_000 };
            assert!(late <= soon, "seed {seed}: {first} then {then} MB/s: {late} us late");
        }
    }

    /// How a buffer came down to its low mark.
    struct Passage {
        looks: u64,
        /// When it was there.
        drained: u64,
        /// How much later that was seen.
        late: u64,
    }

    /// A message of this size is handed over, and so much of it is left at each moment. The low mark is half of it.
    fn until_drained(size: u64, left: impl Fn(u64) -> u64) -> Passage {
        let mut limiter = marks(size - 1, size / 2);
        limiter.admit(size, at(0));
        limiter.on_transmitted(size, size, at(0));
        let (mut now, mut looks) = (0, 0);
        while !limiter.is_drained() {
            now = limiter.next_look(at(now)).as_micros();
            limiter.on_buffered(left(now), at(now));
            looks += 1;
            assert!(looks < 100, "it never gets there");
        }
        let (mut before, mut drained) = (0, now);
        while before < drained {
            let middle = before.midpoint(drained);
            if left(middle) <= size / 2 { drained = middle } else { before = middle + 1 }
        }
        Passage { looks, drained, late: now - drained }
    }

    fn marks(high_water: u64, low_water: u64) -> Limiter {
        Limiter::new(Limit { high_water, low_water, ..Limit::NONE })
    }

    fn at(micros: u64) -> Instant {
        Instant::from_micros(micros)
    }
}
