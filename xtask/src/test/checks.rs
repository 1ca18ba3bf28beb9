//! What is checked without a browser?

use super::steps::Step;
use super::tally::Tally;
use crate::failure::Outcome;
use crate::task::{Program, Task, Verdict};
use crate::{places, rustflags, say, tools};
use std::num::NonZero;
use std::thread;
use std::time::Duration;

/// Runs one of the steps that need no browser, all of it, even after a failure.
pub(crate) fn run(step: Step, long: bool) -> Outcome<Tally> {
    match step {
        Step::Fmt => each(step, [cargo("fmt --all --check")]),
        Step::Clippy => {
            each(step, ["", "--all-features"].map(|features| strict("clippy --workspace --all-targets", features)))
        }
        Step::ClippyWasm => each(step, clippy_for_wasm()),
        Step::Doc => each(
            step,
            [
                warnings_denied(cargo("doc --workspace --no-deps")),
                npm_build(warnings_denied(cargo("doc --package everwire --no-deps --all-features").args(WASM))),
            ],
        ),
        Step::Doctest => each(step, [examples()?]),
        Step::Purity => purity(),
        Step::Deny => each(step, [deny()?]),
        Step::Host => host_tests(long),
        Step::Mutants => mutants(),
        Step::Msrv
        | Step::Package
        | Step::Release
        | Step::Consumers
        | Step::Wasm
        | Step::Pages
        | Step::Libraries
        | Step::Chaos => Err("this step is run elsewhere".into()),
    }
}

/// As this repository builds it for npm, the same with typed messages, and as a dependant gets it.
fn clippy_for_wasm() -> [Program; 3] {
    let clippy = |features: &str| strict(&format!("clippy --package everwire {}", WASM.join(" ")), features);
    [
        npm_build(clippy("--all-targets")),
        npm_build(clippy("--all-targets --features json")),
        clippy("--lib --features json").env_if_some(rustflags::without_npm_exports()),
    ]
}

/// Compiled, and handed to a runner that finds nothing in them to run: they need a page around them.
fn examples() -> Outcome<Program> {
    let program = npm_build(cargo("test --doc --package everwire --features json").args(WASM));
    with_runner(program)
}

