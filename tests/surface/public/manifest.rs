//! What of the manifest do users build on: the features, the oldest compiler, and the crates whose types they meet?

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// `lines` are all that is public, with whole names.
pub(super) fn promises(root: &Path, lines: &[&str]) -> String {
    let path = root.ancestors().nth(2).expect("src/lib.rs is two below the manifest's folder").join("Cargo.toml");
    let manifest = fs::read_to_string(&path).unwrap_or_else(|error| panic!("cannot read {}: {error}", path.display()));
    let mut text = format!("rust-version {}\n", value(&manifest, "workspace.package", "rust-version"));
    for (feature, _) in section(&manifest, "features") {
        text.push_str(&format!("feature {feature}\n"));
    }
    let crates: BTreeSet<&str> = lines.iter().flat_map(|line| foreign_crates(line)).collect();
    for name in crates {
        let requirement = requirement(&manifest, &name.replace('_', "-"));
        text.push_str(&format!("types of {name} {}\n", compatible(&requirement)));
    }
    text
}

/// The first names of whole paths, but for the standard library's.
fn foreign_crates(line: &str) -> Vec<&str> {
    let pieces: Vec<&str> = line.split("::").collect();
    let before_colons = pieces[..pieces.len() - 1].iter();
    let names = before_colons.filter_map(|piece| piece.rsplit(|c: char| !(c.is_alphanumeric() || c == '_')).next());
    names
        .filter(|name| name.starts_with(|c: char| c.is_ascii_lowercase()))
        .filter(|name| !OF_CRATES.contains(name))
        .collect()
}

/// The language's own, and modules inside other crates' paths.
const OF_CRATES: [&str; 10] = ["std", "core", "alloc", "time", "future", "fmt", "stream", "de", "ser", "crate"];

fn requirement(manifest: &str, name: &str) -> String {
    let platform = "target.'cfg(target_arch = \"wasm32\")'.dependencies";
    let own =
        section(manifest, &format!("{platform}.{name}")).find(|(key, _)| *key == "version").map(|(_, value)| value);
    let value = own.unwrap_or_else(|| value(manifest, platform, name));
    // "1.2" or { version = "1.2", … }
    let quoted = value.split_once("version =").map_or(value, |(_, rest)| rest);
    quoted.split('"').nth(1).unwrap_or(quoted).to_owned()
}

/// As far as a requirement says with which other versions it is compatible: 1 of 1.2.3, 0.3 of 0.3.107.
fn compatible(requirement: &str) -> String {
    let mut parts = requirement.split('.');
    match (parts.next(), parts.next()) {
        (Some("0"), Some(minor)) => format!("0.{minor}"),
        (Some(major), _) => major.to_owned(),
        (None, _) => unreachable!("even an empty text has one part"),
    }
}

fn value<'a>(manifest: &'a str, name: &str, key: &str) -> &'a str {
    let found = section(manifest, name).find(|(its, _)| *its == key);
    let (_, value) = found.unwrap_or_else(|| panic!("Cargo.toml has no {key} in [{name}]"));
    value.trim_matches('"')
}

/// The keys and values of one table, as they stand in it. The manifest is ours: no more of TOML is in it than this reads.
fn section<'a>(manifest: &'a str, name: &str) -> impl Iterator<Item = (&'a str, &'a str)> {
    let head = format!("[{name}]");
    let lines =
        manifest.lines().skip_while(move |line| *line != head).skip(1).take_while(|line| !line.starts_with('['));
    lines.filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(" = "))
}

#[test]
fn a_requirement_says_how_far_it_is_compatible() {
    assert_eq!(compatible("0.3.107"), "0.3");
    assert_eq!(compatible("1.2"), "1");
    assert_eq!(
        foreign_crates("pub fn a(b: js_sys::JsString, c: std::time::Duration) -> futures_core::stream::X"),
        ["js_sys", "futures_core"]
    );
}
