//! Where is everything: the repository, the cache of built tools, the logs?

use crate::failure::Outcome;
use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// The repository's root, wherever the command was typed.
pub(crate) fn root() -> &'static Path {
    static ROOT: LazyLock<PathBuf> = LazyLock::new(|| {
        // asked when it runs: two clones may share a target folder, and so the program
        let here = env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
        Path::new(&here).parent().expect("xtask is a folder of the repository").to_owned()
    });
    &ROOT
}

/// Built tools live here and outlive a checkout: `$EVERWIRE_CACHE`, or the user's cache folder.
pub(crate) fn cache() -> Outcome<PathBuf> {
    cache_from(|name| env::var_os(name).filter(|value| !value.is_empty())).ok_or_else(|| {
        "there is no place for built tools: HOME is not set. Set EVERWIRE_CACHE to a folder that may be kept.".into()
    })
}

/// What the tools print, a file for each task; git-ignored with the rest of `target/`.
pub(crate) fn logs() -> PathBuf {
    root().join("target/xtask")
}

/// Where the companion server says how it is reached. The tests read this path in the repository's root, whatever
/// `CARGO_TARGET_DIR` says.
pub(crate) const ANNOUNCEMENT: &str = "target/companion.json";

/// A program that cargo built beside us: same target folder, same profile, wherever that is.
pub(crate) fn beside_us(program: &str) -> Outcome<PathBuf> {
    let me = env::current_exe().map_err(|error| format!("cannot tell where this program is: {error}"))?;
    Ok(me.with_file_name(format!("{program}{}", env::consts::EXE_SUFFIX)))
}

/// The first of these names that is on PATH.
pub(crate) fn on_path(names: &[&str]) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let folders: Vec<PathBuf> = env::split_paths(&path).collect();
    names.iter().find_map(|name| {
        folders
            .iter()
            .map(|folder| folder.join(format!("{name}{}", env::consts::EXE_SUFFIX)))
            .find(|file| file.is_file())
    })
}

/// PATH with these folders before all others.
pub(crate) fn path_with(first: &[PathBuf]) -> Outcome<OsString> {
    let rest = env::var_os("PATH").unwrap_or_default();
    env::join_paths(first.iter().cloned().chain(env::split_paths(&rest)))
        .map_err(|error| format!("a folder of the tools cannot be put on PATH: {error}").into())
}

fn cache_from(variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let absolute = |path: OsString| Some(PathBuf::from(path)).filter(|path| path.is_absolute());
    if let Some(chosen) = variable("EVERWIRE_CACHE") {
        return std::path::absolute(chosen).ok();
    }
    if let Some(xdg) = variable("XDG_CACHE_HOME").and_then(absolute) {
        return Some(xdg.join("everwire")); // the XDG rules say that a relative one is to be ignored
    }
    let home = variable("HOME").or_else(|| variable("USERPROFILE")).and_then(absolute)?;
    Some(home.join(".cache/everwire"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cache_is_the_chosen_one_else_the_users() {
        let with = |set: &'static [(&str, &str)]| {
            cache_from(|name| set.iter().find(|(key, _)| *key == name).map(|(_, value)| OsString::from(value)))
        };
        assert_eq!(with(&[("EVERWIRE_CACHE", "/a"), ("HOME", "/h")]), Some("/a".into()));
        assert_eq!(with(&[("XDG_CACHE_HOME", "/x"), ("HOME", "/h")]), Some("/x/everwire".into()));
        assert_eq!(with(&[("XDG_CACHE_HOME", "relative"), ("HOME", "/h")]), Some("/h/.cache/everwire".into()));
        assert_eq!(with(&[]), None);
    }

    #[test]
    fn the_root_is_the_workspace() {
        assert!(root().join("Cargo.lock").is_file());
    }
}
