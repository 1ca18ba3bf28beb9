//! How is the npm package built?

pub(crate) mod application;
mod module;
mod names;
mod panics;
mod published;
mod size;
mod spent;

use crate::failure::Outcome;
use crate::setup::Need;
use crate::task::{Program, Task};
use crate::{places, rustflags, say, tools};
use std::fs;
use std::path::Path;

/// How the package is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Build {
    /// Quick to build, slow to run, with debug names and assertions.
    Dev,
    /// As it is published.
    Small,
}

impl Build {
    pub(crate) fn needs(self) -> Vec<Need> {
        match self {
            Build::Dev => Need::PACKAGE.to_vec(),
            Build::Small => Need::SMALL_PACKAGE.to_vec(),
        }
    }
}

/// Builds `pkg/`. What it needs must be set up.
pub(crate) fn build(how: Build) -> Outcome {
    let (profile, about) = match how {
        Build::Dev => ("--dev", "pkg/, for development"),
        Build::Small => ("--release", "pkg/, as it is published"),
    };
    let mut task = Task::begin("build", about)?;
    // what an earlier build of another kind left there would be published, too
    crate::scratch::remove(&places::root().join("pkg"));
    let flags = rustflags::with_npm_exports();
    if let Some((name, _)) = &flags {
        say::dim(&format!(
            "    {name} is set: `--cfg everwire_npm` is added to it, without which the package were empty"
        ));
    }
    let tools = [tools::wasm_pack().bin()?, tools::wasm_bindgen()?.bin()?];
    // no-install: everything is set up, and it would look for tools where only package registries are not enough
    let arguments = ["build", "--target", "web", "--mode", "no-install", profile];
    let wasm_pack = Program::new(tools::wasm_pack().program("wasm-pack")?).args(arguments);
    task.must(wasm_pack.env("PATH", places::path_with(&tools)?).env_if_some(flags))?;
    match how {
        Build::Dev => task.succeeded(""), // importable as it is; its size says nothing
        Build::Small => {
            let package = places::root().join("pkg");
            let module = package.join("everwire_bg.wasm");
            without_words_of_panics(&module)?;
            optimise(&mut task, &module)?;
            published::finish(&mut task, &package)?;
            task.succeeded("");
            size::tell(&package)?;
        }
    }
    Ok(())
}

fn without_words_of_panics(module: &Path) -> Outcome {
    let bytes = fs::read(module).map_err(|error| format!("cannot read {}: {error}", module.display()))?;
    spent::tell(&bytes)?;
    fs::write(module, panics::cut(&bytes)?)
        .map_err(|error| format!("cannot write {}: {error}", module.display()).into())
}

/// In place, by way of a file beside it: an interrupted run leaves a package that works.
fn optimise(task: &mut Task, wasm: &Path) -> Outcome {
    let smaller = wasm.with_extension("smaller");
    let wasm_opt = Program::new(tools::wasm_opt().program("wasm-opt")?).args(PASSES).args(FEATURES);
    task.must(wasm_opt.args([wasm]).args(["-o"]).args([&smaller]))?;
    fs::rename(&smaller, wasm).map_err(|error| format!("cannot replace {}: {error}", wasm.display()).into())
}

/// In this order. Code that is taken apart and put together again by `rereloop` is 1.5 % smaller, once the usual passes have
/// been over it; what compilers say of themselves is 1 %.
const PASSES: [&str; 8] =
    ["-Oz", "-Oz", "--strip-producers", "--strip-target-features", "--flatten", "--rereloop", "-Oz", "-Oz"];

/// What rustc 1.95 enables by default for wasm32-unknown-unknown; wasm-opt refuses instructions that it is not told of.
const FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_published_build_needs_npm() {
        assert!(!Build::Dev.needs().contains(&Need::Node));
        assert!(Build::Small.needs().contains(&Need::WasmOpt));
    }
}
