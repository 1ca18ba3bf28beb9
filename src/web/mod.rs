//! What moves bytes in a browser. The only code that names browser APIs, one API per file.

mod address;
mod answer;
mod client;
mod clock;
mod dial;
mod error;
mod event;
mod face;
mod global;
mod inbox;
mod message;
mod options;
mod page;
mod parcel;
mod pump;
mod ready_state;
mod socket;
mod text;
mod timer;
mod token;
mod wire;

pub use client::{
    Attempt, Client, ClientBuilder, ClientEvent, ClientSink, ConnectError, Dropped, Events, Flushing, NotOpened,
    Sending, Stats, Unflushed,
};
pub use error::{DecodeError, OpenError, SendError};
pub use event::{CloseEvent, ErrorEvent, Event, Phase};
pub use message::{Data, Message};
pub use options::{Auth, Heartbeat, Limit, Queue, Reconnect, Retry, SendOptions, Session, TokenRequest};
pub use ready_state::ReadyState;
pub use socket::Socket;
pub use token::Token;
pub use web_sys::BinaryType;
