//! Is everything that a client can use up bounded, and is nobody held up by another?

use std::time::{Duration, Instant};

use tokio::io::AsyncWriteExt;

use crate::{
    client::{open, soon, start, try_open},
    raw::{BINARY, FIN, PING, PONG, Raw, masked},
};

#[tokio::test]
async fn a_handshake_that_dribbles_is_cut_off() {
    let server = start(&["--handshake-timeout", "0.3"]).await;
    let started = Instant::now();
    for beginning in [&b""[..], b"GET /ws/echo HTTP/1.1\r\nHost: localhost\r\nX-Slow: "] {
        let mut raw = Raw::connect(&server).await;
        raw.write(beginning).await;
        raw.rest().await;
    }
    assert!(started.elapsed() < Duration::from_secs(5));
    // bytes now and then do not help
    let mut raw = Raw::connect(&server).await;
    raw.write(b"GET /ws/echo HTTP/1.1\r\n").await;
    let mut now_and_then = tokio::time::interval(Duration::from_millis(50));
    let dribbling = async {
        while raw.tcp.write_all(b"X-More: 1\r\n").await.is_ok() {
            now_and_then.tick().await;
        }
    };
    soon("being cut off", dribbling).await;
}

#[tokio::test]
async fn a_tls_handshake_that_never_comes_is_cut_off() {
    let server = start(&["--tls", "--handshake-timeout", "0.3"]).await;
    let mut raw = Raw::connect(&server).await;
    assert!(raw.rest().await.is_empty());
}

