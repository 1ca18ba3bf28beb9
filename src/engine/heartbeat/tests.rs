//! Is whoever answers kept, and whoever does not found out in time?

use super::*;

#[test]
fn a_silent_peer_is_asked_after_the_interval_and_dead_after_the_timeout() {
    let mut heartbeat = open();
    assert_eq!(heartbeat.on_deadline(at(25) - TICK, PUNCTUAL), Verdict::Nothing);
    assert_eq!(heartbeat.on_deadline(at(25), PUNCTUAL), Verdict::Ask);
    assert_eq!(heartbeat.on_deadline(at(35) - TICK, PUNCTUAL), Verdict::Nothing);
    assert_eq!(heartbeat.on_deadline(at(35), PUNCTUAL), Verdict::Dead);
}

#[test]
fn where_there_is_no_socket_or_a_dead_one_nobody_is_watched() {
    let mut dead = asked_at_25();
    dead.on_deadline(at(35), PUNCTUAL);
    for mut heartbeat in [Heartbeat::new(&HeartbeatOptions::default()), dead] {
        assert_eq!(heartbeat.on_deadline(at(99), PUNCTUAL), Verdict::Nothing);
        assert_eq!(heartbeat.probe(at(99)), Verdict::Nothing);
        heartbeat.on_frame(at(99)); // of a socket that was given up
        heartbeat.on_not_asked();
        heartbeat.on_progress(true, at(99));
        assert_eq!(heartbeat.deadline(), None);
        heartbeat.on_open(at(100));
        assert_eq!(heartbeat.deadline(), Some(at(125)));
    }
}

#[test]
fn a_late_deadline_asks_but_not_twice_in_a_row_for_the_same_answer() {
    let mut heartbeat = open();
    assert_eq!(heartbeat.on_deadline(at(3_600), PUNCTUAL), Verdict::Ask, "the interval's");
    assert_eq!(heartbeat.on_deadline(at(7_200), PUNCTUAL), Verdict::Ask, "an answer's");
    assert_eq!(heartbeat.deadline(), Some(at(7_210)));
    heartbeat.on_frame(at(7_201)); // it had waited behind the timer
    assert_eq!(heartbeat.on_deadline(at(7_226), PUNCTUAL), Verdict::Ask);
    assert_eq!(heartbeat.on_deadline(at(9_000), PUNCTUAL), Verdict::Ask, "which may happen again");
    assert_eq!(heartbeat.on_deadline(at(9_999), PUNCTUAL), Verdict::Dead, "but not twice in a row");
    // as late as may be is punctual
    assert_eq!(asked_at_25().on_deadline(at(37), PUNCTUAL), Verdict::Dead);
    assert_eq!(asked_at_25().on_deadline(at(96), HIDDEN), Verdict::Dead);
    assert_eq!(asked_at_25().on_deadline(at(96) + TICK, HIDDEN), Verdict::Ask);
}

#[test]
fn whoever_comes_back_asks_at_once_but_not_while_an_answer_may_come_in_time() {
    let mut heartbeat = open();
    assert_eq!(heartbeat.probe(at(3)), Verdict::Ask);
    assert_eq!(heartbeat.probe(at(13) - TICK), Verdict::Nothing);
    assert_eq!(heartbeat.probe(at(13)), Verdict::Ask, "it may wait behind us");
    assert_eq!(heartbeat.probe(at(23)), Verdict::Nothing, "but not twice in a row");
    assert_eq!(heartbeat.on_deadline(at(99), PUNCTUAL), Verdict::Dead);
}

#[test]
fn whoever_was_heard_of_late_is_not_asked_because_somebody_looks() {
    let mut heartbeat = open();
    heartbeat.on_frame(at(10));
    assert_eq!(heartbeat.glance(at(22)), Verdict::Nothing);
    assert_eq!(heartbeat.glance(at(23)), Verdict::Ask, "more than half of 25 s");
    assert_eq!(heartbeat.glance(at(24)), Verdict::Nothing, "asked");
    assert_eq!(heartbeat.glance(at(33)), Verdict::Ask, "it may wait behind us");
    assert_eq!(heartbeat.glance(at(43)), Verdict::Nothing, "but not twice in a row");
    assert_eq!(Heartbeat::new(&HeartbeatOptions::default()).glance(at(1)), Verdict::Nothing, "there is nobody");
}

#[test]
fn a_ping_behind_a_big_upload_is_waited_for_while_bytes_move() {
    let mut heartbeat = asked_at_25();
    heartbeat.on_progress(false, at(26));
    assert_eq!(heartbeat.deadline(), Some(at(35)), "what leaves behind the ping says nothing");
    for seconds in 34..300 {
        assert_eq!(heartbeat.on_deadline(at(seconds), PUNCTUAL), Verdict::Nothing);
        heartbeat.on_progress(true, at(seconds));
    }
    assert_eq!(heartbeat.deadline(), Some(at(309)), "10 s after they stop");
    heartbeat.on_progress(false, at(302));
    heartbeat.on_progress(false, at(305)); // behind the ping again
    assert_eq!(heartbeat.deadline(), Some(at(312)), "10 s after the ping left");
    assert_eq!(heartbeat.on_deadline(at(3_600), PUNCTUAL), Verdict::Ask);
    heartbeat.on_progress(true, at(3_605));
    assert_eq!(heartbeat.on_deadline(at(7_200), PUNCTUAL), Verdict::Ask, "patience starts again, too");
}

