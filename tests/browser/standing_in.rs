//! Does a Socket hold where something unusual stands in the browser's place?
//!
//! Another class under the name WebSocket (a polyfill, a monitor's wrapper), or a document that says where its URLs
//! lead. The stand-ins here are programs of three lines, made to do what no real browser lets a test ask for.

use std::cell::RefCell;
use std::rc::Rc;

use everwire::{Client, ConnectError, Event, OpenError, Socket};
use js_sys::{Function, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test as test;

#[test]
fn a_browser_that_forbids_is_blocked_and_its_words_hide_the_query() {
    let _class = StandIn::new(&throwing("SecurityError"));
    let error = Socket::open("ws://127.0.0.1/x?token=secret", &[]).expect_err("it is forbidden");
    assert_eq!(error, OpenError::Blocked { message: "not ws://127.0.0.1/x".into() });
}

#[test]
fn a_browser_that_refuses_is_refused() {
    let _class = StandIn::new(&throwing("QuotaExceededError"));
    let error = Socket::open("ws://127.0.0.1/x?token=secret", &[]).expect_err("it is refused");
    assert_eq!(error, OpenError::Refused { message: "not ws://127.0.0.1/x".into() });
}

#[test]
fn no_class_at_all_is_unsupported() {
    let _class = StandIn::new(&JsValue::UNDEFINED);
    assert_eq!(Socket::open("ws://127.0.0.1/", &[]).expect_err("there is none"), OpenError::Unsupported);
    let client = Client::builder("ws://127.0.0.1/").connect();
    assert_eq!(
        client.expect_err("there is none"),
        ConnectError::Open(OpenError::Unsupported),
        "and not for ever tried"
    );
}

/// No browser answers inside `send()`; if one did, its events would come in order and each after the other.
#[test]
fn a_class_that_answers_at_once_is_heard_in_order() {
    let class = StandIn::new(&answering());
    let socket = Rc::new(Socket::open("ws://127.0.0.1/", &[]).expect("it takes anything"));
    drop(class);
    let heard = Rc::new(RefCell::new(Vec::new()));
    let (inner, told) = (Rc::clone(&socket), Rc::clone(&heard));
    socket.on_event(move |event| {
        let Event::Message(message) = event else { panic!("{event:?}") };
        let text = message.text().expect("text");
        told.borrow_mut().push(format!("{text} begins"));
        if text == "1" {
            inner.send("2").expect("open");
            inner.send("3").expect("open");
        }
        told.borrow_mut().push(format!("{text} ends"));
    });
    socket.send("1").expect("open");
    assert_eq!(*heard.borrow(), ["1 begins", "1 ends", "2 begins", "2 ends", "3 begins", "3 ends"]);
}

#[test]
fn a_document_may_say_where_its_urls_lead_and_an_element_may_not() {
    if !has_document() {
        return; // a worker's URLs lead from its script
    }
    let url = || Socket::open("room?x=1", &[]).expect("relative is fine").url();
    let before = url();
    let base = add_element("base", "href", "http://127.0.0.1:1/elsewhere/");
    assert_eq!(url(), "ws://127.0.0.1:1/elsewhere/room?x=1");
    remove(&base);
    let clobber = add_element("img", "name", "baseURI");
    assert_eq!(url(), before, "an element called baseURI is not the document's");
    remove(&clobber);
}

/// Another class under the name WebSocket, until it is dropped.
struct StandIn {
    real: JsValue,
}

impl StandIn {
    fn new(class: &JsValue) -> Self {
        let real = Reflect::get(&js_sys::global(), &"WebSocket".into()).expect("a browser has one");
        set_class(class);
        Self { real }
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        set_class(&self.real);
    }
}

fn set_class(class: &JsValue) {
    Reflect::set(&js_sys::global(), &"WebSocket".into(), class).expect("it may be replaced");
}

#[wasm_bindgen(inline_js = r#"
export function throwing(name) {
  return class { constructor(url) { throw new DOMException(`not ${url}`, name); } };
}
export function answering() {
  return class {
    readyState = 1; url = ""; bufferedAmount = 0; onmessage = null;
    send(data) { this.onmessage(new MessageEvent("message", { data })); }
    close() { this.readyState = 3; }
  };
}
export function has_document() { return typeof document === "object"; }
export function add_element(tag, attribute, value) {
  const element = document.createElement(tag);
  element.setAttribute(attribute, value);
  return document.head.appendChild(element);
}
export function remove(element) { element.remove(); }
"#)]
extern "C" {
    fn throwing(name: &str) -> Function;
    fn answering() -> Function;
    fn has_document() -> bool;
    fn add_element(tag: &str, attribute: &str, value: &str) -> JsValue;
    fn remove(element: &JsValue);
}
