//! A folder that goes away with us: browser profiles, half-finished installs.

use crate::children;
use crate::failure::Outcome;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// Removed when dropped, and on an interrupt.
#[derive(Debug)]
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    /// An empty folder in `parent`. What earlier runs left there when they were killed is removed on the way.
    pub(crate) fn in_folder(parent: &Path, purpose: &str) -> Outcome<Scratch> {
        fs::create_dir_all(parent).map_err(|error| format!("cannot make the folder {}: {error}", parent.display()))?;
        remove_abandoned(parent);
        let path = parent.join(format!("{PREFIX}{}-{purpose}", std::process::id()));
        registered().push(path.clone());
        let scratch = Scratch(path);
        remove(&scratch.0); // a process that had our number before us
        fs::create_dir(&scratch.0).map_err(|error| format!("cannot make {}: {error}", scratch.0.display()))?;
        Ok(scratch)
    }

    /// An empty folder where the system keeps such things.
    pub(crate) fn new(purpose: &str) -> Outcome<Scratch> {
        Scratch::in_folder(&std::env::temp_dir(), purpose)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        remove(&self.0);
        registered().retain(|path| *path != self.0);
    }
}

/// Every folder that is in use now.
pub(crate) fn all() -> Vec<PathBuf> {
    registered().clone()
}

/// A browser that was just killed may still have a file half made: a few attempts.
pub(crate) fn remove(path: &Path) {
    for _ in 0..20 {
        match fs::remove_dir_all(path) {
            Ok(()) => return,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return,
            Err(_) => thread::sleep(Duration::from_millis(50)),
        }
    }
}

/// Only SIGKILL and power cuts leave any; the name says whose they were.
fn remove_abandoned(parent: &Path) {
    let Ok(entries) = fs::read_dir(parent) else { return };
    for entry in entries.flatten() {
        if owner(&entry.file_name().to_string_lossy()).is_some_and(|process| !children::is_alive(process)) {
            remove(&entry.path());
        }
    }
}

fn owner(name: &str) -> Option<u32> {
    name.strip_prefix(PREFIX)?.split('-').next()?.parse().ok()
}

fn registered() -> std::sync::MutexGuard<'static, Vec<PathBuf>> {
    REGISTERED.lock().unwrap_or_else(PoisonError::into_inner)
}

static REGISTERED: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());
/// Short: Chromium puts a socket below it, and a socket's path ends at 108 bytes.
const PREFIX: &str = "everwire-xtask-";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scratch_folder_is_gone_when_dropped_with_all_that_is_in_it() {
        let scratch = Scratch::new("test-drop").expect("the temporary folder can be written to");
        let path = scratch.path().to_owned();
        fs::write(path.join("profile"), "x").expect("just made");
        drop(scratch);
        assert!(!path.exists());
    }

    #[test]
    fn only_folders_of_processes_that_are_gone_are_taken_for_abandoned() {
        let parent = Scratch::new("test-abandoned").expect("the temporary folder can be written to");
        let abandoned = parent.path().join(format!("{PREFIX}{}-profile", i32::MAX)); // no system has so many processes
        let foreign = parent.path().join("somebody-elses");
        fs::create_dir(&abandoned).expect("just made");
        fs::create_dir(&foreign).expect("just made");
        let mine = Scratch::in_folder(parent.path(), "mine").expect("just made");
        assert!(foreign.exists() && mine.path().exists());
        assert_eq!(abandoned.exists(), !cfg!(unix));
    }
}