#[test]
fn a_ping_that_cannot_be_made_is_tried_once_more_and_then_silence_counts() {
    let not_made = || {
        let mut heartbeat = asked_at_25();
        heartbeat.on_not_asked();
        heartbeat
    };
    let mut always = not_made();
    always.on_progress(true, at(30));
    assert_eq!(always.deadline(), Some(at(35)), "it is not behind those bytes");
    assert_eq!(always.on_deadline(at(35), PUNCTUAL), Verdict::Ask);
    always.on_not_asked();
    assert_eq!(always.probe(at(40)), Verdict::Nothing, "tried");
    assert_eq!(always.on_deadline(at(45), PUNCTUAL), Verdict::Dead);
    let mut woken = not_made();
    assert_eq!(woken.probe(at(26)), Verdict::Ask, "nobody was asked yet");
    let mut heard = not_made();
    heard.on_frame(at(30));
    heard.on_not_asked(); // told late
    assert_eq!(heard.deadline(), Some(at(55)));
}

#[test]
fn only_the_answer_to_a_ping_of_this_socket_is_measured() {
    let mut heartbeat = asked_at_25();
    heartbeat.on_frame(at(26));
    assert_eq!(heartbeat.round_trip(), None, "a frame that is not the answer");
    heartbeat.on_pong(at(27));
    heartbeat.on_pong(at(28));
    assert_eq!(heartbeat.round_trip(), Some(Span::secs(2)), "and one that nobody asked for");
    heartbeat.probe(at(30));
    heartbeat.on_open(at(40));
    heartbeat.on_pong(at(41));
    assert_eq!(heartbeat.round_trip(), Some(Span::secs(2)), "a new socket remembers that, and owes nothing");
}

#[test]
fn a_peer_that_answers_in_time_is_never_declared_dead() {
    let mut seen = [0; 4];
    for seed in 0..3_000 {
        let mut world = World::new(seed, seen);
        (0..200).for_each(|_| world.go_on());
        seen = world.seen;
    }
    assert!(seen.iter().all(|&times| times > 1_000), "asked, asked again, not asked, measured: {seen:?}");
}

#[test]
fn a_peer_that_is_silent_is_dead_in_time() {
    for seed in 0..3_000 {
        let mut chance = Chance(seed);
        let (options, last) = (chance.options(), at(100));
        let declared = |fires: &dyn Fn(Instant) -> Instant, punctual: Span| {
            let mut heartbeat = Heartbeat::new(&options);
            heartbeat.on_open(last);
            let mut timer = || {
                let now = fires(heartbeat.deadline()?);
                (heartbeat.on_deadline(now, punctual) == Verdict::Dead).then_some(now)
            };
            (0..3).find_map(|_| timer()).expect("asked, perhaps asked again, and dead")
        };
        let in_time = last + options.interval + options.timeout;
        assert_eq!(declared(&|due| due, PUNCTUAL), in_time);
        // both timers wait for the next full minute
        assert!(declared(&full_minute, HIDDEN) <= in_time + Span::secs(120), "seed {seed}");
        // nothing fires before the machine wakes; then it has another `timeout` to answer
        let wakes = last + chance.up_to(200_000_000);
        assert!(declared(&|due| due.max(wakes), PUNCTUAL) <= in_time.max(wakes + options.timeout), "seed {seed}");
    }
}

/// The shortest time there is.
const TICK: Span = Span::micros(1);
const PUNCTUAL: Span = Span::secs(2);
const HIDDEN: Span = Span::secs(61);

fn at(seconds: u64) -> Instant {
    Instant::default() + Span::secs(seconds)
}

fn full_minute(at: Instant) -> Instant {
    Instant::from_micros(at.as_micros().next_multiple_of(60_000_000))
}

/// The defaults, 25 s and 10 s, with a socket since 0 s.
fn open() -> Heartbeat {
    let mut heartbeat = Heartbeat::new(&HeartbeatOptions::default());
    heartbeat.on_open(at(0));
    heartbeat
}

fn asked_at_25() -> Heartbeat {
    let mut heartbeat = open();
    assert_eq!(heartbeat.on_deadline(at(25), PUNCTUAL), Verdict::Ask);
    heartbeat
}

