//! Does dropping a socket close it, at any moment, and leave nothing behind?

use std::cell::RefCell;
use std::rc::Rc;

use everwire::{Event, Socket};
use futures::channel::oneshot;
use futures::{FutureExt, StreamExt, future};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::companion::{Watch, companion, connecting, expect_open, expect_text, opened};
use super::engine::{Engine, engine};

#[test]
async fn dropping_an_open_socket_closes_it_with_1000() {
    let mut watch = Watch::new().await;
    drop(opened(&watch.path("/ws/echo"), &[]).await);
    assert_eq!(watch.close().await, (1000, String::new(), true));
}

#[test]
async fn dropping_a_connecting_socket_gives_up() {
    let mut watch = Watch::new().await;
    drop(connecting(&watch.path("/ws/echo"), &[]).await);
    // the handshake may have reached the server or not; whatever opened there must end. A second socket under the
    // same watch comes later on the server, too, so its opening marks the point by which the first was seen.
    let mut second = opened(&watch.path("/ws/echo"), &[]).await;
    second.send("mark").expect("open");
    let (mut open, mut closed) = (0, 0);
    loop {
        let seen = watch.next().await;
        match seen.text("event").as_str() {
            "open" => open += 1,
            "close" => closed += 1,
            _ => break,
        }
    }
    expect_text(&mut second).await;
    while closed < open - 1 {
        watch.close().await;
        closed += 1;
    }
}

#[test]
async fn a_cancelled_wait_for_open_leaves_no_trace() {
    let uncaught = Uncaught::new();
    let url = companion("/ws/echo").await;
    for _ in 0..20 {
        let open = async {
            let mut socket = Socket::open(&url, &[]).expect("nothing is wrong with it");
            expect_open(&mut socket).await;
        };
        assert!(open.now_or_never().is_none(), "no socket opens that fast");
    }
    // the same, cancelled by something that the browser did
    let mut other = opened("/ws/echo", &[]).await;
    let mut silent = connecting("/ws/fault/stall?after=5000", &[]).await;
    other.send("now").expect("open");
    let stalled = Box::pin(async move { silent.next().await });
    let future::Either::Right((Some(Event::Message(_)), stalled)) = future::select(stalled, other.next()).await else {
        panic!("the echo comes first")
    };
    // before the next: browsers shake hands with one address one at a time (RFC 6455 §4.1)
    drop(stalled);
    // whatever the abandoned sockets would still do happens before another has opened and answered
    let mut later = opened("/ws/echo", &[]).await;
    later.send("over").expect("open");
    assert_eq!(expect_text(&mut later).await, "over");
    uncaught.expect_none();
}

/// yawc#44, ewebsock#69, wasm-sockets#4: memory that grows with every connection.
#[test]
async fn many_rounds_leave_memory_flat() {
    let uncaught = Uncaught::new();
    let url = companion("/ws/echo").await;
    rounds(&url, 100).await; // warm: tables and allocator have their size
    let before = Holdings::now();
    rounds(&url, crate::ROUNDS).await;
    before.have_not_grown();
    uncaught.expect_none();
}

/// This many sockets dropped while they connect, as many while they are open, as many inside their own listener.
///
/// The first kind goes in bursts, since engines make the next connection wait: Firefox some 300 ms after any that were
/// given up, Chromium longer the more were, up to 5 s (net/websockets' per-renderer throttle).
async fn rounds(url: &str, count: usize) {
    let open = || Socket::open(url, &[]).expect("nothing is wrong with it");
    let burst = if engine() == Engine::Firefox { 100 } else { 4 };
    for _ in 0..count / burst {
        for _ in 0..burst {
            drop(open());
        }
        expect_open(&mut open()).await;
    }
    for _ in 0..count {
        let mut socket = open();
        expect_open(&mut socket).await;
    }
    for _ in 0..count {
        drop_inside_its_listener(open()).await;
    }
}

async fn drop_inside_its_listener(socket: Socket) {
    let (done, dropped) = oneshot::channel();
    let holder = Rc::new(RefCell::new(None));
    let (inner, mut done) = (Rc::clone(&holder), Some(done));
    socket.on_event(move |_| {
        drop(inner.borrow_mut().take());
        done.take().expect("a dropped socket tells nothing").send(()).expect("awaited");
    });
    *holder.borrow_mut() = Some(socket);
    dropped.await.expect("it opened");
}

/// What is held on both sides: WebAssembly's memory, and live JavaScript values.
pub(super) struct Holdings {
    memory: u32,
    values: u32,
}

impl Holdings {
    pub(super) fn now() -> Self {
        let memory: js_sys::WebAssembly::Memory = wasm_bindgen::memory().unchecked_into();
        let memory = memory.buffer().unchecked_into::<js_sys::ArrayBuffer>().byte_length();
        Self { memory, values: wasm_bindgen::externref_heap_live_count() }
    }

    /// Fewer is fine: what an earlier test left on its way out was counted, too.
    pub(super) fn have_not_grown(&self) {
        let now = Self::now();
        assert_eq!(now.memory, self.memory, "WebAssembly memory grew");
        assert!(now.values <= self.values, "{} JavaScript values are still held, of {}", now.values, self.values);
    }
}

/// Errors that nobody caught, such as "closure invoked recursively or after being dropped".
pub(super) struct Uncaught {
    errors: js_sys::Array,
    listener: js_sys::Function,
}

impl Uncaught {
    pub(super) fn new() -> Self {
        let errors = js_sys::Array::new();
        let kept = errors.clone();
        let listener = Closure::<dyn Fn(JsValue)>::new(move |event| {
            let message = js_sys::Reflect::get(&event, &"message".into());
            kept.push(&message.unwrap_or_default());
        });
        let listener: js_sys::Function = listener.into_js_value().unchecked_into();
        global().add_event_listener("error", &listener);
        Self { errors, listener }
    }

    pub(super) fn expect_none(self) {
        global().remove_event_listener("error", &self.listener);
        assert_eq!(self.errors.length(), 0, "{:?}", self.errors);
    }
}

fn global() -> Global {
    js_sys::global().unchecked_into()
}

#[wasm_bindgen]
extern "C" {
    type Global;
    #[wasm_bindgen(method, js_name = addEventListener)]
    fn add_event_listener(this: &Global, name: &str, listener: &js_sys::Function);
    #[wasm_bindgen(method, js_name = removeEventListener)]
    fn remove_event_listener(this: &Global, name: &str, listener: &js_sys::Function);
}
