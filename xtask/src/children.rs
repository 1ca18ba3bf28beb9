//! Who runs on our behalf, and how do they all end when we do?
//!
//! Every program gets a process group of its own. A driver's browser is in its driver's group, so ending the group
//! ends both; an interrupt (Ctrl-C, SIGTERM, a closed terminal) ends all groups and takes their scratch folders away.

use crate::failure::Outcome;
use crate::{say, scratch};
use std::process::{Child, ChildStderr, ChildStdout, Command, ExitStatus};
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// A program under way. Dropping it ends it, and whatever it started.
#[derive(Debug)]
pub(crate) struct Running(Arc<Group>);

/// Starts a program in a group of its own. `patience` is how long it may take to end when asked.
pub(crate) fn start(command: &mut Command, patience: Duration) -> Outcome<Running> {
    let name = command.get_program().to_string_lossy().into_owned();
    lead_a_group(command);
    let mut all = lock(&ALL); // held while starting: nothing is started behind the back of an interrupt
    if all.ending {
        drop(all);
        wait_for_the_end();
    }
    let child = command.spawn().map_err(|error| format!("cannot start {name}: {error}"))?;
    let group = Arc::new(Group { id: child.id(), child: Mutex::new(child), patience });
    all.running.push(Arc::clone(&group));
    Ok(Running(group))
}

impl Running {
    /// What it writes to stdout, once, if it was started with a pipe.
    pub(crate) fn stdout(&self) -> Option<ChildStdout> {
        lock(&self.0.child).stdout.take()
    }

    /// What it writes to stderr, once, if it was started with a pipe.
    pub(crate) fn stderr(&self) -> Option<ChildStderr> {
        lock(&self.0.child).stderr.take()
    }

    /// How it ended, if it has. During an interrupt this does not return: the ending is not the program's own.
    pub(crate) fn ended(&self) -> Option<ExitStatus> {
        let status = self.0.ended()?;
        pause_if_ending();
        Some(status)
    }

    /// Waits until it ends by itself.
    pub(crate) fn wait(&self) -> ExitStatus {
        loop {
            if let Some(status) = self.ended() {
                return status;
            }
            thread::sleep(GLANCE);
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        pause_if_ending();
        if self.0.ended().is_none() {
            self.0.ask();
        }
        self.0.end(Instant::now() + self.0.patience);
        lock(&ALL).running.retain(|group| !Arc::ptr_eq(group, &self.0));
    }
}

/// From here on Ctrl-C, SIGTERM and SIGHUP end every program that was started, then us.
pub(crate) fn end_all_on_interrupt() -> Outcome {
    ctrlc::set_handler(|| {
        say::clear_live();
        end_all();
        std::process::exit(EXIT_CODE.load(Ordering::Relaxed));
    })
    .map_err(|error| format!("cannot listen for Ctrl-C: {error}").into())
}

/// For a command whose ordinary end is Ctrl-C.
pub(crate) fn an_interrupt_is_success() {
    EXIT_CODE.store(0, Ordering::Relaxed);
}

/// The main thread's way out: while an interrupt is ending everything, it must neither judge nor exit first.
pub(crate) fn pause_if_ending() {
    if lock(&ALL).ending {
        wait_for_the_end();
    }
}

/// Does a process with this id exist?
pub(crate) fn is_alive(process: u32) -> bool {
    #[cfg(unix)]
    {
        use nix::{errno::Errno, sys::signal::kill, unistd::Pid};
        let Ok(id) = i32::try_from(process) else { return false };
        !matches!(kill(Pid::from_raw(id), None), Err(Errno::ESRCH))
    }
    #[cfg(not(unix))]
    {
        let _ = process;
        true // not known here; what it left is then kept
    }
}

#[derive(Debug)]
struct Group {
    id: u32,
    child: Mutex<Child>,
    patience: Duration,
}

struct All {
    ending: bool,
    running: Vec<Arc<Group>>,
}

impl Group {
    fn ended(&self) -> Option<ExitStatus> {
        // An error means that the process is not ours to wait for any more: it is gone.
        lock(&self.child).try_wait().unwrap_or_else(|_| Some(ExitStatus::default()))
    }