/// A peer that answers within `timeout`, and a page whose timers are late, that is frozen now and then, and whose pings
/// now and then fail, though not twice in a row; with what must hold whenever something is asked or answered.
struct World {
    chance: Chance,
    options: HeartbeatOptions,
    heartbeat: Heartbeat,
    now: Instant,
    punctual: Span,
    /// Under way: when asked, when answered, and whether alone all the time.
    pings: Vec<(Instant, Instant, bool)>,
    /// The latest ping, if its answer is awaited; else what ended that.
    since: Instant,
    awaited: bool,
    /// The latest ping could not be made.
    failed: bool,
    /// Something arrived since the page was frozen or a ping failed, so either may come again.
    thawed: bool,
    /// How often it was asked, asked again, not asked after all, measured.
    seen: [u32; 4],
}

impl World {
    fn new(seed: u64, seen: [u32; 4]) -> Self {
        let mut chance = Chance(seed);
        let (options, now) = (chance.options(), at(0));
        let mut heartbeat = Heartbeat::new(&options);
        heartbeat.on_open(now);
        let punctual = if seed.is_multiple_of(2) { PUNCTUAL } else { HIDDEN };
        let (pings, awaited, failed, thawed) = (Vec::new(), false, false, true);
        Self { chance, options, heartbeat, now, punctual, pings, since: now, awaited, failed, thawed, seen }
    }

    fn go_on(&mut self) {
        let act = self.now + self.chance.up_to(20_000_000);
        let answered = self.pings.first().map_or(act + TICK, |ping| ping.1);
        let due = self.heartbeat.deadline().expect("it is alive");
        let fires = if self.punctual == HIDDEN { full_minute(due) } else { due + self.chance.up_to(2_000_000) };
        self.now = answered.min(fires).min(act).max(self.now);
        if self.now == answered {
            self.answer();
        } else if self.now >= fires {
            self.timer();
        } else {
            match self.chance.below(8) {
                0 => self.life(),
                1 => self.heartbeat.on_progress(self.chance.below(2) == 0, self.now),
                2 => self.probe(),
                3 if self.thawed => self.freeze(),
                _ => {}
            }
        }
    }

    /// Nothing fires and nothing arrives for a while; then the timer comes before the frames.
    fn freeze(&mut self) {
        self.now = self.now + self.chance.up_to(100_000_000);
        let due = self.heartbeat.deadline().expect("it is alive");
        self.thawed = false;
        if self.now.since(due) <= self.punctual || self.chance.below(2) == 0 {
            self.probe(); // where the page says so; it must, if the timer does not show it
        }
        self.timer();
        while self.pings.first().is_some_and(|ping| ping.1 <= self.now) {
            self.answer();
        }
    }

    fn answer(&mut self) {
        let (asked, _, alone) = self.pings.remove(0);
        let before = self.heartbeat.round_trip();
        self.life();
        self.heartbeat.on_pong(self.now);
        let measured = if alone { Some(self.now.since(asked)) } else { before };
        assert_eq!(self.heartbeat.round_trip(), measured, "{:?}", self.chance);
        self.seen[3] += u32::from(alone);
    }

    fn life(&mut self) {
        self.heartbeat.on_frame(self.now);
        (self.since, self.awaited, self.failed, self.thawed) = (self.now, false, false, true);
    }

    fn probe(&mut self) {
        let verdict = self.heartbeat.probe(self.now);
        self.carry_out(verdict, !self.awaited || self.failed || self.since + self.options.timeout <= self.now);
    }

    fn timer(&mut self) {
        let verdict = self.heartbeat.on_deadline(self.now, self.punctual);
        let HeartbeatOptions { interval, timeout } = self.options;
        let (due, late) = (self.since + timeout, self.since + timeout + self.punctual);
        let again = if self.failed { due <= self.now } else { late < self.now };
        self.carry_out(verdict, if self.awaited { again } else { self.since + interval <= self.now });
    }

    fn carry_out(&mut self, verdict: Verdict, may_ask: bool) {
        if verdict == Verdict::Nothing {
            return;
        }
        assert!(verdict == Verdict::Ask && may_ask, "{verdict:?} {:?} {:?}", self.now, self.chance);
        self.seen[usize::from(self.awaited)] += 1;
        self.pings.iter_mut().for_each(|ping| ping.2 = false);
        self.failed = self.thawed && self.chance.below(8) == 0;
        (self.since, self.awaited) = (self.now, true);
        if !self.failed {
            let answered = self.now + Span::micros(self.chance.below(self.options.timeout.as_micros()));
            let in_order = self.pings.last().map_or(answered, |before| answered.max(before.1));
            self.pings.push((self.now, in_order, self.pings.is_empty()));
        } else {
            self.heartbeat.on_not_asked();
            self.thawed = false;
            self.seen[2] += 1;
        }
    }
}

/// Splitmix64: small, and good enough to try things out.
#[derive(Debug)]
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end
    }

    fn up_to(&mut self, micros: u64) -> Span {
        Span::micros(1 + self.below(micros))
    }

    fn options(&mut self) -> HeartbeatOptions {
        HeartbeatOptions { interval: self.up_to(30_000_000), timeout: self.up_to(15_000_000) }
    }
}
