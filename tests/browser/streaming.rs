//! Is a socket a good Stream and a good Sink? That closing the sink closes the socket is in `peers`, as a defect of another.

use everwire::{CloseCode, Event, Message, SendError, Socket};
use futures::stream::FusedStream;
use futures::{FutureExt, SinkExt, StreamExt, future, stream};
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::companion::{Watch, connecting, expect_close, expect_open, expect_text, opened};

#[test]
async fn the_sink_waits_until_the_socket_is_open() {
    let mut socket = connecting("/ws/echo", &[]).await;
    SinkExt::send(&mut socket, "patient".into()).await.expect("it opens");
    expect_open(&mut socket).await;
    assert_eq!(expect_text(&mut socket).await, "patient");
}

#[test]
async fn several_tasks_may_wait_for_the_same_socket() {
    let socket = connecting("/ws/echo", &[]).await;
    let (mut one, mut two, mut events) = (&socket, &socket, &socket);
    let (first, second, third) =
        future::join3(SinkExt::send(&mut one, "one".into()), SinkExt::send(&mut two, "two".into()), events.next())
            .await;
    assert_eq!((first, second), (Ok(()), Ok(())));
    assert!(matches!(third, Some(Event::Open)));
}

#[test]
async fn the_sink_fails_when_the_socket_never_opens() {
    let mut socket = connecting("/ws/fault/refuse?status=401", &[]).await;
    assert_eq!(SinkExt::send(&mut socket, "lost".into()).await, Err(SendError::Closed));
}

#[test]
async fn closing_a_sink_that_connects_is_done_too() {
    let mut socket = connecting("/ws/fault/stall?after=5000", &[]).await;
    SinkExt::<Message>::close(&mut socket).await.expect("closed");
    assert_eq!(expect_close(&mut socket).await.code, CloseCode::ABNORMAL);
}

#[test]
async fn a_split_socket_reads_writes_and_closes_with_a_code() {
    let socket = connecting("/ws/echo", &[]).await;
    let (mut events, mut sink) = (&socket, &socket);
    let mut messages = stream::iter((0..1000).map(|n| Ok(Message::from(n.to_string()))));
    let write = async {
        sink.send_all(&mut messages).await.expect("it opens and stays open");
    };
    let read = async {
        assert!(matches!(events.next().await, Some(Event::Open)));
        for n in 0..1000 {
            let Some(Event::Message(message)) = events.next().await else { panic!("{n} is missing") };
            assert_eq!(message.text().expect("text"), n.to_string());
        }
        socket.close(4000, "enough").expect("may be said");
        assert!(matches!(events.next().await, Some(Event::Close(close)) if close.code.get() == 4000));
    };
    future::join(write, read).await;
}

#[test]
async fn streams_forward_into_it_and_close_it() {
    let mut watch = Watch::new().await;
    let socket = connecting(&watch.path("/ws/echo"), &[]).await;
    let (sink, events): (futures::stream::SplitSink<Socket, Message>, _) = socket.split();
    stream::iter(["a", "b", "c"]).map(|text| Ok(Message::from(text))).forward(sink).await.expect("it opens");
    assert_eq!(watch.next().await.text("event"), "open");
    for _ in 0..3 {
        assert_eq!(watch.next().await.text("event"), "message");
    }
    assert_eq!(watch.close().await, (1000, String::new(), true));
    // what the server echoed came too late for a socket that closes
    let events: Vec<Event> = events.collect().await;
    assert!(matches!(events.as_slice(), [Event::Open, Event::Close(_)]), "{events:?}");
}

#[test]
async fn none_comes_once_the_close_has_been_read_and_never_before() {
    let mut socket = opened("/ws/echo", &[]).await;
    socket.close(1000, "").expect("may be said");
    assert!(!socket.is_terminated());
    assert!(matches!(socket.next().await, Some(Event::Close(_))));
    assert!(!socket.is_terminated(), "None is still to come");
    for _ in 0..3 {
        assert!(socket.next().await.is_none());
        assert!(socket.is_terminated());
    }
}

#[test]
async fn a_select_loop_ends_with_none() {
    let mut socket = opened("/ws/fault/close?code=1000", &[]).await;
    let mut never = stream::pending::<()>();
    loop {
        futures::select! {
            event = socket.next() => if event.is_none() { break },
            _ = never.next() => unreachable!("it never comes"),
        }
    }
}

#[test]
async fn a_read_that_is_given_up_loses_nothing() {
    let mut socket = opened("/ws/echo", &[]).await;
    assert!(socket.next().now_or_never().is_none(), "nothing has been sent");
    socket.send("later").expect("open");
    assert_eq!(expect_text(&mut socket).await, "later");
}
