//! The npm package's face: what JavaScript sees, and nothing but translation.
//!
//! Compiled only where `cfg(everwire_npm)` is set, as `.cargo/config.toml` does in this repository: exported items of
//! a dependency would otherwise land in every program that depends on the crate.

mod web_socket;

use wasm_bindgen::prelude::*;

use crate::CloseCode;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = include_str!("types.d.ts");

/// Runs once, when the WebAssembly has been loaded.
#[wasm_bindgen(start, private)]
fn start() {
    web_socket::install();
}

/// `closeCodeName(code)`.
#[wasm_bindgen(js_name = closeCodeName, skip_typescript)]
#[expect(unreachable_pub, reason = "wasm_bindgen exports public functions only")]
pub fn close_code_name(code: f64) -> Option<String> {
    // JavaScript's numbers: what is not whole or not 16 bits wide is no close code
    let whole = code as u16;
    (f64::from(whole) == code).then(|| CloseCode::from(whole).name().map(str::to_owned)).flatten()
}
