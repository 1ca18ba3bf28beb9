//! Do the versions agree, and which part of CHANGELOG.md is told with this release?

use crate::failure::Outcome;

/// What is asked of CHANGELOG.md.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum When {
    /// At any time: what is to be told may still stand under `Unreleased`.
    Before,
    /// At the release itself: it stands under the version.
    At,
}

/// The notes of the newest section, if it is the one that is wanted now and says something.
pub(super) fn cut(changelog: &str, version: &str, when: When) -> Outcome<String> {
    let (_, rest) = changelog.split_once("\n## ").ok_or("CHANGELOG.md has no section: `## Unreleased`")?;
    let (title, rest) = rest.split_once('\n').unwrap_or((rest, ""));
    let notes = rest.split_once("\n## ").map_or(rest, |(newest, _)| newest).trim();
    let is_of_version = title.split_whitespace().next() == Some(version);
    match (title.trim(), when) {
        _ if is_of_version => {}
        ("Unreleased", When::Before) => {}
        ("Unreleased", When::At) => {
            return Err(format!("CHANGELOG.md begins with `Unreleased`: call it `{version} (YYYY-MM-DD)`").into());
        }
        (other, When::Before | When::At) => {
            return Err(format!("CHANGELOG.md begins with `{other}`, and Cargo.toml says {version}").into());
        }
    }
    if notes.is_empty() {
        return Err(format!("CHANGELOG.md says nothing under `{}`", title.trim()).into());
    }
    Ok(notes.to_owned())
}

/// The version that npm/package.json names.
pub(super) fn version_of_npm(package: &str) -> Outcome<&str> {
    let named = package.lines().find_map(|line| line.trim().strip_prefix("\"version\": \"")?.strip_suffix("\","));
    Ok(named.ok_or("npm/package.json names no version on a line of its own")?)
}

#[cfg(test)]
mod tests {
    use super::*;

    const UNRELEASED: &str = "# Changelog\n\n## Unreleased\n\n- New.\n\n## 0.1.0 (2026-11-01)\n\n- Old.\n";
    const RELEASED: &str = "# Changelog\n\n## 0.2.0 (2026-12-01)\n\n- New.\n\n## 0.1.0 (2026-11-01)\n\n- Old.\n";

    #[test]
    fn what_is_unreleased_is_good_before_a_release_and_refused_at_one() {
        assert_eq!(cut(UNRELEASED, "0.2.0", When::Before), Ok("- New.".to_owned()));
        let refused = cut(UNRELEASED, "0.2.0", When::At).expect_err("it has no version");
        assert!(refused.to_string().contains("0.2.0 (YYYY-MM-DD)"));
    }

    #[test]
    fn a_release_tells_its_own_section_and_no_older_one() {
        assert_eq!(cut(RELEASED, "0.2.0", When::At), Ok("- New.".to_owned()));
    }

    #[test]
    fn a_section_of_another_version_or_an_empty_one_is_refused() {
        assert!(cut(RELEASED, "0.1.0", When::Before).is_err());
        assert!(cut(RELEASED, "0.2", When::At).is_err());
        assert!(cut("# Changelog\n\n## Unreleased\n\n## 0.1.0\n\n- Old.\n", "0.2.0", When::Before).is_err());
        assert!(cut("# Changelog\n", "0.2.0", When::Before).is_err());
    }

    #[test]
    fn npms_version_is_read() {
        assert_eq!(version_of_npm("{\n  \"name\": \"x\",\n  \"version\": \"1.2.3\",\n}"), Ok("1.2.3"));
        assert!(version_of_npm("{}").is_err());
    }
}
