//! What moves bytes in a browser. The only code that names browser APIs, one API per file.

mod address;
mod error;
mod event;
mod inbox;
mod message;
mod ready_state;
mod socket;
mod wire;

pub use error::{DecodeError, OpenError, SendError};
pub use event::{CloseEvent, ErrorEvent, Event, Phase};
pub use message::{Data, Message};
pub use ready_state::ReadyState;
pub use socket::Socket;
pub use web_sys::BinaryType;

#[cfg(everwire_npm)]
pub(crate) use wire::{Fact, Wire};
