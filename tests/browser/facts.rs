//! What do browsers themselves do? The facts that the web layer rests on, asked of the browser's own WebSocket.
//!
//! A fact that changes in a new browser fails here, beside its sentence, and not somewhere in our own code.

use futures::channel::oneshot;
use js_sys::{Array, JsString, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test as test;
use web_sys::{BinaryType, Blob, DomException, WebSocket};

use super::companion::companion;
use super::engine::{Engine, engine};

#[test]
async fn bad_subprotocols_are_a_syntax_error_and_no_subprotocols_are_fine() {
    let url = companion("/ws/protocol").await;
    for offer in [vec!["a, b"], vec![""], vec!["a/b"], vec!["abc="], vec!["a", "a"]] {
        let thrown = WebSocket::new_with_str_sequence(&url, &list(&offer)).expect_err("it must be refused");
        assert_eq!(name(&thrown), "SyntaxError", "{offer:?}");
    }
    WebSocket::new_with_str_sequence(&url, &list(&[])).expect("an empty list is fine").close().expect("no arguments");
}

#[test]
async fn a_fragment_is_a_syntax_error() {
    let url = companion("/ws/echo#here").await;
    assert_eq!(name(&WebSocket::new(&url).expect_err("it must be refused")), "SyntaxError");
}

/// We resolve them ourselves all the same: Safari before 17.3 and Chromium before 125 refused them.
#[test]
async fn relative_and_http_urls_resolve_to_ws() {
    let relative = WebSocket::new("/ws").expect("relative");
    assert!(relative.url().starts_with("ws://127.0.0.1:"), "{}", relative.url());
    let http = WebSocket::new(&companion("/ws/echo").await.replace("ws://", "http://")).expect("http");
    assert!(http.url().starts_with("ws://"), "{}", http.url());
    for socket in [relative, http] {
        socket.close().expect("no arguments");
    }
}

#[test]
async fn codes_that_may_not_be_said_are_an_invalid_access_error() {
    let socket = open("/ws/echo").await;
    for code in [1001, 1005] {
        assert_eq!(name(&socket.close_with_code(code).expect_err("it must be refused")), "InvalidAccessError");
    }
    let long = "ä".repeat(62);
    let thrown = socket.close_with_code_and_reason(1000, &long).expect_err("124 bytes");
    assert_eq!(name(&thrown), "SyntaxError");
    socket.close().expect("no arguments");
}

/// WebKit counts a frame's header, too, where the standard leaves it out; only of a socket that closes.
#[test]
async fn sending_too_early_throws_and_too_late_is_swallowed() {
    let early = WebSocket::new(&companion("/ws/echo").await).expect("nothing is wrong with it");
    assert_eq!(name(&early.send_with_str("early").expect_err("connecting")), "InvalidStateError");
    early.close().expect("no arguments");

    let socket = open("/ws/echo").await;
    socket.close().expect("no arguments");
    socket.send_with_str("größe").expect("silent while closing");
    let header = if engine() == Engine::WebKit { 6 } else { 0 };
    assert_eq!(socket.buffered_amount(), 7 + header, "and counted, in UTF-8 bytes");
    event(&socket, "close").await;
    socket.send_with_str("lost").expect("silent after the close");
    assert_eq!(socket.buffered_amount(), 11 + 2 * header, "and counted for ever");
}

#[test]
async fn buffered_amount_counts_payload_bytes_at_once_and_blobs_too() {
    let socket = open("/ws/echo").await;
    socket.send_with_str("größe").expect("open");
    assert_eq!(socket.buffered_amount(), 7);
    let blob = Blob::new_with_str_sequence(&list(&["12345"])).expect("a blob of text");
    socket.send_with_blob(&blob).expect("open");
    assert_eq!(socket.buffered_amount(), 12);
    socket.close().expect("no arguments");
}

#[test]
async fn binary_arrives_as_a_blob_unless_told_otherwise() {
    let socket = open("/ws/echo").await;
    assert_eq!(socket.binary_type(), BinaryType::Blob);
    socket.close().expect("no arguments");
}

/// Chromium alone has WebSocketStream; Chromium and Firefox have WebTransport and Symbol.dispose.
#[test]
fn newer_interfaces_are_where_they_are() {
    let has = |name: &str| Reflect::get(&js_sys::global(), &name.into()).is_ok_and(|found| found.is_function());
    assert_eq!(has("WebSocketStream"), engine() == Engine::Chromium);
    let symbol = Reflect::get(&js_sys::global(), &"Symbol".into()).expect("every engine has Symbol");
    let dispose = Reflect::get(&symbol, &"dispose".into()).is_ok_and(|found| found.is_symbol());
    assert_eq!((has("WebTransport"), dispose), expected_in(engine()));
}

fn expected_in(engine: Engine) -> (bool, bool) {
    match engine {
        Engine::Chromium | Engine::Firefox => (true, true),
        Engine::WebKit => (false, false),
    }
}

async fn open(path: &str) -> WebSocket {
    let socket = WebSocket::new(&companion(path).await).expect("nothing is wrong with it");
    event(&socket, "open").await;
    socket
}

async fn event(socket: &WebSocket, kind: &str) {
    let (done, happened) = oneshot::channel();
    let listener = Closure::once_into_js(move |_: JsValue| done.send(()).expect("awaited"));
    Reflect::set(socket, &format!("on{kind}").into(), &listener).expect("an accessor");
    happened.await.expect("it happened");
}

fn list(items: &[&str]) -> Array {
    items.iter().map(|item| JsString::from(*item)).collect()
}

fn name(thrown: &JsValue) -> String {
    thrown.dyn_ref::<DomException>().map(DomException::name).unwrap_or_default()
}
