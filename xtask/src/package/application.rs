//! What does the crate add to an application in Rust?

use super::optimise;
use super::size::gzipped;
use crate::failure::Outcome;
use crate::task::{Program, Task};
use crate::{places, rustflags, say, tools};
use std::fs;
use std::path::Path;

/// Builds the smallest application without everwire's `Client` and with it, and says the difference: WebAssembly and glue.
/// More than the budget is a failure.
pub(crate) fn measure() -> Outcome {
    let mut task = Task::begin("test package application", "what `Client` adds to the smallest application in Rust")?;
    let without = weigh(&mut task, "without", &[])?;
    let with = weigh(&mut task, "with", &["--features", "client"])?;
    let more = with.saturating_sub(without);
    task.succeeded("");
    say::line(&format!("    {more} bytes (gzip -9) more than without it, of {BUDGET} at most"));
    if more <= BUDGET {
        Ok(())
    } else {
        Err(format!("`Client` adds {} bytes more than its budget", more - BUDGET).into())
    }
}

/// Bytes, gzip -9. It follows the size down; the aim is 30,000.
const BUDGET: usize = 56_000;

fn weigh(task: &mut Task, name: &str, features: &[&str]) -> Outcome<usize> {
    let target = places::root().join("target/rust-size");
    let cargo = Program::new("cargo").args(["build", "--release", "--locked", "--target", TRIPLE, "--manifest-path"]);
    let cargo = cargo.args([places::root().join("tests/package/consumers/rust-size/Cargo.toml")]).args(features);
    task.must(cargo.args(["--target-dir"]).args([&target]).env_if_some(rustflags::without_npm_exports()))?;
    let bound = target.join(name);
    let bindgen = Program::new(tools::wasm_bindgen()?.program("wasm-bindgen")?);
    let built = target.join(TRIPLE).join("release/rust_size.wasm");
    task.must(bindgen.args(["--target", "web", "--out-dir"]).args([&bound, &built]))?;
    let module = bound.join("rust_size_bg.wasm");
    optimise(task, &module)?;
    Ok(packed(&module)? + packed(&bound.join("rust_size.js"))?)
}

fn packed(file: &Path) -> Outcome<usize> {
    let content = fs::read(file).map_err(|error| format!("cannot read {}: {error}", file.display()))?;
    gzipped(&content)
}

const TRIPLE: &str = "wasm32-unknown-unknown";
