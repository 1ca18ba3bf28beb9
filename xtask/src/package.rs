//! How is the npm package built, and how large is it?

use crate::failure::Outcome;
use crate::setup::Need;
use crate::task::{Program, Task};
use crate::{places, rustflags, say, tools};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// How the package is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Build {
    /// Quick to build, slow to run, with debug names and assertions.
    Dev,
    /// As it is published but for wasm-opt: what the demo shows.
    Release,
    /// As it is published.
    Small,
}

impl Build {
    pub(crate) fn needs(self) -> Vec<Need> {
        match self {
            Build::Dev | Build::Release => Need::PACKAGE.to_vec(),
            Build::Small => Need::SMALL_PACKAGE.to_vec(),
        }
    }
}

/// Builds `pkg/`. What it needs must be set up.
pub(crate) fn build(how: Build) -> Outcome {
    let (profile, about) = match how {
        Build::Dev => ("--dev", "pkg/, for development"),
        Build::Release => ("--release", "pkg/, without wasm-opt"),
        Build::Small => ("--release", "pkg/, as it is published"),
    };
    let mut task = Task::begin("build", about)?;
    // wasm-pack leaves what an earlier build wrote there, and names its folder after a hash.
    crate::scratch::remove(&places::root().join("pkg/snippets"));
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
    let parts = parts_of_the_package()?;
    match how {
        Build::Dev | Build::Release => {}
        Build::Small => {
            for wasm in parts.iter().filter(|file| file.extension().is_some_and(|ending| ending == "wasm")) {
                optimise(&mut task, wasm)?;
            }
        }
    }
    task.succeeded("");
    match how {
        Build::Dev | Build::Release => Ok(()), // their sizes say nothing about what is published
        Build::Small => tell_sizes(&parts),
    }
}

/// In place, by way of a file beside it: an interrupted run leaves a package that works.
fn optimise(task: &mut Task, wasm: &Path) -> Outcome {
    let smaller = wasm.with_extension("smaller");
    let wasm_opt = Program::new(tools::wasm_opt().program("wasm-opt")?).args(["-Oz"]).args(FEATURES);
    task.must(wasm_opt.args([wasm]).args(["-o"]).args([&smaller]))?;
    fs::rename(&smaller, wasm).map_err(|error| format!("cannot replace {}: {error}", wasm.display()).into())
}

/// What a page downloads: the module, and the JavaScript that goes with it.
fn parts_of_the_package() -> Outcome<Vec<PathBuf>> {
    let package = places::root().join("pkg");
    let mut parts = Vec::new();
    collect(&package, &mut parts).map_err(|error| format!("cannot read {}: {error}", package.display()))?;
    parts.sort();
    for needed in ["everwire_bg.wasm", "everwire.js", "everwire.d.ts", "package.json"] {
        if !package.join(needed).is_file() {
            return Err(format!("wasm-pack has left no pkg/{needed}").into());
        }
    }
    Ok(parts)
}

fn collect(folder: &Path, parts: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, parts)?;
        } else if path.extension().is_some_and(|ending| ending == "wasm" || ending == "js") {
            parts.push(path);
        }
    }
    Ok(())
}

fn tell_sizes(parts: &[PathBuf]) -> Outcome {
    let mut sums = (0, Some(0));
    for part in parts {
        let bytes = fs::read(part).map_err(|error| format!("cannot read {}: {error}", part.display()))?;
        let packed = gzipped(&bytes);
        sums = (sums.0 + bytes.len(), sums.1.zip(packed).map(|(sum, size)| sum + size));
        let name = part.strip_prefix(places::root()).unwrap_or(part).display().to_string();
        say::line(&size_line(&name, bytes.len(), packed));
    }
    say::line(&size_line("together", sums.0, sums.1));
    Ok(())
}

fn size_line(name: &str, bytes: usize, packed: Option<usize>) -> String {
    let packed = packed.map_or_else(|| "gzip is not on PATH".to_owned(), |size| format!("{size:>7} gzip -9"));
    format!("    {bytes:>7} bytes, {packed}   {name}")
}

/// By the gzip that everybody quotes; none on PATH, no number.
fn gzipped(bytes: &[u8]) -> Option<usize> {
    let mut gzip = Command::new("gzip");
    let mut child = gzip.args(["-9", "-n", "-c"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().ok()?;
    let mut stdin = child.stdin.take()?;
    let output = std::thread::scope(|scope| {
        scope.spawn(move || stdin.write_all(bytes)); // an error: gzip has failed, which its status tells
        child.wait_with_output()
    });
    output.ok().filter(|output| output.status.success()).map(|output| output.stdout.len())
}

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
    fn gzip_makes_what_repeats_small() {
        if let Some(size) = gzipped(&[b'a'; 1_000_000]) {
            assert!(size < 2_000, "{size}");
        }
    }

    #[test]
    fn only_the_published_build_needs_npm() {
        assert!(!Build::Release.needs().contains(&Need::Node));
        assert!(Build::Small.needs().contains(&Need::WasmOpt));
    }
}
