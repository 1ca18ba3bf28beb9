//! Does a session survive what PROTOCOL.md says it does? In memory, and in Redis; each scenario as the page shows it.

use everwire_server::Server;
use tokio_tungstenite::tungstenite::Message;

use crate::{
    client::{Client, open, start, try_open},
    own_redis::OwnRedis,
};

/// Runs it with either store.
pub(crate) async fn with_each(words: &[&str], test: impl AsyncFn(Server)) {
    test(start(words).await).await;
    let redis = OwnRedis::start();
    let words: Vec<&str> = words.iter().copied().chain(["--store", redis.url().leak()]).collect();
    test(start(&words).await).await;
}

pub(crate) async fn socket(server: &Server, path: &str) -> Client {
    let client =
        try_open(server, path, &[("sec-websocket-protocol", "everwire.1, chat")]).await.expect("an open socket");
    assert_eq!(client.protocol(), Some("everwire.1"));
    client
}

/// The next control frame but acknowledgements, which come when they like.
pub(crate) async fn control(client: &mut Client) -> serde_json::Value {
    let text = text(client).await;
    let json = text.strip_prefix('\0').unwrap_or_else(|| panic!("{text:?} is no control frame"));
    serde_json::from_str(json).expect("JSON")
}

/// The next text but acknowledgements.
pub(crate) async fn text(client: &mut Client) -> String {
    loop {
        let text = client.text().await;
        if !text.starts_with(ACK) {
            return text;
        }
    }
}

/// Waits until so many are acknowledged.
async fn acknowledged(client: &mut Client, count: u64) {
    while client.text().await != format!("{ACK},\"received\":{count}}}") {}
}

const ACK: &str = "\0{\"type\":\"ack\"";

pub(crate) async fn say(client: &mut Client, json: &str) {
    client.send(Message::text(format!("\0{json}"))).await;
}