    fn ask(&self) {
        signal(self, Ending::Ask);
    }

    /// Waits for one that was asked, then ends by force whoever is left of the group. It is asked once: a second
    /// time means "at once" to some, the companion server among them.
    fn end(&self, deadline: Instant) {
        while self.ended().is_none() && Instant::now() < deadline {
            thread::sleep(GLANCE);
        }
        signal(self, Ending::Force);
        let _ = lock(&self.child).wait(); // forced: it returns at once
    }
}

enum Ending {
    Ask,
    Force,
}

fn end_all() {
    let (groups, folders) = {
        let mut all = lock(&ALL);
        all.ending = true;
        (all.running.clone(), scratch::all())
    };
    groups.iter().for_each(|group| group.ask());
    let asked = Instant::now();
    for group in &groups {
        group.end(asked + group.patience);
    }
    folders.iter().for_each(|folder| scratch::remove(folder));
}

/// The thread that handles the interrupt exits the process.
fn wait_for_the_end() -> ! {
    loop {
        thread::park();
    }
}

#[cfg(unix)]
fn lead_a_group(command: &mut Command) {
    use std::os::unix::process::CommandExt;
    command.process_group(0);
}

#[cfg(unix)]
fn signal(group: &Group, ending: Ending) {
    use nix::sys::signal::{Signal, killpg};
    let signal = match ending {
        Ending::Ask => Signal::SIGTERM,
        Ending::Force => Signal::SIGKILL,
    };
    if let Ok(id) = i32::try_from(group.id) {
        let _ = killpg(nix::unistd::Pid::from_raw(id), signal); // an error: nobody is left, which is what was wanted
    }
}

#[cfg(not(unix))]
fn lead_a_group(_: &mut Command) {}

#[cfg(not(unix))]
fn signal(group: &Group, ending: Ending) {
    match ending {
        Ending::Ask => {} // there is no polite way here
        Ending::Force => drop(lock(&group.child).kill()),
    }
}

/// A panic elsewhere must not keep the browsers alive.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

static ALL: Mutex<All> = Mutex::new(All { ending: false, running: Vec::new() });
/// 130 = 128 + SIGINT: what a shell expects of a program that Ctrl-C ended.
static EXIT_CODE: AtomicI32 = AtomicI32::new(130);
/// 20 ms: nobody notices, and looking fifty times a second costs nothing.
const GLANCE: Duration = Duration::from_millis(20);

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::io::{BufRead, BufReader};
    use std::process::Stdio;

    #[test]
    fn what_a_program_started_ends_with_it() {
        // The grandchild ignores the polite signal, and says who it is.
        let script = "sh -c 'trap \"\" TERM; echo $$; while :; do sleep 600; done' & wait";
        let parent = start(Command::new("sh").args(["-c", script]).stdout(Stdio::piped()), Duration::from_secs(5))
            .expect("every Unix has sh");
        let mut line = String::new();
        BufReader::new(parent.stdout().expect("piped above")).read_line(&mut line).expect("a line");
        let grandchild: u32 = line.trim().parse().expect("a process id");
        assert!(is_running(grandchild));
        drop(parent);
        let deadline = Instant::now() + Duration::from_secs(10);
        while is_running(grandchild) && Instant::now() < deadline {
            thread::sleep(GLANCE);
        }
        assert!(!is_running(grandchild));
    }

    #[test]
    fn a_program_that_ends_by_itself_tells_how() {
        let child =
            start(Command::new("sh").args(["-c", "exit 3"]), Duration::from_secs(5)).expect("every Unix has sh");
        assert_eq!(child.wait().code(), Some(3));
    }

    /// Not `is_alive`: under an init that does not collect, a dead process keeps its entry.
    fn is_running(process: u32) -> bool {
        match std::fs::read_to_string(format!("/proc/{process}/stat")) {
            Ok(stat) => !stat.contains(") Z "),
            Err(_) if std::path::Path::new("/proc/self").exists() => false,
            Err(_) => is_alive(process),
        }
    }
}
