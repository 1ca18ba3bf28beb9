//! What went wrong, and who must act?

use std::fmt;

use super::closing::CloseCode;
use super::vocabulary::DropReason;
use super::words::{number, sentence};

/// What the user is told went wrong. [`code`](Self::code) is stable and says who must act: `refused/…` sign in or
/// stop, `unavailable/…` is already being handled, `dropped/…` is one message's.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// The server does not accept our credential, a fresh one neither.
    SignIn,
    /// The server closed with a code that says: do not come back.
    Closed(CloseCode),
    /// As many attempts as were allowed have failed.
    Attempts(u32),
    /// An attempt failed: no socket, or one that closed before it was ready.
    Connect,
    /// An attempt took too long.
    ConnectTimeout,
    /// The token provider failed.
    Token,
    /// The token provider took too long.
    TokenTimeout,
    /// The server did not reply to our credential in time.
    ReplyTimeout,
    /// The peer fell silent.
    Silent,
    /// The server broke the session's protocol.
    Protocol,
    /// There is no session, or none any more.
    Session,
    /// A message will not be sent.
    Dropped(DropReason),
}

impl Error {
    /// Stable, for programs to compare.
    pub fn code(&self) -> &'static str {
        match self {
            Self::SignIn => "refused/sign-in",
            Self::Closed(_) => "refused/closed",
            Self::Attempts(_) => "unavailable/attempts",
            Self::Connect => "unavailable/connect",
            Self::ConnectTimeout => "unavailable/connect-timeout",
            Self::Token => "unavailable/token",
            Self::TokenTimeout => "unavailable/token-timeout",
            Self::ReplyTimeout => "unavailable/reply-timeout",
            Self::Silent => "unavailable/silent",
            Self::Protocol => "refused/protocol",
            Self::Session => "unavailable/session",
            Self::Dropped(DropReason::Overflow) => "dropped/overflow",
            Self::Dropped(DropReason::Expired) => "dropped/expired",
            Self::Dropped(DropReason::Volatile) => "dropped/volatile",
            Self::Dropped(DropReason::Aborted) => "dropped/aborted",
            Self::Dropped(DropReason::Closed) => "dropped/closed",
            Self::Dropped(DropReason::Unsendable) => "dropped/unsendable",
            Self::Dropped(DropReason::Unconfirmed) => "dropped/unconfirmed",
        }
    }

    /// For people. It names options as JavaScript spells them.
    pub(crate) fn sentence(&self) -> String {
        String::from(match self {
            Self::SignIn => "the server refused the token, and a fresh one as well: sign in again",
            Self::Closed(code) => {
                return sentence(&[
                    "the server closed with ",
                    &code.words(),
                    ", which says that trying again is of no use",
                ]);
            }
            Self::Attempts(attempts) => {
                let attempts = number(u64::from(*attempts));
                return sentence(&["gave up after ", &attempts, " failed attempts in a row (reconnect.attempts)"]);
            }
            Self::Connect => "could not connect: the server cannot be reached, or refused the handshake",
            Self::ConnectTimeout => "connecting took longer than connectTimeout",
            Self::Token => "the token provider failed",
            Self::TokenTimeout => "the token provider took longer than auth.timeout",
            Self::ReplyTimeout => "the server did not reply to the auth message within auth.timeout",
            Self::Silent => "the server fell silent: nothing came within heartbeat.timeout after a ping",
            Self::Protocol => "the server broke the protocol everwire.1",
            Self::Session => "no session: the server does not speak everwire.1, or lost count",
            #[cfg(not(everwire_npm))] // JavaScript has its own words for these (client.js)
            Self::Dropped(reason) => reason.sentence(),
            #[cfg(everwire_npm)]
            Self::Dropped(_) => "",
        })
    }
}

#[cfg(not(everwire_npm))]
impl DropReason {
    fn sentence(self) -> &'static str {
        match self {
            Self::Overflow => "not sent: the queue is full",
            Self::Expired => "not sent: it waited longer than its ttl",
            Self::Volatile => "not sent: it was volatile and could not go at once",
            Self::Aborted => "not sent: it was taken back",
            Self::Closed => "not sent: the client is closed",
            Self::Unsendable => "not sent: the browser would not take it",
            Self::Unconfirmed => "not acknowledged: it may have arrived",
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence())
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Error; 18] = [
        Error::SignIn,
        Error::Closed(CloseCode::FORBIDDEN),
        Error::Attempts(3),
        Error::Connect,
        Error::ConnectTimeout,
        Error::Token,
        Error::TokenTimeout,
        Error::ReplyTimeout,
        Error::Silent,
        Error::Dropped(DropReason::Overflow),
        Error::Dropped(DropReason::Expired),
        Error::Dropped(DropReason::Volatile),
        Error::Dropped(DropReason::Aborted),
        Error::Dropped(DropReason::Closed),
        Error::Dropped(DropReason::Unsendable),
        Error::Dropped(DropReason::Unconfirmed),
        Error::Protocol,
        Error::Session,
    ];

    #[test]
    fn each_code_is_its_own_and_says_who_must_act() {
        let codes: std::collections::BTreeSet<&str> = ALL.iter().map(Error::code).collect();
        assert_eq!(codes.len(), ALL.len());
        for code in codes {
            let (who, what) = code.split_once('/').expect("who/what");
            assert!(["refused", "unavailable", "dropped"].contains(&who) && !what.is_empty(), "{code}");
        }
    }

    #[test]
    fn each_sentence_is_its_own() {
        let sentences: std::collections::BTreeSet<String> = ALL.iter().map(Error::to_string).collect();
        assert_eq!(sentences.len(), ALL.len());
        assert!(sentences.iter().all(|sentence| sentence.len() > 20));
        assert!(Error::Closed(CloseCode::FORBIDDEN).to_string().contains("3003 (Forbidden)"));
        assert!(Error::Attempts(3).to_string().contains("3 failed attempts"));
    }
}