#[tokio::test]
async fn headers_without_end_are_refused() {
    let server = start(&[]).await;
    let mut raw = Raw::connect(&server).await;
    raw.write(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: ").await;
    let mut sent = 0;
    while raw.tcp.write_all(&[b'x'; 4096]).await.is_ok() {
        sent += 4096;
        assert!(sent < 64 * 1024 * 1024, "{sent} bytes of headers were taken");
    }
}

#[tokio::test]
async fn a_client_that_answers_pings_stays_and_one_that_does_not_is_dropped() {
    let server = start(&["--ping-interval", "0.2"]).await;
    let mut answers = Raw::open(&server, "/ws/echo").await;
    let mut does_not = Raw::open(&server, "/ws/echo").await;
    let mut pings = 0;
    while pings < 6 {
        let frame = answers.frame().await.expect("still there");
        assert_eq!(frame.first, FIN | PING);
        answers.send(FIN | PONG, &frame.payload).await;
        pings += 1;
    }
    assert_eq!(does_not.frame().await.map(|frame| frame.first), Some(FIN | PING));
    assert_eq!(does_not.frame().await, None, "asked once, then dropped");
}

#[tokio::test]
async fn any_frame_is_proof_of_life() {
    let server = start(&["--ping-interval", "0.3"]).await;
    let mut raw = Raw::open(&server, "/ws/echo").await;
    for _ in 0..3 {
        assert_eq!(raw.frame().await.map(|frame| frame.first), Some(FIN | PING));
        raw.send(FIN | BINARY, b"not a pong").await;
        assert_eq!(raw.frame().await.map(|frame| frame.first), Some(FIN | BINARY));
    }
}

#[tokio::test]
async fn a_client_that_neither_reads_nor_leaves_is_dropped_though_bytes_wait_for_it() {
    let server = start(&["--ping-interval", "0.2", "--max-connections", "2"]).await;
    let mut watcher = open(&server, "/ws/watch?id=stuck").await;
    let stuck = Raw::connect_narrow(&server).await;
    let stuck = stuck.opened("/ws/fault/flood?count=1000000&size=1000&watch=stuck", "").await;
    loop {
        let event = watcher.json().await;
        if event["event"] == "close" {
            assert_eq!(event["code"], 1006);
            break;
        }
    }
    drop(stuck);
}

#[tokio::test]
async fn a_client_that_pings_without_reading_is_not_read_any_more() {
    let server = start(&[]).await;
    let mut raw = Raw::connect_narrow(&server).await.opened("/ws/echo", "").await;
    let pings = masked(FIN | PING, &[b'x'; 125]).repeat(1000);
    let mut sent = 0;
    // pongs pile up in the kernels' buffers and 64 KiB of ours; then reading stops, and so do we
    let flooding = async {
        loop {
            raw.tcp.write_all(&pings).await.expect("not cut off");
            sent += pings.len();
        }
    };
    assert!(tokio::time::timeout(Duration::from_secs(1), flooding).await.is_err());
    assert!(sent < 64 * 1024 * 1024, "{sent} bytes of pings were taken");
}

#[tokio::test]
async fn an_echo_that_is_not_read_stops_reading() {
    let server = start(&[]).await;
    let mut raw = Raw::connect_narrow(&server).await.opened("/ws/echo", "").await;
    let frame = masked(FIN | BINARY, &vec![0; 64 * 1024]);
    let mut sent = 0;
    let flooding = async {
        loop {
            raw.tcp.write_all(&frame).await.expect("not cut off");
            sent += frame.len();
        }
    };
    assert!(tokio::time::timeout(Duration::from_secs(1), flooding).await.is_err());
    assert!(sent < 64 * 1024 * 1024, "{sent} bytes were taken");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_chat_member_that_reads_too_slowly_is_dropped_and_the_others_get_everything_in_time() {
    let server = start(&[]).await;
    let mut quick = open(&server, "/ws/chat").await;
    quick.send("quick is here").await;
    quick.text().await;
    let _slow = Raw::connect_narrow(&server).await.opened("/ws/chat", "").await;
    let mut talker = open(&server, "/ws/chat").await;
    talker.send("talker is here").await;
    quick.text().await;
    assert_eq!(server.chat_load().1, 3);

    let line = "🦀".repeat(50);
    let mut fullest = 0;
    let mut longest_wait = Duration::ZERO;
    let mut said = 0;
    // until the slow one is dropped, and it must be: what the kernels hold for it is some megabytes
    while server.chat_load().1 == 3 {
        assert!(said < 200_000, "the slow one is still there after {said} messages");
        for _ in 0..100 {
            talker.send(line.as_str()).await;
        }
        for _ in 0..100 {
            let asked = Instant::now();
            assert_eq!(quick.text().await, line);
            longest_wait = longest_wait.max(asked.elapsed());
            talker.text().await;
        }
        said += 100;
        fullest = fullest.max(server.chat_load().0);
    }
    assert!(fullest <= 1024, "{fullest} messages waited in one queue");
    assert!(longest_wait < Duration::from_secs(2), "the quick one waited {longest_wait:?}");
    talker.send("gone").await;
    assert_eq!(quick.text().await, "gone");
    assert_eq!(server.chat_load().1, 2);
}

#[tokio::test]
async fn a_burst_from_one_chat_member_drops_nobody() {
    let server = start(&[]).await;
    let mut listener = open(&server, "/ws/chat").await;
    listener.send("here").await;
    listener.text().await;
    let mut raw = Raw::open(&server, "/ws/chat").await;
    let burst = masked(FIN | 1, b"x").repeat(20_000);
    let reading = async {
        for _ in 0..20_000 {
            assert_eq!(listener.text().await, "x");
        }
    };
    let (mut reader, mut writer) = raw.tcp.split();
    let writing = async { writer.write_all(&burst).await.expect("open") };
    let drained = async {
        let mut left = 20_000 * 3;
        let mut bytes = [0; 8192];
        while left > 0 {
            left -= tokio::io::AsyncReadExt::read(&mut reader, &mut bytes).await.expect("open");
        }
    };
    soon("everything", async { tokio::join!(reading, writing, drained) }).await;
    assert_eq!(server.chat_load().1, 2);
}

#[tokio::test]
async fn sockets_beyond_the_bound_get_503_until_one_leaves() {
    let server = start(&["--max-connections", "1"]).await;
    let mut first = open(&server, "/ws/echo").await;
    let (status, sentence) = try_open(&server, "/ws/echo", &[]).await.err().expect("refused");
    assert_eq!(status, 503, "{sentence}");
    first.close(1000, "").await;
    drop(first);
    let opening = async { while try_open(&server, "/ws/echo", &[]).await.is_err() {} };
    soon("a place", opening).await;
}

#[tokio::test]
async fn a_stalled_handshake_counts_as_a_socket_until_its_client_leaves() {
    let server = start(&["--max-connections", "1"]).await;
    let mut stalled = Raw::connect(&server).await;
    let handshake = "GET /ws/fault/stall HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
        Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    stalled.write(handshake.as_bytes()).await;
    let refused = async { while try_open(&server, "/ws/echo", &[]).await.is_ok() {} };
    soon("the stall", refused).await; // it may arrive after our first attempt
    drop(stalled);
    let opening = async { while try_open(&server, "/ws/echo", &[]).await.is_err() {} };
    soon("a place", opening).await;
}
