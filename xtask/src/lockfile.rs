//! Which version of a crate does Cargo.lock hold?

use crate::failure::Outcome;
use crate::places;
use std::fs;

/// The one version of this crate in the workspace's lockfile.
///
/// wasm-bindgen refuses a module that another version's macro wrote, so its command-line tool must match exactly.
pub(crate) fn version_of(krate: &str) -> Outcome<String> {
    let path = places::root().join("Cargo.lock");
    let text = fs::read_to_string(&path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    version_in(&text, krate)
}

fn version_in(lockfile: &str, krate: &str) -> Outcome<String> {
    let name = format!("name = \"{krate}\"");
    let mut versions =
        lockfile.split("[[package]]").filter(|package| package.lines().any(|line| line == name)).map(|package| {
            package.lines().find_map(|line| line.strip_prefix("version = \"")?.strip_suffix('"')).unwrap_or_default()
        });
    match (versions.next(), versions.next()) {
        (Some(""), _) => Err(format!("Cargo.lock names {krate} without a version").into()),
        (Some(only), None) => Ok(only.to_owned()),
        (None, _) => Err(format!("Cargo.lock has no {krate}").into()),
        (Some(one), Some(other)) => {
            Err(format!("Cargo.lock has {krate} twice ({one} and {other}), and the tools can match only one").into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_read_from_the_crates_own_entry() {
        let lock = lock(&[("wasm-bindgen-shared", "9.9.9"), ("wasm-bindgen", "0.2.130"), ("zmij", "1.0.0")]);
        assert_eq!(version_in(&lock, "wasm-bindgen"), Ok("0.2.130".to_owned()));
    }

    #[test]
    fn a_crate_that_is_missing_or_there_twice_is_refused() {
        assert!(version_in(&lock(&[("zmij", "1.0.0")]), "wasm-bindgen").is_err());
        assert!(version_in(&lock(&[("wasm-bindgen", "0.2.1"), ("wasm-bindgen", "0.2.2")]), "wasm-bindgen").is_err());
    }

    #[test]
    fn windows_line_ends_do_not_matter() {
        let lock = lock(&[("wasm-bindgen", "0.2.130")]).replace('\n', "\r\n");
        assert_eq!(version_in(&lock, "wasm-bindgen"), Ok("0.2.130".to_owned()));
    }

    fn lock(packages: &[(&str, &str)]) -> String {
        let entry = |(name, version): &(&str, &str)| {
            format!(
                "\n[[package]]\nname = \"{name}\"\nversion = \"{version}\"\ndependencies = [\n \"wasm-bindgen\",\n]\n"
            )
        };
        format!("version = 4\n{}", packages.iter().map(entry).collect::<String>())
    }
}
