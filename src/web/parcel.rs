//! How does a JavaScript value pass through the engine?

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{ArrayBuffer, JsString, Object, Reflect, Symbol, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::Blob;

use super::wire::Wire;
use crate::engine::{Kind, Payload};

/// A message with what the engine asks of it: its kind and its size.
#[derive(Debug, Clone)]
pub(crate) struct Parcel(Rc<Held>);

#[derive(Debug)]
struct Held {
    content: Content,
    kind: Kind,
    size: u64,
    /// The caller can still change it: a buffer that was not copied.
    is_shared: bool,
}

#[derive(Debug)]
enum Content {
    /// As the browser holds it; its bytes are never in WebAssembly's memory.
    Value(RefCell<JsValue>),
    /// Rust's own: memory that is used again, where JavaScript's would be fresh for each message, which takes ten to thirty
    /// times as long as copying into it.
    Bytes(Vec<u8>),
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
        Ok(Self(Rc::new(Held { content: Content::Value(RefCell::new(value)), kind, size, is_shared })))
    }

    /// A copy of Rust's.
    pub(crate) fn bytes(bytes: &[u8]) -> Self {
        let size = bytes.len() as u64;
        Self(Rc::new(Held { content: Content::Bytes(bytes.to_vec()), kind: Kind::Binary, size, is_shared: false }))
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
        Self(Rc::new(Held { content: Content::Value(RefCell::new(value)), kind, size, is_shared: false }))
    }

    /// How many bytes the browser counts it as, once it is sent; it held `before`. Where an engine counts nothing (WebKitGTK,
    /// mostly), what it is at least.
    pub(crate) fn counted(&self, before: f64, wire: &Wire) -> u64 {
        let bytes = (wire.buffered_amount() - before) as u64;
        if bytes == 0 { self.least() } else { bytes }
    }

    fn least(&self) -> u64 {
        match self.0.kind {
            Kind::Text => self.0.size / 2, // a UTF-16 unit is at least a byte of UTF-8
            Kind::Binary => self.0.size,
        }
    }

    /// The value, as JavaScript knows it.
    pub(crate) fn value(&self) -> JsValue {
        match &self.0.content {
            Content::Value(value) => value.borrow().clone(),
            Content::Bytes(bytes) => Uint8Array::from(bytes.as_slice()).buffer().into(),
        }
    }

    /// The value, if it is a text.
    pub(crate) fn value_of_text(&self) -> Option<JsValue> {
        match (&self.0.content, self.0.kind) {
            (Content::Value(value), Kind::Text) => Some(value.borrow().clone()),
            (Content::Value(_) | Content::Bytes(_), _) => None,
        }
    }

    pub(crate) fn send_over(&self, wire: &Wire) -> Result<(), JsValue> {
        match &self.0.content {
            Content::Value(value) => {
                let value = value.borrow().clone(); // a class that is not the browser's may call us back
                wire.send_value(&value)
            }
            Content::Bytes(bytes) => wire.send_bytes(bytes),
        }
    }

    /// Copies a buffer that the caller may reuse, in JavaScript's own heap: what must wait, or may be sent again, is what
    /// it was when `send()` was called (WHATWG WebSockets, "the send(data) method").
    pub(crate) fn snapshot(&self) {
        let Content::Value(value) = &self.0.content else { return };
        if !self.0.is_shared {
            return;
        }
        let mut value = value.borrow_mut();
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
