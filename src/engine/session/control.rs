//! What does a control frame say, and is it one?
//!
//! A text that begins with U+0000 and is a small, flat JSON object. Read and written by hand: in a page, serde would weigh
//! more than the whole session. Reading takes any text and never fails otherwise than by [`Breach::Form`].

mod json;

use super::super::time::Span;
use super::{Breach, Terms};
use json::{Object, Writer};

/// What a control frame begins with, and what an application's text that begins so has once more.
pub const MARK: char = '\0';
/// A control frame is at most so long, in UTF-8.
pub const MOST_BYTES: usize = 4_096;

/// A frame that belongs to the protocol.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Control {
    Hello(Hello),
    Welcome(Welcome),
    Ack(Ack),
    Gap(Gap),
    Ping,
    Pong,
    /// Its token.
    Authenticate(String),
    Authenticated,
    Bye(Bye),
}

/// A new session, or this one again.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Hello {
    /// Which session; `None`: a new one.
    pub session: Option<String>,
    /// So many sockets were opened for it, this one included.
    pub socket: u64,
    /// So many messages of the server's the client has of it.
    pub received: u64,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Welcome {
    /// Its id.
    pub session: String,
    /// It is the one that was asked for.
    pub resumed: bool,
    /// So many messages of the client's the server has.
    pub received: u64,
    /// How long it outlives a socket, in whole seconds.
    pub window: u64,
    /// The client never has more messages than this unacknowledged, nor more bytes of them.
    pub most: (u64, u64),
    /// When both ends acknowledge at the latest.
    pub terms: Terms,
    /// Which of the application's subprotocols is spoken.
    pub protocol: Option<String>,
}

/// So many messages of the other end's were taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ack {
    pub received: u64,
}

/// These messages cannot be given any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gap {
    pub from: u64,
    pub to: u64,
}

/// From a server: come back later, perhaps elsewhere. From a client: for good.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Bye {
    /// In so many seconds, at the earliest.
    pub after: u64,
    /// Where, if not anywhere.
    pub url: Option<String>,
}

/// What a text is.
#[derive(Debug, PartialEq, Eq)]
pub enum Seen<'a> {
    /// The application's, without the mark that was put before it.
    Message(&'a str),
    Control(Control),
}

/// Whether a text is a control frame, or wants to be one.
pub fn is_control(text: &str) -> bool {
    text.strip_prefix(MARK).is_some_and(|rest| !rest.starts_with(MARK))
}

/// A text that arrived.
pub fn seen(text: &str) -> Result<Seen<'_>, Breach> {
    let Some(rest) = text.strip_prefix(MARK) else { return Ok(Seen::Message(text)) };
    if rest.starts_with(MARK) {
        return Ok(Seen::Message(rest));
    }
    if text.len() > MOST_BYTES || !rest.starts_with('{') {
        return Err(Breach::Form);
    }
    Control::read(rest).map(Seen::Control).ok_or(Breach::Form)
}

/// An application's text as it travels, if it does not travel as it is.
pub fn escaped(text: &str) -> Option<String> {
    text.starts_with(MARK).then(|| {
        let mut longer = String::with_capacity(text.len() + 1);
        longer.push(MARK);
        longer.push_str(text);
        longer
    })
}

impl Control {
    /// As it travels.
    pub fn write(&self) -> String {
        let mut out = Writer::new(MARK);
        match self {
            Self::Hello(Hello { session, socket, received }) => {
                out.begin("hello");
                if let Some(session) = session {
                    out.text("session", session);
                    out.number("socket", *socket);
                    out.number("received", *received);
                }
            }
            Self::Welcome(welcome) => {
                out.begin("welcome");
                out.text("session", &welcome.session);
                out.flag("resumed", welcome.resumed);
                out.number("received", welcome.received);
                out.number("window", welcome.window);
                out.number("mostMessages", welcome.most.0);
                out.number("mostBytes", welcome.most.1);
                out.number("ackMessages", welcome.terms.messages);
                out.number("ackBytes", welcome.terms.bytes);
                out.number("ackAfter", welcome.terms.after.as_micros() / 1_000);
                if let Some(protocol) = &welcome.protocol {
                    out.text("protocol", protocol);
                }
            }
            Self::Ack(Ack { received }) => {
                out.begin("ack");
                out.number("received", *received);
            }
            Self::Gap(Gap { from, to }) => {
                out.begin("gap");
                out.number("from", *from);
                out.number("to", *to);
            }
            Self::Ping => out.begin("ping"),
            Self::Pong => out.begin("pong"),
            Self::Authenticate(token) => {
                out.begin("authenticate");
                out.text("token", token);
            }
            Self::Authenticated => out.begin("authenticated"),
            Self::Bye(Bye { after, url }) => {
                out.begin("bye");
                if *after > 0 {
                    out.number("after", *after);
                }
                if let Some(url) = url {
                    out.text("url", url);
                }
            }
        }
        out.end()
    }

    fn read(text: &str) -> Option<Self> {
        let mut object = Object::read(text)?;
        let kind = object.text("type")??;
        Some(match kind.as_str() {
            "hello" => {
                let Some(session) = object.text("session")? else { return Some(Self::Hello(Hello::default())) };
                let (socket, received) = (object.number("socket")??, object.number("received")??);
                if !is_id(&session) {
                    return None;
                }
                Self::Hello(Hello { session: Some(session), socket, received })
            }
            "welcome" => Self::Welcome(Welcome {
                session: object.text("session")?.filter(|id| is_id(id))?,
                resumed: object.flag("resumed")??,
                received: object.number("received")??,
                window: object.number("window")??,
                most: (object.not_zero("mostMessages")?, object.not_zero("mostBytes")?),
                terms: Terms {
                    messages: object.not_zero("ackMessages")?,
                    bytes: object.not_zero("ackBytes")?,
                    after: Span::millis(object.number("ackAfter")?.filter(|most| *most <= A_MINUTE)?),
                },
                protocol: object.text("protocol")?,
            }),
            "ack" => Self::Ack(Ack { received: object.number("received")?? }),
            "gap" => Self::Gap(Gap { from: object.number("from")??, to: object.number("to")?? }),
            "ping" => Self::Ping,
            "pong" => Self::Pong,
            "authenticate" => Self::Authenticate(object.text("token")??),
            "authenticated" => Self::Authenticated,
            "bye" => Self::Bye(Bye { after: object.number("after")?.unwrap_or(0), url: object.text("url")? }),
            _ => return None,
        })
    }
}

/// 22 letters of base64url have 128 bits.
fn is_id(id: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    (22..=128).contains(&id.len()) && id.bytes().all(is_letter)
}

/// The longest `ackAfter`, in milliseconds: a message that waits longer to be confirmed is held for nothing.
const A_MINUTE: u64 = 60_000;
