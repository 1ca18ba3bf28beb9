//! Does a client notice what happens to its page, its network and its machine?

use everwire::{ClientEvent, CloseCode, Events};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::clients::{finished, kept, until, until_open};

#[test]
async fn a_network_that_was_gone_takes_the_socket_with_it() {
    let (client, mut events) = kept("/ws/echo").await;
    assert!(!until_open(&mut events).await);
    happens("offline");
    happens("online");
    is_replaced(&mut events).await;
    assert_eq!(client.stats().attempts, 2);
    finished(client).await;
}

#[test]
async fn a_page_that_comes_back_from_the_cache_has_another_socket() {
    let (client, mut events) = kept("/ws/echo").await;
    until_open(&mut events).await;
    happens("pageshow"); // as each page does once, when it was loaded
    comes_back();
    is_replaced(&mut events).await;
    assert_eq!(client.stats().attempts, 2, "only by the cache");
    finished(client).await;
}

#[test]
async fn a_machine_that_slept_has_another_socket() {
    let (client, mut events) = kept("/ws/echo").await;
    until_open(&mut events).await;
    happens("online"); // nobody had said that there was none: no reason to doubt
    let asleep = Asleep::for_an_hour();
    happens("online"); // somebody looks at the clock
    is_replaced(&mut events).await;
    assert_eq!(client.stats().attempts, 2);
    drop(asleep);
    finished(client).await;
}

#[test]
async fn a_client_that_has_ended_listens_to_nothing() {
    let before = listeners();
    let (client, mut events) = kept("/ws/echo").await;
    until_open(&mut events).await;
    assert!(listeners() > before);
    finished(client).await;
    assert_eq!(listeners(), before);
}

async fn is_replaced(events: &mut Events) {
    let (code, will_retry) = until(events, |event| {
        let ClientEvent::Down { close, will_retry, .. } = event else { return None };
        Some((close.code, *will_retry))
    })
    .await;
    assert_eq!((code, will_retry), (CloseCode::ABNORMAL, true));
    assert!(until_open(events).await, "reconnected");
}

/// The calendar runs ahead of the steady clock, until this is dropped: what a sleep looks like from within.
struct Asleep(JsValue);

impl Asleep {
    fn for_an_hour() -> Self {
        Self(sleep(3_600_000.0))
    }
}

impl Drop for Asleep {
    fn drop(&mut self) {
        wake(&self.0);
    }
}

#[wasm_bindgen(inline_js = r#"
export function happens(type) { globalThis.dispatchEvent(new Event(type)); }
export function comes_back() {
  globalThis.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: true }));
}
export function sleep(millis) {
  const { now } = Date;
  Date.now = () => now() + millis;
  return now;
}
export function wake(now) { Date.now = now; }

const { addEventListener, removeEventListener } = globalThis;
let count = 0;
globalThis.addEventListener = function (...what) { count += 1; addEventListener.apply(this, what); };
globalThis.removeEventListener = function (...what) { count -= 1; removeEventListener.apply(this, what); };
export function listeners() { return count; }
"#)]
extern "C" {
    /// Something happens to the page, or the worker.
    fn happens(name: &str);
    fn comes_back();
    fn sleep(millis: f64) -> JsValue;
    fn wake(now: &JsValue);
    fn listeners() -> i32;
}
