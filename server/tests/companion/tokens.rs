//! Do tokens open the door, and only until they expire?

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use everwire_server::Server;
use serde_json::json;

use crate::{
    client::{Refused, open, start, try_open},
    pages::get,
    raw::Raw,
};

#[tokio::test]
async fn a_token_in_a_subprotocol_opens_and_the_application_protocol_is_chosen() {
    let server = start(&[]).await;
    let shown = format!("chat, {}", bearer(&token(&server, "60").await));
    let headers = [("sec-websocket-protocol", shown.as_str())];
    let mut client = try_open(&server, "/ws/token?via=protocol", &headers).await.expect("open");
    assert_eq!(client.protocol(), Some("chat"));
    client.send("heard").await;
    assert_eq!(client.text().await, "heard");
}

#[tokio::test]
async fn a_token_offered_alone_is_never_the_protocol_chosen() {
    let server = start(&[]).await;
    let offer = format!("Sec-WebSocket-Protocol: {}\r\n", bearer(&token(&server, "60").await));
    let raw = Raw::connect(&server).await.opened("/ws/token?via=protocol", &offer).await;
    assert!(!raw.head.to_lowercase().contains("sec-websocket-protocol"), "{}", raw.head);
}

#[tokio::test]
async fn a_token_in_the_query_opens() {
    let server = start(&[]).await;
    let token = token(&server, "60").await;
    let mut client = open(&server, &format!("/ws/token?via=query&access_token={token}")).await;
    client.send("heard").await;
    assert_eq!(client.text().await, "heard");
}

#[tokio::test]
async fn a_missing_foreign_or_expired_token_gets_401_before_the_upgrade() {
    let server = start(&[]).await;
    let foreign = token(&start(&[]).await, "60").await;
    let expired = token(&server, "0").await;
    for query in ["", &format!("&access_token={foreign}"), &format!("&access_token={expired}")] {
        let refused = refused(&server, &format!("/ws/token?via=query{query}")).await;
        assert_eq!(refused.0, 401);
        assert!(!refused.1.contains(&foreign) && !refused.1.contains(&expired), "a token was repeated");
    }
    assert_eq!(refused(&server, "/ws/token?via=protocol").await.0, 401);
    assert_eq!(refused(&server, "/ws/token").await.0, 400);
}

#[tokio::test]
async fn or_4401_after_it_when_asked_to_refuse_by_close() {
    let server = start(&[]).await;
    let mut client = open(&server, "/ws/token?via=query&refuse=close").await;
    assert_eq!(client.close_frame().await, (4401, "no token was given".to_owned()));
}

#[tokio::test]
async fn a_token_that_expires_ends_the_connection_with_4401() {
    let server = start(&[]).await;
    let token = token(&server, "0.4").await;
    let mut client = open(&server, &format!("/ws/token?via=query&access_token={token}")).await;
    client.send("still in").await;
    assert_eq!(client.text().await, "still in");
    assert_eq!(client.close_frame().await, (4401, "token expired".to_owned()));
}

#[tokio::test]
async fn a_token_in_the_first_message_is_answered_and_a_new_one_prolongs_the_stay() {
    let server = start(&[]).await;
    let mut client = open(&server, "/ws/token?via=message").await;
    client.send(auth(&token(&server, "0.5").await)).await;
    assert_eq!(client.json().await, json!({ "type": "auth", "ok": true }));
    client.send(auth(&token(&server, "60").await)).await;
    assert_eq!(client.json().await, json!({ "type": "auth", "ok": true }));
    let started = std::time::Instant::now();
    while started.elapsed().as_millis() < 700 {
        client.send("past the first token's end").await;
        assert_eq!(client.text().await, "past the first token's end");
    }
}

#[tokio::test]
async fn nothing_is_served_before_the_token() {
    let server = start(&[]).await;
    let mut client = open(&server, "/ws/token?via=message").await;
    client.send("let me in").await;
    assert_eq!(client.close_frame().await, (4401, "sign in first".to_owned()));
}

#[tokio::test]
async fn a_wrong_token_is_told_so_and_a_late_one_is_not_waited_for() {
    let server = start(&[]).await;
    let mut client = open(&server, "/ws/token?via=message").await;
    client.send(auth("made up")).await;
    assert_eq!(client.json().await, json!({ "type": "auth", "ok": false }));
    assert_eq!(client.close_frame().await.0, 4401);
    let mut client = open(&server, "/ws/token?via=message&within=100").await;
    assert_eq!(client.close_frame().await, (4401, "sign in sooner".to_owned()));
}

#[tokio::test]
async fn tokens_are_given_to_pages_that_may_connect_and_to_nobody_under_a_strange_name() {
    let server = start(&["--origin", "https://page.example"]).await;
    let page = get(&server, "/token", &[("origin", "https://page.example")]).await;
    assert_eq!(page.status, 200);
    assert_eq!(page.header("access-control-allow-origin"), Some("https://page.example"));
    assert_eq!(page.header("cache-control"), Some("no-store"));
    let stranger = get(&server, "/token", &[("origin", "https://evil.example")]).await;
    assert_eq!(stranger.status, 403);
    let rebound = get(&server, "/token", &[("host", "evil.example")]).await;
    assert_eq!(rebound.status, 403);
    assert_eq!(get(&server, "/token?ttl=forever", &[]).await.status, 400);
}

pub(crate) async fn token(server: &Server, ttl: &str) -> String {
    let answer = get(server, &format!("/token?ttl={ttl}"), &[]).await;
    let told: serde_json::Value = serde_json::from_str(&answer.body).expect("JSON");
    assert!(told["expiresAt"].as_u64().is_some_and(|at| at > 1_700_000_000_000), "{told}");
    told["token"].as_str().expect("a token").to_owned()
}

async fn refused(server: &Server, path: &str) -> Refused {
    try_open(server, path, &[]).await.err().expect("refused")
}

pub(crate) fn bearer(token: &str) -> String {
    format!("bearer.{}", URL_SAFE_NO_PAD.encode(token))
}

fn auth(token: &str) -> String {
    json!({ "type": "auth", "token": token }).to_string()
}
