//! What stands behind the drop-in class of `facade.js`?
//!
//! The façade knows its connection by a number and calls the functions that [`install`] hands it; facts go back to it
//! through its own functions. So no class is exported for it, and a message passes as the browser's own value.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Function, Object, Reflect};
use wasm_bindgen::convert::{IntoWasmAbi, ReturnWasmAbi};
use wasm_bindgen::prelude::*;
use web_sys::BinaryType;

use super::slab::{Id, Slab};
use crate::CloseCode;
use crate::engine::CloseFrame;
use crate::web::{Fact, Wire};

/// Gives the façade what it calls. These closures live as long as the module.
pub(super) fn install() {
    let functions = Object::new();
    let set = |name: &str, function: JsValue| {
        let set = Reflect::set(&functions, &name.into(), &function);
        debug_assert!(set.is_ok(), "a new object takes any property");
    };
    set("open", Closure::<dyn Fn(Ear, Function, String, JsValue) -> Result<Id, JsValue>>::new(open).into_js_value());
    set("url", question(Wire::url));
    set("protocol", question(Wire::protocol));
    set("extensions", question(Wire::extensions));
    set("readyState", question(|wire| wire.ready_state() as u16));
    set("bufferedAmount", question(Wire::buffered_amount));
    set("setBinaryType", Closure::<dyn Fn(Id, bool)>::new(set_binary_type).into_js_value());
    set("send", Closure::<dyn Fn(Id, JsValue) -> Result<(), JsValue>>::new(send).into_js_value());
    set("close", Closure::<dyn Fn(Id, Option<u16>, String)>::new(close).into_js_value());
    set("closeCodeName", Closure::<dyn Fn(f64) -> Option<String>>::new(close_code_name).into_js_value());
    set("release", Closure::<dyn Fn(Id) -> Option<JsValue>>::new(release).into_js_value());
    install_sockets(&functions);
}

thread_local! {
    /// The connections that are not closed yet.
    static WIRES: RefCell<Slab<Wire>> = RefCell::default();
}

fn open(ear: Ear, class: Function, url: String, protocols: JsValue) -> Result<Id, JsValue> {
    let id = WIRES.with_borrow_mut(Slab::reserve);
    match Wire::open(&class, &url, &protocols, move |fact| tell(&ear, fact)) {
        Ok(wire) => {
            WIRES.with_borrow_mut(|wires| wires.put(id, wire));
            Ok(id)
        }
        // what the browser throws is what the standard says a constructor throws: it goes on as it is
        Err(thrown) => {
            WIRES.with_borrow_mut(|wires| wires.release(id));
            Err(thrown)
        }
    }
}

/// Not by the enumeration itself: wasm-bindgen would put it at the head of the package's types.
fn set_binary_type(id: Id, is_blob: bool) {
    if let Some(wire) = find(id) {
        wire.set_binary_type(if is_blob { BinaryType::Blob } else { BinaryType::Arraybuffer });
    }
}

fn send(id: Id, data: JsValue) -> Result<(), JsValue> {
    find(id).map_or(Ok(()), |wire| wire.send_value(&data))
}

/// The façade has checked code and reason: it must throw the standard's exceptions after the close, too.
fn close(id: Id, code: Option<u16>, reason: String) {
    let Some(wire) = find(id) else { return };
    match code {
        None => wire.close_without_code(),
        Some(_) => {
            if let Ok(frame) = CloseFrame::new(code, &reason) {
                wire.close(&frame);
            }
        }
    }
}

fn close_code_name(code: f64) -> Option<String> {
    // a JavaScript number: what is not whole, or wider than 16 bits, is no close code
    let whole = code as u16;
    (f64::from(whole) == code).then(|| CloseCode::from(whole).name().map(str::to_owned)).flatten()
}

/// Something that can be asked of a connection; `undefined` once it is closed, when the façade knows by itself.
fn question<R: ReturnWasmAbi + IntoWasmAbi + 'static>(ask: impl Fn(&Wire) -> R + 'static) -> JsValue
where
    Option<R>: ReturnWasmAbi,
{
    Closure::<dyn Fn(Id) -> Option<R>>::new(move |id| find(id).map(|wire| ask(&wire))).into_js_value()
}

/// Closed, or nobody is left who could ask for it. Gives back the browser's own socket, which answers from now on.
fn release(id: Id) -> Option<JsValue> {
    let wire = WIRES.with_borrow_mut(|wires| wires.release(id));
    wire.map(|wire| wire.browser()) // dropped here, while nothing is borrowed
}

fn tell(ear: &Ear, fact: Fact) {
    match fact {
        Fact::Opened => ear.open(),
        Fact::Received(data) => ear.message(data),
        Fact::Failed => ear.error(),
        Fact::Closed { code, reason, was_clean } => ear.closed(code, &reason, was_clean),
    }
}

fn find(id: Id) -> Option<Rc<Wire>> {
    WIRES.with_borrow(|wires| wires.get(id))
}

#[wasm_bindgen(module = "/src/js/facade.js")]
extern "C" {
    /// Never called, nor is the next: they make the class and the function part of the package.
    #[wasm_bindgen(reexport, skip_typescript, js_name = WebSocket)]
    fn web_socket_class();
    #[wasm_bindgen(reexport, skip_typescript, js_name = closeCodeName)]
    fn close_code_name_function();

    #[wasm_bindgen(js_name = installSockets)]
    fn install_sockets(functions: &Object);
}

#[wasm_bindgen]
extern "C" {
    /// What hears for a socket, in `facade.js`.
    type Ear;
    #[wasm_bindgen(method)]
    fn open(this: &Ear);
    #[wasm_bindgen(method)]
    fn message(this: &Ear, data: JsValue);
    #[wasm_bindgen(method)]
    fn error(this: &Ear);
    #[wasm_bindgen(method)]
    fn closed(this: &Ear, code: u16, reason: &str, was_clean: bool);
}
