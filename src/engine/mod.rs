//! What is decided, without a browser: no clock, no chance, no I/O, so that every rule is tested on any machine.
//!
//! Rooms never import each other; each answers one question. `client` is where they meet.

mod auth;
mod backoff;
mod client;
mod closing;
mod config;
mod error;
mod flight;
mod heartbeat;
mod limiter;
mod message;
mod outbox;
mod places;
mod rate;
mod resumption;
mod rng;
pub mod session;
mod state;
mod subprotocol;
mod term;
mod time;
mod vocabulary;
mod words;

pub use client::{Client, Stats};
pub use closing::{CloseCode, CloseError, CloseFrame};
pub use config::{
    AuthOptions, Config, ConfigError, HeartbeatOptions, LimitOptions, Options, Overflow, QueueOptions,
    ReconnectOptions, SessionOptions, Via,
};
pub use error::Error;
pub use subprotocol::{ProtocolError, check_offer};
pub use time::{Instant, Span};
pub use vocabulary::{
    Advice, Arrivals, AskId, ClientState, CloseInfo, DropReason, Event, FlushId, Frame, Heard, Input, Judgement, Kind,
    MessageId, Output, Payload, Question, Said, SendOptions, SocketId, TokenReason, Unconfirmed, Wake, Way, Welcomed,
};
#[cfg(target_arch = "wasm32")]
pub(crate) use words::sentence;
