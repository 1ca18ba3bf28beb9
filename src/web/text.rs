//! How does JavaScript's text come to Rust?

use js_sys::JsString;
use wasm_bindgen::prelude::*;

/// As UTF-8; a lone surrogate becomes U+FFFD.
///
/// wasm-bindgen asks for each unit of what is ASCII, which is quickest while it is short. A text of some hundred units is
/// encoded by the browser, straight into our memory, in a half to a seventh of the time.
pub(crate) fn utf8(text: &JsString) -> Vec<u8> {
    let units = text.length() as usize;
    // browsers refuse to encode into memory that is shared between threads
    if units < LONG || cfg!(target_feature = "atomics") {
        return String::from(text).into_bytes();
    }
    ENCODER.with(|encoder| {
        let mut bytes = vec![0; units]; // ASCII, as most is
        let first = encoder.encode_into(text, &mut bytes);
        let (read, mut written) = (first.read(), first.written());
        if read < text.length() {
            let rest = text.slice(read, text.length());
            bytes.resize(written + MOST_FOR_A_UNIT * rest.length() as usize, 0);
            let room = bytes.get_mut(written..).unwrap_or_default(); // `[..]` brings the words of its panic
            written += encoder.encode_into(&rest, room).written();
        }
        bytes.truncate(written);
        bytes
    })
}

/// From here on the browser is quicker, in Chromium and in Firefox.
const LONG: usize = 256;

/// A unit of UTF-16 takes one to three bytes; a surrogate pair, two units, takes four.
const MOST_FOR_A_UNIT: usize = 3;

thread_local! {
    static ENCODER: TextEncoder = TextEncoder::new();
}

#[wasm_bindgen]
extern "C" {
    type TextEncoder;
    #[wasm_bindgen(constructor)]
    fn new() -> TextEncoder;
    /// web-sys has it for Rust's texts only.
    #[wasm_bindgen(method, js_name = encodeInto)]
    fn encode_into(this: &TextEncoder, source: &JsString, destination: &mut [u8]) -> Encoded;

    /// Units that were read, and bytes that were written.
    type Encoded;
    #[wasm_bindgen(method, getter)]
    fn read(this: &Encoded) -> u32;
    #[wasm_bindgen(method, getter)]
    fn written(this: &Encoded) -> usize;
}
