//! The npm package's face: how JavaScript talks with the engine, and nothing but translation.
//!
//! What JavaScript sees, and what it does with its browser, is JavaScript (the files beside this one); what is decided is
//! decided here, by the same engine as for Rust's callers.
//!
//! Compiled only where `cfg(everwire_npm)` is set, as `.cargo/config.toml` does in this repository: exported items of
//! a dependency would otherwise land in every program that depends on the crate.

mod engines;
mod options;
mod parcel;
mod row;
mod said;
mod told;

use wasm_bindgen::prelude::*;

use engines::Engines;

/// Small before fast: it is asked for a handful of small pieces, since messages stay with JavaScript.
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = include_str!("types.d.ts");

/// Runs once, when the WebAssembly has been loaded: gives JavaScript the one function that it calls. It lives as long as
/// the module.
#[wasm_bindgen(start, private)]
fn start() {
    let mut engines = Engines::default();
    let call = Closure::<dyn FnMut(u32, u32) -> u32>::new(move |what, about| engines.call(what, about));
    install(&call.into_js_value(), &wasm_bindgen::memory());
}

#[wasm_bindgen(module = "/src/js/install.js")]
extern "C" {
    fn install(call: &JsValue, memory: &JsValue);
}

/// The package's exports. Never called: naming them makes them part of it.
#[wasm_bindgen(module = "/src/js/facade.js")]
extern "C" {
    #[wasm_bindgen(reexport, skip_typescript, js_name = WebSocket)]
    fn web_socket_class();
    #[wasm_bindgen(reexport, skip_typescript, js_name = closeCodeName)]
    fn close_code_name_function();
}
#[wasm_bindgen(module = "/src/js/client.js")]
extern "C" {
    #[wasm_bindgen(reexport, skip_typescript, js_name = Client)]
    fn client_class();
}
#[wasm_bindgen(module = "/src/js/error.js")]
extern "C" {
    #[wasm_bindgen(reexport, skip_typescript, js_name = EverwireError)]
    fn everwire_error_class();
}

/// The files that these import: what is not named here is not in the package.
macro_rules! files {
    ($($file:literal: $name:ident, $exported:literal;)*) => {$(
        #[wasm_bindgen(module = $file)]
        extern "C" {
            #[wasm_bindgen(js_name = $exported)]
            fn $name();
        }
    )*};
}

files! {
    "/src/js/asked.js": asked_file, "Asked";
    "/src/js/clock.js": clock_file, "Clock";
    "/src/js/control.js": control_file, "SESSION";
    "/src/js/dial.js": dial_file, "resolve";
    "/src/js/engine.js": engine_file, "Engine";
    "/src/js/events.js": events_file, "dispatch";
    "/src/js/inbox.js": inbox_file, "Inbox";
    "/src/js/life.js": life_file, "Life";
    "/src/js/lines.js": lines_file, "Lines";
    "/src/js/loading.js": loading_file, "bringWebAssembly";
    "/src/js/options.js": options_file, "readOptions";
    "/src/js/page.js": page_file, "watchPage";
    "/src/js/parcel.js": parcel_file, "toSend";
    "/src/js/pump.js": pump_file, "Pump";
    "/src/js/queue.js": queue_file, "Queue";
    "/src/js/signal.js": signal_file, "obey";
    "/src/js/wire.js": wire_file, "openWire";
}
