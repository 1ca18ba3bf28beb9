//! Is what would be released whole, and nothing but that? docs/RELEASING.md says when to ask.

mod contents;
mod notes;

pub(crate) use notes::When;

use crate::failure::{Failure, Outcome};
use crate::package::{self, Build};
use crate::task::{Program, Task, Verdict};
use crate::{places, say, setup};
use std::fs;
use std::path::Path;

/// Builds the npm package and checks all that would be published; nothing leaves this machine.
pub(crate) fn run(when: When) -> Outcome {
    setup::ensure(&Build::Small.needs())?;
    package::build(Build::Small)?;
    check(when)
}

/// As [`run`], of the `pkg/` that is there.
pub(crate) fn check(when: When) -> Outcome {
    let mut task = Task::begin("release", "what would be published is what the lists name, under one version")?;
    match checked(&mut task, when) {
        Ok(tag) => {
            task.succeeded(&tag);
            Ok(())
        }
        Err(failure) => {
            task.note(&failure.to_string());
            task.failed();
            Err(failure)
        }
    }
}

fn checked(task: &mut Task, when: When) -> Outcome<String> {
    let notes = notes::cut(&read("CHANGELOG.md")?, VERSION, when)?;
    let npm = read("npm/package.json")?;
    let npm = notes::version_of_npm(&npm)?;
    if npm != VERSION {
        return Err(format!("npm/package.json says {npm}, and Cargo.toml {VERSION}").into());
    }
    let tag = format!("v{VERSION}");
    if when == When::At {
        tagged_and_clean(task, &tag)?;
    }
    the_crate(task, when)?;
    the_npm_package(task)?;
    let file = places::logs().join("release-notes.md");
    fs::write(&file, notes + "\n").map_err(|error| format!("cannot write {}: {error}", file.display()))?;
    say::dim(&format!("    the notes: {}", file.strip_prefix(places::root()).unwrap_or(&file).display()));
    Ok(tag)
}

/// What is published must be what the tag names, or nobody can build it again.
fn tagged_and_clean(task: &mut Task, tag: &str) -> Outcome {
    let tags = lines(task, Program::new("git").args(["tag", "--points-at", "HEAD"]))?;
    if !tags.iter().any(|line| line == tag) {
        return Err(format!("HEAD does not have the tag {tag}: git tag -s {tag}").into());
    }
    let changed = lines(task, Program::new("git").args(["status", "--porcelain"]))?;
    if changed.is_empty() { Ok(()) } else { Err(format!("not committed: {}", changed.join(", ")).into()) }
}

/// Its list, and that what is packed compiles by itself, where it is used.
fn the_crate(task: &mut Task, when: When) -> Outcome {
    let cargo = |more: &[&str]| {
        // offline: what is checked is what the lockfile names
        let program = Program::new("cargo").args(["package", "--package", "everwire", "--locked", "--offline"]);
        program.args((when == When::Before).then_some("--allow-dirty")).args(more)
    };
    task.must(Program::new("cargo").args(["fetch", "--locked"]))?; // asks nobody where all of it is there
    let files = listed_by_cargo(lines(task, cargo(&["--quiet", "--list"]))?);
    must_agree("the crate", include_str!("release/crate.list"), &files)?;
    task.must(cargo(&["--target", "wasm32-unknown-unknown", "--all-features"]))
}

/// Only a clean checkout has it, so it is neither wanted nor refused.
fn listed_by_cargo(files: Vec<String>) -> Vec<String> {
    files.into_iter().filter(|file| file != ".cargo_vcs_info.json").collect()
}

fn the_npm_package(task: &mut Task) -> Outcome {
    let package = places::root().join("pkg");
    let pack = Program::new(setup::NPM).args(["pack", "--dry-run", "--json", "--ignore-scripts", "--offline"]);
    let printed = lines(task, pack.in_folder(&package))?;
    let files: Vec<String> = printed.iter().filter_map(|line| contents::packed_by_npm(line)).collect();
    must_agree("the npm package", include_str!("release/npm.list"), &files)?;
    let root = places::root().display().to_string();
    for file in files {
        let bytes = fs::read(package.join(&file)).map_err(|error| cannot_read(Path::new(&file), &error))?;
        if contents::paths_of_the_builder(&bytes, &root) {
            return Err(format!("pkg/{file} names folders of the machine that built it").into());
        }
    }
    Ok(())
}

fn must_agree(what: &str, list: &str, files: &[String]) -> Outcome {
    let found = contents::differences(list, files);
    if found.is_empty() { Ok(()) } else { Err(format!("{what}: {}", found.join("; ")).into()) }
}

fn lines(task: &mut Task, program: Program) -> Outcome<Vec<String>> {
    let mut lines = Vec::new();
    match task.run(program, |line| lines.push(line.to_owned()))? {
        Verdict::Succeeded => Ok(lines.into_iter().filter(|line| !line.trim().is_empty()).collect()),
        Verdict::Failed => Err("a command of the release failed".into()),
    }
}

fn read(file: &str) -> Outcome<String> {
    let path = places::root().join(file);
    fs::read_to_string(&path).map_err(|error| cannot_read(&path, &error))
}

fn cannot_read(path: &Path, error: &std::io::Error) -> Failure {
    format!("cannot read {}: {error}", path.display()).into()
}

/// The workspace's, which this program has, too.
const VERSION: &str = env!("CARGO_PKG_VERSION");
