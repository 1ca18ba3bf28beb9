//! What does this close code mean, and which may we send?

use std::fmt;

use super::words::{number, sentence};

/// A close code, RFC 6455 §7.4: why a connection ended.
///
/// The associated constants are all codes of RFC 6455 §7.4.1 and of the [IANA registry]. Any other number is kept
/// as it is; [`name`](Self::name) then says nothing.
///
/// ```
/// use everwire::CloseCode;
///
/// assert_eq!(CloseCode::from(1012), CloseCode::SERVICE_RESTART);
/// assert_eq!(CloseCode::SERVICE_RESTART.name(), Some("Service Restart"));
/// assert_eq!(CloseCode::from(4001).to_string(), "4001");
/// assert_eq!(CloseCode::NORMAL.to_string(), "1000 (Normal Closure)");
/// ```
///
/// [IANA registry]: https://www.iana.org/assignments/websocket/websocket.xhtml#close-code-number
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CloseCode(u16);

impl CloseCode {
    /// 1000: the purpose of the connection was fulfilled.
    pub const NORMAL: Self = Self(1000);
    /// 1001: one side goes away: a server that stops, a page that is left.
    pub const GOING_AWAY: Self = Self(1001);
    /// 1002: the peer broke the protocol.
    pub const PROTOCOL_ERROR: Self = Self(1002);
    /// 1003: a kind of message that the peer cannot take, such as binary where it wants text.
    pub const UNSUPPORTED_DATA: Self = Self(1003);
    /// 1004: reserved; nobody sends it.
    pub const RESERVED: Self = Self(1004);
    /// 1005: the close frame carried no code. Never sent; this is how its absence is told.
    pub const NO_STATUS_RECEIVED: Self = Self(1005);
    /// 1006: there was no close frame: the link broke, or the handshake failed. Never sent.
    pub const ABNORMAL: Self = Self(1006);
    /// 1007: a message that contradicts its type, such as text that is not UTF-8.
    pub const INVALID_PAYLOAD: Self = Self(1007);
    /// 1008: against the peer's rules, where no other code fits.
    pub const POLICY_VIOLATION: Self = Self(1008);
    /// 1009: a message too big to process.
    pub const MESSAGE_TOO_BIG: Self = Self(1009);
    /// 1010: the client wanted an extension that the server did not negotiate.
    pub const MANDATORY_EXTENSION: Self = Self(1010);
    /// 1011: the server met a condition that it did not expect.
    pub const INTERNAL_ERROR: Self = Self(1011);
    /// 1012: the server restarts; come back.
    pub const SERVICE_RESTART: Self = Self(1012);
    /// 1013: the server is overloaded; come back later.
    pub const TRY_AGAIN_LATER: Self = Self(1013);
    /// 1014: a gateway got an invalid answer from the server behind it (HTTP's 502).
    pub const BAD_GATEWAY: Self = Self(1014);
    /// 1015: the TLS handshake failed. Never sent, and browsers report 1006 in its place.
    pub const TLS_HANDSHAKE: Self = Self(1015);
    /// 3000: the peer wants authentication (HTTP's 401).
    pub const UNAUTHORIZED: Self = Self(3000);
    /// 3003: authenticated or not, this is not allowed (HTTP's 403).
    pub const FORBIDDEN: Self = Self(3003);
    /// 3008: the peer waited too long for something (HTTP's 408).
    pub const TIMEOUT: Self = Self(3008);

    /// The number itself.
    pub const fn get(self) -> u16 {
        self.0
    }

    /// The name in the IANA registry; `None` for a code that is not registered, 4000–4999 (private use) among them.
    pub fn name(self) -> Option<&'static str> {
        let found = NAMES.binary_search_by_key(&self, |&(code, _)| code).ok()?;
        Some(NAMES[found].1)
    }

    /// The number, and the name where it has one: `1001 (Going Away)`.
    pub(crate) fn words(self) -> String {
        let number = number(u64::from(self.0));
        match self.name() {
            Some(name) => sentence(&[&number, " (", name, ")"]),
            None => number,
        }
    }

    /// Whether an endpoint may put it into a close frame from a browser: 1000, or 3000–4999 (WHATWG WebSockets,
    /// `close()`).
    pub const fn is_sendable(self) -> bool {
        matches!(self.0, 1000 | 3000..=4999)
    }
}

impl From<u16> for CloseCode {
    fn from(code: u16) -> Self {
        Self(code)
    }
}

impl From<CloseCode> for u16 {
    fn from(code: CloseCode) -> Self {
        code.0
    }
}

/// So that `close` takes a code as well as a number.
impl From<CloseCode> for Option<u16> {
    fn from(code: CloseCode) -> Self {
        Some(code.0)
    }
}

