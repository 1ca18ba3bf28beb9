//! How does each missing thing get here?

use super::debian;
use super::plan::Step;
use crate::failure::Outcome;
use crate::scratch::Scratch;
use crate::task::{Program, Task};
use crate::tools::{Source, Tool};
use crate::{places, say};
use std::fs;
use std::path::{Path, PathBuf};

/// On Windows npm is a script beside an extensionless one that only a Unix shell can run.
pub(crate) const NPM: &str = if cfg!(windows) { "npm.cmd" } else { "npm" };

/// Installs one thing, or says why it could not be.
///
/// `build` is where crates are compiled: what two of them share is compiled once.
pub(super) fn carry_out(step: &Step, build: &Path) -> Outcome {
    match step {
        Step::Packages { names, sudo } => debian::install(names, *sudo),
        Step::Rustup { kind, name } => {
            let mut task = Task::begin("setup rustup", name)?;
            task.must(Program::new("rustup").args([kind, "add", name]))?;
            task.succeeded("");
            Ok(())
        }
        Step::NodeModules => npm_ci(),
        Step::Tool(tool) => install_tool(tool, build),
    }
}

/// Were the packages of `tests/` installed from the lockfile as it is now?
pub(super) fn npm_packages_are_current() -> bool {
    let Ok(wanted) = fs::read(tests().join("package-lock.json")) else {
        return false; // npm ci will say so
    };
    fs::read(stamp()).is_ok_and(|installed| installed == wanted)
}

fn npm_ci() -> Outcome {
    let mut task = Task::begin("setup npm", "the packages of tests/, exactly as its lockfile says")?;
    task.must(Program::new(NPM).args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).in_folder(tests()))?;
    // npm ci removes the folder first: a copy that is there belongs to a whole installation.
    let copied = fs::copy(tests().join("package-lock.json"), stamp());
    copied.map_err(|error| format!("cannot write {}: {error}", stamp().display()))?;
    task.succeeded("");
    Ok(())
}

/// Into a folder of its own first, then moved into place whole: what is in the cache is never half done.
fn install_tool(tool: &Tool, build: &Path) -> Outcome {
    let home = tool.home()?;
    let tools = home.parent().ok_or("the cache is no folder")?;
    let partial = Scratch::in_folder(tools, tool.name)?;
    let mut task = Task::begin(&format!("setup {}", tool.name), &format!("{} into {}", tool.version, tools.display()))?;
    match tool.source {
        Source::Crate { locked, default_features } => {
            let options = locked.then_some("--locked").into_iter();
            let options = options.chain((!default_features).then_some("--no-default-features"));
            compile(&mut task, tool, options, partial.path(), build)?;
        }
        Source::Npm => {
            let package = format!("{}@{}", tool.name, tool.version);
            let quiet = ["--ignore-scripts", "--no-audit", "--no-fund"];
            let install = Program::new(NPM).args(["install", "--global", "--prefix"]).args([partial.path()]);
            task.must(install.args(quiet).args([package]).in_folder(partial.path()))?;
            if cfg!(windows) {
                bring_together(partial.path())?; // there npm puts programs beside, not into, bin
            }
        }
    }
    if !tool.is_whole(&partial.path().join("bin")) {
        task.failed();
        return Err(format!("{} {} was installed without {}", tool.name, tool.version, tool.programs.join(", ")).into());
    }
    if home.exists() {
        crate::scratch::remove(&home); // an incomplete one: a whole one would have been used
    }
    match fs::rename(partial.path(), &home) {
        Ok(()) => {}
        Err(_) if tool.is_whole(&home.join("bin")) => say::dim("    another run installed it at the same time"),
        Err(error) => return Err(format!("cannot move {} into place: {error}", home.display()).into()),
    }
    task.succeeded("");
    Ok(())
}

fn compile(
    task: &mut Task,
    tool: &Tool,
    options: impl Iterator<Item = &'static str>,
    root: &Path,
    build: &Path,
) -> Outcome {
    let mut install = Program::new("cargo").args(["install", tool.name, "--version", &format!("={}", tool.version)]);
    install = install.args(["--no-track", "--root"]).args([root]).args(options);
    // These run for seconds: what they cost is their compiling. With cargo's own settings it takes twice as long.
    install = install.env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1").env("CARGO_PROFILE_RELEASE_LTO", "off");
    install = install.env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16").env("CARGO_PROFILE_RELEASE_DEBUG", "0");
    // Outside the repository, so that its settings for the SDK do not reach these.
    install = install.env("CARGO_TARGET_DIR", build).in_folder(root);
    task.must(install.without(&["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "CARGO_BUILD_TARGET"]))
}

fn bring_together(prefix: &Path) -> Outcome {
    let bin = prefix.join("bin");
    let moved = fs::create_dir(&bin).and_then(|()| {
        for entry in fs::read_dir(prefix)?.flatten().filter(|entry| entry.path().is_file()) {
            fs::copy(entry.path(), bin.join(entry.file_name()))?;
        }
        fs::rename(prefix.join("node_modules"), bin.join("node_modules"))
    });
    moved.map_err(|error| format!("cannot arrange {}: {error}", prefix.display()).into())
}

fn tests() -> PathBuf {
    places::root().join("tests")
}

fn stamp() -> PathBuf {
    tests().join("node_modules/.installed-from-this-lockfile")
}
