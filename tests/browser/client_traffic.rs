//! Does a client send in order, no faster than it may, and say what became of each message?

use everwire::{ClientEvent, DropReason, Heartbeat, Limit, Message, Overflow, Queue, SendOptions};
use futures::{FutureExt, SinkExt, StreamExt, stream};
use js_sys::{ArrayBuffer, Uint8Array};
use std::time::Duration;
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::clients::{finished, hurried, kept, started, until, until_open, until_text};
use super::companion::Watch;
use super::engine::{Engine, engine};
use super::messages::transfer;

#[test]
async fn what_was_sent_before_it_is_open_goes_first_and_in_order() {
    let (client, mut events) = kept("/ws/echo").await;
    let sendings: Vec<_> = (0..10).map(|number| client.send(&number.to_string())).collect();
    assert_eq!(client.stats().queued_messages, 10);
    for sending in sendings {
        sending.await.expect("it is sent");
    }
    for number in 0..10 {
        assert_eq!(until_text(&mut events).await, number.to_string());
    }
    client.flush().await.expect("all has left");
    assert_eq!(client.buffered_amount(), 0);
    finished(client).await;
}

#[test]
async fn a_slow_reader_holds_the_sink_back_and_gets_everything_in_order() {
    let limit = Limit::new().high_water(256 << 10);
    let (client, mut events) = started(hurried("/ws/fault/slow?rate=16000000").await.limit(limit));
    let messages = (0..128_u32).map(|number| {
        let mut bytes = vec![0; 64 << 10];
        bytes[..4].copy_from_slice(&number.to_le_bytes());
        Ok(Message::from(bytes))
    });
    let mut sink = client.sink();
    sink.send_all(&mut stream::iter(messages)).await.expect("nothing is dropped");
    assert!(client.stats().queued_messages <= 1, "the sink puts no more than one into the queue");
    client.send("count?").await.expect("sent");
    assert_eq!(until_text(&mut events).await, r#"{"messages":128,"bytes":8388608,"inOrder":true}"#);
    sink.close().await.expect("closed");
}

#[test]
async fn send_waits_while_the_buffer_is_full() {
    if engine() == Engine::WebKit {
        return; // its bufferedAmount holds nothing back
    }
    let limit = Limit::new().high_water(1 << 20);
    let (client, mut events) = started(hurried("/ws/fault/slow?rate=16000000").await.limit(limit));
    until_open(&mut events).await;
    let bytes = vec![0; 512 << 10];
    let mut waited = 0;
    for _ in 0..24 {
        let mut sending = client.send(&bytes);
        if (&mut sending).now_or_never().is_none() {
            waited += 1;
            sending.await.expect("it is sent");
        }
        assert!(client.buffered_amount() <= (1 << 20) + (512 << 10), "one message above the mark at most");
    }
    assert!(waited > 0, "12 MiB do not go at once");
    until(&mut events, |event| matches!(event, ClientEvent::Drain).then_some(())).await;
    finished(client).await;
}

#[test]
async fn a_rate_is_kept() {
    let limit = Limit::new().messages_per_second(50.0).burst(2);
    let (client, mut events) = started(hurried("/ws/echo").await.limit(limit));
    until_open(&mut events).await;
    let begun = js_sys::Date::now();
    for number in 0..12 {
        client.send(&number.to_string()).await.expect("it is sent");
    }
    let took = js_sys::Date::now() - begun;
    assert!(took >= 199.0, "two at once and ten more at 50 a second: {took} ms");
    finished(client).await;
}

#[test]
async fn what_the_queue_has_no_room_for_is_told_twice() {
    let queue = Queue::new().max_messages(2);
    let (client, mut events) = started(hurried("/ws/fault/stall?after=3000").await.queue(queue));
    let (first, second) = (client.send("1"), client.send("2"));
    let dropped = client.send("3").await.expect_err("there is no room");
    assert_eq!((dropped.0, dropped.code()), (DropReason::Overflow, "dropped/overflow"));
    assert_eq!(until_dropped(&mut events).await, ("3".into(), DropReason::Overflow));
    first.take_back();
    assert_eq!(first.await.expect_err("taken back").0, DropReason::Aborted);
    assert_eq!(until_dropped(&mut events).await, ("1".into(), DropReason::Aborted));
    client.close(None, "").expect("1000");
    assert_eq!(second.await.expect_err("closed").0, DropReason::Closed);
    assert_eq!(until_dropped(&mut events).await, ("2".into(), DropReason::Closed));
    assert_eq!(client.send("4").await.expect_err("closed").0, DropReason::Closed);
    assert_eq!(client.try_send("5").expect_err("closed").0, DropReason::Closed);
}

#[test]
async fn the_oldest_gives_way_where_that_is_asked_for() {
    let queue = Queue::new().max_messages(1).overflow(Overflow::DropOldest);
    let (client, _events) = started(hurried("/ws/fault/stall?after=3000").await.queue(queue));
    let first = client.send("1");
    let second = client.send("2");
    assert_eq!(first.await.expect_err("gave way").0, DropReason::Overflow);
    drop(client);
    assert_eq!(second.now_or_never(), None, "a Sending is a handle as well");
}

#[test]
async fn a_message_is_worth_what_it_says() {
    let (client, _events) = kept("/ws/fault/stall?after=3000").await;
    assert_eq!(client.try_send("now").expect_err("there is no connection").0, DropReason::Volatile);
    let options = SendOptions { ttl: Some(Duration::from_millis(30)), ..SendOptions::default() };
    assert_eq!(client.send_with("soon", options).await.expect_err("too late").0, DropReason::Expired);
    let flush = client.flush();
    flush.await.expect("nothing is on its way");
}

#[test]
async fn a_silent_peer_is_found_and_pongs_are_not_delivered() {
    let beat = |interval, timeout| {
        let (interval, timeout) = (Duration::from_millis(interval), Duration::from_millis(timeout));
        Heartbeat::new()
            .interval(interval)
            .timeout(timeout)
            .is_pong(|data| data.text().is_ok_and(|text| text == "ping"))
    };
    let mut watch = Watch::new().await;
    let (client, mut events) = started(hurried(&watch.path("/ws/echo")).await.heartbeat(beat(30, 2_000)));
    until_open(&mut events).await;
    watch.until("message").await; // the ping, which is echoed
    client.send("tick").await.expect("it is sent");
    assert_eq!(until_text(&mut events).await, "tick", "the ping that came back before it is not delivered");
    assert_eq!(client.stats().messages_received, 1);
    assert!(client.stats().round_trip.is_some());
    finished(client).await;

    let (client, mut events) = started(hurried("/ws/fault/silent").await.heartbeat(beat(30, 100)));
    until_open(&mut events).await;
    let error =
        until(
            &mut events,
            |event| if let ClientEvent::Error { error, .. } = event { Some(error.code()) } else { None },
        );
    assert_eq!(error.await, "unavailable/silent");
    assert!(until_open(&mut events).await, "and a new socket follows");
    drop(client);
}

#[test]
async fn each_reader_hears_everything_and_one_that_does_not_read_is_told() {
    let (client, mut events) = kept("/ws/echo").await;
    until_open(&mut events).await;
    let mut slow = client.events_bounded(2);
    let mut other = client.events();
    for number in 0..5 {
        client.send(&number.to_string()).await.expect("it is sent");
    }
    for number in 0..5 {
        assert_eq!(until_text(&mut events).await, number.to_string());
        assert_eq!(until_text(&mut other).await, number.to_string());
    }
    assert_eq!((until_text(&mut slow).await, until_text(&mut slow).await), ("0".into(), "1".into()));
    assert!(matches!(slow.next().await, Some(ClientEvent::Missed(3))));
    client.send("5").await.expect("it is sent");
    assert_eq!(until_text(&mut slow).await, "5");
    finished(client).await;
}

#[test]
async fn a_buffer_that_was_transferred_elsewhere_is_sent_as_nothing() {
    let (client, mut events) = kept("/ws/echo").await;
    let buffer = Uint8Array::from([1, 2, 3].as_slice()).buffer();
    transfer(&buffer);
    client.send(&buffer).await.expect("the browser's own send() takes it");
    client.send(&Uint8Array::new(&ArrayBuffer::new(0))).await.expect("and an empty view");
    for _ in 0..2 {
        let bytes =
            until(
                &mut events,
                |event| {
                    if let ClientEvent::Message(message) = event { message.bytes().ok() } else { None }
                },
            );
        assert_eq!(bytes.await, Vec::<u8>::new());
    }
    finished(client).await;
}

#[cfg(feature = "json")]
#[test]
async fn json_goes_and_comes() {
    #[derive(serde::Serialize, serde::Deserialize, PartialEq, Debug)]
    struct Greeting {
        name: String,
        times: u32,
    }
    let (client, mut events) = kept("/ws/echo").await;
    let greeting = Greeting { name: "Grüße".into(), times: 3 };
    client.send_json(&greeting).expect("it can be written").await.expect("it is sent");
    let back = until(&mut events, |event| {
        if let ClientEvent::Message(message) = event { Some(message.json::<Greeting>()) } else { None }
    });
    assert_eq!(back.await.expect("it is JSON"), greeting);
    finished(client).await;
}

async fn until_dropped(events: &mut everwire::Events) -> (String, DropReason) {
    until(events, |event| {
        let ClientEvent::Dropped { message, reason } = event else { return None };
        Some((message.text().expect("text"), *reason))
    })
    .await
}
