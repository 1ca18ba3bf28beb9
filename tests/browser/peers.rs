//! Do we make the mistakes that other crates make? Each was seen in a released version in a real browser.
//!
//! What the research verified is numbered there; the number stands beside each test. A defect whose test is the
//! natural test of a feature stands with that feature, and is named here.
//!
//! 2, a dropped connect future: `dropping::a_cancelled_wait_for_open_leaves_no_trace`.

use everwire::{BinaryType, CloseCode, Event, Message, ReadyState, SendError};
use futures::{FutureExt, SinkExt, StreamExt};
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::companion::{Watch, expect_close, expect_message, opened};

/// 1, tokio-tungstenite-wasm: two subprotocols went as one, `"a, b"`; none went as one that was empty.
#[test]
async fn several_subprotocols_are_several() {
    assert_eq!(opened("/ws/protocol", &["none-of-ours", "wamp"]).await.protocol(), "wamp");
    assert_eq!(opened("/ws/protocol", &[]).await.protocol(), "");
}

/// 3, gloo-net: `SinkExt::close` said Ok, and the socket stayed open.
#[test]
async fn the_sinks_close_really_closes() {
    let mut watch = Watch::new().await;
    let mut socket = opened(&watch.path("/ws/echo"), &[]).await;
    SinkExt::<Message>::close(&mut socket).await.expect("closed");
    assert_eq!(socket.ready_state(), ReadyState::Closed);
    assert_eq!(watch.close().await.0, 1000);
}

/// 4, gloo-net: sending on a socket that closes said Ok, and bufferedAmount never fell again.
#[test]
async fn sending_on_a_dead_socket_is_an_error_and_buffers_nothing() {
    let mut socket = opened("/ws/fault/reset?after=message", &[]).await;
    socket.send("now").expect("open");
    expect_close(&mut socket).await;
    assert_eq!(socket.send("lost"), Err(SendError::Closed));
    assert_eq!(SinkExt::send(&mut socket, "lost".into()).await, Err(SendError::Closed));
    assert_eq!(socket.buffered_amount(), 0);
}

/// 5, gloo-net: a reason without a code went as 1005, on which every browser throws.
#[test]
async fn a_reason_without_a_code_is_said_with_1000() {
    let mut watch = Watch::new().await;
    let socket = opened(&watch.path("/ws/echo"), &[]).await;
    socket.close(None, "bye").expect("may be said");
    assert_eq!(watch.close().await, (1000, "bye".into(), true));
}

/// 6, gloo-net: a clean close was an `Err` in the stream.
#[test]
async fn a_clean_close_is_an_event_and_not_an_error() {
    let mut socket = opened("/ws/fault/close?code=1000", &[]).await;
    let Some(Event::Close(close)) = socket.next().await else { panic!("not a close") };
    assert!(close.was_clean);
    assert_eq!(close.code, CloseCode::NORMAL);
}

/// 7, ewebsock: after the first binary message texts overtook binaries.
#[test]
async fn texts_and_binaries_keep_their_order() {
    for binary_type in [BinaryType::Blob, BinaryType::Arraybuffer] {
        let mut socket = opened("/ws/echo", &[]).await.with_binary_type(binary_type);
        for n in 0..4_u8 {
            socket.send(&[n]).expect("open");
            socket.send(&n.to_string()).expect("open");
        }
        for n in 0..4_u8 {
            let binary = expect_message(&mut socket).await;
            assert_eq!(binary.read().await.expect("readable").bytes(), Ok(vec![n]));
            assert_eq!(expect_message(&mut socket).await.text(), Ok(n.to_string()));
        }
    }
}

/// 8, tokio-tungstenite-wasm: after `close().await` the stream said None, and later the close.
#[test]
async fn the_close_is_read_before_the_end_even_after_awaiting_it() {
    let mut socket = opened("/ws/echo", &[]).await;
    SinkExt::<Message>::close(&mut socket).await.expect("closed");
    let Some(Some(Event::Close(_))) = socket.next().now_or_never() else { panic!("the close is there by now") };
    assert!(socket.next().await.is_none());
}
