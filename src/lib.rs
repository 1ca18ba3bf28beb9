//! A WebSocket that stays: the browser's WebSocket as typed events, for Rust and JavaScript.
//!
//! `Socket` is one connection: what `new WebSocket(url)` is in JavaScript, with every event typed and every
//! mistake an error that names it. It is a `Stream` of `Event`s and a `Sink` of `Message`s; it works in a
//! window and in dedicated, shared and service workers.
//!
//! ```no_run
//! # #[cfg(target_arch = "wasm32")]
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! use everwire::{Event, Socket};
//! use futures::StreamExt;
//!
//! let mut socket = Socket::open("/ws/hello", &[])?;
//! while let Some(event) = socket.next().await {
//!     match event {
//!         Event::Open => socket.send("My name is John")?,
//!         Event::Message(message) => web_sys::console::log_1(&message.text()?.into()), // Hello from server, John!
//!         Event::Error(error) => web_sys::console::error_1(&error.to_string().into()),
//!         Event::Close(close) => web_sys::console::log_1(&close.to_string().into()), // 1000 (Normal Closure) "Bye!"
//!     }
//! }
//! # Ok(()) }
//! ```
//!
//! The crate has three rooms and one direction, `js → web → engine`: `engine` decides and builds on any machine,
//! `web` moves bytes in a browser, `js` is the npm package's face. What names a browser type exists on
//! `wasm32-unknown-unknown` only; on other targets the crate is [`CloseCode`] and the rules beside it.
//!
//! # Features
//! - `json` (off): `Message::json` and `Socket::send_json`, typed messages by serde.

// Public for this repository's own tests, benches and companion server, which are crates of their own; hidden, since
// it is no part of what the crate promises.
#[doc(hidden)]
pub mod engine;
#[cfg(all(target_arch = "wasm32", everwire_npm))]
mod js;
#[cfg(target_arch = "wasm32")]
mod web;

#[cfg(target_arch = "wasm32")]
pub use engine::{ClientState, ConfigError, DropReason, Error, Overflow, TokenReason, Unconfirmed};
pub use engine::{CloseCode, CloseError, ProtocolError};
#[cfg(target_arch = "wasm32")]
pub use web::{
    Attempt, Auth, BinaryType, Client, ClientBuilder, ClientEvent, ClientSink, CloseEvent, ConnectError, Data,
    DecodeError, Dropped, ErrorEvent, Event, Events, Flushing, Heartbeat, Limit, Message, NotOpened, OpenError, Phase,
    Queue, ReadyState, Reconnect, Retry, SendError, SendOptions, Sending, Socket, Stats, Token, TokenRequest,
    Unflushed,
};

/// README's Rust compiles.
#[cfg(all(doctest, target_arch = "wasm32"))]
#[doc = include_str!("../README.md")]
struct Readme;
