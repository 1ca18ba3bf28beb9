//! The npm package's face: what JavaScript sees, and nothing but translation.
//!
//! Compiled only where `cfg(everwire_npm)` is set, as `.cargo/config.toml` does in this repository: exported items of
//! a dependency would otherwise land in every program that depends on the crate.

mod client;
mod error;
mod face;
mod options;
mod slab;
mod trace;
mod web_socket;

use wasm_bindgen::prelude::*;

/// Small before fast: it is asked for a handful of short-lived pieces, since messages stay with JavaScript.
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = include_str!("types.d.ts");

/// Runs once, when the WebAssembly has been loaded.
#[wasm_bindgen(start, private)]
fn start() {
    web_socket::install();
    client::install();
}
