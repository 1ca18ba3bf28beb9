//! Does the way a connection ends reach both sides as it was meant?

use everwire::{CloseCode, CloseError, Event, Phase, ReadyState, SendError};
use futures::StreamExt;
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::companion::{Watch, connecting, expect_close, expect_text, opened};
use super::engine::{Engine, engine};

#[test]
async fn work_complete_arrives_at_the_server() {
    let mut watch = Watch::new().await;
    let mut socket = opened(&watch.path("/ws/echo"), &[]).await;
    socket.close(1000, "Work complete").expect("may be said");
    assert_eq!(socket.ready_state(), ReadyState::Closing);
    let close = expect_close(&mut socket).await;
    // a server answers with the code; whether with the reason, too, is its own choice (RFC 6455 §5.5.1)
    assert_eq!((close.code, close.was_clean), (CloseCode::NORMAL, true));
    assert_eq!(watch.close().await, (1000, "Work complete".into(), true));
    assert!(socket.next().await.is_none());
}

#[test]
async fn work_complete_arrives_from_the_server() {
    let mut socket = opened("/ws/fault/close?code=1000&reason=Work+complete", &[]).await;
    let Some(Event::Close(close)) = socket.next().await else { panic!("a clean close is no error") };
    assert_eq!((close.code, close.reason.as_str(), close.was_clean), (CloseCode::NORMAL, "Work complete", true));
    assert_eq!(close.to_string(), r#"1000 (Normal Closure) "Work complete""#);
    assert!(socket.next().await.is_none());
}

#[test]
async fn private_codes_and_unicode_reasons_go_both_ways() {
    let mut watch = Watch::new().await;
    let socket = opened(&watch.path("/ws/echo"), &[]).await;
    let reason = "ä".repeat(61); // 122 bytes
    socket.close(4999, &reason).expect("123 bytes are allowed");
    assert_eq!(watch.close().await, (4999, reason, true));
    let mut socket = opened("/ws/fault/close?code=4401&reason=gr%C3%BCn", &[]).await;
    let close = expect_close(&mut socket).await;
    assert_eq!((close.code.get(), close.code.name(), close.reason.as_str()), (4401, None, "grün"));
}

#[test]
async fn registered_codes_of_a_server_have_names() {
    for (code, name) in
        [(1001, "Going Away"), (1009, "Message Too Big"), (1011, "Internal Error"), (3000, "Unauthorized")]
    {
        let mut socket = opened(&format!("/ws/fault/close?code={code}"), &[]).await;
        let close = expect_close(&mut socket).await;
        assert_eq!((close.code.get(), close.code.name(), close.was_clean), (code, Some(name), true));
    }
}

/// 1012 to 1014 were registered after RFC 6455. WebKitGTK's libsoup does not know them and fails the connection.
#[test]
async fn newer_codes_are_each_engines_own_affair() {
    for (code, name) in [(1012, "Service Restart"), (1013, "Try Again Later"), (1014, "Bad Gateway")] {
        let mut socket = opened(&format!("/ws/fault/close?code={code}"), &[]).await;
        let close = expect_close(&mut socket).await;
        match engine() {
            Engine::Chromium | Engine::Firefox => {
                assert_eq!((close.code.get(), close.code.name(), close.was_clean), (code, Some(name), true));
            }
            Engine::WebKit => assert_eq!((close.code, close.was_clean), (CloseCode::ABNORMAL, false)),
        }
    }
}

#[test]
async fn a_close_frame_without_a_code_is_1005() {
    let mut socket = opened("/ws/fault/close", &[]).await;
    let close = expect_close(&mut socket).await;
    assert_eq!((close.code, close.was_clean), (CloseCode::NO_STATUS_RECEIVED, true));
}

#[test]
async fn a_broken_link_is_1006_not_clean_and_without_a_reason() {
    for path in ["/ws/fault/reset?after=message", "/ws/fault/drop?after=message"] {
        let mut socket = opened(path, &[]).await;
        socket.send("now").expect("open");
        let close = expect_close(&mut socket).await;
        assert_eq!((close.code, close.reason.as_str(), close.was_clean), (CloseCode::ABNORMAL, "", false), "{path}");
        assert_eq!(close.to_string(), "1006 (Abnormal Closure), not clean");
    }
}

/// The standard fires `error` before the close of a connection that failed. Of a socket that was open only WebKit does;
/// there it says what the socket was doing.
#[test]
async fn an_error_of_an_open_socket_says_so() {
    let mut socket = opened("/ws/fault/reset?after=message", &[]).await;
    socket.send("now").expect("open");
    match socket.next().await {
        Some(Event::Error(error)) => {
            assert_eq!(error.phase, Phase::Open);
            assert!(error.url.ends_with("/ws/fault/reset"), "{}", error.url);
            assert!(!error.to_string().contains("after"), "its query is not shown");
        }
        Some(Event::Close(_)) => assert_ne!(engine(), Engine::WebKit),
        other => panic!("{other:?}"),
    }
}

#[test]
async fn codes_that_browsers_refuse_are_named_and_the_socket_stays_open() {
    let mut socket = opened("/ws/echo", &[]).await;
    for code in [0, 999, 1001, 1005, 1006, 1015, 2999, 5000, u16::MAX] {
        assert_eq!(socket.close(code, ""), Err(CloseError::Code(code.into())));
    }
    assert_eq!(socket.close(1000, &"x".repeat(124)), Err(CloseError::ReasonTooLong { bytes: 124 }));
    socket.send("still here").expect("open");
    assert_eq!(expect_text(&mut socket).await, "still here");
}

#[test]
async fn sending_after_close_is_an_error() {
    let mut socket = opened("/ws/echo", &[]).await;
    socket.close(None, "").expect("may be said");
    assert_eq!(socket.send("closing"), Err(SendError::Closed));
    expect_close(&mut socket).await;
    assert_eq!(socket.send("closed"), Err(SendError::Closed));
    assert_eq!(socket.buffered_amount(), 0, "nothing was swallowed");
}

#[test]
async fn closing_twice_is_closing_once() {
    let mut watch = Watch::new().await;
    let mut socket = opened(&watch.path("/ws/echo"), &[]).await;
    socket.close(4000, "first").expect("may be said");
    socket.close(4001, "second").expect("may be said");
    expect_close(&mut socket).await;
    socket.close(4002, "third").expect("may be said");
    assert_eq!(watch.close().await, (4000, "first".into(), true));
    assert!(socket.next().await.is_none());
}

#[test]
async fn closing_while_connecting_gives_up() {
    let mut socket = connecting("/ws/fault/stall?after=5000", &[]).await;
    socket.close(CloseCode::NORMAL, "never mind").expect("may be said");
    let Some(Event::Error(error)) = socket.next().await else { panic!("an error comes first") };
    assert_eq!(error.phase, Phase::Closing);
    let close = expect_close(&mut socket).await;
    assert_eq!((close.code, close.was_clean), (CloseCode::ABNORMAL, false));
    assert!(socket.next().await.is_none());
}

/// WHATWG WebSockets §7: a message that arrives once the socket is closing is not delivered.
#[test]
async fn no_message_comes_after_close_has_been_called() {
    let mut socket = opened("/ws/echo", &[]).await;
    for n in 0..100 {
        socket.send(&n.to_string()).expect("open");
    }
    socket.close(1000, "").expect("may be said");
    assert!(matches!(socket.next().await, Some(Event::Close(close)) if close.was_clean));
}

#[test]
async fn what_was_sent_before_the_close_arrives() {
    let mut watch = Watch::new().await;
    let socket = opened(&watch.path("/ws/echo"), &[]).await;
    for n in 0..100_u32 {
        socket.send(&n.to_string()).expect("open");
    }
    drop(socket);
    assert_eq!(watch.next().await.text("event"), "open");
    for _ in 0..100 {
        assert_eq!(watch.next().await.text("event"), "message");
    }
    assert_eq!(watch.close().await.0, 1000);
}

#[test]
async fn hello_greets_and_says_bye() {
    let mut socket = opened("/ws/hello?after=0", &[]).await;
    socket.send("My name is John").expect("open");
    assert_eq!(expect_text(&mut socket).await, "Hello from server, John!");
    let close = expect_close(&mut socket).await;
    assert_eq!((close.code, close.reason.as_str(), close.was_clean), (CloseCode::NORMAL, "Bye!", true));
}
