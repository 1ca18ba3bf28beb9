//! Does a graceful stop say goodbye to everyone, and end?

use std::time::{Duration, Instant};

use tokio::net::TcpStream;

use crate::{
    client::{open, soon, start},
    raw::{CLOSE, FIN, Raw},
};

#[tokio::test]
async fn every_socket_is_closed_with_1001() {
    let server = start(&[]).await;
    let addr = server.addr();
    let paths = [
        "hello",
        "chat",
        "echo",
        "protocol",
        "watch?id=a",
        "token?via=message",
        "fault/close?after=60000",
        "fault/silent",
        "fault/slow?rate=100",
    ];
    let mut clients = Vec::new();
    for path in paths {
        clients.push(open(&server, &format!("/ws/{path}")).await);
    }
    let started = Instant::now();
    let stopping = tokio::spawn(server.stop());
    for (client, path) in clients.iter_mut().zip(paths) {
        if path == "protocol" {
            client.text().await;
        }
        assert_eq!(client.close_frame().await, (1001, "server stopping".to_owned()), "{path}");
        assert!(client.died().await);
    }
    soon("the stop", stopping).await.expect("no panic");
    assert!(started.elapsed() < Duration::from_secs(4));
    assert!(TcpStream::connect(addr).await.is_err(), "nobody listens any more");
}

#[tokio::test]
async fn clients_that_do_not_answer_hold_up_the_stop_for_three_seconds_at_most() {
    let server = start(&[]).await;
    let mut answers_nothing = Raw::open(&server, "/ws/echo").await;
    let reads_nothing = Raw::connect_narrow(&server).await;
    let reads_nothing = reads_nothing.opened("/ws/fault/flood?count=1000000&size=100000", "").await;
    let idle_page = Raw::connect(&server).await;
    let mut stalled = Raw::connect(&server).await;
    let handshake = "GET /ws/fault/stall HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n\
        Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    stalled.write(handshake.as_bytes()).await;
    let started = Instant::now();
    soon("the stop", server.stop()).await;
    assert!(started.elapsed() < Duration::from_secs(4), "{:?}", started.elapsed());
    assert_eq!(answers_nothing.frame().await.map(|frame| frame.first), Some(FIN | CLOSE));
    drop((reads_nothing, idle_page, stalled));
}
