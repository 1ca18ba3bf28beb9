//! What can a caller do wrong, or be refused at once?

use std::fmt;

use js_sys::Reflect;
use wasm_bindgen::JsValue;

use super::address::without_secrets;
use super::dial::{without, without_token};
use crate::engine::{ProtocolError, sentence};

/// Why a socket was not even opened. URLs are shown without user, password and query.
///
/// A server that cannot be reached, or refuses, is not among them: browsers tell of it later and in one way only, by
/// [`Event::Error`](super::Event::Error) and a close with 1006.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum OpenError {
    /// It is not a URL, or a relative one in a context that has no address of its own.
    InvalidUrl {
        /// What was given.
        url: String,
    },
    /// The scheme is none of `ws`, `wss`, `http` and `https`.
    Scheme {
        /// What stands before the colon.
        scheme: String,
    },
    /// A WebSocket URL has no fragment (`#…`), not even an empty one (RFC 6455 §3).
    Fragment {
        /// What was given.
        url: String,
    },
    /// A subprotocol that may not be offered.
    Protocol(ProtocolError),
    /// The browser will not open this URL from here: `ws:` from a secure page. A port that browsers block and a page's
    /// Content-Security-Policy are told later, as a server that cannot be reached.
    Blocked {
        /// The browser's own words.
        message: String,
    },
    /// There is no WebSocket here (Node.js before 22, for one).
    Unsupported,
    /// The browser refused for a reason that is none of the above.
    Refused {
        /// The browser's own words.
        message: String,
    },
}

impl OpenError {
    /// What the constructor threw, after URL and subprotocols had been found in order. A token that went along is not
    /// shown; where there is none it is empty.
    pub(crate) fn from_thrown(thrown: &JsValue, url: &str, token: &str) -> Self {
        let message = without_token(&without(&words_of(thrown), url, &without_secrets(url)), token);
        match property(thrown, "name").as_deref() {
            Some("SecurityError") => Self::Blocked { message },
            Some(_) | None => Self::Refused { message },
        }
    }
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence())
    }
}

impl OpenError {
    /// For people.
    pub(crate) fn sentence(&self) -> String {
        match self {
            Self::InvalidUrl { url } => sentence(&["`", url, "` is not a URL that can be resolved here"]),
            Self::Scheme { scheme } => sentence(&["a WebSocket URL is ws, wss, http or https, not `", scheme, "`"]),
            Self::Fragment { url } => sentence(&["a WebSocket URL has no fragment (#…): `", url, "`"]),
            Self::Protocol(error) => error.sentence(),
            Self::Blocked { message } => sentence(&["the browser does not allow this connection here: ", message]),
            Self::Unsupported => String::from("there is no WebSocket in this environment"),
            Self::Refused { message } => sentence(&["the browser refused to open a WebSocket: ", message]),
        }
    }
}

impl fmt::Debug for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f) // the sentence says all that is known; a derived one brings 3 KB of escapes and columns
    }
}

impl std::error::Error for OpenError {}

impl From<ProtocolError> for OpenError {
    fn from(error: ProtocolError) -> Self {
        Self::Protocol(error)
    }
}

/// Why a message was not sent. Nothing of it left.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SendError {
    /// Not open yet: wait for [`Event::Open`](super::Event::Open), or send through the `Sink`, which does.
    Connecting,
    /// Closing or closed. A browser would take the message without a word and never send it.
    Closed,
    /// The value could not be written as JSON.
    Json {
        /// What could not be written.
        message: String,
    },
    /// The browser refused it.
    Refused {
        /// The browser's own words.
        message: String,
    },
}

impl SendError {
    pub(crate) fn from_thrown(thrown: &JsValue) -> Self {
        Self::Refused { message: words_of(thrown) }
    }
}

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connecting => f.write_str("the socket is still connecting: wait for its open event"),
            Self::Closed => f.write_str("the socket is closing or closed: the message was not sent"),
            Self::Json { message } => f.write_str(&sentence(&["the value cannot be written as JSON: ", message])),
            Self::Refused { message } => f.write_str(&sentence(&["the browser refused the message: ", message])),
        }
    }
}

impl fmt::Debug for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for SendError {}

/// Why a message could not be read as what was asked for. The message is as it was.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum DecodeError {
    /// A Blob's bytes are not in memory; [`Message::read`](super::Message::read) fetches them.
    IsBlob,
    /// Binary that is not UTF-8 was asked for as text.
    NotUtf8,
    /// The browser could not read it: a Blob whose file is gone, a buffer that was transferred elsewhere.
    Unreadable {
        /// The browser's own words.
        message: String,
    },
    /// Not JSON, or JSON of another form than the type.
    Json {
        /// What was found, and where.
        message: String,
    },
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::IsBlob => {
                f.write_str("a Blob is read asynchronously: await `read()` first, or use BinaryType::Arraybuffer")
            }
            Self::NotUtf8 => f.write_str("the binary message is not UTF-8 text"),
            Self::Unreadable { message } => {
                f.write_str(&sentence(&["the browser could not read the message: ", message]))
            }
            Self::Json { message } => {
                f.write_str(&sentence(&["the message is not the JSON that was expected: ", message]))
            }
        }
    }
}

impl fmt::Debug for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for DecodeError {}

/// The sentence in something that was thrown.
pub(crate) fn words_of(thrown: &JsValue) -> String {
    let said = |name| property(thrown, name).filter(|words| !words.is_empty());
    // Firefox's policy has a name and no words
    said("message")
        .or_else(|| said("name"))
        .or_else(|| thrown.as_string())
        .unwrap_or_else(|| String::from("it did not say why"))
}

fn property(of: &JsValue, name: &str) -> Option<String> {
    of.is_object().then(|| Reflect::get(of, &name.into()).ok()?.as_string())?
}
