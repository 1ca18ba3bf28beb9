//! Is a client's sink a good `Sink`: one that holds back, flushes and closes as its callers rely on?

use everwire::{ClientEvent, DropReason, Limit, Message};
use futures::{FutureExt, SinkExt, StreamExt, stream};
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::clients::{finished, hurried, kept, started, until_open, until_text};
use super::companion::Watch;

#[test]
async fn a_stream_that_ends_before_the_client_is_open_is_forwarded_all_the_same() {
    let mut watch = Watch::new().await;
    let (client, _events) = kept(&watch.path("/ws/echo")).await;
    stream::iter([Ok(Message::from("alone"))]).forward(client.sink()).await.expect("sent, then closed");
    assert_eq!(watch.until("message").await.number("bytes"), 5.0);
    assert_eq!(watch.close().await, (1000, String::new(), true));
}

#[test]
async fn a_flush_is_about_everything_that_was_put_in_before_it() {
    let limit = Limit::new().messages_per_second(5.0); // the clock is the fact: the third waits 200 ms for the second
    let (client, mut events) = started(hurried("/ws/echo").await.limit(limit));
    until_open(&mut events).await;
    let mut sink = client.sink();
    sink.feed("1".into()).await.expect("it goes at once");
    sink.feed("2".into()).await.expect("it waits for the rate");
    assert!(sink.flush().now_or_never().is_none(), "the second waits");
    sink.feed("3".into()).await.expect("it waits for the rate");
    assert_eq!(client.stats().queued_messages, 1);
    sink.flush().await.expect("all three");
    assert_eq!((client.stats().messages_sent, client.buffered_amount()), (3, 0));
    finished(client).await;
}

#[test]
async fn a_sink_that_is_held_back_goes_on_once_there_is_a_connection() {
    let (client, mut events) = kept("/ws/echo").await;
    let mut sink = client.sink();
    sink.feed("1".into()).await.expect("one may wait");
    assert!(sink.feed("2".into()).now_or_never().is_none(), "and no more than one");
    assert_eq!(client.stats().queued_messages, 1);
    sink.feed("2".into()).await.expect("it opened");
    assert_eq!([until_text(&mut events).await, until_text(&mut events).await], ["1", "2"]);
    finished(client).await;
}

#[test]
async fn a_sink_that_is_held_back_hears_that_the_client_was_closed() {
    let (client, _events) = kept("/ws/fault/stall?after=5000").await;
    let mut sink = client.sink();
    sink.feed("1".into()).await.expect("one may wait");
    let mut second = sink.feed("2".into());
    assert!((&mut second).now_or_never().is_none());
    client.close(None, "").expect("1000 may be said");
    assert_eq!(second.await.expect_err("closed").0, DropReason::Closed);
    sink.flush().await.expect("nothing is on its way any more");
    sink.close().await.expect("it is");
}

#[test]
async fn closing_an_empty_sink_that_connects_is_done_too() {
    let (client, events) = kept("/ws/fault/stall?after=5000").await;
    client.sink().close().await.expect("closed");
    let last = events.collect::<Vec<_>>().await.pop();
    assert!(matches!(last, Some(ClientEvent::Close(_))), "{last:?}");
}

#[test]
async fn a_sink_keeps_the_connection_like_any_other_handle() {
    let mut watch = Watch::new().await;
    let (client, mut events) = kept(&watch.path("/ws/echo")).await;
    let mut sink = client.sink();
    drop(client);
    sink.send("still here".into()).await.expect("it is sent");
    assert_eq!(until_text(&mut events).await, "still here");
    drop(sink);
    assert_eq!(watch.close().await, (1000, String::new(), true));
}
