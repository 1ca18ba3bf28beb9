//! Does the engine keep its laws, whatever is said to it?
//!
//! `EVERWIRE_SEEDS=n` sets how many sessions are tried (10 000); `EVERWIRE_SEED=s` replays one and prints it.

mod coverage;
mod options;
mod orderly;
mod parcel;
mod session;
mod shrink;
mod wild;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::num::NonZero;

use everwire::engine::Options;

use crate::corpus;
use crate::laws::{self, Broken, Caller};
use crate::random::Random;
use coverage::Coverage;
use orderly::Orderly;
use parcel::Parcel;
use session::{Said, judge, talk};
use wild::Wild;

use crate::transcript::Transcript;

/// Any input in any state at any time.
#[test]
fn whatever_is_said_the_engine_is_total_deterministic_and_deaf_to_what_is_stale() {
    try_all(Caller::Any);
}

/// Random facts, each order answered as the contract says.
#[test]
fn to_a_page_that_keeps_the_contract_every_law_is_kept() {
    try_all(Caller::Orderly);
}

/// A session that broke a law.
struct Failure {
    seed: u64,
    broken: Broken,
}

fn try_all(caller: Caller) {
    if let Some(seed) = corpus::named() {
        let (_, _, transcript) = session_of(caller, seed);
        println!("{}", print(&transcript));
        let verdict = try_one(caller, seed, &mut Coverage::default());
        return verdict.unwrap_or_else(|broken| panic!("{}", report(caller, &Failure { seed, broken })));
    }
    for seed in corpus::kept(caller.name()) {
        let verdict = try_one(caller, seed, &mut Coverage::default());
        verdict.unwrap_or_else(|broken| panic!("{}", report(caller, &Failure { seed, broken })));
    }
    let seeds = corpus::how_many();
    let (coverage, failures) = spread(caller, seeds);
    let reports: Vec<String> = failures.values().map(|failure| report(caller, failure)).collect();
    assert!(reports.is_empty(), "{}", reports.join("\n"));
    if seeds >= corpus::ENOUGH {
        assert_eq!(coverage.missing(), Vec::<&str>::new(), "never occurred in {seeds} sessions");
    }
}

/// Over all cores; the first failure of each law.
fn spread(caller: Caller, seeds: u64) -> (Coverage, BTreeMap<&'static str, Failure>) {
    let threads = std::thread::available_parallelism().map_or(1, NonZero::get) as u64;
    let try_some = |first: u64| {
        let mut coverage = Coverage::default();
        let mut failures: BTreeMap<&'static str, Failure> = BTreeMap::new();
        for seed in (first..seeds).step_by(threads as usize) {
            if let Err(broken) = try_one(caller, seed, &mut coverage) {
                failures.entry(broken.law).or_insert(Failure { seed, broken });
            }
        }
        (coverage, failures)
    };
    let mut coverage = Coverage::default();
    let mut failures: BTreeMap<&'static str, Failure> = BTreeMap::new();
    std::thread::scope(|scope| {
        let started: Vec<_> = (0..threads).map(|first| scope.spawn(move || try_some(first))).collect();
        for thread in started {
            let (some, failed) = thread.join().expect("panics of the engine are caught");
            coverage.merge(some);
            for (law, failure) in failed {
                let earlier = failures.get(law).is_some_and(|known| known.seed < failure.seed);
                if !earlier {
                    failures.insert(law, failure);
                }
            }
        }
    });
    (coverage, failures)
}

fn try_one(caller: Caller, seed: u64, coverage: &mut Coverage) -> Result<(), Broken> {
    let (config, said, transcript) = session_of(caller, seed);
    coverage.add(&transcript);
    if caller == Caller::Orderly {
        laws::keeps_contract(&transcript, &config)?; // else it is the generator that is wrong
    }
    let again = judge(caller, &config, seed, &said)?;
    if again == transcript {
        return Ok(());
    }
    laws::reproduces(&transcript, &config, seed) // says where they part
}

fn session_of(caller: Caller, seed: u64) -> (Options, Vec<Said>, Transcript<Parcel>) {
    let mut random = Random::new(seed);
    match caller {
        Caller::Any => {
            let config = options::extreme(&mut random);
            let (said, transcript) = talk(&config, seed, &mut Wild::new(random));
            (config, said, transcript)
        }
        Caller::Orderly => {
            let config = options::sensible(&mut random);
            let (said, transcript) = talk(&config, seed, &mut Orderly::new(random));
            (config, said, transcript)
        }
    }
}

/// The shortest session that still shows it, with all that is needed to see it again.
fn report(caller: Caller, failure: &Failure) -> String {
    let Failure { seed, broken } = failure;
    let (config, said, _) = session_of(caller, *seed);
    let fails_alike = |said: &[Said]| {
        let transcript = laws::replay_caught(&config, *seed, said);
        let is_fair = caller == Caller::Any || laws::keeps_contract(&transcript, &config).is_ok();
        is_fair && judge(caller, &config, *seed, said).is_err_and(|it| it.law == broken.law)
    };
    let short = if fails_alike(&said) { shrink::shortest(&said, fails_alike) } else { said };
    let verdict = judge(caller, &config, *seed, &short);
    let transcript = laws::replay_caught(&config, *seed, &short);
    format!(
        "\n── {broken}\n{}\n{config:?}\nseed {seed}, the shortest session that shows it (EVERWIRE_SEED={seed} cargo test \
         --test sim chaos):\n{}",
        verdict.err().map_or_else(String::new, |it| format!("shortened: {it}")),
        print(&transcript)
    )
}

fn print(transcript: &Transcript<Parcel>) -> String {
    transcript.lines.iter().enumerate().fold(String::new(), |mut text, (number, (at, line))| {
        writeln!(text, "{number:4} {:>14} {line:?}", at.as_micros()).expect("a string takes all");
        text
    })
}
