//! Does the SDK compile with the oldest Rust that it promises?

use super::checks::{WASM, finish};
use super::steps::Step;
use super::tally::Tally;
use crate::failure::Outcome;
use crate::scratch::Scratch;
use crate::task::{Program, Task, Verdict};
use crate::{places, rustflags};
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

/// The crate for this machine and for wasm32, and a crate that depends on it.
///
/// The toolchain is fetched when it is not there. It is none of the needs: where Rust's own server cannot be reached, no
/// other step would run either. There this one is left out, aloud.
pub(super) fn run() -> Outcome<Tally> {
    let mut task = Task::begin(&format!("test {}", Step::Msrv.name()), Step::Msrv.about())?;
    if !is_there() {
        let install = Program::new("rustup").args(["toolchain", "install", VERSION, "--profile", "minimal"]).args(WASM);
        let install = install.limit(Duration::from_secs(5 * 60)); // a network that swallows what it is asked
        if places::on_path(&["rustup"]).is_none() || task.run(install, |_| {})? == Verdict::Failed {
            return left_out(task);
        }
    }
    let dependant = dependant()?;
    let checks = [
        check(places::root(), &["--package", "everwire"]),
        check(places::root(), &["--package", "everwire", "--features", "json"]).args(WASM),
        check(dependant.path(), &["--offline"]).args(WASM), // what it needs is what the SDK needs, and that is there
    ];
    let mut tally = Tally::default();
    for program in checks {
        tally += match task.run(program, |_| {})? {
            Verdict::Succeeded => Tally::one_passed(),
            Verdict::Failed => Tally::one_failed(),
        };
    }
    finish(task, tally)
}

fn check(folder: &Path, words: &[&str]) -> Program {
    let program = Program::new("rustup").args(["run", VERSION, "cargo", "check"]).args(words).in_folder(folder);
    // beside the other toolchain's, so that neither has to begin anew
    let target = places::root().join("target/oldest-rust");
    program.env("CARGO_TARGET_DIR", target).env_if_some(rustflags::without_npm_exports())
}

/// A crate of its own that keeps a connection and opens a socket. The SDK's lockfile says with which versions: those that
/// are tested.
fn dependant() -> Outcome<Scratch> {
    let scratch = Scratch::new("dependant")?;
    let sdk = places::root().display().to_string().replace('\\', "/"); // TOML would take them for escapes
    let manifest = format!(
        "[package]\nname = \"dependant\"\nedition = \"2021\"\n\n\
         [dependencies]\neverwire = {{ path = \"{sdk}\", features = [\"json\"] }}\n"
    );
    let folder = scratch.path();
    let written = fs::create_dir(folder.join("src"))
        .and_then(|()| fs::write(folder.join("Cargo.toml"), manifest))
        .and_then(|()| fs::write(folder.join("src/lib.rs"), DEPENDANT))
        .and_then(|()| fs::copy(places::root().join("Cargo.lock"), folder.join("Cargo.lock")));
    written.map_err(|error| format!("cannot write a crate into {}: {error}", folder.display()))?;
    Ok(scratch)
}

fn left_out(task: Task) -> Outcome<Tally> {
    let why = format!("Rust {VERSION} is not here and cannot be fetched: rustup toolchain install {VERSION}");
    task.succeeded(&format!("left out, nothing was tried: {why}"));
    Ok(Tally { skipped: 1, ..Tally::default() })
}

/// The toolchain, with its wasm target.
fn is_there() -> bool {
    let asked = ["run", VERSION, "rustc", "--print", "target-libdir", "--target", "wasm32-unknown-unknown"];
    let output = Command::new("rustup").args(asked).stdin(Stdio::null()).stderr(Stdio::null()).output();
    output.is_ok_and(|output| {
        output.status.success() && Path::new(String::from_utf8_lossy(&output.stdout).trim()).is_dir()
    })
}

/// As Cargo.toml promises it, and its first release.
const VERSION: &str = concat!(env!("CARGO_PKG_RUST_VERSION"), ".0");

const DEPENDANT: &str = "\
pub fn connections() -> Result<(everwire::Client, everwire::Socket), Box<dyn std::error::Error>> {
    let client = everwire::Client::builder(\"/chat\").reconnect(everwire::Reconnect::new().attempts(3)).connect()?;
    let socket = everwire::Socket::open(\"/chat\", &[])?;
    socket.send_json(&[1, 2])?;
    Ok((client, socket))
}
";
