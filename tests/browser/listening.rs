//! Is every event reachable by a listener, and may it do anything?

use std::cell::RefCell;
use std::rc::Rc;

use everwire::{Event, ReadyState, Socket};
use futures::StreamExt;
use futures::channel::{mpsc, oneshot};
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::companion::{Watch, connecting, opened};

#[test]
async fn a_listener_hears_all_four_events_in_order() {
    let socket = connecting("/ws/hello?after=0", &[]).await;
    let (tell, heard) = mpsc::unbounded();
    socket.on_event(move |event| tell.unbounded_send(word(&event)).expect("somebody listens"));
    let mut heard = heard;
    assert_eq!(heard.next().await.as_deref(), Some("open"));
    socket.send("My name is John").expect("open");
    assert_eq!(heard.next().await.as_deref(), Some("message Hello from server, John!"));
    assert_eq!(heard.next().await.as_deref(), Some("close 1000"));
    // the listener is let go after the last event, and what it owned with it
    assert_eq!(heard.next().await, None);

    let refused = connecting("/ws/fault/refuse?status=500", &[]).await;
    let (tell, heard) = mpsc::unbounded();
    refused.on_event(move |event| tell.unbounded_send(word(&event)).expect("somebody listens"));
    assert_eq!(heard.collect::<Vec<_>>().await, ["error", "close 1006"]);
}

#[test]
async fn a_listener_that_comes_late_hears_what_waited() {
    let mut watch = Watch::new().await;
    let socket = connecting(&watch.path("/ws/fault/flood?count=3&size=1&kind=text"), &[]).await;
    watch.close().await; // everything has been sent
    let mut events = &socket;
    assert!(matches!(events.next().await, Some(Event::Open)));
    let (tell, heard) = mpsc::unbounded();
    socket.on_event(move |event| tell.unbounded_send(word(&event)).expect("somebody listens"));
    let heard: Vec<String> = heard.collect().await;
    assert_eq!(heard.len(), 4, "{heard:?}");
    assert_eq!(heard.last().map(String::as_str), Some("close 1000"));
    assert!(events.next().await.is_none(), "the stream has nothing left");
}

#[test]
async fn any_method_may_be_called_inside_a_listener() {
    let socket = Rc::new(opened("/ws/echo", &[]).await);
    let (done, closed) = oneshot::channel();
    let mut done = Some(done);
    let inner = Rc::clone(&socket);
    socket.on_event(move |event| match event {
        Event::Message(message) if message.text().is_ok_and(|text| text == "1") => {
            inner.send("2").expect("open");
            inner.set_binary_type(everwire::BinaryType::Arraybuffer);
            let _ = (inner.url(), inner.protocol(), inner.extensions(), inner.buffered_amount());
        }
        Event::Message(_) => {
            inner.close(4001, "inside").expect("may be said");
            assert_eq!(inner.ready_state(), ReadyState::Closing);
        }
        Event::Close(close) => done.take().expect("once").send(close.code.get()).expect("awaited"),
        Event::Open | Event::Error(_) => {}
    });
    socket.send("1").expect("open");
    assert_eq!(closed.await, Ok(4001));
}

#[test]
async fn another_listener_may_take_over_inside_one() {
    let socket = Rc::new(opened("/ws/echo", &[]).await);
    let (tell, heard) = mpsc::unbounded();
    let inner = Rc::clone(&socket);
    let (first, second) = (tell.clone(), tell);
    socket.on_event(move |event| {
        first.unbounded_send(format!("first {}", word(&event))).expect("somebody listens");
        let second = second.clone();
        inner.on_event(move |event| {
            second.unbounded_send(format!("second {}", word(&event))).expect("somebody listens");
        });
    });
    socket.send("1").expect("open");
    socket.send("2").expect("open");
    let heard: Vec<String> = heard.take(2).collect().await;
    assert_eq!(heard, ["first message 1", "second message 2"]);
}

#[test]
async fn a_socket_may_be_dropped_inside_its_own_listener() {
    let mut watch = Watch::new().await;
    let holder: Rc<RefCell<Option<Socket>>> = Rc::default();
    let socket = opened(&watch.path("/ws/echo"), &[]).await;
    let inner = Rc::clone(&holder);
    socket.on_event(move |event| {
        assert!(matches!(event, Event::Message(_)), "nothing is told after the drop: {event:?}");
        drop(inner.borrow_mut().take());
    });
    socket.send("go").expect("open");
    *holder.borrow_mut() = Some(socket);
    assert_eq!(watch.close().await, (1000, String::new(), true));
    assert!(holder.borrow().is_none());
}

#[test]
async fn a_listener_that_owns_its_socket_keeps_it_until_it_is_closed() {
    let mut watch = Watch::new().await;
    let socket = Rc::new(opened(&watch.path("/ws/echo"), &[]).await);
    let alive = Rc::downgrade(&socket);
    let owned = Rc::clone(&socket);
    socket.on_event(move |event| {
        if let Event::Message(_) = event {
            owned.close(1000, "done").expect("may be said");
        }
    });
    socket.send("still alive").expect("open");
    drop(socket);
    assert_eq!(watch.close().await, (1000, "done".into(), true));
    // the server has answered the close by now; the event reaches the page in a task of its own
    let mut later = opened("/ws/echo", &[]).await;
    while alive.upgrade().is_some() {
        later.send("another turn").expect("open");
        later.next().await;
    }
}

fn word(event: &Event) -> String {
    match event {
        Event::Open => "open".into(),
        Event::Message(message) => format!("message {}", message.text().unwrap_or_default()),
        Event::Error(_) => "error".into(),
        Event::Close(close) => format!("close {}", close.code.get()),
    }
}
