//! The floor: bare web-sys, its closures, and what each message costs to read.

use bench_peers::{Payload, QUESTION, Speaker, Turn};
use futures_util::future::poll_fn;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::task::{Poll, Waker};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{BinaryType, MessageEvent, WebSocket};

bench_peers::program!(Bare);

struct Bare {
    socket: WebSocket,
    state: Rc<State>,
    _opened: Closure<dyn FnMut()>,
    _heard: Closure<dyn FnMut(MessageEvent)>,
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

impl Speaker for Bare {
    async fn open(url: &str) -> Self {
        let socket = WebSocket::new(url).expect("the address is right");
        socket.set_binary_type(BinaryType::Arraybuffer);
        let state = Rc::new(State::default());
        let opened = Closure::new({
            let state = Rc::clone(&state);
            move || {
                state.is_open.set(true);
                state.wake();
            }
        });
        let heard = Closure::new({
            let (state, socket) = (Rc::clone(&state), socket.clone());
            move |event: MessageEvent| hear(&socket, &state, &event)
        });
        socket.set_onopen(Some(opened.as_ref().unchecked_ref()));
        socket.set_onmessage(Some(heard.as_ref().unchecked_ref()));
        state.until(|state| state.is_open.get()).await;
        Self { socket, state, _opened: opened, _heard: heard }
    }

    async fn follow(&mut self, mut turn: Turn) {
        let first = turn.begin();
        for _ in 0..first {
            send(&self.socket, turn.payload());
        }
        if turn.asks() {
            self.socket.send_with_str(QUESTION).expect("it is open");
        }
        for _ in 0..self.state.early.take() {
            turn.heard();
        }
        self.state.turn.replace(Some(turn));
        self.state.until(|state| state.turn.borrow().as_ref().is_none_or(Turn::is_over)).await;
    }
}

fn hear(socket: &WebSocket, state: &State, event: &MessageEvent) {
    let data = event.data();
    let length = match data.as_string() {
        Some(text) => text.len(),
        None => js_sys::Uint8Array::new(&data).to_vec().len(),
    };
    std::hint::black_box(length);
    let mut turn = state.turn.borrow_mut();
    let Some(turn) = turn.as_mut() else {
        state.early.set(state.early.get() + 1);
        return;
    };
    if turn.heard() {
        send(socket, turn.payload());
    }
    if turn.is_over() {
        state.wake();
    }
}

fn send(socket: &WebSocket, payload: &Payload) {
    match payload {
        Payload::Text(text) => socket.send_with_str(text),
        Payload::Binary(bytes) => socket.send_with_u8_array(bytes),
    }
    .expect("it is open");
}

impl Drop for Bare {
    fn drop(&mut self) {
        self.socket.set_onopen(None);
        self.socket.set_onmessage(None);
        let _ = self.socket.close();
    }
}
