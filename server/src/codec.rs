//! How do bytes become messages, and what does a client's mistake cost it?

use std::collections::VecDeque;

use bytes::BytesMut;
use sockudo_ws::{
    DeflateConfig, Error, Message, Role,
    protocol::{CompressedReaderProtocol, CompressedWriterProtocol, Protocol},
};

/// sockudo-ws's two codecs, each as a reading and a writing half.
pub(crate) enum Codec {
    Plain { reader: Box<Protocol>, writer: Box<Protocol> },
    Deflate { reader: Box<CompressedReaderProtocol>, writer: Box<CompressedWriterProtocol> },
}

/// What a client did wrong: the close code it gets, and the sentence beside it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Violation {
    pub(crate) code: u16,
    pub(crate) sentence: String,
}

impl Codec {
    pub(crate) fn new(deflate: Option<&DeflateConfig>, max_message: usize) -> Self {
        match deflate {
            None => Self::Plain {
                reader: Box::new(Protocol::new(Role::Server, max_message, max_message)),
                writer: Box::new(Protocol::new(Role::Server, max_message, max_message)),
            },
            Some(config) => Self::Deflate {
                reader: Box::new(CompressedReaderProtocol::server(max_message, max_message, config)),
                writer: Box::new(CompressedWriterProtocol::server(config)),
            },
        }
    }

    /// How many bytes to read before decoding them.
    pub(crate) fn read_at_once(&self) -> usize {
        match self {
            // 64 KiB: a loopback write arrives in one piece
            Self::Plain { .. } => 64 * 1024,
            // 16 KiB: deflate can blow that up a thousandfold, to no more than one largest message
            Self::Deflate { .. } => 16 * 1024,
        }
    }

    /// Takes whole messages out of `bytes`; those before a violation are delivered too.
    pub(crate) fn decode(&mut self, bytes: &mut BytesMut, inbox: &mut VecDeque<Message>) -> Result<(), Violation> {
        let mut messages = Vec::new();
        let outcome = match self {
            Self::Plain { reader, .. } => reader.process_into(bytes, &mut messages),
            Self::Deflate { reader, .. } => reader.process_into(bytes, &mut messages),
        };
        inbox.extend(messages);
        outcome.map_err(|error| Violation::of(&error))
    }

    pub(crate) fn encode(&mut self, message: &Message, output: &mut BytesMut) {
        let outcome = match self {
            Self::Plain { writer, .. } => writer.encode_message(message, output),
            Self::Deflate { writer, .. } => writer.encode_message(message, output),
        };
        outcome.expect("deflating into memory has no reason to fail");
    }
}

impl std::fmt::Debug for Codec {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Plain { .. } => "Plain",
            Self::Deflate { .. } => "Deflate",
        })
    }
}

impl Violation {
    /// The close codes are RFC 6455 §7.4.1's.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "sockudo-ws's errors of I/O and handshakes cannot come from a codec"
    )]
    fn of(error: &Error) -> Self {
        let (code, sentence) = match error {
            Error::InvalidUtf8 => (1007, "text that is not UTF-8".to_owned()),
            Error::MessageTooLarge | Error::FrameTooLarge => (1009, "message too big".to_owned()),
            Error::Compression(_) => (1007, "compressed data that does not inflate".to_owned()),
            Error::InvalidCloseCode(code) => (1002, format!("close code {code} may not be sent")),
            Error::Protocol(what) | Error::InvalidFrame(what) => (1002, (*what).to_owned()),
            other => (1011, other.to_string()),
        };
        Self { code, sentence }
    }
}
