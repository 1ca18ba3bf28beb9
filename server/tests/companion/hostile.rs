//! Is whoever breaks everwire.1 closed with the right code, and does nobody else suffer?
//!
//! PROTOCOL.md says what each frame must be. Beside every one that breaks it stands one that keeps it, on the same server.

use everwire_server::Server;
use tokio_tungstenite::tungstenite::Message;

use crate::{
    client::Client,
    sessions::{begin, closes_with, control, resume, say, socket, text, with_each},
};

/// No frame of the protocol, whenever it comes.
fn malformed() -> Vec<(&'static str, String)> {
    let long = format!(r#"{{"type":"ping","more":"{}"}}"#, "x".repeat(4_096));
    [
        ("nothing", ""),
        ("no JSON", "hi"),
        ("an object that never ends", "{"),
        ("an object and more", r#"{"type":"ping"}."#),
        ("a space before it", r#" {"type":"ping"}"#),
        ("an array", r#"["ping"]"#),
        ("an empty object", "{}"),
        ("no type", r#"{"received":1}"#),
        ("a type of another kind", r#"{"type":1}"#),
        ("a type of nobody", r#"{"type":"nonsense"}"#),
        ("a type as JavaScript's objects have it", r#"{"type":"__proto__"}"#),
        ("a nested object", r#"{"type":"ping","more":{}}"#),
        ("a list in it", r#"{"type":"ping","more":[]}"#),
        ("a control character in a text", "{\"type\":\"ping\",\"more\":\"\u{1}\"}"),
        ("half a surrogate pair", r#"{"type":"ping","more":"\ud800"}"#),
        ("an ack without its count", r#"{"type":"ack"}"#),
        ("an ack of null", r#"{"type":"ack","received":null}"#),
        ("an ack of a text", r#"{"type":"ack","received":"1"}"#),
        ("an ack of less than nothing", r#"{"type":"ack","received":-1}"#),
        ("an ack of half a message", r#"{"type":"ack","received":0.5}"#),
        ("an ack of more than a number holds", r#"{"type":"ack","received":9007199254740992}"#),
        ("a hello for an id that is too short", r#"{"type":"hello","session":"short","socket":2,"received":0}"#),
        (
            "a hello for an id of other letters",
            r#"{"type":"hello","session":"q83vEjRWeJCrze8SNFZ4k/","socket":2,"received":0}"#,
        ),
        ("a hello without its socket", r#"{"type":"hello","session":"q83vEjRWeJCrze8SNFZ4kA","received":0}"#),
        ("a hello without its count", r#"{"type":"hello","session":"q83vEjRWeJCrze8SNFZ4kA","socket":2}"#),
        ("an authenticate without a token", r#"{"type":"authenticate"}"#),
        ("a bye to a number", r#"{"type":"bye","url":1}"#),
        ("what only a server says: welcome", r#"{"type":"welcome"}"#),
        ("what only a server says: gap", r#"{"type":"gap","from":1,"to":2}"#),
        ("what only a server says: authenticated", r#"{"type":"authenticated"}"#),
    ]
    .into_iter()
    .map(|(name, json)| (name, json.to_owned()))
    .chain([("one that is too long", long)])
    .collect()
}

#[tokio::test]
async fn what_is_no_frame_is_closed_with_4500_before_hello_and_after() {
    with_each(&[], async |server| {
        let mut bystander = Bystander::new(&server).await;
        for (name, json) in malformed() {
            println!("{name}");
            let mut client = socket(&server, "/ws/echo").await;
            say(&mut client, &json).await;
            closes_with(&mut client, 4500).await;

            let mut client = socket(&server, "/ws/echo").await;
            let id = begin(&mut client).await;
            say(&mut client, &json).await;
            closes_with(&mut client, 4500).await;
            let mut again = socket(&server, "/ws/echo").await;
            assert_eq!(resume(&mut again, &id, 2, 0).await["resumed"], true, "{name}: the session is kept");
            bystander.goes_on().await;
        }
    })
    .await;
}

#[tokio::test]
async fn what_comes_out_of_turn_is_closed_with_4500() {
    with_each(&[], async |server| {
        let mut bystander = Bystander::new(&server).await;
        let before_hello = ["hi", "\0\0escaped", "\0{\"type\":\"ack\",\"received\":0}", "\0{\"type\":\"bye\"}"];
        for early in before_hello {
            let mut client = socket(&server, "/ws/echo").await;
            client.send(Message::text(early)).await;
            closes_with(&mut client, 4500).await;
        }
        let mut client = socket(&server, "/ws/echo").await;
        client.send(Message::binary(vec![0])).await;
        closes_with(&mut client, 4500).await;

        let mut client = socket(&server, "/ws/echo").await;
        begin(&mut client).await;
        say(&mut client, r#"{"type":"hello"}"#).await;
        closes_with(&mut client, 4500).await;
        bystander.goes_on().await;
    })
    .await;
}

#[tokio::test]
async fn counts_that_run_ahead_or_back_void_the_session() {
    with_each(&[], async |server| {
        let mut bystander = Bystander::new(&server).await;
        for count in ["2", "9007199254740991", "0"] {
            let mut client = socket(&server, "/ws/echo").await;
            let id = begin(&mut client).await;
            client.send(Message::text("one")).await;
            assert_eq!(text(&mut client).await, "one");
            say(&mut client, r#"{"type":"ack","received":1}"#).await;
            say(&mut client, &format!(r#"{{"type":"ack","received":{count}}}"#)).await;
            closes_with(&mut client, 4409).await;
            is_unknown(&server, &id).await;
            bystander.goes_on().await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_client_may_void_it_as_well() {
    with_each(&[], async |server| {
        let mut client = socket(&server, "/ws/echo").await;
        let id = begin(&mut client).await;
        assert_eq!(client.close(4409, "").await.0, 4409);
        is_unknown(&server, &id).await;

        let mut client = socket(&server, "/ws/echo").await;
        let id = begin(&mut client).await;
        assert_eq!(client.close(4500, "").await.0, 4500);
        let mut again = socket(&server, "/ws/echo").await;
        assert_eq!(resume(&mut again, &id, 2, 0).await["resumed"], true, "a breach of the server's keeps it");
    })
    .await;
}

#[tokio::test]
async fn a_hello_that_is_said_again_takes_nothing_from_who_has_the_session() {
    with_each(&[], async |server| {
        let mut first = socket(&server, "/ws/echo").await;
        let id = begin(&mut first).await;
        let mut client = socket(&server, "/ws/echo").await;
        assert_eq!(resume(&mut client, &id, 2, 0).await["resumed"], true);
        for replayed in [0, 1, 2] {
            let mut old = socket(&server, "/ws/echo").await;
            say(&mut old, &format!(r#"{{"type":"hello","session":"{id}","socket":{replayed},"received":0}}"#)).await;
            closes_with(&mut old, 4501).await;
        }
        client.send(Message::text("still here")).await;
        assert_eq!(text(&mut client).await, "still here");
    })
    .await;
}

#[tokio::test]
async fn a_hello_that_counts_ahead_is_given_another_session_and_the_one_it_named_stays() {
    with_each(&[], async |server| {
        let mut client = socket(&server, "/ws/echo").await;
        let id = begin(&mut client).await;
        drop(client);
        for (socket_number, ahead) in [(2, 1), (3, 9_007_199_254_740_991)] {
            let mut liar = socket(&server, "/ws/echo").await;
            let welcome = resume(&mut liar, &id, socket_number, ahead).await;
            assert_eq!(welcome["resumed"], false);
            assert_ne!(welcome["session"], id.as_str());
        }
        let mut again = socket(&server, "/ws/echo").await;
        assert_eq!(resume(&mut again, &id, 9, 0).await["resumed"], true);
    })
    .await;
}

/// Nobody, whatever he asks for, is told that there was such a session.
async fn is_unknown(server: &Server, id: &str) {
    let mut again = socket(server, "/ws/echo").await;
    assert_eq!(resume(&mut again, id, 9, 0).await["resumed"], false, "it is void for both ends");
}

/// Who keeps to the protocol meanwhile.
struct Bystander {
    client: Client,
    heard: u64,
}

impl Bystander {
    async fn new(server: &Server) -> Self {
        let mut client = socket(server, "/ws/echo").await;
        begin(&mut client).await;
        Self { client, heard: 0 }
    }

    async fn goes_on(&mut self) {
        self.heard += 1;
        let said = format!("message {}", self.heard);
        self.client.send(Message::text(said.clone())).await;
        assert_eq!(text(&mut self.client).await, said);
        say(&mut self.client, r#"{"type":"ping"}"#).await;
        assert_eq!(control(&mut self.client).await["type"], "pong");
    }
}
