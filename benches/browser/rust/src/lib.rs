//! What is every peer asked to do, and how does the page ask it?
//!
//! A [`Script`] says what is sent and what is heard; echo, both floods and the first message are all scripts. A peer with
//! a stream is a [`Peer`]; what has callbacks keeps a [`Turn`] itself. Everything that is heard is brought to Rust, as a
//! `String` or as bytes: a Rust caller who receives a message reads it.

#![allow(missing_docs)]

use std::future::Future;

/// What is sent again and again.
#[derive(Debug, Clone)]
pub enum Payload {
    Text(String),
    Binary(Vec<u8>),
}

impl Payload {
    pub fn new(binary: bool, size: usize) -> Self {
        if binary { Self::Binary(vec![b'x'; size]) } else { Self::Text("x".repeat(size)) }
    }
}

/// `at_once` are sent first, one more for each that is heard, `sends` in all; then `asks`, the server is asked how many
/// have come. It ends when `hears` have been heard.
#[derive(Debug, Clone)]
pub struct Script {
    pub payload: Payload,
    pub at_once: u32,
    pub sends: u32,
    pub asks: bool,
    pub hears: u32,
}

/// To which `/ws/fault/slow` answers how many messages it has read.
pub const QUESTION: &str = "count?";

/// Where a script is.
#[derive(Debug)]
pub struct Turn {
    script: Script,
    sent: u32,
    heard: u32,
}

impl Turn {
    pub fn new(script: Script) -> Self {
        Self { script, sent: 0, heard: 0 }
    }

    /// How many are sent to begin with.
    pub fn begin(&mut self) -> u32 {
        self.sent = self.script.at_once.min(self.script.sends);
        self.sent
    }

    /// One was heard: whether one is sent for it.
    pub fn heard(&mut self) -> bool {
        self.heard += 1;
        let more = self.sent < self.script.sends;
        self.sent += u32::from(more);
        more
    }

    pub fn is_over(&self) -> bool {
        self.heard >= self.script.hears
    }

    pub fn payload(&self) -> &Payload {
        &self.script.payload
    }

    pub fn asks(&self) -> bool {
        self.script.asks
    }
}

/// A client that is a stream, or can be awaited like one.
pub trait Peer: Sized {
    fn open(url: &str) -> impl Future<Output = Self>;
    fn send(&mut self, payload: &Payload) -> impl Future<Output = ()>;
    /// The next message, as Rust has it: its length.
    fn hear(&mut self) -> impl Future<Output = usize>;
}

/// Anything that can follow a script.
pub trait Speaker: Sized {
    fn open(url: &str) -> impl Future<Output = Self>;
    fn follow(&mut self, turn: Turn) -> impl Future<Output = ()>;
}

impl<P: Peer> Speaker for P {
    async fn open(url: &str) -> Self {
        <P as Peer>::open(url).await
    }

    async fn follow(&mut self, mut turn: Turn) {
        for _ in 0..turn.begin() {
            self.send(turn.payload()).await;
        }
        if turn.asks() {
            self.send(&Payload::Text(QUESTION.into())).await;
        }
        while !turn.is_over() {
            self.hear().await;
            if turn.heard() {
                self.send(turn.payload()).await;
            }
        }
    }
}

/// The program of one peer: what JavaScript calls.
#[macro_export]
macro_rules! program {
    ($peer:ty) => {
        use wasm_bindgen::prelude::wasm_bindgen;

        #[wasm_bindgen]
        pub struct Connection {
            peer: $peer,
            script: Option<$crate::Script>,
        }

        #[wasm_bindgen]
        impl Connection {
            pub async fn open(url: String) -> Connection {
                Connection { peer: <$peer as $crate::Speaker>::open(&url).await, script: None }
            }

            /// Before the clock runs.
            pub fn prepare(&mut self, binary: bool, size: usize, at_once: u32, sends: u32, asks: bool, hears: u32) {
                let payload = $crate::Payload::new(binary, size);
                self.script = Some($crate::Script { payload, at_once, sends, asks, hears });
            }

            pub async fn follow(&mut self) {
                let script = self.script.take().expect("it was prepared");
                <$peer as $crate::Speaker>::follow(&mut self.peer, $crate::Turn::new(script)).await;
            }
        }

        fn main() {}
    };
}
