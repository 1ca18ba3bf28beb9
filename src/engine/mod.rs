//! What is decided, without a browser: no clock, no chance, no I/O, so that every rule is tested on any machine.
//!
//! Rooms never import each other; each answers one question.

mod closing;
mod subprotocol;

pub use closing::{CloseCode, CloseError};
pub use subprotocol::ProtocolError;

// the web layer asks these; a host build has no web layer
#[cfg_attr(not(target_arch = "wasm32"), allow(unused_imports, reason = "asked by the web layer alone"))]
pub(crate) use {closing::CloseFrame, subprotocol::check_offer};
