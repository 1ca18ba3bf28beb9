//! ewebsock: a callback for each event.

use bench_peers::{Payload, QUESTION, Speaker, Turn};
use ewebsock::{Options, WsEvent, WsMessage, WsSender};
use futures_util::future::poll_fn;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::ops::ControlFlow;
use std::task::{Poll, Waker};

bench_peers::program!(Ewebsock);

struct Ewebsock(u32);

/// Its callbacks must be `Send`, and its sender is not: they find each other here.
#[derive(Default)]
struct State {
    sender: Option<WsSender>,
    is_open: bool,
    turn: Option<Turn>,
    /// Heard before anything was asked: a flood does not wait.
    early: u32,
    waiting: Option<Waker>,
}

thread_local! {
    static STATES: RefCell<HashMap<u32, State>> = RefCell::default();
    static NEXT: Cell<u32> = const { Cell::new(0) };
}

fn with<T>(number: u32, act: impl FnOnce(&mut State) -> T) -> T {
    STATES.with_borrow_mut(|states| act(states.entry(number).or_default()))
}

impl Ewebsock {
    async fn until(&self, is_so: impl Fn(&State) -> bool) {
        poll_fn(|context| {
            with(self.0, |state| {
                if is_so(state) {
                    return Poll::Ready(());
                }
                state.waiting = Some(context.waker().clone());
                Poll::Pending
            })
        })
        .await;
    }
}

impl Speaker for Ewebsock {
    async fn open(url: &str) -> Self {
        let number = NEXT.replace(NEXT.get() + 1);
        let on_event = Box::new(move |event| {
            with(number, |state| hear(state, event));
            ControlFlow::Continue(())
        });
        let sender = ewebsock::ws_connect(url.to_owned(), Options::default(), on_event).expect("the address is right");
        with(number, |state| state.sender = Some(sender));
        let this = Self(number);
        this.until(|state| state.is_open).await;
        this
    }

    async fn follow(&mut self, mut turn: Turn) {
        with(self.0, |state| {
            let sender = state.sender.as_mut().expect("it is open");
            for _ in 0..turn.begin() {
                send(sender, turn.payload());
            }
            if turn.asks() {
                sender.send(WsMessage::Text(QUESTION.into()));
            }
            for _ in 0..std::mem::take(&mut state.early) {
                turn.heard();
            }
            state.turn = Some(turn);
        });
        self.until(|state| state.turn.as_ref().is_none_or(Turn::is_over)).await;
    }
}

fn hear(state: &mut State, event: WsEvent) {
    match event {
        WsEvent::Opened => state.is_open = true,
        WsEvent::Message(message) => {
            std::hint::black_box(&message);
            let (Some(turn), Some(sender)) = (state.turn.as_mut(), state.sender.as_mut()) else {
                state.early += 1;
                return;
            };
            if turn.heard() {
                send(sender, turn.payload());
            }
            if !turn.is_over() {
                return;
            }
        }
        WsEvent::Error(_) | WsEvent::Closed => return,
    }
    if let Some(waker) = state.waiting.take() {
        waker.wake();
    }
}

fn send(sender: &mut WsSender, payload: &Payload) {
    sender.send(match payload {
        Payload::Text(text) => WsMessage::Text(text.clone()),
        Payload::Binary(bytes) => WsMessage::Binary(bytes.clone()),
    });
}

impl Drop for Ewebsock {
    fn drop(&mut self) {
        let state = STATES.with_borrow_mut(|states| states.remove(&self.0));
        drop(state); // it closes, and calls nobody
    }
}
