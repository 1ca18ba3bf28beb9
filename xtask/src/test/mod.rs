//! `cargo xtask test`: what is checked, in which order, and what came of it?

mod checks;
mod consumers;
mod in_browsers;
mod oldest_rust;
mod report;
mod steps;
mod tally;

pub(crate) use steps::Step;

use crate::browsers::Browser;
use crate::chaos;
use crate::failure::{Failure, Outcome};
use crate::package::{self, Build};
use crate::release::{self, When};
use crate::server::{self, Server};
use crate::task::{Verdict, open_log};
use crate::{say, serve, setup, tools};
use report::Row;
use std::thread;
use std::time::Instant;
use tally::Tally;

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Choice {
    pub(crate) browsers: Vec<Browser>,
    pub(crate) steps: Vec<Step>,
    /// The soaks too.
    pub(crate) long: bool,
}

/// Runs every chosen step, whatever became of those before it, and fails if one of them did.
pub(crate) fn run(choice: &Choice) -> Outcome {
    let started = Instant::now();
    setup::ensure(&steps::needs(&choice.steps, &choice.browsers))?;
    if choice.steps.contains(&Step::Wasm) {
        serve::refuse_a_second_one()?;
    }
    let mut rows = Vec::new();
    for step in &choice.steps {
        match step {
            Step::Fmt
            | Step::Clippy
            | Step::ClippyWasm
            | Step::Doc
            | Step::Doctest
            | Step::Host
            | Step::Purity
            | Step::Deny
            | Step::Mutants => {
                rows.push(row(step.name(), || checks::run(*step, choice.long)));
            }
            Step::Msrv => rows.push(row(step.name(), oldest_rust::run)),
            Step::Package => rows.push(row(step.name(), build_package)),
            Step::Release => rows.push(row(step.name(), || try_release(choice))),
            Step::Consumers => rows.push(row(step.name(), || try_consumers(choice))),
            Step::Wasm | Step::Pages | Step::Libraries | Step::Chaos => {} // below, by browser
        }
    }
    in_each_browser(choice, &mut rows);
    if choice.steps.contains(&Step::Chaos) {
        rows.push(row(Step::Chaos.name(), || under_fire(choice))); // after all others: it wants the machine for itself
    }
    report::tell(&rows, started.elapsed())
}

/// Only sets up what these steps need, and says how the tools are reached by hand.
pub(crate) fn set_up(choice: &Choice) -> Outcome {
    setup::ensure(&steps::needs(&choice.steps, &choice.browsers))?;
    let bins = [tools::wasm_pack().bin()?, tools::wasm_bindgen()?.bin()?, tools::wasm_opt().bin()?];
    say::line("Everything is there. To use the same tools by hand:");
    for bin in bins.into_iter().chain(tools::geckodriver().located()?) {
        say::line(&format!("    export PATH=\"{}:$PATH\"", bin.display()));
    }
    Ok(())
}

/// All browsers at once: these tests mostly wait, for a second to pass or for a browser to notice something. What they
/// need is built before. One browser's failure does not hide another's.
fn in_each_browser(choice: &Choice, rows: &mut Vec<Row>) {
    let chosen = |step: Step| choice.steps.contains(&step);
    let driven = [Step::Pages, Step::Libraries].map(|step| (step, chosen(step)));
    let pages = driven.iter().any(|(_, is_chosen)| *is_chosen);
    if !chosen(Step::Wasm) && !pages {
        return;
    }
    let server = server::build();
    let wasm = if chosen(Step::Wasm) { in_browsers::build_rust_tests(&choice.browsers, choice.long) } else { Ok(()) };
    let package = if pages && !chosen(Step::Consumers) { install_package(choice) } else { Ok(()) };
    let companion =
        if chosen(Step::Wasm) { server.clone().and(wasm).and_then(|()| start_companion()).map(Some) } else { Ok(None) };
    let ready_for_pages = server.and(package);
    let in_one = |browser: Browser| {
        let mut rows = Vec::new();
        if chosen(Step::Wasm) {
            let tests = || in_browsers::rust_tests(browser, companion.as_ref().map_err(Failure::clone)?, choice.long);
            rows.push(row(&format!("{} {}", Step::Wasm.name(), browser.name()), tests));
        }
        for (step, _) in driven.into_iter().filter(|(_, is_chosen)| *is_chosen) {
            let tests = || ready_for_pages.clone().and_then(|()| in_browsers::page_tests(step, browser, choice.long));
            rows.push(row(&format!("{} {}", step.name(), browser.name()), tests));
        }
        rows
    };
    thread::scope(|scope| {
        let started: Vec<_> = choice.browsers.iter().map(|browser| scope.spawn(|| in_one(*browser))).collect();
        for thread in started {
            rows.extend(thread.join().expect("a step that fails returns, and never panics"));
        }
    });
}

/// In Chromium alone, and with whatever of it is built already.
fn under_fire(choice: &Choice) -> Outcome<Tally> {
    if !choice.browsers.contains(&Browser::Chromium) {
        return Ok(Tally { skipped: 1, ..Tally::default() });
    }
    let builds = [Step::Package, Step::Release, Step::Consumers, Step::Pages, Step::Libraries];
    if !builds.iter().any(|builds| choice.steps.contains(builds)) {
        package::build(Build::Small)?;
    }
    server::build()?;
    Ok(match chaos::put_under_fire("test chaos", &chaos::Choice::short(), &server::program()?)? {
        Verdict::Succeeded => Tally::one_passed(),
        Verdict::Failed => Tally::one_failed(),
    })
}

fn start_companion() -> Outcome<Server> {
    let (log, _) = open_log("companion")?;
    Server::start(&serve::options(None, &[]), log.into())
}

fn build_package() -> Outcome<Tally> {
    package::build(Build::Small)?;
    let mut tally = Tally::one_passed();
    tally += checks::module()?;
    package::application::measure()?;
    tally += Tally::one_passed();
    Ok(tally)
}

/// As it would be today: no tag is wanted.
fn try_release(choice: &Choice) -> Outcome<Tally> {
    if !choice.steps.contains(&Step::Package) {
        package::build(Build::Small)?;
    }
    release::check(When::Before).map(|()| Tally::one_passed())
}

fn try_consumers(choice: &Choice) -> Outcome<Tally> {
    install_package(choice)?;
    server::build()?;
    consumers::run()
}

/// Into each project that uses it; built before, unless it has been.
fn install_package(choice: &Choice) -> Outcome {
    if ![Step::Package, Step::Release].iter().any(|builds| choice.steps.contains(builds)) {
        package::build(Build::Small)?;
    }
    consumers::build()
}

fn row(name: &str, work: impl FnOnce() -> Outcome<Tally>) -> Row {
    let started = Instant::now();
    let (tally, note) = match work() {
        Ok(tally) => (tally, String::new()),
        Err(failure) => {
            say::failure("", &format!("FAILED: {name}: {failure}"));
            (Tally::one_failed(), failure.to_string())
        }
    };
    Row { name: name.to_owned(), tally, time: started.elapsed(), note }
}
