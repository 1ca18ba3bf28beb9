//! One named piece of work: how is it announced, run, watched and told about?

use crate::children;
use crate::failure::Outcome;
use crate::{places, say};
use std::collections::VecDeque;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

/// Work under way: one or more programs whose output goes to one log file.
pub(crate) struct Task {
    name: String,
    log: File,
    log_shown: String,
    started: Instant,
    told: Instant,
    tail: VecDeque<String>,
}

/// How a program ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub(crate) enum Verdict {
    Succeeded,
    Failed,
}

impl Task {
    /// Says what begins. `name` becomes the log's file name.
    pub(crate) fn begin(name: &str, about: &str) -> Outcome<Task> {
        say::heading(&format!("{name}: {about}"));
        let (log, log_shown) = open_log(name)?;
        let now = Instant::now();
        Ok(Task { name: name.to_owned(), log, log_shown, started: now, told: now, tail: VecDeque::new() })
    }

    /// Runs a program to its end, showing that it lives, and gives each line that it prints to `read`.
    pub(crate) fn run(&mut self, program: Program, mut read: impl FnMut(&str)) -> Outcome<Verdict> {
        let Program { mut command, limit } = program;
        let shown = shown(&command);
        self.keep(format!("$ {shown}"));
        say::dim(&format!("    $ {shown}"));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let started = Instant::now();
        let running = children::start(&mut command, Duration::from_secs(5))?;
        let (sender, lines) = mpsc::channel();
        for pipe in [running.stdout().map(boxed), running.stderr().map(boxed)].into_iter().flatten() {
            let sender = sender.clone();
            thread::spawn(move || forward(pipe, &sender));
        }
        drop(sender);
        let mut latest = String::new();
        let (mut ended, mut open) = (None, true);
        let status = loop {
            match lines.recv_timeout(TICK) {
                Ok(line) => {
                    read(&line);
                    if !line.trim().is_empty() {
                        latest = line.trim().to_owned();
                    }
                    self.keep(line);
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => {
                    open = false;
                    thread::sleep(GLANCE);
                }
            }
            // Something that it left behind may hold the pipe open: what was said by then is what counts.
            ended = ended.or_else(|| running.ended().map(|status| (status, Instant::now() + AFTERWORDS)));
            if let Some((status, _)) = ended.filter(|(_, until)| !open || Instant::now() > *until) {
                break Some(status);
            }
            if started.elapsed() > limit {
                break None;
            }
            self.show_life(&latest);
        };
        say::live(&self.name, "");
        Ok(match status {
            Some(status) if status.success() => Verdict::Succeeded,
            Some(status) => {
                self.keep(format!("{shown}: {status}"));
                Verdict::Failed
            }
            None => {
                self.keep(format!("{shown}: stopped, it took longer than {}", say::took(limit)));
                Verdict::Failed
            }
        })
    }

    /// Runs a program that must succeed for the work to go on.
    pub(crate) fn must(&mut self, program: Program) -> Outcome {
        let shown = shown(&program.command);
        match self.run(program, |_| {})? {
            Verdict::Succeeded => Ok(()),
            Verdict::Failed => {
                self.failed();
                Err(format!("this failed: {shown}").into())
            }
        }
    }

    /// Adds a line to the log as if a program had said it.
    pub(crate) fn note(&mut self, line: &str) {
        self.keep(line.to_owned());
    }

    /// How long it has taken up to now.
    pub(crate) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// Says that it went well.
    pub(crate) fn succeeded(&self, result: &str) {
        let gap = if result.is_empty() { "" } else { ", " };
        say::good(&format!("ok: {}{gap}{result} ({})", self.name, say::took(self.elapsed())));
    }

    /// Says that it went badly, and what was printed last: in one piece, since others may run at the same time.
    pub(crate) fn failed(&mut self) {
        let tail: String = self.tail.drain(..).map(|line| format!("    | {line}\n")).collect();
        let (name, time) = (&self.name, say::took(self.elapsed()));
        say::failure(&tail, &format!("FAILED: {name} ({time}); all that was said: {}", self.log_shown));
    }

    fn keep(&mut self, line: String) {
        // A full disk must not hide the result: the tail is shown anyway.
        let _ = writeln!(self.log, "{line}");
        if is_mere_progress(&line) {
            return; // of no help in understanding a failure
        }
        if self.tail.len() == TAIL {
            self.tail.pop_front();
        }
        self.tail.push_back(line);
    }

    fn show_life(&mut self, latest: &str) {
        let time = self.started.elapsed().as_secs();
        let clock = format!("{}:{:02}", time / 60, time % 60);
        if say::on_terminal() {
            say::live(&self.name, &format!("{clock} {latest}"));
        } else if self.told.elapsed() >= HEARTBEAT {
            self.told = Instant::now();
            say::line(&format!("    … {} {clock} {latest}", self.name));
        }
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        say::live(&self.name, "");
    }
}

/// A program to run, and how long it may take.
pub(crate) struct Program {
    command: Command,
    limit: Duration,
}

impl Program {
    pub(crate) fn new(program: impl AsRef<OsStr>) -> Program {
        let mut command = Command::new(program);
        // Its words are read by us as well as shown.
        command.current_dir(places::root()).env("CARGO_TERM_COLOR", "never").env("NO_COLOR", "1");
        command.env_remove("FORCE_COLOR").env_remove("CARGO_TERM_PROGRESS_WHEN");
        Program { command, limit: Duration::from_secs(30 * 60) } // half an hour: a hang, on the slowest machine we know
    }

