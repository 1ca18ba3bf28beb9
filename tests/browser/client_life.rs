//! Does a client keep its connection, say what happened, and end when nobody wants it any more?

use everwire::{
    Auth, BinaryType, Client, ClientEvent, ClientState, CloseCode, ConnectError, Error, Message, OpenError, Reconnect,
    Retry, Token,
};
use futures::{FutureExt, StreamExt};
use std::cell::{Cell, RefCell};
use std::convert::Infallible;
use std::rc::Rc;
use std::time::Duration;
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::clients::{finished, hurried, kept, quick, started, until, until_open, until_text};
use super::companion::{Watch, companion};
use super::engine::{Engine, engine};

#[test]
async fn a_reset_is_told_and_followed_by_a_new_socket() {
    let (client, mut events) = kept("/ws/fault/reset?after=message").await;
    client.opened().await.expect("it opens");
    client.send("go").await.expect("it is sent");
    let (code, will_retry, lost) = until(&mut events, |event| {
        let ClientEvent::Down { close, will_retry, unconfirmed } = event else { return None };
        Some((close.code, *will_retry, unconfirmed.messages))
    })
    .await;
    assert_eq!((code, will_retry), (CloseCode::ABNORMAL, true));
    assert_eq!(lost, 1, "it had left, and nothing says that it arrived");
    let delay =
        until(&mut events, |event| if let ClientEvent::Retry { delay, .. } = event { Some(*delay) } else { None })
            .await;
    assert!(delay <= Duration::from_millis(50), "{delay:?}");
    assert!(until_open(&mut events).await, "reconnected");
    let stats = client.stats();
    assert_eq!((stats.attempts, stats.connects, stats.messages_sent), (2, 2, 1));
    finished(client).await;
}

#[test]
async fn a_close_that_says_stop_is_the_end() {
    let (client, mut events) = kept("/ws/fault/close?code=4403&reason=no&after=message").await;
    client.send("go").await.expect("it is sent");
    let error =
        until(
            &mut events,
            |event| if let ClientEvent::Error { error, .. } = event { Some(error.clone()) } else { None },
        );
    assert_eq!(error.await, Error::Closed(CloseCode::from(4403)));
    let close = client.closed().await;
    assert_eq!((close.code.get(), close.reason.as_str(), close.was_clean), (4403, "no", true));
    let rest: Vec<_> = events.by_ref().collect().await;
    assert!(matches!(rest.last(), Some(ClientEvent::Close(_))), "the last is Close: {rest:?}");
    assert!(events.next().await.is_none(), "and then there is none");
    assert_eq!(client.state(), ClientState::Closed);
}

#[test]
async fn should_retry_overrules_the_table() {
    let asked = Rc::new(RefCell::new(vec![]));
    let heard = Rc::clone(&asked);
    let decide = Reconnect::new().should_retry(move |close, attempt| {
        heard.borrow_mut().push((close.code.get(), attempt));
        Some(if heard.borrow().len() < 3 { Retry::After(Duration::from_millis(5)) } else { Retry::Stop })
    });
    let builder = hurried("/ws/fault/close?code=1000&after=message").await.reconnect(decide);
    let (client, mut events) = started(builder);
    for _ in 0..3 {
        until_open(&mut events).await;
        client.send("go").await.expect("it is sent");
    }
    assert_eq!(client.closed().await.code, CloseCode::NORMAL);
    assert_eq!(asked.borrow().iter().map(|(code, _)| *code).collect::<Vec<_>>(), [1000; 3]);
}

#[test]
async fn attempts_are_used_up() {
    let (client, mut events) = started(hurried("/ws/fault/refuse").await.reconnect(quick().attempts(2)));
    let mut errors = vec![];
    while let Some(event) = events.next().await {
        if let ClientEvent::Error { error, .. } = event {
            errors.push(error);
        }
    }
    assert_eq!(errors, [Error::Connect, Error::Connect, Error::Attempts(2)]);
    let refused = client.opened().await.expect_err("it never was");
    assert_eq!(refused.0.code, CloseCode::ABNORMAL);
}

#[test]
async fn a_stalled_handshake_is_given_up() {
    let builder = hurried("/ws/fault/stall?after=3000").await.connect_timeout(Duration::from_millis(200));
    let (client, mut events) = started(builder.reconnect(quick().attempts(1)));
    let error =
        until(
            &mut events,
            |event| if let ClientEvent::Error { error, .. } = event { Some(error.clone()) } else { None },
        );
    assert_eq!(error.await, Error::ConnectTimeout);
    client.closed().await;
}

#[test]
async fn a_provider_of_addresses_is_asked_at_each_attempt_and_may_fail() {
    let echo = companion("/ws/echo").await;
    let asked = Rc::new(Cell::new(0));
    let count = Rc::clone(&asked);
    let provider = move |attempt: everwire::Attempt| {
        count.set(count.get() + 1);
        assert_eq!(attempt.number + 1, count.get());
        let url = (attempt.number > 0).then(|| echo.clone());
        async move { url.ok_or("the directory is down") }
    };
    let (client, mut events) = started(Client::builder("").url_provider(provider).reconnect(quick()));
    let cause =
        until(&mut events, |event| if let ClientEvent::Error { cause, .. } = event { cause.clone() } else { None });
    assert_eq!(cause.await, "the directory is down");
    until_open(&mut events).await;
    assert_eq!(asked.get(), 2);
    finished(client).await;
}

