//! Does the package serve those who install it: each build tool, each compiler, each runtime without a page?

use super::checks::finish;
use super::in_browsers::test_files;
use super::tally::Tally;
use crate::failure::Outcome;
use crate::task::{Program, Task, Verdict};
use crate::{places, server, tools};

/// Has each tool build its project, of the package as it would be published: what the pages and programs here are made of.
pub(crate) fn build() -> Outcome {
    let mut task = Task::begin("test consumers build", "the package, installed and built into pages by each tool")?;
    let path = places::path_with(&[tools::wasm_pack().bin()?, tools::wasm_bindgen()?.bin()?])?;
    task.must(Program::new("node").args(["tests/package/consumers/build.mjs"]).env("PATH", path))?;
    task.succeeded("");
    Ok(())
}

/// What needs no browser of it, once: compilers, runtimes, and the package's own shape. The pages are for each browser.
pub(crate) fn run() -> Outcome<Tally> {
    let mut task = Task::begin("test consumers", "the package under each compiler and each runtime without a page")?;
    let root = places::root();
    let files = test_files(&root.join("tests"), &["runtimes"])?;
    let files = files.iter().map(|file| file.strip_prefix(root).unwrap_or(file));
    let program = Program::new("node").args(["--test", "--test-reporter=spec"]).args(files);
    let mut tally = Tally::default();
    let verdict = task.run(program.env("EVERWIRE_SERVER", server::program()?), |line| tally.read_node(line))?;
    finish(task, tally.with_verdict(verdict == Verdict::Succeeded))
}
