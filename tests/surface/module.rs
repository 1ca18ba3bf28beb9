//! Which extensions of WebAssembly must an engine know to run what is shipped?
//!
//! Asked of `pkg/everwire_bg.wasm` as `cargo xtask build` left it: the step `package` does both. An extension that it begins
//! to need, by a change of ours or by a newer compiler, shuts browsers out; README's table of browsers follows from these.

use std::fs;
use std::path::Path;

use wasmparser::{Validator, WasmFeatures};

#[test]
fn the_module_needs_the_extensions_that_the_browsers_in_the_readme_have_and_no_other() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../pkg/everwire_bg.wasm");
    let module =
        fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}; `cargo xtask build` makes it", path.display()));
    let runs_with = |features| Validator::new_with_features(features).validate_all(&module).is_ok();
    assert!(runs_with(WasmFeatures::all()), "nothing can run it");
    let all = WasmFeatures::all().iter_names();
    let needed: Vec<&str> =
        all.filter(|(_, feature)| !runs_with(WasmFeatures::all() & !*feature)).map(|(name, _)| name).collect();
    assert_eq!(needed, EXTENSIONS, "README's table of browsers follows from these: change both, and CHANGELOG");
}

/// By wasmparser's names; the first versions of Chrome, Firefox and Safari that have each, by MDN's browser-compat-data
/// (`webassembly/`). FLOATS and GC_TYPES are WebAssembly's first version: numbers with a fraction, and references at all.
const EXTENSIONS: &[&str] = &[
    "SATURATING_FLOAT_TO_INT", // 80 or before, 72 or before, 15.1
    "SIGN_EXTENSION",          // 80 or before, 72 or before, 14.1
    "REFERENCE_TYPES",         // 96, 79, 15.1
    "BULK_MEMORY",             // 80 or before, 78, 15.1
    "FLOATS",
    "GC_TYPES",
];
