//! Does what should go wrong go wrong in the way asked for?

use std::io::ErrorKind;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_tungstenite::tungstenite::Message;

use crate::{
    client::{open, soon, start, try_open},
    raw::{BINARY, CLOSE, FIN, Frame, PING, Raw, TEXT},
};

#[tokio::test]
async fn close_sends_any_code_and_reason_even_those_that_may_not_be_sent() {
    let server = start(&[]).await;
    for code in [1000, 1006, 1014, 2999, 3008, 4999, 0, 65_535] {
        let mut raw = Raw::open(&server, &format!("/ws/fault/close?code={code}&reason=b%C3%A9")).await;
        let frame = raw.frame().await.expect("a close frame");
        assert_eq!((frame.first, frame.close_code()), (FIN | CLOSE, code));
        assert_eq!(&frame.payload[2..], "bé".as_bytes());
    }
    let mut raw = Raw::open(&server, "/ws/fault/close").await;
    assert_eq!(raw.frame().await, Some(Frame { first: FIN | CLOSE, payload: Vec::new() }));
    for query in ["reason=why", &format!("code=1000&reason={}", "x".repeat(124))] {
        let refused = try_open(&server, &format!("/ws/fault/close?{query}"), &[]).await.err();
        assert_eq!(refused.expect("refused").0, 400);
    }
}

#[tokio::test]
async fn what_has_to_wait_echoes_meanwhile() {
    let server = start(&[]).await;
    let mut client = open(&server, "/ws/fault/close?code=1012&after=300").await;
    client.send("meanwhile").await;
    assert_eq!(client.text().await, "meanwhile");
    assert_eq!(client.close_frame().await.0, 1012);
}

#[tokio::test]
async fn what_waits_for_a_message_happens_when_it_comes() {
    let server = start(&[]).await;
    let mut client = open(&server, "/ws/fault/close?code=1012&after=message").await;
    client.send("now").await;
    assert_eq!(client.close_frame().await.0, 1012, "and the message is not answered");
    for after in ["massage", "-1", "3600001"] {
        let refused = try_open(&server, &format!("/ws/fault/reset?after={after}"), &[]).await.err();
        assert_eq!(refused.expect("refused").0, 400);
    }
}

#[tokio::test]
async fn reset_ends_with_rst_and_drop_with_fin_and_neither_with_a_close_frame() {
    let server = start(&[]).await;
    let mut raw = Raw::open(&server, "/ws/fault/reset?after=50").await;
    let outcome = soon("the reset", raw.tcp.read_u8()).await;
    assert_eq!(outcome.expect_err("no byte").kind(), ErrorKind::ConnectionReset);
    let mut raw = Raw::open(&server, "/ws/fault/drop?after=50").await;
    let outcome = soon("the end", raw.tcp.read_u8()).await;
    assert_eq!(outcome.expect_err("no byte").kind(), ErrorKind::UnexpectedEof);
}

#[tokio::test]
async fn silent_answers_neither_message_nor_ping_nor_close() {
    let server = start(&["--ping-interval", "0.05"]).await;
    let mut watcher = open(&server, "/ws/watch?id=silent").await;
    let mut raw = Raw::open(&server, "/ws/fault/silent?watch=silent").await;
    raw.send(FIN | TEXT, b"hello?").await;
    raw.send(FIN | PING, b"").await;
    raw.send(FIN | CLOSE, &1000_u16.to_be_bytes()).await;
    for event in ["open", "message"] {
        assert_eq!(watcher.json().await["event"], event, "it did read");
    }
    // our direction ends; the server then lets go, and nothing was ever written
    raw.tcp.shutdown().await.expect("open until now");
    assert!(raw.rest().await.is_empty());
    let close = watcher.json().await;
    assert_eq!((&close["code"], &close["clean"]), (&1000.into(), &true.into()), "what the client sent");
}

#[tokio::test]
async fn silent_may_stop_reading_too() {
    let server = start(&[]).await;
    let mut raw = Raw::open(&server, "/ws/fault/silent?read=off").await;
    // the kernels' buffers fill and then nothing moves: much more than they hold never gets through
    let frame = crate::raw::masked(FIN | BINARY, &vec![0; 32 * 1024 * 1024]);
    let writing = tokio::time::timeout(std::time::Duration::from_secs(1), raw.tcp.write_all(&frame));
    assert!(writing.await.is_err(), "32 MiB were taken by a server that does not read");
}

#[tokio::test]
async fn silent_notices_without_reading_that_the_client_left_and_ends_when_its_time_is_up() {
    let server = start(&[]).await;
    let mut watcher = open(&server, "/ws/watch?id=deaf").await;
    let mut left = Raw::open(&server, "/ws/fault/silent?read=off&watch=deaf").await;
    left.send(FIN | TEXT, b"never read").await;
    drop(left);
    for event in ["open", "close"] {
        assert_eq!(watcher.json().await["event"], event);
    }
    let mut stays = Raw::open(&server, "/ws/fault/silent?after=100").await;
    assert!(stays.rest().await.is_empty());
}

#[tokio::test]
async fn stall_leaves_the_handshake_unanswered_for_as_long_as_asked() {
    let server = start(&[]).await;
    let (status, _) = try_open(&server, "/ws/fault/stall?after=200", &[]).await.err().expect("not opened");
    assert_eq!(status, 504);
}

