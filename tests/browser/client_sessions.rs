//! With a session: is anything lost, doubled or out of order, and is what a caller is told true?

use everwire::{ClientEvent, DropReason, Error, Events, SendOptions, Session};
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::clients::{finished, hurried, started, until, until_text};
use super::companion::companion;

/// Whether the session goes on, of the next socket that is ready.
async fn until_resumed(events: &mut Events) -> Option<bool> {
    until(events, |event| if let ClientEvent::Open { resumed, .. } = event { Some(*resumed) } else { None }).await
}

#[test]
async fn everything_arrives_once_and_in_order_over_one_socket_after_the_other() {
    let (client, mut events) = started(hurried("/ws/echo").await.session(Session::new()));
    assert_eq!(until_resumed(&mut events).await, Some(false), "it begins");
    let mut next = 0;
    for _ in 0..5 {
        for number in next..next + 40 {
            drop(client.send(number.to_string().as_str()));
        }
        next += 40;
        client.reconnect(); // in the middle of it: some have left, some echoes are on their way
    }
    let mut heard = 0;
    let mut resumed = Vec::new();
    while heard < next {
        let event = until(&mut events, |event| {
            assert!(!matches!(event, ClientEvent::Gap { .. } | ClientEvent::Dropped { .. }), "{event:?}");
            if let ClientEvent::Open { resumed, .. } = event {
                return Some(Err(*resumed));
            }
            if let ClientEvent::Message(message) = event { message.text().ok().map(Ok) } else { None }
        });
        match event.await {
            Ok(text) => {
                assert_eq!(text, heard.to_string());
                heard += 1;
            }
            Err(open) => resumed.push(open),
        }
    }
    assert!(!resumed.is_empty() && resumed.iter().all(|resumed| *resumed == Some(true)), "{resumed:?}");
    finished(client).await;
}

#[test]
async fn a_promise_may_wait_for_the_server() {
    let (client, mut events) = started(hurried("/ws/echo").await.session(Session::new()));
    let options = SendOptions { acknowledged: true, ..SendOptions::default() };
    client.send_with("taken", options).await.expect("it is acknowledged");
    assert_eq!(until_text(&mut events).await, "taken");
    finished(client).await;
}

#[test]
async fn what_looks_like_a_control_frame_arrives_as_it_was() {
    let (client, mut events) = started(hurried("/ws/echo").await.session(Session::new()));
    for text in ["\0", "\0\0", "\0{\"type\":\"bye\"}", "\0x", "x"] {
        client.send(text).await.expect("it is sent");
        assert_eq!(until_text(&mut events).await, text);
    }
    client.send(&[0_u8, 123, 0][..]).await.expect("it is sent");
    let bytes =
        until(&mut events, |event| if let ClientEvent::Message(message) = event { message.bytes().ok() } else { None });
    assert_eq!(bytes.await, [0, 123, 0]);
    finished(client).await;
}

#[test]
async fn a_server_that_does_not_speak_it_will_do_unless_it_is_required() {
    let (client, mut events) = started(hurried("/ws/hello").await.session(Session::new()));
    assert_eq!(until_resumed(&mut events).await, Some(false));
    let options = SendOptions { acknowledged: true, ..SendOptions::default() };
    let unsure = client.send_with("John", options).await.expect_err("nobody acknowledges");
    assert_eq!(unsure.0, DropReason::Unconfirmed);
    finished(client).await;

    let (client, mut events) = started(hurried("/ws/hello").await.session(Session::new().required()));
    let error =
        until(
            &mut events,
            |event| if let ClientEvent::Error { error, .. } = event { Some(error.clone()) } else { None },
        );
    // Chromium fails such a handshake by itself
    let error = error.await;
    assert!([Error::Session, Error::Connect].contains(&error), "{error}");
    finished(client).await;
}

#[test]
async fn the_next_address_is_tried_when_one_fails() {
    let second = companion("/ws/echo").await;
    let (client, mut events) = started(hurried("/ws/fault/refuse?status=503").await.urls([second.clone()]));
    until(&mut events, |event| if let ClientEvent::Open { .. } = event { Some(()) } else { None }).await;
    assert_eq!(client.url(), second);
    finished(client).await;
}
