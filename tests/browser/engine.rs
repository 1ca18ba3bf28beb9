//! Which engine runs this test?

use js_sys::Reflect;
use wasm_bindgen::JsCast;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Engine {
    Chromium,
    Firefox,
    WebKit,
}

pub(super) fn engine() -> Engine {
    let navigator = Reflect::get(&js_sys::global(), &"navigator".into()).expect("every context has a navigator");
    let agent = Reflect::get(&navigator, &"userAgent".into()).expect("a navigator has a user agent");
    let agent = agent.unchecked_into::<js_sys::JsString>();
    if agent.includes("Firefox", 0) {
        Engine::Firefox
    } else if agent.includes("Chrome", 0) {
        Engine::Chromium
    } else {
        Engine::WebKit
    }
}
