//! What is sent in the sim's world?

use everwire::engine::{Kind, Payload};

/// A message: its number and its size stand for its bytes, so that 64 KiB cost nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Data {
    /// The user's, or the server's.
    App { serial: u64, bytes: u64 },
    /// "pong".
    Pong,
    /// The server's reply to a credential.
    Reply { accepted: bool },
}

impl Data {
    /// On the wire.
    pub(crate) fn bytes(self) -> u64 {
        match self {
            Data::App { bytes, .. } => bytes,
            Data::Pong => 4,
            Data::Reply { .. } => 25,
        }
    }
}

/// Every third message is text; every sixth of three bytes a character, which is one UTF-16 unit.
impl Payload for Data {
    fn kind(&self) -> Kind {
        match self {
            Data::App { serial, .. } if serial % 3 != 0 => Kind::Binary,
            Data::App { .. } | Data::Pong | Data::Reply { .. } => Kind::Text,
        }
    }

    fn size(&self) -> u64 {
        match self.kind() {
            Kind::Binary => self.bytes(),
            Kind::Text if matches!(self, Data::App { serial, .. } if serial % 6 == 0) => {
                (self.bytes() / 3 + self.bytes() % 3) * 2
            }
            Kind::Text => self.bytes() * 2,
        }
    }
}
