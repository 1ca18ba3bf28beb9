//! What is there, wherever we run: a window, a worker, Node?

use js_sys::{Object, Reflect};
use wasm_bindgen::prelude::*;

/// A member of the global object, if it is there.
pub(crate) fn global(name: &str) -> Option<Object> {
    GLOBAL.with(|global| member(global, name))
}

/// A member of this, if it is there.
pub(crate) fn member(of: &JsValue, name: &str) -> Option<Object> {
    Reflect::get(of, &name.into()).ok().filter(|found| !found.is_falsy()).map(JsCast::unchecked_into)
}

/// The global object itself.
pub(crate) fn itself() -> JsValue {
    GLOBAL.with(JsValue::clone)
}

#[wasm_bindgen]
extern "C" {
    // every engine that knows the WebAssembly of this build knows it; js_sys::global() asks for three others, too
    #[wasm_bindgen(thread_local_v2, js_name = globalThis)]
    static GLOBAL: JsValue;
}
