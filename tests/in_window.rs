//! Does the web layer hold in a window?

#![cfg(target_arch = "wasm32")]

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

/// How many sockets are opened and dropped, of each of three kinds: 1,500.
const ROUNDS: usize = 500;

mod browser;
