//! Do hello, chat, echo and protocol do what the article and the README say?

use std::time::{Duration, Instant};

use tokio_tungstenite::tungstenite::Message;

use crate::client::{open, start, try_open};

#[tokio::test]
async fn hello_greets_by_the_last_word_and_says_bye_after_a_while() {
    let server = start(&[]).await;
    let mut client = open(&server, "/ws/hello?after=300").await;
    let started = Instant::now();
    client.send("My name is John").await;
    assert_eq!(client.text().await, "Hello from server, John!");
    client.send("").await;
    assert_eq!(client.text().await, "Hello from server, Guest!");
    assert_eq!(client.close_frame().await, (1000, "Bye!".to_owned()));
    let lasted = started.elapsed();
    assert!(lasted >= Duration::from_millis(300), "from the first message on: {lasted:?}");
}

#[tokio::test]
async fn hello_waits_five_seconds_when_it_is_not_told_otherwise() {
    let server = start(&[]).await;
    let mut client = open(&server, "/ws/hello").await;
    let started = Instant::now();
    client.send("My name is John").await;
    client.text().await;
    client.close_frame().await;
    assert!((5..8).contains(&started.elapsed().as_secs()));
}

#[tokio::test]
async fn hello_refuses_binary_with_1003() {
    let server = start(&[]).await;
    let mut client = open(&server, "/ws/hello").await;
    client.send(vec![1, 2, 3]).await;
    assert_eq!(client.close_frame().await.0, 1003);
}

#[tokio::test]
async fn a_chat_message_reaches_everyone_cut_to_fifty_characters() {
    let server = start(&[]).await;
    let mut ann = open(&server, "/ws/chat").await;
    let mut bob = open(&server, "/ws/chat").await;
    ann.send("hi, I am here").await; // once it is back, she is in the room for sure
    assert_eq!(ann.text().await, "hi, I am here");
    bob.send("🦀".repeat(60)).await;
    assert_eq!(ann.text().await, "🦀".repeat(50));
    loop {
        let heard = bob.text().await; // he may have come before or after her greeting
        if heard != "hi, I am here" {
            assert_eq!(heard, "🦀".repeat(50));
            break;
        }
    }
}

#[tokio::test]
async fn markup_in_a_chat_message_is_not_touched() {
    let server = start(&[]).await;
    let mut client = open(&server, "/ws/chat").await;
    client.send("<b>&amp;</b>").await;
    assert_eq!(client.text().await, "<b>&amp;</b>");
}

#[tokio::test]
async fn the_chat_refuses_binary_with_1003_and_forgets_who_leaves() {
    let server = start(&[]).await;
    let mut stays = open(&server, "/ws/chat").await;
    stays.send("I stay").await;
    stays.text().await;
    let mut leaves = open(&server, "/ws/chat").await;
    leaves.send(vec![1]).await;
    assert_eq!(leaves.close_frame().await.0, 1003);
    assert!(leaves.died().await);
    assert_eq!(server.chat_load(), (0, 1));
}

#[tokio::test]
async fn echo_returns_text_and_binary_as_they_came() {
    let server = start(&[]).await;
    let mut client = open(&server, "/ws/echo").await;
    client.send("text").await;
    assert_eq!(client.data().await, Message::text("text"));
    client.send(vec![0, 255]).await;
    assert_eq!(client.data().await, Message::binary(vec![0, 255]));
    let large = vec![7; 10 * 1024 * 1024];
    client.send(large.clone()).await;
    assert_eq!(client.data().await, Message::binary(large));
    assert_eq!(client.close(1000, "Work complete").await, (1000, "Work complete".to_owned()));
}

#[tokio::test]
async fn protocol_picks_the_first_it_speaks_in_the_order_offered() {
    let server = start(&[]).await;
    for (offered, chosen) in [("soap, wamp", Some("soap")), ("wamp, soap", Some("wamp")), ("mqtt, wamp", Some("wamp"))]
    {
        let headers = [("sec-websocket-protocol", offered)];
        let mut client = try_open(&server, "/ws/protocol", &headers).await.expect("open");
        assert_eq!(client.protocol(), chosen, "{offered}");
        let told = client.json().await;
        assert_eq!(told["offered"], serde_json::json!(offered.split(", ").collect::<Vec<_>>()));
        assert_eq!(told["chosen"], serde_json::json!(chosen));
    }
}

#[tokio::test]
async fn protocol_picks_none_when_it_speaks_none() {
    let server = start(&[]).await;
    // tungstenite treats an unanswered offer as an error, so the answer is read as it is
    let raw = crate::raw::Raw::connect(&server).await;
    let offer = "Sec-WebSocket-Protocol: mqtt\r\nSec-WebSocket-Protocol: xmpp\r\n";
    let mut raw = raw.opened("/ws/protocol", offer).await;
    assert!(!raw.head.to_lowercase().contains("sec-websocket-protocol"), "{}", raw.head);
    let told = raw.frame().await.expect("a text").payload;
    let told: serde_json::Value = serde_json::from_slice(&told).expect("JSON");
    assert_eq!(told, serde_json::json!({ "offered": ["mqtt", "xmpp"], "chosen": null }));
    let mut client = open(&server, "/ws/protocol").await;
    assert_eq!(client.json().await, serde_json::json!({ "offered": [], "chosen": null }));
}

#[tokio::test]
async fn other_endpoints_pick_only_the_protocol_that_the_query_names() {
    let server = start(&[]).await;
    let headers = [("sec-websocket-protocol", "a, b")];
    let client = try_open(&server, "/ws/echo?protocol=b", &headers).await.expect("open");
    assert_eq!(client.protocol(), Some("b"));
    for path in ["/ws/echo", "/ws/echo?protocol=c"] {
        let raw = crate::raw::Raw::connect(&server).await;
        let raw = raw.opened(path, "Sec-WebSocket-Protocol: a, b\r\n").await;
        assert!(!raw.head.to_lowercase().contains("sec-websocket-protocol"), "{path}: {}", raw.head);
    }
}

#[tokio::test]
async fn deflate_is_agreed_unless_the_query_or_the_command_line_says_no() {
    let server = start(&[]).await;
    let agreed = async |server, path| {
        let raw = crate::raw::Raw::open_deflating(server, path).await;
        raw.head.to_lowercase().contains("sec-websocket-extensions")
    };
    assert!(agreed(&server, "/ws/chat").await);
    assert!(!agreed(&server, "/ws/chat?deflate=off").await);
    assert!(!agreed(&start(&["--no-deflate"]).await, "/ws/chat").await);
}
