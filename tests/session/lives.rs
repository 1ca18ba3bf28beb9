//! Is everything there once, in order, or said to be lost?
//!
//! `EVERWIRE_SEEDS=n` sets how many lives; `EVERWIRE_SEED=s` lives one.

use std::num::NonZero;
use std::panic::AssertUnwindSafe;
use std::{env, panic, thread};

use everwire::engine::Span;

use crate::world::{Heard, World};

/// Some twenty-five seconds on one core.
const LIVES: u64 = 10_000;
const STEPS: u64 = 400;

#[test]
fn ten_thousand_sessions() {
    if let Some(seed) = named("EVERWIRE_SEED") {
        live(seed);
        return;
    }
    let lives = named("EVERWIRE_SEEDS").unwrap_or(LIVES);
    let seen = each(lives, |seed| {
        let mut seen = Seen::default();
        seen.add(&live(seed));
        seen
    });
    seen.into_iter().fold(Seen::default(), Seen::plus).check(lives);
}

/// A whole number of the environment's.
pub(crate) fn named(name: &str) -> Option<u64> {
    env::var(name).ok().map(|value| value.parse().expect("a whole number"))
}

/// So many lives over all cores, and what each gives. One that fails is named.
pub(crate) fn each<T: Send>(lives: u64, live: impl Fn(u64) -> T + Sync) -> Vec<T> {
    let threads = thread::available_parallelism().map_or(1, NonZero::get) as u64;
    let live = &live;
    let some = move |first: u64| -> Vec<T> {
        let again = |seed| format!("EVERWIRE_SEED={seed} cargo test --package everwire --test session");
        let one = |seed| {
            let life = panic::catch_unwind(AssertUnwindSafe(|| live(seed)));
            life.unwrap_or_else(|_| panic!("seed {seed}: {}", again(seed)))
        };
        (first..lives).step_by(threads as usize).map(one).collect()
    };
    thread::scope(|scope| {
        let started: Vec<_> = (0..threads).map(|first| scope.spawn(move || some(first))).collect();
        started.into_iter().flat_map(|thread| thread.join().expect("what a life has shown is above")).collect()
    })
}

fn live(seed: u64) -> World {
    let mut world = World::new(seed);
    let has_store = world.random.chance(70);
    let (fault, cuts) = (20 + world.random.below(60), 1 + world.random.below(4));
    for _ in 0..STEPS {
        match world.random.below(fault) {
            0..8 => world.client_says(),
            8..14 => world.server_says(),
            14 => world.pass_time(Span::secs(2)),
            15 if world.random.below(cuts) == 0 => world.cut(),
            16 => world.half_cut(),
            17 => world.restart_server(has_store),
            18 => world.pass_time(Span::millis(50)),
            _ => {
                if world.random.once_in(3) {
                    world.connect();
                }
                world.deliver();
            }
        }
        look(&world);
    }
    world.calm_down();
    look(&world);
    at_rest(&world);
    world
}

/// What is true at any time.
fn look(world: &World) {
    let (client, server) = (&world.client, &world.server);
    assert!(server.heard.is_sorted_by(|one, next| one < next), "doubled or out of order: {:?}", server.heard);
    for number in &client.acknowledged {
        assert!(server.heard.binary_search(number).is_ok(), "{number} was acknowledged and never taken");
        assert!(!client.uncertain.contains(number), "{number} is certain, and was told to be uncertain");
    }
    let (client_keeps, server_keeps) = world.kept();
    assert!(client_keeps, "the client keeps more than it may");
    assert!(server_keeps, "the server keeps more than it may");
}

/// What is true in the end.
fn at_rest(world: &World) {
    let (client, server) = (&world.client, &world.server);
    for number in 1..=client.sent {
        let is_there = server.heard.binary_search(&number).is_ok();
        assert!(is_there || client.uncertain.contains(&number), "{number} of the client's is lost in silence");
    }
    // the server's: each once, in order, or in a gap that was told exactly
    let mut expected = 1;
    for heard in &client.heard {
        match heard {
            Heard::Note(number) => {
                assert_eq!(*number, expected, "doubled, out of order or lost in silence");
                expected += 1;
            }
            Heard::Gap(lost) => expected += lost,
            Heard::NewSession => expected = 1,
        }
    }
    assert_eq!(Some(expected - 1), world.sent_to_client(), "the last of the server's are lost in silence");
}

/// A world in which these never happen proves nothing.
#[derive(Default)]
struct Seen {
    faults: u64,
    gaps: u64,
    new_sessions: u64,
    uncertain: u64,
    taken_though_uncertain: u64,
}

impl Seen {
    fn add(&mut self, world: &World) {
        let count = |what: fn(&Heard) -> bool| world.client.heard.iter().filter(|heard| what(heard)).count() as u64;
        self.faults += world.faults;
        self.gaps += count(|heard| matches!(heard, Heard::Gap(_)));
        self.new_sessions += count(|heard| matches!(heard, Heard::NewSession));
        self.uncertain += world.client.uncertain.len() as u64;
        let taken = world.client.uncertain.iter().filter(|number| world.server.heard.binary_search(number).is_ok());
        self.taken_though_uncertain += taken.count() as u64;
    }

    fn plus(self, other: Self) -> Self {
        Self {
            faults: self.faults + other.faults,
            gaps: self.gaps + other.gaps,
            new_sessions: self.new_sessions + other.new_sessions,
            uncertain: self.uncertain + other.uncertain,
            taken_though_uncertain: self.taken_though_uncertain + other.taken_though_uncertain,
        }
    }

    fn check(&self, lives: u64) {
        let Self { faults, gaps, new_sessions, uncertain, taken_though_uncertain } = *self;
        println!("{faults} faults, {gaps} gaps, {new_sessions} new sessions, {uncertain} uncertain");
        assert!(faults >= 3 * lives && gaps > 0 && new_sessions > 0);
        assert!(taken_though_uncertain > 0 && taken_though_uncertain < uncertain, "uncertain means either");
    }
}