impl fmt::Display for CloseCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words())
    }
}

impl fmt::Debug for CloseCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CloseCode({self})")
    }
}

/// What a browser lets us say when we close: a code that may be sent and a reason that fits a control frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CloseFrame {
    code: CloseCode,
    reason: String,
}

impl CloseFrame {
    /// 1000 and no reason.
    pub const NORMAL: Self = Self { code: CloseCode::NORMAL, reason: String::new() };
    /// 3008 and no reason: what a peer that fell silent is told, should it ever hear it.
    pub const TIMEOUT: Self = Self { code: CloseCode::TIMEOUT, reason: String::new() };

    /// A code that may be sent, and no reason.
    pub(super) const fn coded(code: u16) -> Self {
        Self { code: CloseCode(code), reason: String::new() }
    }

    /// No code means 1000: an empty close frame would reach the peer as 1005, as if nothing had been said.
    ///
    /// # Errors
    /// Where a browser would throw.
    pub fn new(code: Option<u16>, reason: &str) -> Result<Self, CloseError> {
        let code = code.map_or(CloseCode::NORMAL, CloseCode::from);
        if !code.is_sendable() {
            return Err(CloseError::Code(code));
        }
        if reason.len() > LONGEST_REASON {
            return Err(CloseError::ReasonTooLong { bytes: reason.len() });
        }
        Ok(Self { code, reason: reason.to_owned() })
    }

    /// The code that is sent.
    pub fn code(&self) -> CloseCode {
        self.code
    }

    /// The reason that is sent.
    pub fn reason(&self) -> &str {
        &self.reason
    }
}

/// What a close means for what comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// Try again, after the usual wait.
    Retry,
    /// Try again, after a longer wait.
    RetryLater,
    /// The credential is not accepted: get a fresh one, try once, then stop.
    SignIn,
    /// Trying again would end in the same way.
    Stop,
}

/// The table of close codes; `signs_in`: there is a token provider to ask.
pub(super) fn meaning(code: CloseCode, signs_in: bool) -> Meaning {
    match code.get() {
        // the purpose is fulfilled
        1000 => Meaning::Stop,
        // what we say is not understood, and we would say it again
        1002 | 1003 | 1007 | 1009 | 1010 => Meaning::Stop,
        // who we are is in doubt: 1008 is what servers said before 3000 was registered, 4401 what many made of HTTP's 401
        1008 | 3000 | 4401 if signs_in => Meaning::SignIn,
        1008 | 3000 | 4401 => Meaning::Stop,
        // who we are is known, and it is not allowed
        3003 | 4403 => Meaning::Stop,
        // a custom of the protocols on top, for fatal errors
        4500..=4999 => Meaning::Stop,
        // the server is overloaded, and says so
        1013 => Meaning::RetryLater,
        // 1001 and 1012 a restart, 1005 and 1006 a lost link, 1011 and 1014 a fault, 3008 a delay; and whatever we do not
        // know: a client that stops by mistake is dead, one that tries by mistake is slow
        _ => Meaning::Retry,
    }
}

/// Why a close was refused. The socket is as it was; close it again with something that may be said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum CloseError {
    /// A page may send 1000 and 3000–4999 only; the others are the browser's, the server's or nobody's.
    Code(CloseCode),
    /// A reason has room for 123 UTF-8 bytes: a control frame carries 125 (RFC 6455 §5.5), the code takes two.
    ReasonTooLong {
        /// How long it is.
        bytes: usize,
    },
}

impl fmt::Display for CloseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence())
    }
}

impl CloseError {
    /// For people.
    pub(crate) fn sentence(&self) -> String {
        match self {
            Self::Code(code) => {
                sentence(&["close code ", &code.words(), " cannot be sent from a page: use 1000 or 3000 to 4999"])
            }
            Self::ReasonTooLong { bytes } => {
                let [bytes, room] = [*bytes, LONGEST_REASON].map(|bytes| number(bytes as u64));
                sentence(&["the close reason is ", &bytes, " UTF-8 bytes long, and a close frame has room for ", &room])
            }
        }
    }
}

impl std::error::Error for CloseError {}

/// RFC 6455 §5.5: a control frame's payload is at most 125 bytes; two of a close frame's are the code.
const LONGEST_REASON: usize = 123;

