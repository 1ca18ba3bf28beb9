//! What moves bytes in a browser. The only code that names browser APIs, one API per file.

mod address;
mod answer;
mod clock;
mod dial;
mod error;
mod event;
mod inbox;
mod message;
mod page;
mod parcel;
mod pump;
mod ready_state;
mod socket;
mod timer;
mod token;
mod wire;

pub use error::{DecodeError, OpenError, SendError};
pub use event::{CloseEvent, ErrorEvent, Event, Phase};
pub use message::{Data, Message};
pub use ready_state::ReadyState;
pub use socket::Socket;
pub use web_sys::BinaryType;

#[cfg(everwire_npm)]
pub(crate) use {
    answer::Answer,
    dial::{Carriage, Carrier, Destination, DialError},
    parcel::Parcel,
    pump::{Attempt, Cause, Face, News, Pump, Said, Setup},
    token::{PING, PONG, Token, default_message, default_reply},
    wire::{Fact, Wire},
};
