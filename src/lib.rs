//! A WebSocket that stays: the browser's WebSocket as typed events, for Rust and JavaScript.
//!
//! `Client` keeps a connection through restarts, lost networks, sleep and expiring tokens, with three layers that are each
//! usable alone: a rate limiter over `bufferedAmount`, reconnection and authentication. `Socket` is one connection: what
//! `new WebSocket(url)` is in JavaScript, with every event typed and every mistake an error that names it. Both work in
//! a window and in dedicated, shared and service workers.
//!
//! ```no_run
//! # #[cfg(target_arch = "wasm32")]
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! use everwire::{Client, ClientEvent};
//! use futures::StreamExt;
//!
//! let client = Client::builder("/ws/hello").connect()?;
//! let mut events = client.events();
//! client.send("My name is John").await?;
//! while let Some(event) = events.next().await {
//!     if let ClientEvent::Message(message) = event {
//!         web_sys::console::log_1(&message.text()?.into()); // Hello from server, John!
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
//! - `json` (off): `Message::json`, `Socket::send_json` and `Client::send_json`, typed messages by serde.

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
    Queue, ReadyState, Reconnect, Retry, SendError, SendOptions, Sending, Session, Socket, Stats, Token, TokenRequest,
    Unflushed,
};

/// README's Rust compiles, and that of the pages for users.
#[cfg(all(doctest, target_arch = "wasm32"))]
mod pages {
    #[doc = include_str!("../README.md")]
    struct Readme;
    #[doc = include_str!("../docs/GUIDE.md")]
    struct Guide;
    #[doc = include_str!("../docs/MIGRATING.md")]
    struct Migrating;
}
