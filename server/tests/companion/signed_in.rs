//! Is a session its owner's, where one has to sign in?

use everwire_server::Server;
use tokio_tungstenite::tungstenite::Message;

use crate::{
    client::{Client, try_open},
    sessions::{begin, closes_with, control, resume, say, socket, text, with_each},
    tokens::{bearer, token},
};

const BY_MESSAGE: &str = "/ws/token?via=message";

#[tokio::test]
async fn who_signs_in_before_hello_has_a_session_and_resumes_it() {
    with_each(&[], async |server| {
        let johns = token(&server, "60&for=john").await;
        let mut client = socket(&server, BY_MESSAGE).await;
        authenticate(&mut client, &johns).await;
        let id = begin_after_authenticated(&mut client).await;
        client.send(Message::text("one")).await;
        assert_eq!(text(&mut client).await, "one");
        drop(client);
        let mut client = signed_in(&server, &token(&server, "60&for=john").await).await;
        assert_eq!(resume(&mut client, &id, 2, 0).await["resumed"], true);
        assert_eq!(text(&mut client).await, "one");
    })
    .await;
}

#[tokio::test]
async fn somebody_elses_is_as_unknown_as_one_that_never_was() {
    with_each(&[], async |server| {
        let mut john = signed_in(&server, &token(&server, "60&for=john").await).await;
        let id = begin(&mut john).await;
        let mut jack = signed_in(&server, &token(&server, "60&for=jack").await).await;
        assert_eq!(resume(&mut jack, &id, 2, 0).await["resumed"], false);
        let mut anybody = socket(&server, "/ws/echo").await;
        assert_eq!(resume(&mut anybody, &id, 3, 0).await["resumed"], false);
        john.send(Message::text("still mine")).await;
        assert_eq!(text(&mut john).await, "still mine");
    })
    .await;
}

#[tokio::test]
async fn a_token_in_the_handshake_counts_as_well() {
    with_each(&[], async |server| {
        let johns = token(&server, "60&for=john").await;
        let mut by_query = socket(&server, &format!("/ws/token?via=query&access_token={johns}")).await;
        let id = begin(&mut by_query).await;
        let offer = format!("everwire.1, chat, {}", bearer(&johns));
        let opened = try_open(&server, "/ws/token?via=protocol", &[("sec-websocket-protocol", &offer)]).await;
        let mut by_protocol = opened.expect("an open socket");
        assert_eq!(by_protocol.protocol(), Some("everwire.1"));
        assert_eq!(resume(&mut by_protocol, &id, 2, 0).await["resumed"], true);
    })
    .await;
}

#[tokio::test]
async fn who_does_not_sign_in_or_with_a_bad_token_hears_4401() {
    with_each(&[], async |server| {
        let mut silent = socket(&server, BY_MESSAGE).await;
        say(&mut silent, r#"{"type":"hello"}"#).await;
        closes_with(&mut silent, 4401).await;
        for bad in ["made up".to_owned(), token(&server, "0").await] {
            let mut client = socket(&server, BY_MESSAGE).await;
            authenticate(&mut client, &bad).await;
            closes_with(&mut client, 4401).await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_renewal_prolongs_the_stay_and_without_one_the_token_ends_it() {
    with_each(&[], async |server| {
        let mut renewed = signed_in(&server, &token(&server, "0.5&for=john").await).await;
        begin(&mut renewed).await;
        authenticate(&mut renewed, &token(&server, "60&for=john").await).await;
        assert_eq!(control(&mut renewed).await["type"], "authenticated");
        let mut other = signed_in(&server, &token(&server, "0.5&for=john").await).await;
        begin(&mut other).await;
        closes_with(&mut other, 4401).await; // later than the renewed one's first would have ended it
        renewed.send(Message::text("still in")).await;
        assert_eq!(text(&mut renewed).await, "still in");
    })
    .await;
}

#[tokio::test]
async fn a_renewal_for_somebody_else_is_4403() {
    with_each(&[], async |server| {
        for has_session in [false, true] {
            let mut client = signed_in(&server, &token(&server, "60&for=john").await).await;
            if has_session {
                begin(&mut client).await;
            }
            authenticate(&mut client, &token(&server, "60&for=jack").await).await;
            closes_with(&mut client, 4403).await;
        }
    })
    .await;
}

#[tokio::test]
async fn sessions_are_counted_by_identity_or_by_address_where_nobody_signs_in() {
    with_each(&["--max-sessions-each", "1"], async |server| {
        for name in ["john", "jack"] {
            let token = token(&server, &format!("60&for={name}")).await;
            begin(&mut signed_in(&server, &token).await).await;
            let mut second = signed_in(&server, &token).await;
            say(&mut second, r#"{"type":"hello"}"#).await;
            closes_with(&mut second, 1013).await;
        }
        begin(&mut socket(&server, "/ws/echo").await).await;
        let mut second = socket(&server, "/ws/chat").await;
        say(&mut second, r#"{"type":"hello"}"#).await;
        closes_with(&mut second, 1013).await;
    })
    .await;
}

async fn signed_in(server: &Server, token: &str) -> Client {
    let mut client = socket(server, BY_MESSAGE).await;
    authenticate(&mut client, token).await;
    assert_eq!(control(&mut client).await["type"], "authenticated");
    client
}

async fn authenticate(client: &mut Client, token: &str) {
    say(client, &serde_json::json!({ "type": "authenticate", "token": token }).to_string()).await;
}

/// The client need not wait for the answer before it says hello.
async fn begin_after_authenticated(client: &mut Client) -> String {
    say(client, r#"{"type":"hello"}"#).await;
    assert_eq!(control(client).await["type"], "authenticated");
    let welcome = control(client).await;
    assert_eq!((&welcome["type"], &welcome["resumed"]), (&"welcome".into(), &false.into()));
    welcome["session"].as_str().expect("an id").to_owned()
}
