//! Is nothing claimed that may have left, and everything that cannot have? Against a browser that holds every byte.

use super::tests::message;
use super::*;
use crate::engine::message::sample::Bytes;
use crate::engine::rng::Rng;
use crate::engine::time::Span;

/// A browser of bytes drains by chance, is asked by chance, and dies: never is a message claimed that may have begun to
/// leave, every other one is, and what has left is known with the next reading.
#[test]
fn what_is_claimed_never_left_and_what_never_left_is_claimed() {
    for seed in 0..4_000 {
        let mut world = World::new(seed);
        for _ in 0..world.below(60) {
            world.step();
        }
        world.browser.drain(world.rng.up_to(Span::micros(20)).as_micros()); // unseen
        let (unsent, expected, unconfirmed) = (world.browser.bytes.len() as u64, world.certain(), world.unconfirmed());
        let loss = world.flight.end(unsent);
        let claimed: Vec<u64> = loss.unsent.iter().map(|message| message.id.0).collect();
        let ordered = world.ordered.iter().filter_map(|(id, _)| *id);
        assert_eq!(claimed, expected.iter().copied().chain(ordered).collect::<Vec<_>>(), "seed {seed}");
        let came_back: u64 = expected.iter().map(|&id| world.browser.size_of(id)).sum();
        let others = Unconfirmed { messages: expected.len() as u64, bytes: came_back };
        assert_eq!(loss.unconfirmed, minus(unconfirmed, others), "seed {seed}");
    }
}

/// Given up while orders are unanswered: less is claimed, and still never what may have begun to leave.
#[test]
fn what_is_claimed_of_a_socket_that_was_given_up_never_left() {
    let mut claimed = 0;
    for seed in 0..4_000 {
        let mut world = World::new(seed);
        for _ in 0..world.below(60) {
            world.step();
        }
        let settled: Vec<u64> = world.ordered.iter().filter_map(|(id, _)| *id).collect();
        let mut told = vec![];
        world.flight.give_up(|id| told.push(id.0));
        assert_eq!(told, settled, "seed {seed}");
        let answers = world.below(3) > 0;
        while !world.ordered.is_empty() {
            let (_, bytes) = world.browser_takes();
            if answers {
                world.flight.on_transmitted(bytes);
            }
        }
        let drained = world.below(60);
        world.browser.drain(drained);
        let certain = world.certain();
        let loss = world.flight.end(world.browser.bytes.len() as u64);
        assert!(loss.unsent.iter().all(|message| certain.contains(&message.id.0)), "seed {seed}: {loss:?}");
        claimed += loss.unsent.len();
    }
    assert!(claimed > 1_000, "{claimed}");
}

/// A page, a browser and a server, as simple as can be.
struct World {
    rng: Rng,
    flight: Flight<Bytes>,
    /// Messages by their numbers, pings and credentials without; and their true lengths.
    ordered: Vec<(Option<u64>, u64)>,
    browser: Browser,
    next: u64,
    /// How many frames the browser had taken when each unanswered ping went, and whether that one is remembered.
    pings: Vec<(Unconfirmed, bool)>,
    confirmed: Unconfirmed,
}

/// Every byte by its frame: what it holds is what has not left.
#[derive(Default)]
struct Browser {
    bytes: VecDeque<usize>,
    frames: Vec<(Option<u64>, u64)>,
}

impl World {
    fn new(seed: u64) -> Self {
        let (rng, flight) = (Rng::new(seed), Flight::new(true));
        let (browser, confirmed) = (Browser::default(), Unconfirmed::default());
        Self { rng, flight, ordered: vec![], browser, next: 0, pings: vec![], confirmed }
    }

    fn below(&mut self, n: u64) -> u64 {
        self.rng.up_to(Span::micros(n - 1)).as_micros()
    }

