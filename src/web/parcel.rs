//! How does a JavaScript value pass through the engine?

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{ArrayBuffer, JsString, Object, Reflect, Symbol};
use wasm_bindgen::prelude::*;
use web_sys::Blob;

use crate::engine::{Kind, Payload};

/// A message as the browser holds it, with what the engine asks of it: its kind and its size. Its bytes are never in
/// WebAssembly's memory.
#[derive(Debug, Clone)]
pub(crate) struct Parcel(Rc<Held>);

#[derive(Debug)]
struct Held {
    value: RefCell<JsValue>,
    kind: Kind,
    size: u64,
    /// The caller can still change it: a buffer that was not copied.
    is_shared: bool,
}

impl Parcel {
    /// Anything that the browser's own `send()` takes; what is neither binary nor Blob counts as the string that it would
    /// make of it.
    pub(crate) fn to_send(value: JsValue) -> Result<Self, JsValue> {
        let (value, kind, size, is_shared) = if value.is_string() {
            let size = units(&value);
            (value, Kind::Text, size, false)
        } else if value.is_instance_of::<ArrayBuffer>() || is_tagged(&value, "ArrayBuffer") {
            let size = u64::from(value.unchecked_ref::<ArrayBuffer>().byte_length());
            (value, Kind::Binary, size, true)
        } else if ArrayBuffer::is_view(&value) {
            let size = f64_of(value.unchecked_ref::<View>().byte_length());
            (value, Kind::Binary, size, true)
        } else if value.is_instance_of::<Blob>() || is_tagged(&value, "Blob") || is_tagged(&value, "File") {
            let size = f64_of(value.unchecked_ref::<Blob>().size());
            (value, Kind::Binary, size, false)
        } else {
            let text = string_of("", &value)?.into();
            let size = units(&text);
            (text, Kind::Text, size, false)
        };
        Ok(Self(Rc::new(Held { value: RefCell::new(value), kind, size, is_shared })))
    }

    /// What a message event carried, or what was made for us: nobody else can change it.
    pub(crate) fn owned(value: JsValue) -> Self {
        let (kind, size) = if value.is_string() {
            (Kind::Text, units(&value))
        } else if let Some(buffer) = value.dyn_ref::<ArrayBuffer>() {
            (Kind::Binary, u64::from(buffer.byte_length()))
        } else {
            (Kind::Binary, f64_of(value.unchecked_ref::<Blob>().size()))
        };
        Self(Rc::new(Held { value: RefCell::new(value), kind, size, is_shared: false }))
    }

    /// What it takes at least on the wire.
    pub(crate) fn least(&self) -> u64 {
        match self.0.kind {
            Kind::Text => self.0.size / 2, // a UTF-16 unit is at least a byte of UTF-8
            Kind::Binary => self.0.size,
        }
    }

    /// The value, as JavaScript knows it.
    pub(crate) fn value(&self) -> JsValue {
        self.0.value.borrow().clone()
    }

    /// Copies a buffer that the caller may reuse, in JavaScript's own heap: what must wait, or may be sent again, is what
    /// it was when `send()` was called (WHATWG WebSockets, "the send(data) method").
    pub(crate) fn snapshot(&self) {
        if !self.0.is_shared {
            return;
        }
        let mut value = self.0.value.borrow_mut();
        let copy = if self.0.size == 0 {
            ArrayBuffer::new(0) // also of a buffer that was transferred elsewhere, which would throw at being copied
        } else if ArrayBuffer::is_view(&value) {
            let view = value.unchecked_ref::<View>();
            let start = view.byte_offset() as u32;
            view.buffer().slice_with_end(start, start + view.byte_length() as u32)
        } else {
            value.unchecked_ref::<ArrayBuffer>().slice(0)
        };
        *value = copy.into();
    }
}

impl Payload for Parcel {
    fn kind(&self) -> Kind {
        self.0.kind
    }

    fn size(&self) -> u64 {
        self.0.size
    }
}

/// UTF-16 units × 2.
fn units(text: &JsValue) -> u64 {
    2 * u64::from(text.unchecked_ref::<JsString>().length())
}

/// What another realm (an iframe) made is no instance of our classes, and is one all the same.
fn is_tagged(value: &JsValue, tag: &str) -> bool {
    value.is_object() && Reflect::get(value, &Symbol::to_string_tag()).is_ok_and(|found| found == tag)
}

/// A length that JavaScript gave: whole and not negative.
fn f64_of(length: f64) -> u64 {
    length as u64
}

#[wasm_bindgen]
extern "C" {
    /// Any view of a buffer: a typed array or a DataView.
    #[wasm_bindgen(extends = Object)]
    type View;
    #[wasm_bindgen(method, getter, js_name = byteLength)]
    fn byte_length(this: &View) -> f64;
    #[wasm_bindgen(method, getter, js_name = byteOffset)]
    fn byte_offset(this: &View) -> f64;
    #[wasm_bindgen(method, getter)]
    fn buffer(this: &View) -> ArrayBuffer;

    /// What JavaScript makes of a value that should be text; unlike String(…), a Symbol throws.
    #[wasm_bindgen(catch, js_namespace = ["String", "prototype", "concat"], js_name = call)]
    fn string_of(empty: &str, value: &JsValue) -> Result<JsString, JsValue>;
}
