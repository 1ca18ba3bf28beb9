//! Does a client, dropped or closed at any moment, let go of everything it was given and everything it had?

use everwire::{Client, ClientEvent, Reconnect, Retry};
use futures::channel::oneshot;
use futures::{FutureExt, SinkExt, StreamExt, future};
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Wake, Waker};
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::clients::{finished, hurried, kept, quick, started, until, until_open, until_text};
use super::companion::{Watch, companion};
use super::dropping::{Holdings, Uncaught};
use super::engine::{Engine, engine};

#[test]
async fn what_was_handed_in_is_let_go_once_it_is_closed() {
    let (handle, held) = (Rc::new(RefCell::new(None)), Rc::new(()));
    let (owned, flag) = (Rc::clone(&handle), Rc::clone(&held));
    let decide = move |_: &everwire::CloseEvent, _: u32| {
        let (_, _) = (&owned, &flag);
        None
    };
    let (client, mut events) = started(hurried("/ws/echo").await.reconnect(quick().should_retry(decide)));
    handle.borrow_mut().replace(client.clone()); // a function that owns a handle of its own client
    drop(handle);
    until_open(&mut events).await;
    finished(client).await;
    assert_eq!(Rc::strong_count(&held), 1, "the function is gone, though it owns the handle that owns it");
}

#[test]
async fn a_question_that_is_under_way_is_dropped_with_the_last_handle() {
    let (answer, asked) = oneshot::channel::<Result<String, &str>>();
    let asked = RefCell::new(Some(asked));
    let provider = move |_| {
        let asked = asked.take();
        async move {
            match asked {
                Some(asked) => asked.await.unwrap_or(Err("nobody answers")),
                None => Err("asked before"),
            }
        }
    };
    let (client, mut events) = started(Client::builder("").url_provider(provider).reconnect(quick()));
    drop(client);
    assert!(answer.is_canceled(), "the future that would have answered is gone");
    while events.next().await.is_some() {}
}

#[test]
async fn the_last_handle_may_be_dropped_inside_a_question() {
    let uncaught = Uncaught::new();
    let handle = Rc::new(RefCell::new(None::<Client>));
    let owned = Rc::clone(&handle);
    let decide = Reconnect::new().should_retry(move |_, _| {
        drop(owned.take());
        Some(Retry::Soon)
    });
    let (client, mut events) = started(hurried("/ws/fault/close?code=1012&after=message").await.reconnect(decide));
    until_open(&mut events).await;
    handle.borrow_mut().replace(client.clone());
    client.send("go").await.expect("it is sent");
    drop(client);
    assert!(events.all(|event| future::ready(!matches!(event, ClientEvent::Open { .. }))).await, "no further socket");
    uncaught.expect_none();
}

#[test]
async fn a_client_that_is_dropped_while_it_connects_leaves_no_socket() {
    let mut watch = Watch::new().await;
    drop(kept(&watch.path("/ws/echo")).await);
    // the handshake may have reached the server or not; the second comes later there, so its message is the point by
    // which the first was seen
    let (second, _events) = kept(&watch.path("/ws/echo")).await;
    second.send("mark").await.expect("it is sent");
    let (mut open, mut closed) = (0, 0);
    loop {
        match watch.next().await.text("event").as_str() {
            "open" => open += 1,
            "close" => closed += 1,
            _ => break,
        }
    }
    while closed < open - 1 {
        watch.close().await;
        closed += 1;
    }
    finished(second).await;
}

#[test]
async fn who_waits_for_the_end_is_woken_by_it_alone() {
    let (client, mut events) = kept("/ws/echo").await;
    until_open(&mut events).await;
    let wakes = Arc::new(Wakes::default());
    let waker = Waker::from(Arc::clone(&wakes));
    let mut closed = Box::pin(client.closed());
    assert!(closed.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
    for text in ["1", "2", "3"] {
        client.send(text).await.expect("it is sent");
        assert_eq!(until_text(&mut events).await, text);
    }
    assert_eq!(wakes.0.load(Ordering::Relaxed), 0, "messages are none of its business");
    client.close(None, "").expect("1000 may be said");
    until(&mut events, |event| matches!(event, ClientEvent::Close(_)).then_some(())).await;
    assert_eq!(wakes.0.load(Ordering::Relaxed), 1);
    closed.await;
}

#[test]
async fn a_wait_that_is_given_up_is_forgotten() {
    let (client, _events) = kept("/ws/fault/stall?after=5000").await;
    let waiting = |future: &mut dyn FnMut(&mut Context<'_>)| {
        let wakes = Arc::new(Wakes::default());
        future(&mut Context::from_waker(&Waker::from(Arc::clone(&wakes))));
        Arc::strong_count(&wakes)
    };
    let mut sink = client.sink();
    assert_eq!(waiting(&mut |context| drop(Box::pin(client.closed()).poll_unpin(context))), 1, "closed");
    assert_eq!(waiting(&mut |context| drop(Box::pin(client.opened()).poll_unpin(context))), 1, "opened");
    sink.feed("1".into()).await.expect("one may wait");
    assert_eq!(
        waiting(&mut |context| assert!(sink.poll_ready_unpin(context).is_pending())),
        2,
        "a sink is waited for until it goes"
    );
    drop(sink);
    finished(client).await;
}

#[test]
async fn many_rounds_leave_memory_flat() {
    let uncaught = Uncaught::new();
    rounds(20).await; // warm: tables and allocator have their size
    let before = Holdings::now();
    rounds(crate::ROUNDS / 5).await;
    before.have_not_grown();
    uncaught.expect_none();
}

#[derive(Default)]
struct Wakes(AtomicU32);

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// This many clients that were dropped while open, as many that were closed, and as many reconnects of one.
async fn rounds(count: usize) {
    let url = companion("/ws/echo").await;
    let open = || started(Client::builder(url.as_str()).reconnect(quick()));
    for _ in 0..count {
        let (client, mut events) = open();
        until_open(&mut events).await;
        drop(client.send("unread"));
        drop(client);
        assert!(events.all(|event| future::ready(!matches!(event, ClientEvent::Close(_)))).await);
    }
    for _ in 0..count {
        let (client, mut events) = open();
        until_open(&mut events).await;
        finished(client).await;
    }
    let (client, mut events) = open();
    until_open(&mut events).await;
    let mut left = if engine() == Engine::Firefox { count / 5 } else { count }; // it waits 300 ms after one given up
    while left > 0 {
        client.reconnect();
        assert!(until_open(&mut events).await);
        left -= 1;
    }
    assert!(client.opened().now_or_never().is_some());
    finished(client).await;
    until(&mut events, |event| matches!(event, ClientEvent::Close(_)).then_some(())).await;
}
