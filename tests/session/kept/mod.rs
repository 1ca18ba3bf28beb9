//! Does the engine's client lose, double or reorder anything, whatever happens to its sockets and servers?
//!
//! `EVERWIRE_SEEDS=n` sets how many lives; `EVERWIRE_SEED=s` lives one. `wild` says to it what no server would.

mod server;
mod wild;
mod world;

use everwire::engine::{DropReason, Span};

use crate::lives::{each, named};
use world::{Told, World};

const LIVES: u64 = 10_000;
const STEPS: u64 = 400;

#[test]
fn ten_thousand_clients() {
    let seen = match named("EVERWIRE_SEED") {
        Some(seed) => return drop(live(seed)),
        None => each(named("EVERWIRE_SEEDS").unwrap_or(LIVES), |seed| Seen::of(&live(seed))),
    };
    let count = |what: fn(&Seen) -> u64| seen.iter().map(what).sum::<u64>();
    let lives = seen.len() as u64;
    let (faults, resumed, lost) = (count(|seen| seen.faults), count(|seen| seen.resumed), count(|seen| seen.lost));
    println!("{lives} lives: {faults} faults, {resumed} times resumed, {lost} sessions lost, and told");
    assert!(faults >= 3 * lives && resumed > lives && lost > lives / 10, "a quiet world proves nothing");
    assert!(
        count(|seen| seen.gaps) > 0 && count(|seen| seen.unconfirmed) > 0 && count(|seen| seen.closed) > lives / 50
    );
}

fn live(seed: u64) -> World {
    let mut world = World::new(seed);
    let has_store = world.random.chance(70);
    let (fault, ends) = (20 + world.random.below(60), world.random.chance(30));
    for _ in 0..STEPS {
        match world.random.below(fault) {
            0..8 => world.client_says(),
            8..14 => world.server_says(),
            14 => world.pass_time(Span::secs(2)),
            15 => world.cut(),
            16 => world.half_cut(),
            17 if world.random.once_in(2) => {
                let says_bye = world.random.once_in(2);
                world.restart_server(has_store, says_bye);
            }
            18 if world.random.once_in(4) => world.reconnect(),
            19 => world.pass_time(Span::millis(50)),
            _ => world.deliver(),
        }
        look(&world);
    }
    if ends {
        world.disconnect();
    }
    world.calm_down();
    look(&world);
    at_rest(&world, ends);
    world
}

/// What is true at any time.
fn look(World { server, app, .. }: &World) {
    assert!(server.heard.is_sorted_by(|one, next| one < next), "doubled or out of order: {:?}", server.heard);
    assert_eq!(server.breaches, [], "the client kept the protocol");
    assert!(!app.errors.contains(&"refused/protocol"), "the server did, too");
}

/// What is true in the end.
fn at_rest(World { server, app, sessions_lost, session, says_bye, .. }: &World, ends: bool) {
    for number in 1..=app.sent {
        let told = app.dropped.iter().find(|(dropped, _)| *dropped == number).map(|(_, reason)| *reason);
        match told {
            None => assert!(server.has_heard(number), "{number} of the client's is lost in silence"),
            Some(DropReason::Closed) => assert!(ends && !server.has_heard(number), "{number} was dropped, and came"),
            Some(DropReason::Unconfirmed) => assert!(*sessions_lost || ends, "{number} was kept, and not confirmed"),
            Some(other) => panic!("{number} was dropped: {other:?}"),
        }
        let wants = app.wants_acknowledgement.contains(&number);
        assert!(app.kept.contains(&number) != app.broken.contains(&number), "{number} is settled once");
        assert!(!wants || app.kept.contains(&number) == told.is_none(), "{number}: {told:?}");
    }
    let resumptions = app.opens.iter().skip(1);
    assert!(*sessions_lost || resumptions.clone().all(|resumed| *resumed == Some(true)), "{:?}", app.opens);
    // the server's: each once, in order, or in a gap that was told exactly
    let mut expected = 1;
    for told in &app.told {
        match told {
            Told::Note(number) => {
                assert_eq!(*number, expected, "doubled, out of order or lost in silence");
                expected += 1;
            }
            Told::Gap(lost) => expected += lost,
            Told::End => expected = 1,
        }
    }
    if ends {
        let close = app.closed.as_ref().expect("it was asked to");
        assert!(close.code.get() != 1000 || !says_bye || !server.has(*session), "the server has forgotten it");
    } else {
        assert_eq!(Some(expected - 1), server.sent(*session), "the last of the server's are lost in silence");
    }
}

/// What has happened in a life.
struct Seen {
    faults: u64,
    gaps: u64,
    resumed: u64,
    lost: u64,
    unconfirmed: u64,
    closed: u64,
}

impl Seen {
    fn of(World { app, faults, .. }: &World) -> Self {
        let told = |what: fn(&Told) -> bool| app.told.iter().filter(|told| what(told)).count() as u64;
        Self {
            faults: *faults,
            gaps: told(|told| matches!(told, Told::Gap(_))),
            resumed: app.opens.iter().filter(|resumed| **resumed == Some(true)).count() as u64,
            lost: told(|told| matches!(told, Told::End)),
            unconfirmed: app.dropped.iter().filter(|(_, reason)| *reason == DropReason::Unconfirmed).count() as u64,
            closed: u64::from(app.closed.as_ref().is_some_and(|close| close.code.get() == 1000)),
        }
    }
}
