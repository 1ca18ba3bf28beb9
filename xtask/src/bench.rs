//! `cargo xtask bench`: how fast is it, beside the browser's own and the peers?

use crate::browsers::Browser;
use crate::drivers::Driver;
use crate::failure::Outcome;
use crate::package::{self, Build};
use crate::setup::{self, Need};
use crate::task::{Program, Task, Verdict};
use crate::{places, rustflags, say, tools};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Choice {
    pub(crate) browsers: Vec<Browser>,
    /// How often everybody is measured; less than six says nothing.
    pub(crate) rounds: u32,
    /// Works by their names; all, if none is named.
    pub(crate) works: Vec<String>,
}

/// Measures everything, one after the other, and writes `benches/RESULTS.md` and the pictures of growth and of the stampede.
pub(crate) fn run(choice: &Choice) -> Outcome {
    setup::ensure(&needs(&choice.browsers))?;
    let out = places::root().join("target/bench");
    fs::create_dir_all(&out).map_err(|error| format!("cannot write {}: {error}", out.display()))?;
    package::build(Build::Small)?;
    let server = build_server()?;
    build_page(&out)?;
    native("engine", "what a message costs in the engine", &[], &out)?;
    native("stampede", "a server restarts, and everybody comes back", &["--picture", STAMPEDE], &out)?;
    let mut measured = Vec::new();
    for browser in &choice.browsers {
        measured.push(measure(*browser, choice, &server, &out)?);
    }
    let mut task = Task::begin("bench report", "benches/RESULTS.md")?;
    let notes = ["engine", "stampede"].map(|name| noted(&out, name));
    task.must(Program::new("node").args(["benches/browser/report.mjs", RESULTS, GROWTH]).args(notes).args(measured))?;
    task.succeeded("");
    say::line(&format!("Everything is in {RESULTS}."));
    Ok(())
}

const RESULTS: &str = "benches/RESULTS.md";
const GROWTH: &str = "docs/growth.svg";
const STAMPEDE: &str = "docs/stampede.svg";
const HERE: &str = "benches/browser";

fn needs(browsers: &[Browser]) -> Vec<Need> {
    let drivers = browsers.iter().copied().map(Need::Browser);
    Need::SMALL_PACKAGE.into_iter().chain([Need::NodeModules]).chain(drivers).collect()
}

/// As fast as it can be: it is part of what is measured.
pub(crate) fn build_server() -> Outcome<PathBuf> {
    let mut task = Task::begin("bench server", "the companion server, optimised")?;
    let target = places::root().join("target/bench/server");
    let cargo = Program::new("cargo").args(["build", "--release", "--package", "everwire-server", "--target-dir"]);
    task.must(cargo.args([&target]))?;
    task.succeeded("");
    Ok(target.join("release/everwire-server"))
}

/// The page with everybody on it: the JavaScript peers bundled, a program of its own for each of Rust's.
fn build_page(out: &Path) -> Outcome {
    let mut task = Task::begin("bench page", "the peers, and the page that they are measured in")?;
    task.must(
        Program::new("npm").args(["ci", "--no-audit", "--no-fund", "--silent"]).in_folder(places::root().join(HERE)),
    )?;
    let target = out.join("rust");
    let manifest = format!("{HERE}/rust/Cargo.toml");
    let cargo = ["build", "--release", "--locked", "--target", TRIPLE, "--manifest-path", &manifest, "--target-dir"];
    task.must(Program::new("cargo").args(cargo).args([&target]).env_if_some(rustflags::without_npm_exports()))?;
    let path = places::path_with(&[tools::wasm_bindgen()?.bin()?])?;
    let built = [out.join("page"), target.join(TRIPLE).join("release")];
    task.must(Program::new("node").args([format!("{HERE}/build.mjs")]).args(built).env("PATH", path))?;
    task.succeeded("");
    Ok(())
}

/// A bench of cargo's: what it prints is kept for the report.
fn native(name: &str, about: &str, words: &[&str], out: &Path) -> Outcome {
    let mut task = Task::begin(&format!("bench {name}"), about)?;
    let mut printed = String::new();
    let picture = words.iter().map(|word| if word.ends_with(".svg") { places::root().join(word) } else { word.into() });
    let cargo = ["bench", "--package", "everwire", "--bench", name];
    task.must(Program::new("cargo").args(cargo).args(["--no-run"]))?; // what compiling says is no result
    let cargo = Program::new("cargo").args(cargo).args(["--quiet", "--"]).args(picture);
    if task.run(cargo, |line| printed.extend([line, "\n"]))? != Verdict::Succeeded {
        task.failed();
        return Err(format!("the bench {name} failed").into());
    }
    let file = noted(out, name);
    fs::write(&file, printed).map_err(|error| format!("cannot write {}: {error}", file.display()))?;
    task.succeeded("");
    Ok(())
}

fn noted(out: &Path, name: &str) -> PathBuf {
    out.join(name).with_extension("txt")
}

/// Everybody in this browser; where it was written.
fn measure(browser: Browser, choice: &Choice, server: &Path, out: &Path) -> Outcome<PathBuf> {
    let purpose = format!("bench {}", browser.name());
    let mut task = Task::begin(&purpose, "everybody side by side")?;
    let driver = Driver::start(browser, &purpose)?;
    let result = out.join(browser.name()).with_extension("json");
    let rounds = choice.rounds.to_string();
    let works = choice.works.iter().flat_map(|work| ["--only", work]);
    let node = Program::new("node").args([format!("{HERE}/main.mjs")]).args([&out.join("page"), &result]);
    let node = node.args(["--rounds", &rounds]).args(works).env("EVERWIRE_SERVER", server);
    let node = node.env("EVERWIRE_BROWSER", browser.name()).env("EVERWIRE_WEBDRIVER", driver.url());
    task.must(node.limit(LIMIT))?;
    task.succeeded("");
    Ok(result)
}

/// Half an hour on a quiet machine with two cores.
const LIMIT: Duration = Duration::from_secs(2 * 60 * 60);

const TRIPLE: &str = "wasm32-unknown-unknown";
