//! How is the companion server built, started, and known to listen?

use crate::children::{self, Running};
use crate::failure::Outcome;
use crate::places;
use crate::task::{Program, Task};
use std::ffi::OsString;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// A companion server that listens. Dropping it stops it gracefully.
pub(crate) struct Server {
    running: Running,
    url: String,
}

impl Server {
    /// Starts the server that was built, and waits until it says where it listens. `errors` is where it complains.
    pub(crate) fn start(options: &[OsString], errors: Stdio) -> Outcome<Server> {
        let mut command = Command::new(program()?);
        command.args(options).current_dir(places::root()).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(errors);
        let running = children::start(&mut command, PATIENCE)?;
        let stdout = running.stdout().ok_or("the server was started without a pipe")?;
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || {
            let mut lines = BufReader::new(stdout);
            let mut line = String::new();
            let _ = lines.read_line(&mut line); // an error: an empty line, told below
            let _ = sender.send(line); // nobody waits any longer
            let _ = std::io::copy(&mut lines, &mut std::io::sink()); // a full pipe would hold the server up
        });
        let first = receiver.recv_timeout(STARTUP).unwrap_or_default();
        match first.trim().strip_prefix("listening on ") {
            Some(url) => Ok(Server { running, url: url.to_owned() }),
            None if first.is_empty() => Err(format!("the companion server {}", how_it_ended(&running)).into()),
            None => Err(format!("the companion server does not say where it listens, but {:?}", first.trim()).into()),
        }
    }

    /// As in its line `listening on …`.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Has it gone before we asked it to?
    pub(crate) fn has_gone(&self) -> bool {
        self.running.ended().is_some()
    }

    /// Waits until it ends by itself.
    pub(crate) fn wait(&self) -> ExitStatus {
        self.running.wait()
    }
}

/// It has closed its stdout: it is ending, or it hangs.
fn how_it_ended(running: &Running) -> String {
    let deadline = Instant::now() + Duration::from_secs(2);
    while Instant::now() < deadline {
        if let Some(status) = running.ended() {
            return format!("has ended at once ({status})");
        }
        thread::sleep(Duration::from_millis(20));
    }
    "does not say where it listens".to_owned()
}

/// Builds it, in the profile that we were built in.
pub(crate) fn build() -> Outcome {
    let mut task = Task::begin("server", "the companion server")?;
    task.must(Program::new("cargo").args(["build", "--package", "everwire-server", "--bin", "everwire-server"]))?;
    task.succeeded("");
    Ok(())
}

/// Where it is once built.
pub(crate) fn program() -> Outcome<PathBuf> {
    places::beside_us("everwire-server")
}

/// It listens within milliseconds; a certificate for --tls takes a second in a dev build, on a busy machine ten.
const STARTUP: Duration = Duration::from_secs(30);
/// Its own graceful stop gives every socket 3 s.
const PATIENCE: Duration = Duration::from_secs(6);
