//! What is published of what wasm-pack leaves, and what is added to it? npm/README.md says what for.

use super::names;
use crate::failure::Outcome;
use crate::task::{Program, Task};
use crate::{places, scratch, tools};
use std::fs;
use std::path::{Path, PathBuf};

/// Turns `package`, as wasm-pack leaves it, into what is published.
pub(super) fn finish(task: &mut Task, package: &Path) -> Outcome {
    let sources = places::root().join("npm");
    let built = scratch::Scratch::new("built")?;
    gather(package, built.path())?;
    bundle(task, &sources.join("slim.js"), built.path(), &package.join("everwire.js"))?;
    bundle(task, &sources.join("embedded.js"), built.path(), &package.join("embedded.js"))?;
    let types = [places::root().join("src/js/types.d.ts"), sources.join("loading.d.ts")];
    let types = types.map(read).into_iter().collect::<Outcome<String>>()?;
    write(&package.join("everwire.d.ts"), types.as_bytes())?;
    write(&package.join("package.json"), read(sources.join("package.json"))?.as_bytes())?;
    scratch::remove(&package.join("snippets"));
    // wasm-pack's is of the module's own exports, which are nobody's business
    copy(&sources.join("everwire_bg.wasm.d.ts"), &package.join("everwire_bg.wasm.d.ts"))
}

/// To where the two entries find it: wasm-pack names the folder of our JavaScript after a hash.
fn gather(package: &Path, built: &Path) -> Outcome {
    let module = package.join("everwire_bg.wasm");
    let bytes = fs::read(&module).map_err(|error| format!("cannot read {}: {error}", module.display()))?;
    let (bytes, glue) = names::shorten(&bytes, &read(package.join("everwire.js"))?)?;
    write(&module, &bytes)?;
    copy(&module, &built.join("everwire_bg.wasm"))?;
    write(&built.join("everwire.js"), glue.as_bytes())?;
    let snippets = built.join("snippets");
    copy_folder(&package.join("snippets"), &snippets)?;
    let entries = fs::read_dir(&snippets).map_err(|error| format!("cannot read {}: {error}", snippets.display()))?;
    let loading = entries.flatten().map(|entry| entry.path().join("src/js/loading.js")).find(|file| file.is_file());
    let loading = loading.ok_or("wasm-pack has left no src/js/loading.js among its snippets")?;
    let loading = loading.strip_prefix(built).unwrap_or(&loading).display().to_string();
    write(&built.join("loading.js"), format!("export * from \"./{loading}\";\n").as_bytes())
}

/// One file, minified: what a page loads, and what no bundler has to put together.
fn bundle(task: &mut Task, entry: &Path, built: &Path, out: &Path) -> Outcome {
    let esbuild = Program::new(tools::esbuild().program("esbuild")?).args([entry]).args(ESBUILD);
    let arguments = [format!("--alias:built={}", built.display()), format!("--outfile={}", out.display())];
    task.must(esbuild.args(arguments).args(["--allow-overwrite"]))
}

fn read(file: PathBuf) -> Outcome<String> {
    fs::read_to_string(&file).map_err(|error| format!("cannot read {}: {error}", file.display()).into())
}

fn write(file: &Path, content: &[u8]) -> Outcome {
    fs::write(file, content).map_err(|error| format!("cannot write {}: {error}", file.display()).into())
}

fn copy(from: &Path, to: &Path) -> Outcome {
    let copied = fs::copy(from, to).map(|_| ());
    copied.map_err(|error| format!("cannot copy {} to {}: {error}", from.display(), to.display()).into())
}

fn copy_folder(from: &Path, to: &Path) -> Outcome {
    let listed = fs::create_dir_all(to).and_then(|()| fs::read_dir(from));
    for entry in listed.map_err(|error| format!("cannot copy {}: {error}", from.display()))?.flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() { copy_folder(&entry.path(), &target)? } else { copy(&entry.path(), &target)? }
    }
    Ok(())
}

/// es2022: private members, which the classes have, stay as they are; static blocks alone would shut out what Safari was
/// until 16.4 (README names the browsers).
const ESBUILD: [&str; 9] = [
    "--bundle",
    "--minify",
    // Node prints the line of an error that nobody caught
    "--line-limit=2000",
    "--format=esm",
    "--target=es2022",
    "--supported:class-static-blocks=false",
    "--charset=utf8",
    "--loader:.wasm=base64",
    "--log-level=warning",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_package_has_the_crates_version_and_licence() {
        let published = read(places::root().join("npm/package.json")).expect("it is in the repository");
        for (name, value) in [("version", env!("CARGO_PKG_VERSION")), ("license", "MIT OR Apache-2.0")] {
            let line = format!("\"{name}\": \"{value}\"");
            assert!(published.contains(&line), "npm/package.json without {line}");
        }
    }
}
