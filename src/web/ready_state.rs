//! How far is a connection in its life?

use std::fmt;

/// The `readyState` of a WebSocket (WHATWG WebSockets §3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u16)]
pub enum ReadyState {
    /// 0: the connection is not yet established.
    Connecting = 0,
    /// 1: messages go both ways.
    Open = 1,
    /// 2: one side has said that it closes.
    Closing = 2,
    /// 3: over, or it could not be opened.
    Closed = 3,
}

impl ReadyState {
    /// Any number but the first three is the end of it.
    pub(crate) fn from_number(number: u16) -> Self {
        match number {
            0 => Self::Connecting,
            1 => Self::Open,
            2 => Self::Closing,
            _ => Self::Closed,
        }
    }
}

impl fmt::Display for ReadyState {
    /// As the standard writes it: `OPEN`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connecting => "CONNECTING",
            Self::Open => "OPEN",
            Self::Closing => "CLOSING",
            Self::Closed => "CLOSED",
        })
    }
}