/// The IANA registry's words, in order of the numbers. 1014 stands there as a sentence; this is its short form.
const NAMES: [(CloseCode, &str); 19] = [
    (CloseCode::NORMAL, "Normal Closure"),
    (CloseCode::GOING_AWAY, "Going Away"),
    (CloseCode::PROTOCOL_ERROR, "Protocol Error"),
    (CloseCode::UNSUPPORTED_DATA, "Unsupported Data"),
    (CloseCode::RESERVED, "Reserved"),
    (CloseCode::NO_STATUS_RECEIVED, "No Status Received"),
    (CloseCode::ABNORMAL, "Abnormal Closure"),
    (CloseCode::INVALID_PAYLOAD, "Invalid Frame Payload Data"),
    (CloseCode::POLICY_VIOLATION, "Policy Violation"),
    (CloseCode::MESSAGE_TOO_BIG, "Message Too Big"),
    (CloseCode::MANDATORY_EXTENSION, "Mandatory Extension"),
    (CloseCode::INTERNAL_ERROR, "Internal Error"),
    (CloseCode::SERVICE_RESTART, "Service Restart"),
    (CloseCode::TRY_AGAIN_LATER, "Try Again Later"),
    (CloseCode::BAD_GATEWAY, "Bad Gateway"),
    (CloseCode::TLS_HANDSHAKE, "TLS Handshake"),
    (CloseCode::UNAUTHORIZED, "Unauthorized"),
    (CloseCode::FORBIDDEN, "Forbidden"),
    (CloseCode::TIMEOUT, "Timeout"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_registered_code_has_its_name() {
        let registered: Vec<u16> = (1000..=1015).chain([3000, 3003, 3008]).collect();
        let named: Vec<u16> = (0..=u16::MAX).filter(|&code| CloseCode::from(code).name().is_some()).collect();
        assert_eq!(named, registered);
    }

    #[test]
    fn a_code_is_taken_wherever_a_number_is_and_shown_as_what_it_is() {
        assert_eq!(Option::<u16>::from(CloseCode::NORMAL), Some(1000));
        assert_eq!(format!("{:?}", CloseCode::NORMAL), "CloseCode(1000 (Normal Closure))");
    }

    #[test]
    fn private_codes_stay_numbers() {
        for code in [3001, 3999, 4000, 4401, 4999, 999, 1016, 5000] {
            assert_eq!(CloseCode::from(code).to_string(), code.to_string());
            assert_eq!(u16::from(CloseCode::from(code)), code);
        }
    }

    #[test]
    fn a_page_sends_1000_and_3000_to_4999_and_nothing_else() {
        let sendable: Vec<u16> = (0..=u16::MAX).filter(|&code| CloseFrame::new(Some(code), "").is_ok()).collect();
        assert_eq!(sendable, [1000].into_iter().chain(3000..=4999).collect::<Vec<_>>());
    }

    #[test]
    fn a_refused_code_is_named() {
        let refused = CloseFrame::new(Some(1006), "").expect_err("1006 is never sent");
        assert_eq!(refused, CloseError::Code(CloseCode::ABNORMAL));
        assert!(refused.to_string().contains("1006 (Abnormal Closure)"), "{refused}");
    }

    #[test]
    fn no_code_means_1000_never_1005() {
        let frame = CloseFrame::new(None, "bye").expect("a reason alone is allowed");
        assert_eq!((frame.code(), frame.reason()), (CloseCode::NORMAL, "bye"));
    }

    #[test]
    fn a_reason_is_measured_in_utf8_bytes() {
        assert!(CloseFrame::new(None, &"a".repeat(123)).is_ok());
        let umlauts = "ä".repeat(62); // 62 characters, 124 bytes
        assert_eq!(CloseFrame::new(None, &umlauts), Err(CloseError::ReasonTooLong { bytes: 124 }));
    }

    /// By the design's own lists, each of the codes that there can be.
    #[test]
    fn each_code_means_what_the_table_says() {
        let sign_in = [3000, 4401, 1008];
        let stop = [1000, 1002, 1003, 1007, 1009, 1010, 3003, 4403];
        for code in 0..=u16::MAX {
            let (alone, with_auth) = if sign_in.contains(&code) {
                (Meaning::Stop, Meaning::SignIn)
            } else if stop.contains(&code) || (4500..5000).contains(&code) {
                (Meaning::Stop, Meaning::Stop)
            } else if code == 1013 {
                (Meaning::RetryLater, Meaning::RetryLater)
            } else {
                (Meaning::Retry, Meaning::Retry)
            };
            assert_eq!(meaning(code.into(), false), alone, "{code}");
            assert_eq!(meaning(code.into(), true), with_auth, "{code} with auth");
        }
    }

    #[test]
    fn our_own_frames_are_what_a_page_may_send() {
        for frame in [CloseFrame::NORMAL, CloseFrame::TIMEOUT] {
            assert_eq!(CloseFrame::new(Some(frame.code().get()), frame.reason()), Ok(frame));
        }
    }
}
