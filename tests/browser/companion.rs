//! Where is the companion server, and what did it see?
//!
//! Whoever starts it (`cargo xtask test`, `cargo xtask serve`) has it write its address to `target/companion.json`;
//! wasm-bindgen's test runner serves the repository to the page, so the tests fetch it from there.

use std::cell::RefCell;

use everwire::{CloseEvent, Event, Message, Socket};
use futures::StreamExt;
use js_sys::{JSON, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

/// The WebSocket URL of a path on the companion server.
///
/// Looked up once: the runner's own server now and then lets a request hang, when there are many.
pub(super) async fn companion(path: &str) -> String {
    let known = ADDRESS.with_borrow(Option::clone);
    let address = match known {
        Some(address) => address,
        None => {
            let address = look_up().await;
            ADDRESS.set(Some(address.clone()));
            address
        }
    };
    format!("{address}{path}")
}

thread_local! {
    static ADDRESS: RefCell<Option<String>> = const { RefCell::new(None) };
}

async fn look_up() -> String {
    let origin = Reflect::get(&js_sys::global(), &"location".into())
        .and_then(|location| Reflect::get(&location, &"origin".into()))
        .expect("every context has a location");
    let origin = origin.as_string().expect("an origin is a string");
    let address = async {
        let response: Response =
            JsFuture::from(fetch(&format!("{origin}/target/companion.json"))).await?.unchecked_into();
        JSON::parse(&JsFuture::from(response.text()?).await?.as_string().unwrap_or_default())
    };
    let address = address.await.ok().and_then(|found| Reflect::get(&found, &"ws".into()).ok()?.as_string());
    let Some(address) = address else {
        panic!("no companion server: run `cargo xtask serve` in another terminal, or `cargo xtask test` for everything")
    };
    address
}

/// Opens a socket and waits until it is open.
pub(super) async fn opened(path: &str, protocols: &[&str]) -> Socket {
    let mut socket = connecting(path, protocols).await;
    expect_open(&mut socket).await;
    socket
}

/// Opens a socket and does not wait.
pub(super) async fn connecting(path: &str, protocols: &[&str]) -> Socket {
    Socket::open(&companion(path).await, protocols).expect("nothing is wrong with it")
}

pub(super) async fn expect_open(socket: &mut Socket) {
    match socket.next().await {
        Some(Event::Open) => {}
        other => panic!("expected open, got {other:?}"),
    }
}

pub(super) async fn expect_message(socket: &mut Socket) -> Message {
    match socket.next().await {
        Some(Event::Message(message)) => message,
        other => panic!("expected a message, got {other:?}"),
    }
}

pub(super) async fn expect_text(socket: &mut Socket) -> String {
    expect_message(socket).await.text().expect("it is text")
}

/// The close event, after an error event or without one.
pub(super) async fn expect_close(socket: &mut Socket) -> CloseEvent {
    match socket.next().await {
        Some(Event::Close(close)) => close,
        Some(Event::Error(_)) => match socket.next().await {
            Some(Event::Close(close)) => close,
            other => panic!("expected a close after the error, got {other:?}"),
        },
        other => panic!("expected a close, got {other:?}"),
    }
}

/// What the server sees of the sockets that carry this watch's name.
pub(super) struct Watch {
    name: String,
    socket: Socket,
}

/// One thing that the server saw.
#[derive(Debug)]
pub(super) struct Seen(JsValue);

impl Watch {
    pub(super) async fn new() -> Self {
        let name = format!("{:x}", (js_sys::Math::random() * 9e15) as u64);
        let socket = opened(&format!("/ws/watch?id={name}"), &[]).await;
        Self { name, socket }
    }

    /// A path that is watched.
    pub(super) fn path(&self, path: &str) -> String {
        let separator = if path.contains('?') { '&' } else { '?' };
        format!("{path}{separator}watch={}", self.name)
    }

    pub(super) async fn next(&mut self) -> Seen {
        let text = expect_text(&mut self.socket).await;
        Seen(JSON::parse(&text).expect("the server writes JSON"))
    }

    /// The next thing seen of this kind.
    pub(super) async fn until(&mut self, event: &str) -> Seen {
        loop {
            let seen = self.next().await;
            if seen.text("event") == event {
                return seen;
            }
        }
    }

    /// How the server saw a connection end: code, reason, clean.
    pub(super) async fn close(&mut self) -> (u16, String, bool) {
        let seen = self.until("close").await;
        (seen.number("code") as u16, seen.text("reason"), seen.get("clean").is_truthy())
    }
}

impl Seen {
    pub(super) fn text(&self, name: &str) -> String {
        self.get(name).as_string().unwrap_or_default()
    }

    pub(super) fn number(&self, name: &str) -> f64 {
        self.get(name).as_f64().unwrap_or(f64::NAN)
    }

    fn get(&self, name: &str) -> JsValue {
        Reflect::get(&self.0, &name.into()).expect("an object")
    }
}

#[wasm_bindgen]
extern "C" {
    fn fetch(url: &str) -> Promise;

    type Response;
    #[wasm_bindgen(method, catch)]
    fn text(this: &Response) -> Result<Promise, JsValue>;
}