    fn step(&mut self) {
        match self.below(10) {
            0..=2 => {
                let size = self.below(4) * self.below(8);
                self.flight.hand(message(self.next, size), size + self.next % 3);
                self.ordered.push((Some(self.next), size));
                self.next += 1;
            }
            3 => {
                let (cargo, is_ping) = if self.below(3) == 0 { (Cargo::Auth, false) } else { (Cargo::Ping, true) };
                self.flight.hand(cargo, 0);
                self.ordered.push((None, 4 + u64::from(is_ping))); // a ping is told from the rest by its length
            }
            4 | 5 if !self.ordered.is_empty() => {
                let (id, bytes) = self.browser_takes();
                if self.below(2) == 0 {
                    self.flight.on_buffered(self.browser.bytes.len() as u64); // with bytes that it cannot know yet
                }
                let what = self.flight.on_transmitted(bytes).expect("it was ordered").what;
                match id {
                    Some(id) => assert_eq!(what, What::Message { id: MessageId(id), first: true }),
                    None if bytes == 5 => self.pings.push((self.taken(), self.pings.iter().all(|(_, known)| !known))),
                    None => assert_eq!(what, What::Ours),
                }
            }
            6 if !self.ordered.is_empty() => {
                let (id, _) = self.ordered.remove(0);
                let (cargo, _) = self.flight.on_not_transmitted().expect("it was ordered");
                assert_eq!(id, if let Cargo::Message(message) = cargo { Some(message.id.0) } else { None });
            }
            7 if !self.pings.is_empty() => {
                self.flight.on_pong();
                let (taken, is_remembered) = self.pings.remove(0);
                if is_remembered {
                    self.confirmed = taken;
                }
            }
            _ => {
                let drained = self.below(20);
                self.browser.drain(drained);
                let moved = self.flight.on_buffered(self.browser.bytes.len() as u64);
                assert!(moved || drained == 0 || self.browser.bytes.is_empty());
                self.all_that_left_is_known();
            }
        }
        assert_eq!(self.flight.unconfirmed(), self.unconfirmed());
    }

    fn browser_takes(&mut self) -> (Option<u64>, u64) {
        let frame = self.ordered.remove(0);
        self.browser.bytes.extend((0..frame.1).map(|_| self.browser.frames.len()));
        self.browser.frames.push(frame);
        frame
    }

    fn all_that_left_is_known(&self) {
        let ordered = self.ordered.iter().find_map(|(id, _)| *id);
        let frames = self.browser.frames.iter().enumerate();
        let inside = frames.clone().find(|(at, (id, _))| id.is_some() && !self.browser.has_left(*at));
        let oldest = inside.and_then(|(_, (id, _))| *id).or(ordered);
        assert_eq!(self.flight.oldest(), oldest.map(MessageId));
        let inside = frames.clone().any(|(at, &(id, bytes))| (id, bytes) == (None, 5) && !self.browser.has_left(at));
        assert_eq!(self.flight.is_ping_waiting(), inside || self.ordered.contains(&(None, 5)));
    }

    /// Messages that the browser took and that cannot have begun to leave.
    fn certain(&self) -> Vec<u64> {
        let frames = self.browser.frames.iter().enumerate();
        frames.filter(|(at, _)| self.browser.has_all_of(*at)).filter_map(|(_, (id, _))| *id).collect()
    }

    fn taken(&self) -> Unconfirmed {
        let messages = self.browser.frames.iter().filter(|(id, _)| id.is_some());
        Unconfirmed { messages: messages.clone().count() as u64, bytes: messages.map(|(_, bytes)| bytes).sum() }
    }

    fn unconfirmed(&self) -> Unconfirmed {
        minus(self.taken(), self.confirmed)
    }
}

impl Browser {
    fn drain(&mut self, bytes: u64) {
        self.bytes.drain(..self.bytes.len().min(bytes as usize));
    }

    fn size_of(&self, message: u64) -> u64 {
        self.frames.iter().find(|(id, _)| *id == Some(message)).expect("it was taken").1
    }

    /// An empty frame is certainly there behind a byte that is.
    fn has_all_of(&self, frame: usize) -> bool {
        let own = self.bytes.iter().filter(|&&of| of == frame).count() as u64;
        let is_behind = self.bytes.front().is_some_and(|&of| of < frame);
        own == self.frames[frame].1 && (own > 0 || is_behind)
    }

    /// An empty frame leaves with the byte before it.
    fn has_left(&self, frame: usize) -> bool {
        self.bytes.front().is_none_or(|&of| of > frame)
    }
}
