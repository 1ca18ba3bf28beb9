//! Which tools do we bring ourselves, at which versions, and where are they?

use crate::failure::Outcome;
use crate::{lockfile, places};
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// A program that is built or fetched once, into the cache.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tool {
    pub(crate) name: &'static str,
    pub(crate) version: String,
    pub(crate) source: Source,
    /// What it must consist of; the first one is asked for its version.
    pub(crate) programs: &'static [&'static str],
    /// What the first program's `--version` prints among other words.
    answer: String,
}

/// Where a tool comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    /// crates.io, compiled here.
    Crate { locked: bool, default_features: bool },
    /// The npm registry.
    Npm,
}

/// Builds the package.
pub(crate) fn wasm_pack() -> Tool {
    let version = "0.15.1"; // tried with wasm-bindgen 0.2.130; another one may fetch tools where we did not look
    of_crate("wasm-pack", version, true, &["wasm-pack"])
}

/// Writes the JavaScript glue, and runs the Rust tests in browsers.
pub(crate) fn wasm_bindgen() -> Outcome<Tool> {
    let version = lockfile::version_of("wasm-bindgen")?; // exactly: it refuses modules of any other
    // not locked: the lockfile that it was published with names a version that the registry does not have
    Ok(of_crate("wasm-bindgen-cli", &version, false, &["wasm-bindgen", "wasm-bindgen-test-runner"]))
}

/// Makes the package smaller. `wasm-opt` of this package is itself WebAssembly: one build for every machine.
pub(crate) fn wasm_opt() -> Tool {
    let version = "132.0.0"; // sizes are compared between builds, so the optimiser must not move by itself
    let answer = "132".to_owned();
    Tool { name: "binaryen", version: version.to_owned(), source: Source::Npm, programs: &["wasm-opt"], answer }
}

/// Puts the package's JavaScript together. Its program is a binary that npm brings as an optional dependency.
pub(crate) fn esbuild() -> Tool {
    let version = "0.28.2"; // sizes are compared between builds, as above
    let answer = version.to_owned();
    Tool { name: "esbuild", version: version.to_owned(), source: Source::Npm, programs: &["esbuild"], answer }
}

/// Drives Firefox; Debian has no package of it.
pub(crate) fn geckodriver() -> Tool {
    let version = "0.37.1"; // tried with Firefox 153 and with `--websocket-port 0`, which keeps it off a fixed port
    of_crate("geckodriver", version, true, &["geckodriver"])
}

/// Changes the engine in one place after the other, and sees whether a test notices.
pub(crate) fn cargo_mutants() -> Tool {
    let version = "27.1.0"; // which changes it makes is a matter of its version, and .cargo/mutants.toml speaks of them
    of_crate("cargo-mutants", version, true, &["cargo-mutants"])
}

/// Looks at the licences and sources of all code that is not ours.
pub(crate) fn cargo_deny() -> Tool {
    let version = "0.20.2"; // how deny.toml is read, and which licence a text is taken for, is a matter of its version
    let tool = of_crate("cargo-deny", version, true, &["cargo-deny"]);
    // without git and TLS, which only fetching advisories takes: two minutes on two cores
    Tool { source: Source::Crate { locked: true, default_features: false }, ..tool }
}

impl Tool {
    /// The folder of its programs, in the cache or on PATH at exactly this version.
    pub(crate) fn located(&self) -> Outcome<Option<PathBuf>> {
        let cached = self.home()?.join("bin");
        if self.is_whole(&cached) {
            return Ok(Some(cached));
        }
        let on_path = places::on_path(&self.programs[..1]).and_then(|file| Some(file.parent()?.to_owned()));
        Ok(on_path.filter(|folder| self.is_whole(folder) && self.answers_in(folder)))
    }

    /// Where it must be once set up.
    pub(crate) fn bin(&self) -> Outcome<PathBuf> {
        let missing = || format!("{} {} is missing: run `cargo xtask setup`", self.name, self.version);
        Ok(self.located()?.ok_or_else(missing)?)
    }

    /// One of its programs, once set up.
    pub(crate) fn program(&self, name: &str) -> Outcome<PathBuf> {
        Ok(self.bin()?.join(executable(name)))
    }

    /// Its folder in the cache.
    pub(crate) fn home(&self) -> Outcome<PathBuf> {
        Ok(places::cache()?.join("tools").join(format!("{}-{}", self.name, self.version)))
    }

    /// Are all its programs in this folder?
    pub(crate) fn is_whole(&self, folder: &std::path::Path) -> bool {
        self.programs.iter().all(|program| folder.join(executable(program)).is_file())
    }

    fn answers_in(&self, folder: &std::path::Path) -> bool {
        first_line_of_version(&folder.join(executable(self.programs[0])))
            .is_some_and(|line| line.split_whitespace().any(|word| word == self.answer))
    }
}

/// The first line that a program prints when asked for its version.
pub(crate) fn first_line_of_version(program: &std::path::Path) -> Option<String> {
    let output = Command::new(program).arg("--version").stdin(Stdio::null()).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    output.status.success().then_some(())?;
    text.lines().next().map(str::to_owned)
}

fn of_crate(name: &'static str, version: &str, locked: bool, programs: &'static [&'static str]) -> Tool {
    let version = version.to_owned();
    Tool { name, answer: version.clone(), version, source: Source::Crate { locked, default_features: true }, programs }
}

/// npm's programs are scripts, which Windows runs through a `.cmd` beside them.
fn executable(name: &str) -> String {
    let ending =
        if cfg!(windows) && ["wasm-opt", "esbuild"].contains(&name) { ".cmd" } else { std::env::consts::EXE_SUFFIX };
    format!("{name}{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wasm_bindgen_follows_the_lockfile() {
        let tool = wasm_bindgen().expect("the workspace has a lockfile");
        assert_eq!(Ok(tool.version), lockfile::version_of("wasm-bindgen"));
    }

    #[test]
    fn a_tool_with_a_program_missing_is_not_whole() {
        let scratch = crate::scratch::Scratch::new("test-whole").expect("the temporary folder can be written to");
        let tool = wasm_bindgen().expect("the workspace has a lockfile");
        std::fs::write(scratch.path().join(executable("wasm-bindgen")), "").expect("just made");
        assert!(!tool.is_whole(scratch.path()));
        std::fs::write(scratch.path().join(executable("wasm-bindgen-test-runner")), "").expect("just made");
        assert!(tool.is_whole(scratch.path()));
    }
}
