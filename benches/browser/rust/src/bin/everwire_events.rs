//! Everwire's `Socket` with a listener, which hears in the browser's own task, as bare web-sys does.

use bench_peers::{Payload, QUESTION, Speaker, Turn};
use everwire::{BinaryType, Event, Message, SendError, Socket};
use futures_util::future::poll_fn;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::task::{Poll, Waker};

bench_peers::program!(EverwireEvents);

struct EverwireEvents {
    socket: Rc<Socket>,
    state: Rc<State>,
}

#[derive(Default)]
struct State {
    is_open: Cell<bool>,
    turn: RefCell<Option<Turn>>,
    /// Heard before anything was asked: a flood does not wait.
    early: Cell<u32>,
    waiting: Cell<Option<Waker>>,
}

impl State {
    fn wake(&self) {
        if let Some(waker) = self.waiting.take() {
            waker.wake();
        }
    }

    async fn until(&self, is_so: impl Fn(&Self) -> bool) {
        poll_fn(|context| {
            if is_so(self) {
                return Poll::Ready(());
            }
            self.waiting.set(Some(context.waker().clone()));
            Poll::Pending
        })
        .await;
    }
}

impl Speaker for EverwireEvents {
    async fn open(url: &str) -> Self {
        let socket = Socket::open(url, &[]).expect("the address is right").with_binary_type(BinaryType::Arraybuffer);
        let (socket, state) = (Rc::new(socket), Rc::new(State::default()));
        socket.on_event({
            let (socket, state) = (Rc::downgrade(&socket), Rc::clone(&state));
            move |event| match event {
                Event::Open => {
                    state.is_open.set(true);
                    state.wake();
                }
                Event::Message(message) => hear(&socket.upgrade().expect("it is held"), &state, &message),
                Event::Error(_) | Event::Close(_) => {}
            }
        });
        state.until(|state| state.is_open.get()).await;
        Self { socket, state }
    }

    async fn follow(&mut self, mut turn: Turn) {
        for _ in 0..turn.begin() {
            send(&self.socket, turn.payload()).expect("it is open");
        }
        if turn.asks() {
            self.socket.send(QUESTION).expect("it is open");
        }
        for _ in 0..self.state.early.take() {
            turn.heard();
        }
        self.state.turn.replace(Some(turn));
        self.state.until(|state| state.turn.borrow().as_ref().is_none_or(Turn::is_over)).await;
    }
}

fn hear(socket: &Socket, state: &State, message: &Message) {
    let length = match message {
        Message::Text(_) => message.text().expect("it is text").len(),
        Message::Binary(_) | Message::Blob(_) => message.bytes().expect("it is in memory").len(),
    };
    std::hint::black_box(length);
    let mut turn = state.turn.borrow_mut();
    let Some(turn) = turn.as_mut() else {
        state.early.set(state.early.get() + 1);
        return;
    };
    if turn.heard() {
        send(socket, turn.payload()).expect("it is open");
    }
    if turn.is_over() {
        state.wake();
    }
}

fn send(socket: &Socket, payload: &Payload) -> Result<(), SendError> {
    match payload {
        Payload::Text(text) => socket.send(text),
        Payload::Binary(bytes) => socket.send(bytes.as_slice()),
    }
}
