//! Does a watcher learn what happened on the sockets it watches?

use serde_json::json;

use crate::{
    client::{Client, open, start, try_open},
    raw::{CLOSE, FIN, Raw},
};

#[tokio::test]
async fn a_watcher_is_told_of_opening_messages_and_closing_as_they_happened() {
    let server = start(&["--origin", "http://page.example"]).await;
    let mut watcher = open(&server, "/ws/watch?id=one").await;
    let headers = [("origin", "http://page.example"), ("sec-websocket-protocol", "soap")];
    let mut client = try_open(&server, "/ws/protocol?watch=one", &headers).await.expect("open");
    client.json().await;
    client.send("four").await;
    client.text().await;
    client.send(vec![1, 2, 3]).await;
    client.data().await;
    client.close(1000, "Work complete").await;
    let opened = json!({ "event": "open", "path": "/ws/protocol", "protocol": "soap",
        "extensions": "", "origin": "http://page.example" });
    assert_eq!(watcher.json().await, opened);
    assert_eq!(watcher.json().await, json!({ "event": "message", "kind": "text", "bytes": 4 }));
    assert_eq!(watcher.json().await, json!({ "event": "message", "kind": "binary", "bytes": 3 }));
    assert_eq!(watcher.json().await, closed(1000, "Work complete", true));
    // the watch goes on with the next socket of that id
    let mut again = open(&server, "/ws/echo?watch=one").await;
    again.close(3001, "").await;
    assert_eq!(watcher.json().await["path"], "/ws/echo");
    assert_eq!(watcher.json().await, closed(3001, "", true));
}

#[tokio::test]
async fn a_late_watcher_is_told_the_past_first() {
    let server = start(&[]).await;
    let mut client = open(&server, "/ws/echo?watch=late").await;
    client.send("before").await;
    client.text().await;
    let mut watcher = open(&server, "/ws/watch?id=late").await;
    assert_eq!(watcher.json().await["event"], "open");
    assert_eq!(watcher.json().await["bytes"], 6);
    client.close(1000, "").await;
    assert_eq!(watcher.json().await, closed(1000, "", true));
}

#[tokio::test]
async fn a_connection_that_ends_without_a_close_frame_is_1006_and_unclean() {
    let server = start(&[]).await;
    let mut watcher = open(&server, "/ws/watch?id=gone").await;
    drop(open(&server, "/ws/echo?watch=gone").await);
    assert_eq!(last_event(&mut watcher).await, closed(1006, "", false));
    let mut raw = Raw::open(&server, "/ws/echo?watch=gone").await;
    raw.send(FIN | 3, b"").await;
    raw.closed_with().await;
    drop(raw);
    assert_eq!(last_event(&mut watcher).await, closed(1006, "", false));
}

#[tokio::test]
async fn a_close_frame_without_a_code_is_1005_and_clean() {
    let server = start(&[]).await;
    let mut watcher = open(&server, "/ws/watch?id=empty").await;
    let mut raw = Raw::open(&server, "/ws/echo?watch=empty").await;
    raw.send(FIN | CLOSE, b"").await;
    assert_eq!(last_event(&mut watcher).await, closed(1005, "", true));
}

#[tokio::test]
async fn a_close_that_the_server_began_is_told_with_the_clients_answer() {
    let server = start(&[]).await;
    let mut watcher = open(&server, "/ws/watch?id=bye").await;
    let mut client = open(&server, "/ws/fault/close?code=4000&reason=go&watch=bye").await;
    assert_eq!(client.close_frame().await.0, 4000);
    assert!(client.died().await, "tungstenite answers the close while it reads on");
    assert_eq!(last_event(&mut watcher).await, closed(4000, "go", true));
}

#[tokio::test]
async fn an_id_must_be_short_and_plain() {
    let server = start(&[]).await;
    for path in ["/ws/watch", "/ws/watch?id=", "/ws/watch?id=a%20b", "/ws/echo?watch=a/b", "/ws/chat?watch="] {
        let (status, sentence) = try_open(&server, path, &[]).await.err().expect("refused");
        assert_eq!(status, 400, "{path}");
        assert!(sentence.contains("1 to 64 letters"), "{sentence}");
    }
}

async fn last_event(watcher: &mut Client) -> serde_json::Value {
    loop {
        let event = watcher.json().await;
        if event["event"] == "close" {
            return event;
        }
    }
}

fn closed(code: u16, reason: &str, clean: bool) -> serde_json::Value {
    json!({ "event": "close", "code": code, "reason": reason, "clean": clean })
}