/// A new session: its id.
pub(crate) async fn begin(client: &mut Client) -> String {
    say(client, r#"{"type":"hello"}"#).await;
    let welcome = control(client).await;
    assert_eq!(
        (&welcome["type"], &welcome["resumed"], &welcome["received"]),
        (&"welcome".into(), &false.into(), &0.into())
    );
    welcome["session"].as_str().expect("an id").to_owned()
}

/// Asks for it again; the welcome.
pub(crate) async fn resume(client: &mut Client, id: &str, socket: u64, received: u64) -> serde_json::Value {
    say(client, &format!(r#"{{"type":"hello","session":"{id}","socket":{socket},"received":{received}}}"#)).await;
    control(client).await
}

pub(crate) async fn closes_with(client: &mut Client, code: u16) {
    loop {
        if let Message::Close(frame) = client.data().await {
            return assert_eq!(frame.map(|frame| frame.code.into()), Some(code));
        }
    }
}

#[tokio::test]
async fn a_session_begins_and_both_ends_acknowledge() {
    with_each(&[], async |server| {
        let mut client = socket(&server, "/ws/echo").await;
        begin(&mut client).await;
        client.send(Message::text("one")).await;
        assert_eq!(text(&mut client).await, "one");
        acknowledged(&mut client, 1).await;
        client.send(Message::binary(vec![0, 1])).await;
        assert_eq!(client.data().await, Message::binary(vec![0, 1]));
    })
    .await;
}

#[tokio::test]
async fn a_cut_in_both_directions_loses_and_doubles_nothing() {
    with_each(&[], async |server| {
        let mut client = socket(&server, "/ws/echo").await;
        let id = begin(&mut client).await;
        for word in ["one", "two"] {
            client.send(Message::text(word)).await;
            assert_eq!(text(&mut client).await, word);
        }
        drop(client); // the second answer is taken for lost: the client says that it has one
        let mut client = socket(&server, "/ws/echo").await;
        let welcome = resume(&mut client, &id, 2, 1).await;
        assert_eq!((&welcome["resumed"], &welcome["received"]), (&true.into(), &2.into()));
        client.send(Message::text("three")).await;
        assert_eq!(text(&mut client).await, "two");
        assert_eq!(text(&mut client).await, "three");
    })
    .await;
}

#[tokio::test]
async fn what_a_hello_has_received_makes_room_like_an_acknowledgement() {
    with_each(&[], async |server| {
        let mut client = socket(&server, "/ws/echo").await;
        let id = begin(&mut client).await;
        for number in 1..=1_024 {
            client.send(Message::text(format!("{number}"))).await;
            assert_eq!(text(&mut client).await, format!("{number}"));
        }
        drop(client); // none of these was acknowledged, and the store owes no more
        let mut client = socket(&server, "/ws/echo").await;
        assert_eq!(resume(&mut client, &id, 2, 1_024).await["received"], 1_024);
        client.send(Message::text("one more")).await;
        assert_eq!(text(&mut client).await, "one more");
    })
    .await;
}

#[tokio::test]
async fn what_nobody_knows_is_a_new_session_and_all_reasons_look_alike() {
    with_each(&[], async |server| {
        let mut chat = socket(&server, "/ws/chat").await;
        let of_chat = begin(&mut chat).await;
        let mut echo = socket(&server, "/ws/echo").await;
        let of_echo = begin(&mut echo).await;
        for (id, received) in [("AAAAAAAAAAAAAAAAAAAAAA", 0), (&of_chat, 0), (&of_echo, 1)] {
            let mut client = socket(&server, "/ws/echo").await;
            let welcome = resume(&mut client, id, 2, received).await;
            assert_eq!((&welcome["resumed"], &welcome["received"]), (&false.into(), &0.into()), "{id}");
            assert_ne!(welcome["session"], id);
        }
    })
    .await;
}

#[tokio::test]
async fn the_later_socket_has_the_session_and_a_late_hello_disturbs_nobody() {
    with_each(&[], async |server| {
        let mut first = socket(&server, "/ws/echo").await;
        let id = begin(&mut first).await;
        let mut third = socket(&server, "/ws/echo").await;
        assert_eq!(resume(&mut third, &id, 3, 0).await["resumed"], true);
        closes_with(&mut first, 4501).await;
        let mut second = socket(&server, "/ws/echo").await;
        say(&mut second, &format!(r#"{{"type":"hello","session":"{id}","socket":2,"received":0}}"#)).await;
        closes_with(&mut second, 4501).await;
        third.send(Message::text("still here")).await;
        assert_eq!(text(&mut third).await, "still here");
    })
    .await;
}

#[tokio::test]
async fn who_was_away_for_too_long_is_told_exactly_what_is_missing() {
    with_each(&[], async |server| {
        let mut member = socket(&server, "/ws/chat").await;
        let id = begin(&mut member).await;
        member.send(Message::text("hi")).await;
        assert_eq!(text(&mut member).await, "hi");
        drop(member);
        let mut other = open(&server, "/ws/chat").await;
        for number in 2..=1_100 {
            other.send(Message::text(format!("{number}"))).await;
            assert_eq!(text(&mut other).await, format!("{number}"));
        }
        let mut member = socket(&server, "/ws/chat").await;
        assert_eq!(resume(&mut member, &id, 2, 1).await["received"], 1);
        assert_eq!(control(&mut member).await, serde_json::json!({ "type": "gap", "from": 2, "to": 76 }));
        for number in 77..=1_100 {
            assert_eq!(text(&mut member).await, format!("{number}"));
        }
    })
    .await;
}

#[tokio::test]
async fn those_with_a_session_and_those_without_hear_each_other() {
    with_each(&[], async |server| {
        let mut plain = open(&server, "/ws/chat").await;
        let mut kept = socket(&server, "/ws/chat").await;
        begin(&mut kept).await;
        plain.send(Message::text("from plain")).await;
        assert_eq!(text(&mut kept).await, "from plain");
        assert_eq!(text(&mut plain).await, "from plain");
        kept.send(Message::text("from kept")).await;
        assert_eq!(text(&mut plain).await, "from kept");
        assert_eq!(text(&mut kept).await, "from kept");
    })
    .await;
}

#[tokio::test]
async fn what_looks_like_a_control_frame_is_the_applications_when_it_says_so() {
    with_each(&[], async |server| {
        let mut client = socket(&server, "/ws/echo").await;
        begin(&mut client).await;
        client.send(Message::text("\0\0{\"type\":\"ack\"}")).await;
        assert_eq!(text(&mut client).await, "\0\0{\"type\":\"ack\"}");
    })
    .await;
}

#[tokio::test]
async fn a_client_that_says_bye_is_forgotten() {
    with_each(&[], async |server| {
        let mut client = socket(&server, "/ws/echo").await;
        let id = begin(&mut client).await;
        client.send(Message::text("last")).await;
        assert_eq!(text(&mut client).await, "last");
        say(&mut client, r#"{"type":"bye"}"#).await;
        acknowledged(&mut client, 1).await;
        closes_with(&mut client, 1000).await;
        let mut again = socket(&server, "/ws/echo").await;
        assert_eq!(resume(&mut again, &id, 2, 0).await["resumed"], false);
    })
    .await;
}

#[tokio::test]
async fn a_server_that_stops_says_when_to_come_back_and_another_goes_on() {
    let redis = OwnRedis::start();
    let url = redis.url();
    let [one, other] = [start(&["--store", &url]).await, start(&["--store", &url]).await];
    let mut client = socket(&one, "/ws/echo").await;
    let id = begin(&mut client).await;
    client.send(Message::text("one")).await;
    assert_eq!(text(&mut client).await, "one");
    let stopped = tokio::spawn(one.stop());
    assert_eq!(control(&mut client).await, serde_json::json!({ "type": "bye", "after": 1 }));
    acknowledged(&mut client, 1).await;
    closes_with(&mut client, 1001).await;
    stopped.await.expect("it stops");
    let mut client = socket(&other, "/ws/echo").await;
    assert_eq!(resume(&mut client, &id, 2, 1).await["received"], 1);
    client.send(Message::text("two")).await;
    assert_eq!(text(&mut client).await, "two");
}

#[tokio::test]
async fn a_server_that_stops_says_when_and_where_to_come_back() {
    let redis = OwnRedis::start();
    let store = redis.url();
    let other = start(&["--store", &store]).await;
    let there = format!("{}/ws/echo", other.ws_url());
    let words = ["--store", &store, "--bye-after", "5", "--bye-url", &there];
    let one = start(&words).await;
    let mut client = socket(&one, "/ws/echo").await;
    let id = begin(&mut client).await;
    let mut silent = socket(&one, "/ws/echo").await;
    let stopped = tokio::spawn(one.stop());
    assert_eq!(control(&mut client).await, serde_json::json!({ "type": "bye", "after": 5, "url": there }));
    closes_with(&mut client, 1001).await;
    closes_with(&mut silent, 1001).await; // who has said no hello yet is not waited for
    stopped.await.expect("it stops");
    let mut client = socket(&other, "/ws/echo").await;
    assert_eq!(resume(&mut client, &id, 2, 0).await["resumed"], true);
}

#[tokio::test]
async fn a_session_that_is_taken_over_elsewhere_is_closed_here() {
    let redis = OwnRedis::start();
    let url = redis.url();
    let [one, other] = [start(&["--store", &url]).await, start(&["--store", &url]).await];
    let mut first = socket(&one, "/ws/chat").await;
    let id = begin(&mut first).await;
    let mut second = socket(&other, "/ws/chat").await;
    assert_eq!(resume(&mut second, &id, 2, 0).await["resumed"], true);
    closes_with(&mut first, 4501).await;
}

#[tokio::test]
async fn without_its_store_a_session_waits_and_nothing_is_acknowledged() {
    let redis = OwnRedis::start();
    let server = start(&["--store", &redis.url()]).await;
    let mut client = socket(&server, "/ws/echo").await;
    begin(&mut client).await;
    drop(redis);
    client.send(Message::text("into the dark")).await;
    closes_with(&mut client, 1013).await;
}

#[tokio::test]
async fn a_store_that_was_replaced_knows_no_session_and_says_so_to_who_has_one() {
    let mut redis = OwnRedis::start();
    let server = start(&["--store", &redis.url()]).await;
    let mut client = socket(&server, "/ws/echo").await;
    let id = begin(&mut client).await;
    redis.restart();
    closes_with(&mut client, 4409).await;
    let mut client = socket(&server, "/ws/echo").await;
    assert_eq!(resume(&mut client, &id, 2, 0).await["resumed"], false);
}

#[tokio::test]
async fn who_asks_for_no_session_has_none() {
    with_each(&[], async |server| {
        let mut client = open(&server, "/ws/echo").await;
        assert_eq!(client.protocol(), None);
        client.send(Message::text("\0{\"type\":\"hello\"}")).await;
        assert_eq!(text(&mut client).await, "\0{\"type\":\"hello\"}");
    })
    .await;
}