    pub(crate) fn args(mut self, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Program {
        self.command.args(args);
        self
    }

    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Program {
        self.command.env(name, value);
        self
    }

    pub(crate) fn env_if_some(self, variable: Option<(&'static str, impl AsRef<OsStr>)>) -> Program {
        match variable {
            Some((name, value)) => self.env(name, value),
            None => self,
        }
    }

    pub(crate) fn without(mut self, names: &[&str]) -> Program {
        for name in names {
            self.command.env_remove(name);
        }
        self
    }

    pub(crate) fn in_folder(mut self, folder: impl AsRef<Path>) -> Program {
        self.command.current_dir(folder);
        self
    }

    pub(crate) fn limit(mut self, limit: Duration) -> Program {
        self.limit = limit;
        self
    }
}

/// A file of its own for what a task or a long-lived program prints, and its name as a person would open it.
pub(crate) fn open_log(name: &str) -> Outcome<(File, String)> {
    let folder = places::logs();
    let file: String = name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' }).collect();
    let path = folder.join(format!("{file}.log"));
    let log = fs::create_dir_all(&folder).and_then(|()| File::create(&path));
    let log = log.map_err(|error| format!("cannot write {}: {error}", path.display()))?;
    let shown = path.strip_prefix(places::root()).unwrap_or(&path).display().to_string();
    Ok((log, shown))
}

fn forward(pipe: Box<dyn Read + Send>, sender: &Sender<String>) {
    let mut reader = BufReader::new(pipe);
    let mut bytes = Vec::new();
    while matches!(reader.read_until(b'\n', &mut bytes), Ok(1..)) {
        let text = String::from_utf8_lossy(&bytes);
        // A progress bar draws over itself: what it drew last stands.
        let line = text.trim_end_matches(['\n', '\r']).rsplit('\r').next().unwrap_or_default().to_owned();
        bytes.clear();
        if sender.send(line).is_err() {
            return; // nobody listens any more
        }
    }
}

/// Cargo's and npm's words for getting on.
fn is_mere_progress(line: &str) -> bool {
    let cargos = ["Compiling", "Checking", "Documenting", "Downloading", "Downloaded", "Fresh", "Adding", "Locking"];
    line.starts_with(' ') && line.split_whitespace().next().is_some_and(|word| cargos.contains(&word))
}

fn boxed(pipe: impl Read + Send + 'static) -> Box<dyn Read + Send> {
    Box::new(pipe)
}

fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or(command.get_program());
    let words = std::iter::once(program).chain(command.get_args()).map(|word| {
        let word = word.to_string_lossy();
        if word.is_empty() || word.contains([' ', '*']) { format!("'{word}'") } else { word.into_owned() }
    });
    words.collect::<Vec<_>>().join(" ")
}

/// Lines shown when something fails: enough for several failed tests with their output, not for a whole build.
const TAIL: usize = 300;
/// Often enough for a clock that shows seconds.
const TICK: Duration = Duration::from_millis(200);
/// Between looks at a program that has nothing more to say.
const GLANCE: Duration = Duration::from_millis(10);
/// How long a pipe may stay open after its program has ended.
const AFTERWORDS: Duration = Duration::from_secs(2);
/// Half a minute: a CI log stays readable, and nobody takes the work for dead.
const HEARTBEAT: Duration = Duration::from_secs(30);

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_read_and_the_ending_is_told() {
        let mut task = Task::begin("test-of-a-task", "a stand-in").expect("target can be written to");
        let mut lines = Vec::new();
        let verdict = task.run(shell("printf 'old\\rnew\\n'; echo last; exit 1"), |line| lines.push(line.to_owned()));
        assert_eq!(verdict, Ok(Verdict::Failed));
        assert_eq!(lines, ["new", "last"]);
    }

    #[test]
    fn a_program_that_takes_too_long_is_stopped_and_has_failed() {
        let mut task = Task::begin("test-of-a-limit", "a stand-in").expect("target can be written to");
        let started = Instant::now();
        let verdict = task.run(shell("sleep 600").limit(Duration::from_millis(300)), |_| {});
        assert_eq!(verdict, Ok(Verdict::Failed));
        assert!(started.elapsed() < Duration::from_secs(60));
    }

    #[test]
    fn a_program_that_leaves_something_behind_does_not_hold_us_up() {
        let mut task = Task::begin("test-of-leftovers", "a stand-in").expect("target can be written to");
        let started = Instant::now();
        assert_eq!(task.run(shell("sleep 600 & exit 0"), |_| {}), Ok(Verdict::Succeeded));
        assert!(started.elapsed() < Duration::from_secs(60));
    }

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let mut task = Task::begin("test-of-absence", "a stand-in").expect("target can be written to");
        let failure = task.run(Program::new("no-such-program"), |_| {}).expect_err("it is not there");
        assert!(failure.to_string().contains("no-such-program"));
    }

    fn shell(script: &str) -> Program {
        Program::new("sh").args(["-c", script])
    }
}
