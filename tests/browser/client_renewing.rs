//! Is a token renewed over the connection that it opened, without anybody noticing?

use everwire::{Auth, ClientEvent, Token, TokenReason, TokenRequest};
use futures::{FutureExt, StreamExt};
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::client_auth::{issued, issuer};
use super::clients::{finished, hurried, started, until_open, until_text};
use super::companion::{Watch, companion};

#[test]
async fn a_token_by_message_is_renewed_on_the_same_socket() {
    let server = companion("").await;
    let reasons = Rc::new(RefCell::new(vec![]));
    let heard = Rc::clone(&reasons);
    let (short, long) = (issued(&server, 12), issuer(&server));
    let provider = move |request: TokenRequest| {
        heard.borrow_mut().push(request.reason);
        if request.reason == TokenReason::First { short(request) } else { long(request) }
    };
    // the clock is the fact: a provider is asked again after 10 s at the earliest, which is before this token expires
    let auth = Auth::message(provider).refresh_before(Duration::from_secs(11));
    let mut watch = Watch::new().await;
    let (client, mut events) = started(hurried(&watch.path("/ws/token?via=message")).await.auth(auth));
    until_open(&mut events).await;
    for _ in 0..2 {
        watch.until("message").await; // the auth message, and then the next one
    }
    client.send("after the second").await.expect("it is sent");
    assert_eq!(until_text(&mut events).await, "after the second", "and no reply to the server's is delivered");
    assert_eq!(*reasons.borrow(), [TokenReason::First, TokenReason::Expiring]);
    assert_eq!((client.stats().attempts, client.stats().connects), (1, 1));
    while let Some(event) = events.next().now_or_never() {
        assert!(!matches!(event, Some(ClientEvent::Down { .. } | ClientEvent::Error { .. })), "{event:?}");
    }
    finished(client).await;
}

#[test]
async fn no_secret_is_in_what_is_shown_of_it() {
    let auth = Auth::protocol(|_| async { Ok::<_, std::convert::Infallible>(Token::new("s3cr3t")) });
    let builder = hurried("/ws/echo").await.protocols(["chat"]).auth(auth.clone());
    let shown = format!("{auth:?} {builder:?}");
    let (client, mut events) = started(builder);
    let sink = client.sink();
    let told = events.next().await;
    let shown = format!("{shown} {client:?} {sink:?} {events:?} {told:?} {} {:?}", client.url(), client.stats());
    assert!(!shown.contains("s3cr3t") && !shown.contains("czNjcjN0"), "{shown}");
    finished(client).await;
}
