//! What was said to the engine and by it, as JavaScript's plain objects?

use js_sys::Object;
use wasm_bindgen::JsValue;

use crate::engine::{Input, Instant, Options, Output, Payload};

pub(super) fn began(_at: Instant, _seed: u64, _options: &Options) -> JsValue {
    Object::new().into()
}

pub(super) fn input<P: Payload>(_at: Instant, _input: &Input<P>) -> JsValue {
    Object::new().into()
}

pub(super) fn output<P: Payload>(_at: Instant, _output: &Output<P>) -> JsValue {
    Object::new().into()
}
