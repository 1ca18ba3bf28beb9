//! What stands behind the drop-in class of `facade.js`?
//!
//! The façade knows its connection by a number; facts go back to it through its ear. So no class is exported for it, and
//! a message passes as the browser's own value.

use js_sys::Function;
use wasm_bindgen::prelude::*;
use web_sys::BinaryType;

use super::slab::{Id, Slab};
use crate::CloseCode;
use crate::engine::CloseFrame;
use crate::web::{Fact, Wire};

/// The connections that are not closed yet.
pub(super) type Wires = Slab<Wire>;

pub(super) fn open(wires: &Wires, ear: Ear, class: Function, url: String, protocols: JsValue) -> Result<Id, JsValue> {
    let id = wires.reserve();
    match Wire::open(&class, &url, &protocols, move |fact| tell(&ear, fact)) {
        Ok(wire) => {
            wires.put(id, wire);
            Ok(id)
        }
        // what the browser throws is what the standard says a constructor throws: it goes on as it is
        Err(thrown) => {
            wires.release(id);
            Err(thrown)
        }
    }
}

/// What `calls.js` calls by this number. A connection that is closed answers nothing: the façade knows by itself.
pub(super) fn call(wires: &Wires, number: u32, id: Id, a: JsValue, b: JsValue, _: JsValue) -> Result<JsValue, JsValue> {
    match number {
        0 => return Ok(release(wires, id)),
        1 => return Ok(close_code_name(a.as_f64())),
        _ => {}
    }
    let Some(wire) = wires.get(id) else { return Ok(JsValue::UNDEFINED) };
    Ok(match number {
        2 => wire.url().into(),
        3 => wire.protocol().into(),
        4 => wire.extensions().into(),
        5 => (wire.ready_state() as u16).into(),
        6 => wire.buffered_amount().into(),
        7 => {
            wire.set_binary_type(binary_type(&a));
            JsValue::UNDEFINED
        }
        8 => {
            wire.send_value(&a)?;
            JsValue::UNDEFINED
        }
        _ => {
            close(&wire, code(&a), &b.as_string().unwrap_or_default());
            JsValue::UNDEFINED
        }
    })
}

/// Whether it is to be Blobs. Not by the enumeration itself: wasm-bindgen would put it at the head of the package's types.
pub(super) fn binary_type(is_blob: &JsValue) -> BinaryType {
    if is_blob.is_truthy() { BinaryType::Blob } else { BinaryType::Arraybuffer }
}

/// Of a close; none where there is no number.
pub(super) fn code(value: &JsValue) -> Option<u16> {
    value.as_f64().map(|code| code as u16)
}

/// The façade has checked code and reason: it must throw the standard's exceptions after the close, too.
fn close(wire: &Wire, code: Option<u16>, reason: &str) {
    match code {
        None => wire.close_without_code(),
        Some(_) => {
            if let Ok(frame) = CloseFrame::new(code, reason) {
                wire.close(&frame);
            }
        }
    }
}

fn close_code_name(code: Option<f64>) -> JsValue {
    // a JavaScript number: what is not whole, or wider than 16 bits, is no close code
    let whole = code.map(|code| code as u16).filter(|whole| Some(f64::from(*whole)) == code);
    whole.and_then(|code| CloseCode::from(code).name()).map_or(JsValue::UNDEFINED, JsValue::from)
}

/// Closed, or nobody is left who could ask for it. Gives back the browser's own socket, which answers from now on.
fn release(wires: &Wires, id: Id) -> JsValue {
    let wire = wires.release(id);
    wire.map_or(JsValue::UNDEFINED, |wire| wire.browser()) // dropped here, while nothing is borrowed
}

fn tell(ear: &Ear, fact: Fact) {
    match fact {
        Fact::Opened => ear.open(),
        Fact::Received(data) => ear.message(data),
        Fact::Failed => ear.error(),
        Fact::Closed { code, reason, was_clean } => ear.closed(code, &reason, was_clean),
    }
}

#[wasm_bindgen(module = "/src/js/facade.js")]
extern "C" {
    /// Never called, nor is the next: they make the class and the function part of the package.
    #[wasm_bindgen(reexport, skip_typescript, js_name = WebSocket)]
    fn web_socket_class();
    #[wasm_bindgen(reexport, skip_typescript, js_name = closeCodeName)]
    fn close_code_name_function();
}

#[wasm_bindgen]
extern "C" {
    /// What hears for a socket, in `facade.js`.
    pub(super) type Ear;
    #[wasm_bindgen(method)]
    fn open(this: &Ear);
    #[wasm_bindgen(method)]
    fn message(this: &Ear, data: JsValue);
    #[wasm_bindgen(method)]
    fn error(this: &Ear);
    #[wasm_bindgen(method)]
    fn closed(this: &Ear, code: u16, reason: &str, was_clean: bool);
}
