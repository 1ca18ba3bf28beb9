//! How are bytes and facts exchanged with the browser's WebSocket?
//!
//! The only file that names `web_sys::WebSocket`. [`Socket`](super::Socket) and the pump stand on it: it
//! has no opinion and no memory, reports each event as a [`Fact`] and keeps payloads as the browser's own values.

use std::cell::Cell;
use std::fmt;
use std::rc::Rc;

use js_sys::{Array, Function, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::{BinaryType, MessageEvent};

use super::ReadyState;
use super::global::global;
use super::timer;
use crate::engine::{CloseCode, CloseFrame};

/// One browser WebSocket and its four handlers. Dropping it unhooks them, then closes.
pub(crate) struct Wire {
    browser: BrowserSocket,
    /// Its close has been reported, or nobody wants to hear of it.
    is_over: Rc<Cell<bool>>,
    /// Freed after the browser has let go of them, never while it can still call one.
    _handlers: [JsHandler; 4],
}

/// The class that goes by the name of WebSocket here, if there is one.
pub(crate) fn browser_class() -> Option<Function> {
    global("WebSocket")?.dyn_into().ok()
}

/// What the browser said of a connection.
#[derive(Debug)]
pub(crate) enum Fact {
    Opened,
    /// The message's `data`, read once and not looked at.
    Received(JsValue),
    /// The `error` event; browsers say nothing with it.
    Failed,
    Closed {
        code: u16,
        reason: String,
        was_clean: bool,
    },
}

impl Wire {
    /// Starts connecting with the browser's class, or one like it. `report` hears every event as it happens; an `Err`
    /// is what the constructor threw.
    pub(crate) fn open(
        class: &Function,
        url: &str,
        protocols: &JsValue,
        report: impl Fn(Fact) + 'static,
    ) -> Result<Self, JsValue> {
        let browser: BrowserSocket = Reflect::construct(class, &Array::of2(&url.into(), protocols))?.unchecked_into();
        let is_over = Rc::new(Cell::new(false));
        let report = Rc::new(Reporter { report, is_over: Rc::clone(&is_over) });
        let handler = |translate: fn(JsValue) -> Fact| {
            let report = Rc::clone(&report);
            Closure::<dyn Fn(JsValue)>::new(move |event| report.tell(translate(event)))
        };
        let failed = {
            let (report, browser) = (Rc::clone(&report), browser.clone());
            Closure::<dyn Fn(JsValue)>::new(move |_| report.tell_of_failure(&browser))
        };
        let handlers = [
            handler(|_| Fact::Opened),
            handler(|event| Fact::Received(event.unchecked_into::<MessageEvent>().data())),
            failed,
            handler(closed),
        ];
        let function = |at: usize| Some(handlers[at].as_ref().unchecked_ref());
        browser.set_binary_type(BinaryType::Blob); // a browser's default; another class may have its own
        browser.set_onopen(function(0));
        browser.set_onmessage(function(1));
        browser.set_onerror(function(2));
        browser.set_onclose(function(3));
        Ok(Self { browser, is_over, _handlers: handlers })
    }

    pub(crate) fn ready_state(&self) -> ReadyState {
        ReadyState::from_number(self.browser.ready_state())
    }

    pub(crate) fn url(&self) -> String {
        self.browser.url()
    }

    pub(crate) fn protocol(&self) -> String {
        self.browser.protocol()
    }

    pub(crate) fn extensions(&self) -> String {
        self.browser.extensions()
    }

    /// Bytes accepted by `send` that have not yet left; a number that JavaScript can hold exactly.
    pub(crate) fn buffered_amount(&self) -> f64 {
        self.browser.buffered()
    }

    pub(crate) fn binary_type(&self) -> BinaryType {
        self.browser.binary_type()
    }

    pub(crate) fn set_binary_type(&self, binary_type: BinaryType) {
        self.browser.set_binary_type(binary_type);
    }

    pub(crate) fn send_text(&self, text: &str) -> Result<(), JsValue> {
        self.browser.send_with_str(text)
    }

    /// The browser reads the bytes where they are; it refuses to where memory is shared between threads.
    pub(crate) fn send_bytes(&self, bytes: &[u8]) -> Result<(), JsValue> {
        if cfg!(target_feature = "atomics") {
            self.send_value(&Uint8Array::from(bytes))
        } else {
            self.browser.send_with_u8_array(bytes)
        }
    }

    /// Anything that the browser's own `send()` takes.
    pub(crate) fn send_value(&self, data: &JsValue) -> Result<(), JsValue> {
        self.browser.send_value(data)
    }

    pub(crate) fn close(&self, frame: &CloseFrame) {
        let closed = self.browser.close_with_code_and_reason(frame.code().get(), frame.reason());
        debug_assert!(closed.is_ok(), "a CloseFrame holds only what browsers accept");
    }

    /// Closes without saying a code: the peer sees 1005.
    pub(crate) fn close_without_code(&self) {
        let closed = self.browser.close();
        debug_assert!(closed.is_ok(), "close() without arguments never throws");
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.is_over.set(true);
        self.browser.set_onopen(None);
        self.browser.set_onmessage(None);
        self.browser.set_onerror(None);
        self.browser.set_onclose(None);
        // on a socket that is closing or closed the browser ignores it
        self.close(&CloseFrame::NORMAL);
    }
}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wire").field("ready_state", &self.ready_state()).finish_non_exhaustive()
    }
}

/// Tells of the close once.
struct Reporter<R> {
    report: R,
    is_over: Rc<Cell<bool>>,
}

impl<R: Fn(Fact) + 'static> Reporter<R> {
    fn tell(&self, fact: Fact) {
        if !matches!(fact, Fact::Closed { .. }) || !self.is_over.replace(true) {
            (self.report)(fact);
        }
    }

    /// A close event follows, and says more. Where a page's policy forbids the connection, Chromium and WebKit send none.
    fn tell_of_failure(self: &Rc<Self>, browser: &web_sys::WebSocket) {
        self.tell(Fact::Failed);
        let (this, browser) = (Rc::clone(self), browser.clone());
        timer::soon(move || {
            if browser.ready_state() == web_sys::WebSocket::CLOSED {
                this.tell(Fact::Closed { code: CloseCode::ABNORMAL.get(), reason: String::new(), was_clean: false });
            }
        });
    }
}

fn closed(event: JsValue) -> Fact {
    let event: web_sys::CloseEvent = event.unchecked_into();
    Fact::Closed { code: event.code(), reason: event.reason(), was_clean: event.was_clean() }
}

type JsHandler = Closure<dyn Fn(JsValue)>;

#[wasm_bindgen]
extern "C" {
    /// The browser's WebSocket with two members as web-sys does not have them.
    #[wasm_bindgen(extends = web_sys::WebSocket)]
    type BrowserSocket;

    /// `send()` with whatever it is given; web-sys has one function per type.
    #[wasm_bindgen(method, catch, js_name = send)]
    fn send_value(this: &BrowserSocket, data: &JsValue) -> Result<(), JsValue>;

    /// web-sys cuts `bufferedAmount` to 32 bits, and it is an `unsigned long long`.
    #[wasm_bindgen(method, getter, js_name = bufferedAmount)]
    fn buffered(this: &BrowserSocket) -> f64;
}
