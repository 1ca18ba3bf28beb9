//! Does the web layer hold in a service worker?

#![cfg(target_arch = "wasm32")]

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_service_worker);

/// How many sockets are opened and dropped, of each of three kinds; the window has the long form.
const ROUNDS: usize = 100;

mod browser;
