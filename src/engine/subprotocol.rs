//! May these subprotocols be offered?

use std::fmt;

use super::words::{number, sentence};

/// Checks an offer as the WebSocket constructor does (WHATWG WebSockets, "the constructor"; RFC 6455 §4.1): each
/// subprotocol is a token of RFC 9110 §5.6.2, and none comes twice.
///
/// # Errors
/// The first subprotocol that a browser would throw on.
pub fn check_offer(protocols: &[&str]) -> Result<(), ProtocolError> {
    for (index, protocol) in protocols.iter().enumerate() {
        if protocol.is_empty() {
            return Err(ProtocolError::Empty { index });
        }
        if let Some(character) = protocol.chars().find(|&c| !is_token_character(c)) {
            return Err(ProtocolError::Character { index, character });
        }
        if protocols.iter().take(index).any(|earlier| earlier == protocol) {
            return Err(ProtocolError::Repeated { index });
        }
    }
    Ok(())
}

/// Which offered subprotocol a browser would refuse, and why.
///
/// It names the place in the list, counted from 0, and never the text: a subprotocol may carry a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProtocolError {
    /// An empty string. To offer nothing, give an empty list.
    Empty {
        /// Which one.
        index: usize,
    },
    /// A character that a token must not have (RFC 9110 §5.6.2). `=`, `/` and `,` are the usual ones: a token must
    /// be base64url without padding, and several subprotocols are several strings.
    Character {
        /// Which one.
        index: usize,
        /// Its first such character.
        character: char,
    },
    /// The same as an earlier one.
    Repeated {
        /// Which one.
        index: usize,
    },
}

impl fmt::Display for ProtocolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence())
    }
}

impl ProtocolError {
    /// For people.
    pub(crate) fn sentence(self) -> String {
        let mut buffer = [0; 4];
        let (index, words) = match self {
            Self::Empty { index } => (index, [" is empty: to offer none, give an empty list", "", ""]),
            Self::Character { index, character } => {
                let shown = if character.is_control() { "�" } else { character.encode_utf8(&mut buffer) };
                (index, [" contains '", shown, "', which a token must not (RFC 9110 §5.6.2)"])
            }
            Self::Repeated { index } => (index, [" repeats an earlier one", "", ""]),
        };
        sentence(&["subprotocol ", &number(index as u64), words[0], words[1], words[2]])
    }
}

impl std::error::Error for ProtocolError {}

/// RFC 9110 §5.6.2, `tchar`.
fn is_token_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".chars().any(|other| c == other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_may_be_offered_and_so_may_nothing() {
        assert_eq!(check_offer(&[]), Ok(()));
        assert_eq!(check_offer(&["soap", "wamp", "v10.stomp", "graphql-transport-ws", "bearer.aGk-_"]), Ok(()));
    }

    #[test]
    fn what_both_browsers_throw_on_is_named() {
        let character = |index, character| Err(ProtocolError::Character { index, character });
        assert_eq!(check_offer(&["a, b"]), character(0, ','));
        assert_eq!(check_offer(&["ok", "a/b"]), character(1, '/'));
        assert_eq!(check_offer(&["abc="]), character(0, '='));
        assert_eq!(check_offer(&["gr\u{fc}n"]), character(0, 'ü'));
        assert_eq!(check_offer(&[""]), Err(ProtocolError::Empty { index: 0 }));
        assert_eq!(check_offer(&["a", "b", "a"]), Err(ProtocolError::Repeated { index: 2 }));
    }

    #[test]
    fn an_error_says_which_one_and_what_is_wrong_with_it() {
        let said = |offer: &[&str]| check_offer(offer).expect_err("a browser throws").to_string();
        assert_eq!(said(&["a", ""]), "subprotocol 1 is empty: to offer none, give an empty list");
        assert_eq!(said(&["a=", "b"]), "subprotocol 0 contains '=', which a token must not (RFC 9110 §5.6.2)");
        assert_eq!(said(&["a", "b", "a"]), "subprotocol 2 repeats an earlier one");
    }

    #[test]
    fn subprotocols_differ_by_case() {
        assert_eq!(check_offer(&["soap", "SOAP"]), Ok(()));
    }

    #[test]
    fn an_error_never_shows_the_text() {
        let error = check_offer(&["bearer.secret="]).expect_err("padding is refused");
        assert!(!format!("{error} {error:?}").contains("secret"));
    }
}
