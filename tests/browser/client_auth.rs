//! Does a client sign in, stay signed in, and stop clearly when it may not?

use everwire::{Auth, Client, ClientEvent, ConnectError, Error, Token, TokenReason};
use js_sys::{JSON, Reflect};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::clients::{finished, hurried, started, until, until_open, until_text};
use super::companion::{Watch, companion};

#[test]
async fn the_three_carriers_sign_in() {
    let server = companion("").await;
    for (via, path) in
        [("message", "/ws/token?via=message"), ("protocol", "/ws/token?via=protocol"), ("query", "/ws/token?via=query")]
    {
        let issue = issuer(&server);
        let auth = match via {
            "message" => Auth::message(issue),
            "protocol" => Auth::protocol(issue),
            _ => Auth::query(issue),
        };
        let mut watch = Watch::new().await;
        let builder = hurried(&watch.path(path)).await.auth(auth).protocols((via == "protocol").then_some("chat"));
        let (client, mut events) = started(builder);
        client.send("hello").await.expect("it is sent");
        assert_eq!(until_text(&mut events).await, "hello", "{via}");
        assert_eq!(client.protocol(), if via == "protocol" { "chat" } else { "" });
        assert!(!client.url().contains("access_token"), "{}", client.url());
        if via == "message" {
            let first = watch.until("message").await;
            assert!(first.number("bytes") > 20.0, "the auth message comes before anything else");
        }
        finished(client).await;
    }
}

#[test]
async fn a_refused_token_has_one_fresh_try() {
    let reasons = Rc::new(RefCell::new(vec![]));
    let heard = Rc::clone(&reasons);
    let auth = Auth::message(move |request| {
        heard.borrow_mut().push(request.reason);
        async { Ok::<_, std::convert::Infallible>(Token::new("wrong")) }
    });
    let (client, mut events) = started(hurried("/ws/token?via=message").await.auth(auth));
    let mut errors = vec![];
    while let Some(event) = futures::StreamExt::next(&mut events).await {
        if let ClientEvent::Error { error, .. } = event {
            errors.push(error);
        }
    }
    assert_eq!(errors.last(), Some(&Error::SignIn), "{errors:?}");
    assert_eq!(*reasons.borrow(), [TokenReason::First, TokenReason::Refused]);
    client.closed().await;
}

#[test]
async fn a_provider_that_fails_is_a_failed_attempt() {
    let server = companion("").await;
    let (tries, issue) = (RefCell::new(0), issuer(&server));
    let auth = Auth::message(move |request| {
        *tries.borrow_mut() += 1;
        let token = (*tries.borrow() > 1).then(|| issue(request));
        async move {
            match token {
                Some(token) => token.await.map_err(|_| "no token"),
                None => Err("the login is down"),
            }
        }
    });
    let (client, mut events) = started(hurried("/ws/token?via=message").await.auth(auth));
    let told = until(&mut events, |event| {
        if let ClientEvent::Error { error, cause } = event { Some((error.clone(), cause.clone())) } else { None }
    });
    assert_eq!(told.await, (Error::Token, Some("the login is down".into())));
    until_open(&mut events).await;
    finished(client).await;
}

#[test]
async fn a_token_does_not_travel_in_the_open() {
    let give = || Auth::query(|_| async { Ok::<_, std::convert::Infallible>(Token::new("t")) });
    let error = Client::builder("ws://example.com/?a=b").auth(give()).connect().map(drop).expect_err("refused");
    assert_eq!(error, ConnectError::Insecure { url: "ws://example.com/".into() });
    let alone = Auth::protocol(|_| async { Ok::<_, std::convert::Infallible>(Token::new("t")) });
    let error = Client::builder("wss://example.com/").auth(alone).connect().map(drop).expect_err("refused");
    assert_eq!(error, ConnectError::NoProtocol);
    assert_eq!(format!("{:?}", Token::new("secret")), "Token(…)");
    assert!(!format!("{:?}", Client::builder("wss://example.com").auth(give())).contains("\"t\""));
}

/// A provider that asks the companion for a token.
pub(super) fn issuer(server: &str) -> impl Fn(everwire::TokenRequest) -> Issued + Clone + 'static {
    issued(server, 60)
}

/// The same, of tokens that are good for so many seconds.
pub(super) fn issued(server: &str, seconds: u32) -> impl Fn(everwire::TokenRequest) -> Issued + Clone + 'static {
    let url = format!("{}/token?ttl={seconds}", server.replacen("ws", "http", 1));
    move |_| {
        let url = url.clone();
        Box::pin(async move {
            let response = JsFuture::from(fetch(&url)).await.map_err(|_| "the companion gives no token")?;
            let text = JsFuture::from(response.unchecked_into::<Response>().text()).await.map_err(|_| "no text")?;
            let found = JSON::parse(&text.as_string().unwrap_or_default()).map_err(|_| "no JSON")?;
            let member = |name: &str| Reflect::get(&found, &name.into()).expect("an object");
            let token = Token::new(member("token").as_string().ok_or("no token")?);
            Ok(token.expires_at(member("expiresAt").as_f64().ok_or("no date")?))
        })
    }
}

pub(super) type Issued = std::pin::Pin<Box<dyn Future<Output = Result<Token, &'static str>>>>;

#[wasm_bindgen]
extern "C" {
    fn fetch(url: &str) -> js_sys::Promise;

    type Response;
    #[wasm_bindgen(method)]
    fn text(this: &Response) -> js_sys::Promise;
}
