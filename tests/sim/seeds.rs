//! Does it hold in ten thousand lives?
//!
//! Each seed makes a client's options, a world with its weather, a server with its habits, a user and a page, and lets
//! them live for some minutes to hours. Then everything calms down for a while, and it is asked what became of it: by
//! the laws, and by looking at both ends at once.
//!
//! `EVERWIRE_SEEDS=n` sets how many (10 000); `EVERWIRE_SEED=s` lives one and prints its story.

mod plan;
mod truths;

use std::collections::BTreeSet;
use std::num::NonZero;

use everwire::engine::{Event, Input, Options, Output, Span};

use crate::corpus;
use crate::laws;
use crate::story::told;
use crate::transcript::{Line, Transcript};
use crate::world::World;

#[test]
fn ten_thousand_lives() {
    if let Some(seed) = corpus::named() {
        let (options, world) = live(seed);
        println!("{options:#?}\n{}", told(&world.transcript));
        return judge(&options, &world).unwrap_or_else(|why| panic!("seed {seed}: {why}"));
    }
    for seed in corpus::kept("lives") {
        let (options, world) = live(seed);
        judge(&options, &world).unwrap_or_else(|why| panic!("{}", report(seed, &options, &world, &why)));
    }
    let seeds = corpus::how_many();
    let seen = spread(seeds);
    if seeds >= corpus::ENOUGH {
        let missing: Vec<&str> = EVERYTHING.into_iter().filter(|word| !seen.contains(*word)).collect();
        assert_eq!(
            missing,
            Vec::<&str>::new(),
            "never happened in {seeds} lives: a world that never goes there tests nothing"
        );
    }
}

#[test]
fn the_same_seed_lives_the_same_life() {
    for seed in 0..20 {
        assert_eq!(live(seed).1.transcript, live(seed).1.transcript, "seed {seed}");
    }
}

/// Over all cores; what was seen in any of them.
fn spread(seeds: u64) -> BTreeSet<String> {
    let threads = std::thread::available_parallelism().map_or(1, NonZero::get) as u64;
    let some = |first: u64| {
        let mut seen = BTreeSet::new();
        for seed in (first..seeds).step_by(threads as usize) {
            let (options, world) = live(seed);
            judge(&options, &world).unwrap_or_else(|why| panic!("{}", report(seed, &options, &world, &why)));
            see(&world.transcript, &mut seen);
        }
        seen
    };
    std::thread::scope(|scope| {
        let started: Vec<_> = (0..threads).map(|first| scope.spawn(move || some(first))).collect();
        let mut seen = BTreeSet::new();
        for thread in started {
            match thread.join() {
                Ok(some) => seen.extend(some),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        seen
    })
}

fn live(seed: u64) -> (Options, World) {
    let (options, mut world) = plan::world(seed);
    world.tell(Input::Connect);
    plan::fate(&mut world);
    let length = plan::LENGTHS[(seed % plan::LENGTHS.len() as u64) as usize];
    world.run(length);
    world.calm_down();
    world.run(CALM);
    (options, world)
}

fn judge(options: &Options, world: &World) -> Result<(), String> {
    laws::keeps_contract(&world.transcript, options).map_err(|broken| format!("the world is wrong: {broken}"))?;
    laws::check(&world.transcript, options).map_err(|broken| broken.to_string())?;
    truths::hold(world, options)
}

fn report(seed: u64, options: &Options, world: &World, why: &str) -> String {
    let story = told(&world.transcript);
    let (shown, lines) = (200, story.lines().count());
    let end: Vec<&str> = story.lines().skip(lines.saturating_sub(shown)).collect();
    format!(
        "seed {seed}: {why}\n{options:?}\nthe last {shown} lines of {lines} (all of them: EVERWIRE_SEED={seed} cargo test --test sim \
         seeds -- --nocapture):\n{}\n",
        end.join("\n")
    )
}

/// What happened in it, by name.
fn see(transcript: &Transcript<crate::data::Data>, seen: &mut BTreeSet<String>) {
    for (_, line) in &transcript.lines {
        let word = match line {
            Line::In(input) => first_word(input),
            Line::Out(Output::Tell(Event::Error(error))) => error.code().to_owned(),
            Line::Out(Output::Tell(Event::Dropped { reason, .. })) => format!("dropped {reason:?}"),
            Line::Out(Output::Tell(Event::State(state))) => format!("state {state:?}"),
            Line::Out(Output::Tell(event)) => format!("event {}", first_word(event)),
            Line::Out(Output::FetchToken { reason, .. }) => format!("token {reason:?}"),
            Line::Out(output) => first_word(output),
            Line::Deadline(Some((_, wake))) => format!("wake {wake:?}"),
            Line::Deadline(None) | Line::World(_) => continue,
        };
        if !seen.contains(&word) {
            seen.insert(word);
        }
    }
}

fn first_word(thing: &impl std::fmt::Debug) -> String {
    let words = format!("{thing:?}");
    words.split([' ', '(', '{']).next().unwrap_or_default().to_owned()
}

/// All that can happen.
const EVERYTHING: [&str; 69] = [
    "Connect",
    "Send",
    "TakeBack",
    "Flush",
    "Disconnect",
    "Elapsed",
    "Woke",
    "Opened",
    "Received",
    "Judged",
    "Transmitted",
    "Buffered",
    "Closed",
    "Advised",
    "Token",
    "NoToken",
    "Online",
    "Offline",
    "Visible",
    "Hidden",
    "Resumed",
    "Restored",
    "Open",
    "Transmit",
    "Close",
    "CancelToken",
    "Judge",
    "AskRetry",
    "state Connecting",
    "state Open",
    "state Waiting",
    "state Closing",
    "state Closed",
    "event Open",
    "event Message",
    "event Down",
    "event Retry",
    "event Settled",
    "event Drain",
    "event Flushed",
    "event Closed",
    "refused/sign-in",
    "refused/closed",
    "unavailable/attempts",
    "unavailable/connect",
    "unavailable/connect-timeout",
    "unavailable/token",
    "unavailable/token-timeout",
    "unavailable/reply-timeout",
    "unavailable/silent",
    "dropped Overflow",
    "dropped Expired",
    "dropped Volatile",
    "dropped Aborted",
    "dropped Closed",
    "token First",
    "token Expiring",
    "token Refused",
    "wake Token",
    "wake Handshake",
    "wake Reply",
    "wake Retry",
    "wake Close",
    "wake Renewal",
    "wake Heartbeat",
    "wake Limiter",
    "wake Expiry",
    "NotOpened",
    "NotTransmitted",
];

/// Longer than the longest wait, and any token's, and the slowest attempt: what then is not well is not going to be.
const CALM: Span = Span::secs(300);
