//! Do messages arrive as they were sent, in order, and are they read only when asked?

use everwire::{BinaryType, DecodeError, Message, SendError};
use js_sys::{Array, ArrayBuffer, JsString, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test as test;
use web_sys::Blob;

use super::companion::{connecting, expect_message, expect_open, expect_text, opened};

#[test]
async fn text_goes_there_and_back() {
    let mut socket = opened("/ws/echo", &[]).await;
    let long = "naïve 👋 — ".repeat(20_000);
    for text in ["", "My name is John", "\0 with zero", long.as_str()] {
        socket.send(text).expect("open");
        assert_eq!(expect_text(&mut socket).await, text);
    }
    socket.send(&String::from("owned")).expect("open");
    assert_eq!(expect_text(&mut socket).await, "owned");
}

/// Short texts are read in one way and long ones in another, ASCII in a third.
#[test]
fn text_of_any_length_and_script_is_read_as_it_is() {
    for length in [0, 1, 255, 256, 257, 1_000, 70_000] {
        for other in ["", "é", "♞", "👋", "é♞👋"] {
            for at in [0, length / 2, length] {
                let text = ["a".repeat(at), other.repeat(1 + length / 3), "b".repeat(length - at)].concat();
                let message = Message::Text(JsString::from(text.as_str()));
                assert!(message.text().as_deref() == Ok(&text), "{other} at {at} of {length}");
                assert!(message.bytes().as_deref() == Ok(text.as_bytes()), "{other} at {at} of {length}");
            }
        }
        let lone = |unit| JsString::from_char_code1(unit);
        let start = JsString::from("a".repeat(length)).concat(&lone(0xd83d));
        let text = start.concat(&JsString::from("b".repeat(length + 1))).concat(&lone(0xdc4b));
        let text = Message::Text(text).text().expect("text");
        assert!(text == format!("{}\u{fffd}{}\u{fffd}", "a".repeat(length), "b".repeat(length + 1)), "{length}");
    }
}

#[test]
async fn binary_goes_there_and_back_as_arraybuffer() {
    let mut socket = opened("/ws/echo", &[]).await.with_binary_type(BinaryType::Arraybuffer);
    let bytes: Vec<u8> = (0..1_000_000_u32).map(|n| n as u8).collect();
    socket.send(&bytes).expect("open");
    socket.send(&[]).expect("open");
    let message = expect_message(&mut socket).await;
    assert!(matches!(message, Message::Binary(_)));
    assert_eq!(message.bytes().expect("in memory"), bytes);
    assert_eq!(expect_message(&mut socket).await.bytes(), Ok(vec![]));
}

#[test]
async fn binary_arrives_as_a_blob_and_is_read_on_request() {
    let mut socket = opened("/ws/echo", &[]).await;
    socket.send(&[0xff, 0, 1]).expect("open");
    let message = expect_message(&mut socket).await;
    let Message::Blob(blob) = &message else { panic!("{message:?}") };
    assert_eq!(blob.size(), 3.0);
    assert_eq!(message.bytes(), Err(DecodeError::IsBlob));
    assert_eq!(message.text(), Err(DecodeError::IsBlob));
    let message = message.read().await.expect("readable");
    assert_eq!(message.bytes().expect("in memory now"), [0xff, 0, 1]);
    assert_eq!(message.text(), Err(DecodeError::NotUtf8));
}

#[test]
async fn a_buffer_that_was_transferred_elsewhere_is_an_error() {
    let message = Message::from(vec![1, 2, 3]);
    let Message::Binary(buffer) = &message else { panic!("it is binary") };
    transfer(buffer);
    assert!(matches!(message.bytes(), Err(DecodeError::Unreadable { .. })));
    assert!(matches!(message.text(), Err(DecodeError::Unreadable { .. })));
}

#[wasm_bindgen(inline_js = "export function transfer(buffer) { structuredClone(buffer, { transfer: [buffer] }); }")]
extern "C" {
    pub(super) fn transfer(buffer: &ArrayBuffer);
}

#[test]
async fn every_kind_of_data_can_be_sent() {
    let mut socket = opened("/ws/echo", &[]).await.with_binary_type(BinaryType::Arraybuffer);
    let view = Uint8Array::from([0_u8, 1, 2, 3].as_slice()).subarray(1, 3);
    let parts = Array::of1(&JsString::from("blob"));
    let blob = Blob::new_with_str_sequence(&parts).expect("a blob of text");
    let buffer: ArrayBuffer = Uint8Array::from([7_u8].as_slice()).buffer();
    socket.send(&view).expect("open");
    socket.send(&blob).expect("open");
    socket.send(&buffer).expect("open");
    socket.send(&JsString::from("js")).expect("open");
    socket.send(&Message::from(vec![9])).expect("open");
    socket.send([5_u8].as_slice()).expect("open");
    assert_eq!(expect_message(&mut socket).await.bytes().expect("binary"), [1, 2]);
    assert_eq!(expect_message(&mut socket).await.bytes().expect("binary"), b"blob");
    assert_eq!(expect_message(&mut socket).await.bytes().expect("binary"), [7]);
    assert_eq!(expect_text(&mut socket).await, "js");
    assert_eq!(expect_message(&mut socket).await.bytes().expect("binary"), [9]);
    assert_eq!(expect_message(&mut socket).await.bytes().expect("binary"), [5]);
}

#[test]
async fn binary_that_is_utf8_reads_as_text_and_text_as_bytes() {
    let mut socket = opened("/ws/echo", &[]).await.with_binary_type(BinaryType::Arraybuffer);
    socket.send("größe".as_bytes()).expect("open");
    socket.send("größe").expect("open");
    assert_eq!(expect_message(&mut socket).await.text().expect("UTF-8"), "größe");
    assert_eq!(expect_message(&mut socket).await.bytes().expect("text"), "größe".as_bytes());
}

#[test]
async fn binary_type_may_change_at_any_time() {
    let mut socket = opened("/ws/echo", &[]).await;
    for binary_type in [BinaryType::Arraybuffer, BinaryType::Blob, BinaryType::Arraybuffer] {
        socket.set_binary_type(binary_type);
        socket.send(&[1]).expect("open");
        let message = expect_message(&mut socket).await;
        assert_eq!(matches!(message, Message::Blob(_)), binary_type == BinaryType::Blob, "{message:?}");
    }
}

#[test]
async fn sending_before_open_is_an_error_and_nothing_leaves() {
    let mut socket = connecting("/ws/echo", &[]).await;
    assert_eq!(socket.send("too early"), Err(SendError::Connecting));
    expect_open(&mut socket).await;
    socket.send("in time").expect("open");
    assert_eq!(expect_text(&mut socket).await, "in time");
}

#[test]
async fn buffered_amount_counts_utf8_bytes_at_once() {
    let socket = opened("/ws/echo", &[]).await;
    socket.send("größe").expect("open"); // 7 bytes, 5 UTF-16 units
    socket.send(&[1, 2, 3]).expect("open");
    assert_eq!(socket.buffered_amount(), 10);
}

#[test]
async fn a_lone_surrogate_becomes_the_replacement_character() {
    let mut socket = opened("/ws/echo", &[]).await;
    socket.send(&JsString::from_char_code1(0xd800)).expect("browsers replace it");
    assert_eq!(expect_text(&mut socket).await, "\u{fffd}");
}

#[cfg(feature = "json")]
mod json {
    use serde::{Deserialize, Serialize};

    use super::{BinaryType, DecodeError, SendError, expect_message, opened, test};

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Move {
        from: (u8, u8),
        piece: String,
        check: Option<bool>,
    }

    #[test]
    async fn typed_messages_go_there_and_back() {
        let mut socket = opened("/ws/echo", &[]).await.with_binary_type(BinaryType::Arraybuffer);
        let knight = Move { from: (1, 2), piece: "♞".into(), check: None };
        socket.send_json(&knight).expect("JSON");
        let message = expect_message(&mut socket).await;
        assert_eq!(message.text().expect("text"), r#"{"from":[1,2],"piece":"♞","check":null}"#);
        assert_eq!(message.json::<Move>().expect("the same"), knight);
        socket.send(message.text().expect("text").as_bytes()).expect("open");
        assert_eq!(expect_message(&mut socket).await.json::<Move>().expect("binary JSON is JSON"), knight);
    }

    #[test]
    async fn what_does_not_fit_is_named() {
        let mut socket = opened("/ws/echo", &[]).await;
        socket.send("{not json").expect("open");
        socket.send(r#"{"from":[1,2],"check":true}"#).expect("open");
        let Err(DecodeError::Json { .. }) = expect_message(&mut socket).await.json::<Move>() else {
            panic!("not JSON")
        };
        let Err(DecodeError::Json { message }) = expect_message(&mut socket).await.json::<Move>() else {
            panic!("a field is missing")
        };
        assert!(message.contains("piece"), "{message}");
        let Err(SendError::Json { .. }) = socket.send_json(&u64::MAX) else { panic!("it would lose digits") };
        socket.send(&[1]).expect("open");
        assert_eq!(expect_message(&mut socket).await.json::<Move>(), Err(DecodeError::IsBlob));
    }
}
