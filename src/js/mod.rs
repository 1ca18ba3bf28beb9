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

use std::rc::Rc;

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
    let sockets = Rc::new(web_socket::Wires::default());
    let clients = Rc::new(client::Clients::default());
    let (opening, called) = (Rc::clone(&sockets), sockets);
    let open_socket = Closure::<OpensSockets>::new(move |ear, class, url, protocols| {
        web_socket::open(&opening, ear, class, url, protocols)
    });
    let call_socket = Closure::<Calls>::new(move |what, id, a, b, c| web_socket::call(&called, what, id, a, b, c));
    let (opening, called) = (Rc::clone(&clients), clients);
    let open_pump = Closure::<OpensPumps>::new(move |ear, asked, numbers, name, class| {
        client::open(&opening, ear, asked, numbers, name, class)
    });
    let call_pump = Closure::<Calls>::new(move |what, id, a, b, c| client::call(&called, what, id, a, b, c));
    install(
        &open_socket.into_js_value(),
        &call_socket.into_js_value(),
        &open_pump.into_js_value(),
        &call_pump.into_js_value(),
    );
}

#[wasm_bindgen(module = "/src/js/calls.js")]
extern "C" {
    fn install(open_socket: &JsValue, call_socket: &JsValue, open_pump: &JsValue, call_pump: &JsValue);
}
