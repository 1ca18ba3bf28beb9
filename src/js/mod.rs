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

use js_sys::Function;
use wasm_bindgen::prelude::*;

/// Small before fast: it is asked for a handful of short-lived pieces, since messages stay with JavaScript.
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = include_str!("types.d.ts");

/// Runs once, when the WebAssembly has been loaded: gives JavaScript what it calls. These closures live as long as the
/// module.
#[wasm_bindgen(start, private)]
fn start() {
    type Calls = dyn Fn(u32, slab::Id, JsValue, JsValue, JsValue) -> Result<JsValue, JsValue>;
    type OpensSockets = dyn Fn(web_socket::Ear, Function, String, JsValue) -> Result<slab::Id, JsValue>;
    type OpensPumps = dyn Fn(face::Ear, face::Asked, Vec<f64>, String, Option<Function>) -> Result<slab::Id, JsValue>;
    install(
        &Closure::<OpensSockets>::new(web_socket::open).into_js_value(),
        &Closure::<Calls>::new(web_socket::call).into_js_value(),
        &Closure::<OpensPumps>::new(client::open).into_js_value(),
        &Closure::<Calls>::new(client::call).into_js_value(),
    );
}

#[wasm_bindgen(module = "/src/js/calls.js")]
extern "C" {
    fn install(open_socket: &JsValue, call_socket: &JsValue, open_pump: &JsValue, call_pump: &JsValue);
}
