//! How does `--cfg everwire_npm` reach a wasm build when the user has flags of their own?
//!
//! `.cargo/config.toml` sets it, but a RUSTFLAGS variable replaces what the file says; then it is appended there.

use std::env;
use std::ffi::OsString;

/// The variable to set for a wasm build that exports the npm package, if the config file alone would not do.
pub(crate) fn with_npm_exports() -> Option<(&'static str, OsString)> {
    appended(|name| env::var(name).ok())
}

/// The variable to set for a wasm build as a dependant has it: an empty one hides the config file's flag.
pub(crate) fn without_npm_exports() -> Option<(&'static str, OsString)> {
    let set = [ENCODED, PLAIN].iter().any(|name| env::var_os(name).is_some());
    (!set).then(|| (PLAIN, OsString::new()))
}

fn appended(variable: impl Fn(&str) -> Option<String>) -> Option<(&'static str, OsString)> {
    if let Some(flags) = variable(ENCODED) {
        let parts = flags.split('\u{1f}').filter(|flag| !flag.is_empty()).chain(["--cfg", "everwire_npm"]);
        return Some((ENCODED, parts.collect::<Vec<_>>().join("\u{1f}").into()));
    }
    variable(PLAIN).map(|flags| (PLAIN, format!("{flags} --cfg everwire_npm").trim_start().into()))
}

const PLAIN: &str = "RUSTFLAGS";
/// Cargo looks here first; the flags are separated by the byte 0x1f.
const ENCODED: &str = "CARGO_ENCODED_RUSTFLAGS";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_config_file_is_left_alone_when_the_user_set_nothing() {
        assert_eq!(appended(|_| None), None);
    }

    #[test]
    fn the_users_flags_are_kept_and_ours_follows() {
        let plain = appended(|name| (name == PLAIN).then(|| "-C debuginfo=1".to_owned()));
        assert_eq!(plain, Some((PLAIN, "-C debuginfo=1 --cfg everwire_npm".into())));
        let empty = appended(|name| (name == PLAIN).then(String::new));
        assert_eq!(empty, Some((PLAIN, "--cfg everwire_npm".into())));
        let encoded = appended(|_| Some("-C\u{1f}debuginfo=1".to_owned()));
        assert_eq!(encoded, Some((ENCODED, "-C\u{1f}debuginfo=1\u{1f}--cfg\u{1f}everwire_npm".into())));
    }
}