#[tokio::test]
async fn refuse_answers_with_the_status_asked_for() {
    let server = start(&[]).await;
    for (query, status) in [("", 503), ("?status=418", 418), ("?status=404", 404)] {
        let refused = try_open(&server, &format!("/ws/fault/refuse{query}"), &[]).await.err();
        assert_eq!(refused.expect("refused").0, status);
    }
    assert_eq!(try_open(&server, "/ws/fault/refuse?status=101", &[]).await.err().expect("refused").0, 400);
}

#[tokio::test]
async fn slow_counts_what_it_reads_and_tells_when_asked_and_when_closed() {
    let server = start(&[]).await;
    let mut client = open(&server, "/ws/fault/slow?rate=1000000").await;
    for number in [0_u32, 1, 2] {
        client.send(number.to_le_bytes().to_vec()).await;
    }
    client.send("count?").await;
    assert_eq!(client.text().await, r#"{"messages":3,"bytes":12,"inOrder":true}"#);
    client.send(7_u32.to_le_bytes().to_vec()).await;
    let (code, reason) = client.close(1000, "").await;
    assert_eq!((code, reason.as_str()), (1000, r#"{"messages":4,"bytes":16,"inOrder":false}"#));
}

#[tokio::test]
async fn slow_tells_its_count_to_a_close_without_a_code_too() {
    let server = start(&[]).await;
    let mut raw = Raw::open(&server, "/ws/fault/slow?rate=1000000").await;
    raw.send(FIN | CLOSE, b"").await;
    let frame = raw.frame().await.expect("an answer");
    assert_eq!((frame.close_code(), &frame.payload[2..]), (1000, &br#"{"messages":0,"bytes":0,"inOrder":true}"#[..]));
}

#[tokio::test]
async fn slow_reads_no_faster_than_asked() {
    let server = start(&[]).await;
    let mut client = open(&server, "/ws/fault/slow?rate=20000").await;
    let started = std::time::Instant::now();
    client.send(vec![0; 20_000]).await;
    client.send("count?").await;
    assert_eq!(client.json().await["bytes"], 20_000);
    assert!(started.elapsed().as_millis() > 800, "{:?}", started.elapsed());
}

#[tokio::test]
async fn a_slow_reader_with_small_buffers_holds_its_client_back_before_half_a_megabyte() {
    let server = start(&["--small-buffers"]).await;
    let mut raw = Raw::open(&server, "/ws/fault/slow?rate=100").await;
    let frame = crate::raw::masked(FIN | BINARY, &vec![0; 16 * 1024]);
    let mut sent = 0;
    let flooding = async {
        loop {
            raw.tcp.write_all(&frame).await.expect("not cut off");
            sent += frame.len();
        }
    };
    let flooded = tokio::time::timeout(std::time::Duration::from_secs(1), flooding).await;
    assert!(flooded.is_err() && sent < 512 * 1024, "{sent} bytes were taken");
}

#[tokio::test]
async fn flood_sends_numbered_messages_and_closes() {
    let server = start(&[]).await;
    let mut client = open(&server, "/ws/fault/flood?count=500&size=1000").await;
    for number in 0..500_u32 {
        let Message::Binary(bytes) = client.data().await else { panic!("binary was asked for") };
        assert_eq!((bytes.len(), &bytes[..4]), (1000, &number.to_le_bytes()[..]));
    }
    assert_eq!(client.close_frame().await.0, 1000);
    let mut client = open(&server, "/ws/fault/flood?count=2&size=5&kind=text").await;
    assert_eq!((client.text().await, client.text().await), ("0....".to_owned(), "1....".to_owned()));
}

#[tokio::test]
async fn a_flood_ends_when_the_client_has_had_enough() {
    let server = start(&[]).await;
    let mut client = open(&server, "/ws/fault/flood?count=4000000000&size=100000").await;
    client.data().await;
    client.stream.close(None).await.expect("open");
    while !matches!(client.data().await, Message::Close(_)) {}
}

#[tokio::test]
async fn a_handler_that_panics_closes_with_1011_and_the_server_goes_on() {
    let server = start(&[]).await;
    let mut client = open(&server, "/ws/fault/panic").await;
    assert_eq!(client.close_frame().await, (1011, "internal error".to_owned()));
    let mut client = open(&server, "/ws/echo").await;
    client.send("still here").await;
    assert_eq!(client.text().await, "still here");
}

#[tokio::test]
async fn raw_and_text_put_what_no_library_would_send_on_the_wire() {
    let server = start(&[]).await;
    let mut raw = Raw::open(&server, "/ws/fault/text?bytes=c328").await;
    assert_eq!(raw.frame().await, Some(Frame { first: FIN | TEXT, payload: vec![0xc3, 0x28] }));
    let mut raw = Raw::open(&server, "/ws/fault/raw?bytes=83026869").await;
    assert_eq!(raw.frame().await, Some(Frame { first: FIN | 3, payload: b"hi".to_vec() }));
    raw.send(FIN | CLOSE, &1002_u16.to_be_bytes()).await;
    assert_eq!(raw.closed_with().await, 1002);
}
