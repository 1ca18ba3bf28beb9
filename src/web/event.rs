//! What can happen to a socket?

use std::fmt;

use super::Message;
use crate::engine::CloseCode;

/// What happened, in the standard's four words and in the order in which the browser tells them.
///
/// A socket that opens gives `Open`, any number of `Message`s, at most one `Error`, then `Close`; one that cannot be
/// opened gives `Error` and `Close`. `Close` is always the last.
#[derive(Debug, Clone)]
pub enum Event {
    /// The connection is established; subprotocol and extensions are known.
    Open,
    /// A message arrived.
    Message(Message),
    /// Something went wrong; a [`Close`](Self::Close) follows.
    Error(ErrorEvent),
    /// The connection is over, or could not be established.
    Close(CloseEvent),
}

/// How a connection ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CloseEvent {
    /// Why; 1005 when the peer gave no code, 1006 when there was no close frame at all.
    pub code: CloseCode,
    /// The peer's words, up to 123 bytes; often empty.
    pub reason: String,
    /// Whether both sides said that they close. A broken link is not clean.
    pub was_clean: bool,
}

impl fmt::Display for CloseEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.code)?;
        if !self.reason.is_empty() {
            write!(f, " {:?}", self.reason)?;
        }
        if self.was_clean { Ok(()) } else { f.write_str(", not clean") }
    }
}

/// That something went wrong. Browsers tell a page nothing more, on purpose: it could be used to look around in the
/// network behind it (WHATWG WebSockets §4). So this is what we know ourselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorEvent {
    /// What the socket was doing.
    pub phase: Phase,
    /// Where it led, without user, password and query: those may carry a token.
    pub url: String,
}

impl fmt::Display for ErrorEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.phase {
            Phase::Connecting => "could not connect to",
            Phase::Open => "lost the connection to",
            Phase::Closing => "could not close cleanly with",
        };
        write!(f, "{what} {}; browsers do not say why", self.url)
    }
}

impl std::error::Error for ErrorEvent {}

/// What a socket was doing when something went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Phase {
    /// It had not been open yet: nobody there, a refused handshake, a wrong certificate.
    Connecting,
    /// It was open.
    Open,
    /// We had asked it to close.
    Closing,
}