/// wasm-bindgen's runner, by name: cargo would split a path with a space in it.
pub(super) fn with_runner(program: Program) -> Outcome<Program> {
    let path = places::path_with(&[tools::wasm_bindgen()?.bin()?])?;
    Ok(program.env("PATH", path).env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", "wasm-bindgen-test-runner"))
}

fn host_tests(long: bool) -> Outcome<Tally> {
    let mut task = begin(Step::Host)?;
    let mut tally = Tally::default();
    let program = cargo("test --workspace --no-fail-fast").env_if_some(long.then_some(LONG)).env(QUICK.0, QUICK.1);
    let verdict = task.run(program, |line| tally.read_cargo(line))?;
    finish(task, tally.with_verdict(verdict == Verdict::Succeeded))
}

/// What the module in `pkg/` needs of an engine. A test like any other, but for what must be built before.
pub(super) fn module() -> Outcome<Tally> {
    let mut task = Task::begin("test package module", "the module needs no more of an engine than is promised")?;
    let mut tally = Tally::default();
    let program = cargo("test --package everwire-surface --features package --test module");
    let verdict = task.run(program, |line| tally.read_cargo(line))?;
    finish(task, tally.with_verdict(verdict == Verdict::Succeeded))
}

/// The host build is the proof that the engine knows no browser: its tree may hold none of the browser's crates.
fn purity() -> Outcome<Tally> {
    let mut task = begin(Step::Purity)?;
    let mut found = Vec::new();
    let tree = cargo("tree --package everwire --all-features --edges normal,build --prefix none");
    let verdict = task.run(tree, |line| found.extend(browser_crate(line).map(str::to_owned)))?;
    for krate in &found {
        task.note(&format!("a browser crate in the tree for this machine: {krate}"));
    }
    let good = verdict == Verdict::Succeeded && found.is_empty();
    finish(task, if good { Tally::one_passed() } else { Tally::one_failed() })
}

/// Without its advisories: their database is a git repository, and here only package registries are reached. The
/// workflow asks them.
fn deny() -> Outcome<Program> {
    say::dim("    left out here: advisories, and `npm audit`; .github/workflows/supply-chain.yml has both");
    let program = Program::new(tools::cargo_deny().program("cargo-deny")?);
    Ok(program.args(["--workspace", "--locked", "check", "--hide-inclusion-graph", "licenses", "bans", "sources"]))
}

/// The engine with one small change after the other; what .cargo/mutants.toml leaves out has its reason there.
fn mutants() -> Outcome<Tally> {
    let mut task = begin(Step::Mutants)?;
    let mut tally = Tally::default();
    let jobs = thread::available_parallelism().map_or(1, NonZero::get).to_string();
    let program = Program::new(tools::cargo_mutants().program("cargo-mutants")?)
        .args(["mutants", "--caught", "--no-times", "--jobs", &jobs, "--output"])
        .args([places::logs()])
        .limit(Duration::from_secs(6 * 60 * 60)); // a thousand changes, each built and tested: hours on two cores
    let verdict = task.run(program, |line| tally.read_mutants(line))?;
    finish(task, tally.with_verdict(verdict == Verdict::Succeeded))
}

fn browser_crate(line: &str) -> Option<&str> {
    let name = line.split_whitespace().next()?;
    let known = ["wasm-bindgen", "js-sys", "web-sys", "serde-wasm-bindgen", "gloo"];
    known.iter().any(|known| name == *known || name.starts_with(&format!("{known}-"))).then_some(name)
}

/// Programs that succeed or fail as a whole.
fn each(step: Step, programs: impl IntoIterator<Item = Program>) -> Outcome<Tally> {
    let mut task = begin(step)?;
    let mut tally = Tally::default();
    for program in programs {
        tally += match task.run(program, |_| {})? {
            Verdict::Succeeded => Tally::one_passed(),
            Verdict::Failed => Tally::one_failed(),
        };
    }
    finish(task, tally)
}

/// The end of every step with results: said, and handed on.
pub(super) fn finish(mut task: Task, tally: Tally) -> Outcome<Tally> {
    if tally.is_good() {
        task.succeeded(&format!("{} passed", tally.passed));
    } else {
        task.failed();
    }
    Ok(tally)
}

fn begin(step: Step) -> Outcome<Task> {
    Task::begin(&format!("test {}", step.name()), step.about())
}

fn cargo(words: &str) -> Program {
    Program::new("cargo").args(words.split_whitespace())
}

/// clippy, with warnings denied.
fn strict(words: &str, more: &str) -> Program {
    cargo(words).args(more.split_whitespace()).args(["--", "-D", "warnings"])
}

fn warnings_denied(program: Program) -> Program {
    program.env("RUSTDOCFLAGS", "-D warnings")
}

/// With the npm package's exports, also when the user has set flags.
pub(super) fn npm_build(program: Program) -> Program {
    program.env_if_some(rustflags::with_npm_exports())
}

pub(super) const WASM: [&str; 2] = ["--target", "wasm32-unknown-unknown"];
/// Ten thousand lives of the engine in seconds, not a minute; overflows are still caught. Not in Cargo.toml: a profile
/// cannot be for this machine alone, and the browsers' tests are as they were tried.
const QUICK: (&str, &str) = ("CARGO_PROFILE_TEST_OPT_LEVEL", "1");
/// Tells the tests to run their soaks too.
pub(super) const LONG: (&str, &str) = ("EVERWIRE_LONG", "1");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browser_crates_are_known_by_name_not_by_likeness() {
        assert_eq!(browser_crate("wasm-bindgen v0.2.130"), Some("wasm-bindgen"));
        assert_eq!(browser_crate("wasm-bindgen-futures v0.4.80"), Some("wasm-bindgen-futures"));
        assert_eq!(browser_crate("gloo-timers v0.4.0"), Some("gloo-timers"));
        assert_eq!(browser_crate("everwire v0.1.0 (/somewhere/wasm-bindgen)"), None);
        assert_eq!(browser_crate("gloomy v1.0.0"), None);
    }
}
