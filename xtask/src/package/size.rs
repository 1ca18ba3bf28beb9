//! How large is what is published, and may it be?

use crate::failure::Outcome;
use crate::say;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// What a page downloads for one of the two entries, by its files.
struct Entry {
    name: &'static str,
    files: &'static [&'static str],
    /// Bytes, gzip -9, at most. README and ARCHITECTURE say what they are spent on.
    budget: usize,
}

const ENTRIES: [Entry; 2] = [
    Entry { name: "everwire/slim", files: &["everwire.js", "everwire_bg.wasm"], budget: 43_400 },
    Entry { name: "everwire", files: &["embedded.js"], budget: 51_600 },
];

/// Says the sizes, file by file. Larger than its budget is a failure: bytes grow unnoticed otherwise.
pub(super) fn tell(package: &Path) -> Outcome {
    let mut too_large = Vec::new();
    for Entry { name, files, budget } in ENTRIES {
        let (mut bytes, mut packed) = (0, 0);
        for file in files {
            let path = package.join(file);
            let content = fs::read(&path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
            let small = gzipped(&content)?;
            say::line(&format!("    {:>7} bytes, {small:>6} gzip -9   {file}", content.len()));
            bytes += content.len();
            packed += small;
        }
        say::line(&format!("    {bytes:>7} bytes, {packed:>6} gzip -9   {name}, of {budget} at most"));
        if packed > budget {
            too_large.push(format!("{name} has {packed} bytes (gzip -9), {} above its budget", packed - budget));
        }
    }
    if too_large.is_empty() { Ok(()) } else { Err(too_large.join("; ").into()) }
}

/// By the gzip that everybody quotes.
pub(super) fn gzipped(bytes: &[u8]) -> Outcome<usize> {
    let mut gzip = Command::new("gzip");
    let started = gzip.args(["-9", "-n", "-c"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let mut child = started.map_err(|error| format!("gzip, which measures the package, cannot be run: {error}"))?;
    let mut stdin = child.stdin.take().expect("it was asked for");
    let output = std::thread::scope(|scope| {
        scope.spawn(move || stdin.write_all(bytes)); // an error: gzip has failed, which its status tells
        child.wait_with_output()
    });
    let output = output.ok().filter(|output| output.status.success()).ok_or("gzip has failed")?;
    Ok(output.stdout.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_makes_what_repeats_small() {
        assert!(gzipped(&[b'a'; 1_000_000]).is_ok_and(|size| size < 2_000));
    }

    #[test]
    fn a_package_above_its_budget_fails() {
        let scratch = crate::scratch::Scratch::new("test-size").expect("the temporary folder can be written to");
        let write = |name: &str, bytes: &[u8]| fs::write(scratch.path().join(name), bytes).expect("just made");
        for name in ["everwire.js", "everwire_bg.wasm", "embedded.js"] {
            write(name, b"small");
        }
        assert_eq!(tell(scratch.path()), Ok(()));
        let mut state = 1_u32;
        let noise: Vec<u8> = std::iter::repeat_with(|| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        })
        .take(120_000)
        .collect();
        write("embedded.js", &noise);
        assert!(tell(scratch.path()).is_err());
    }
}