#[test]
async fn binary_type_outlives_a_reconnect() {
    let (client, mut events) = started(hurried("/ws/echo").await.binary_type(BinaryType::Blob));
    until_open(&mut events).await;
    client.reconnect();
    assert!(until_open(&mut events).await);
    client.send(&[1, 2, 3]).await.expect("it is sent");
    let message =
        until(
            &mut events,
            |event| if let ClientEvent::Message(message) = event { Some(message.clone()) } else { None },
        );
    let message = message.await;
    assert!(matches!(message, Message::Blob(_)));
    assert_eq!(message.read().await.and_then(|read| read.bytes()).expect("three bytes"), [1, 2, 3]);
    finished(client).await;
}

#[test]
async fn dropping_the_last_handle_closes_it() {
    let mut watch = Watch::new().await;
    let (client, mut events) = kept(&watch.path("/ws/echo")).await;
    until_open(&mut events).await;
    let other = client.clone();
    drop(client);
    other.send("still here").await.expect("one handle is enough");
    assert_eq!(until_text(&mut events).await, "still here");
    drop(other);
    assert!(events.map(|event| matches!(event, ClientEvent::Close(_))).collect::<Vec<_>>().await.is_empty());
    assert_eq!(watch.close().await, (1000, String::new(), true));
}

#[test]
async fn a_handle_dropped_while_its_event_is_read_closes_it() {
    let mut watch = Watch::new().await;
    let (client, mut events) = kept(&watch.path("/ws/echo")).await;
    let mut client = Some(client);
    while let Some(event) = events.next().await {
        if let ClientEvent::Open { .. } = event {
            client
                .take()
                .expect("open once")
                .send("last words")
                .now_or_never()
                .expect("it goes at once")
                .expect("sent");
        }
    }
    assert_eq!(watch.close().await.0, 1000);
}

#[test]
async fn dropping_it_while_it_connects_or_waits_leaves_nothing() {
    drop(kept("/ws/fault/stall?after=3000").await);
    let (client, mut events) = kept("/ws/fault/refuse").await;
    until(&mut events, |event| matches!(event, ClientEvent::Retry { .. }).then_some(())).await;
    drop(client);
    while events.next().await.is_some() {}
}

#[test]
async fn close_in_each_state_is_the_end() {
    for path in ["/ws/echo", "/ws/fault/stall?after=3000", "/ws/fault/refuse"] {
        let (client, _events) = kept(path).await;
        client.close(4000, "enough").expect("a private code");
        let code = client.closed().await.code;
        // Firefox may have finished the handshake before it hears of the close, though nobody was told
        let is_early = path == "/ws/echo" && engine() == Engine::Firefox;
        assert!(code == CloseCode::ABNORMAL || (is_early && code.get() == 4000), "{path}: it was not open yet: {code}");
    }
    let (client, mut events) = kept("/ws/echo").await;
    until_open(&mut events).await;
    client.close(4000, "enough").expect("a private code");
    assert_eq!(client.state(), ClientState::Closing);
    let code = client.closed().await.code.get();
    assert!(code == 4000 || (code == 1005 && engine() == Engine::WebKit), "{code}");
    client.reconnect();
    assert_eq!(client.state(), ClientState::Closed, "what was closed stays closed");
    assert!(client.close(1001, "").is_err(), "only a server says that");
}

#[test]
async fn what_cannot_be_is_named_at_once() {
    let refused = |builder: everwire::ClientBuilder| builder.connect().map(drop).expect_err("refused");
    let error = refused(Client::builder("ftp://example.com"));
    assert_eq!(error, ConnectError::Open(OpenError::Scheme { scheme: "ftp".into() }));
    let error = refused(Client::builder("wss://example.com").reconnect(Reconnect::new().attempts(0)));
    assert_eq!(error.to_string(), "reconnect.attempts must be at least 1");
    let unwritable = |builder: everwire::ClientBuilder| refused(builder.protocols(["not one"]));
    let asked = || Client::builder("").url_provider(|_| async { Ok::<_, Infallible>(String::new()) });
    assert!(matches!(unwritable(Client::builder("wss://example.com")), ConnectError::Open(OpenError::Protocol(_))));
    assert!(matches!(unwritable(asked()), ConnectError::Open(OpenError::Protocol(_))), "wherever it leads");
    let alone = Auth::protocol(|_| async { Ok::<_, Infallible>(Token::new("t")) });
    assert_eq!(refused(asked().auth(alone)), ConnectError::NoProtocol);
}

#[test]
async fn debug_shows_no_query() {
    let (client, mut events) = kept("/ws/echo?secret=1").await;
    until_open(&mut events).await;
    assert!(client.url().ends_with("?secret=1"));
    assert!(!format!("{client:?}").contains("secret"), "{client:?}");
    finished(client).await;
}
