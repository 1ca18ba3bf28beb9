//! Where in its life is a connection, and what does it wait for there?
//!
//! ```text
//!              Connect                                        each arrow back to Waiting is a lost socket or a
//!   Fresh ────────────────┐                                   failed attempt; Deciding stands between where
//!                         ▼                                   there is a shouldRetry to ask
//!            token asked  │  a token is good enough
//!        ┌────────────────┴───────────────┐
//!        ▼           Token                ▼          Opened (token in the handshake, or none)
//!    Fetching ───────────────────────▶ Opening ─────────────────────────────┐
//!        │                                │ Opened (token as message)       ▼
//!        │                                └──────────▶ SigningIn ───────▶ Live
//!        │                                                │   Accepted      │
//!        ▼               failed, late, closed             ▼                 ▼
//!     Waiting ◀──────────────────────────────────────(Deciding)◀────────────┘
//!        │  time, a hint, Connect                         │ stop: refused, told not to, attempts used up
//!        └────▶ Fetching or Opening                       ▼
//!                                                      Closed
//!   Disconnect, from Live, Opening, SigningIn ─▶ Closing ─▲  its close event, or the close deadline
//!   Disconnect, from anywhere else ───────────────────────┘
//! ```
//!
//! A sleep (Woke, Restored) begins the attempt anew, from Fetching, Opening or SigningIn; without a heartbeat it takes
//! Live to Waiting. A question to the token provider belongs to none of the states: it outlives a socket, and Fetching
//! is to wait for nothing else.
//!
//! A state carries what is true in it and nowhere else: its socket, and the deadline that it waits for. So leaving it
//! leaves no timer behind.

use super::closing::CloseFrame;
use super::term::Term;
use super::time::Instant;
use super::vocabulary::{ClientState, CloseInfo, SocketId, Unconfirmed, Wake};

/// The life of a connection.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum State {
    /// Made, and not asked for anything yet.
    Fresh,
    /// The token provider is asked, before an attempt. How long it may take, `auth` knows.
    Fetching,
    /// A socket shakes hands.
    Opening { socket: SocketId, term: Term },
    /// A socket is open and the server's reply to our credential is awaited.
    SigningIn { socket: SocketId, term: Term },
    /// Ready for messages. `owed`: so many credentials were presented since to which the server has not replied, in time
    /// or not.
    Live { socket: SocketId, since: Instant, renewal: Renewal, owed: u32 },
    /// A socket is lost and `shouldRetry` is asked. It has no deadline: the caller always answers.
    Deciding { socket: SocketId, loss: Loss },
    /// The next attempt is to come.
    Waiting { until: Instant, why: Why },
    /// The user closed it.
    Closing { socket: SocketId, until: Instant, parting: Parting },
    /// For good.
    Closed,
}

/// The next token, presented while the connection goes on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Renewal {
    /// Nothing was presented; the provider may be asked.
    Idle,
    /// The server's reply to the new one is awaited.
    Replying { term: Term },
}

/// A socket that is gone.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Loss {
    pub(super) close: CloseInfo,
    /// What nothing confirms, if it had been open: then the user is told that it is down.
    pub(super) down: Option<Unconfirmed>,
}

/// Why the next attempt waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Why {
    /// Chance spreads the attempts: a hint that it might work now may shorten it.
    Backoff,
    /// The server, or `shouldRetry`, said when. Hints do not overrule them.
    Told,
}

/// How far a close has come.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Parting {
    /// What was accepted before it is still sent, as a browser does; then this is said.
    Sending(Option<CloseFrame>),
    /// The close is ordered.
    Said,
}

impl State {
    /// The one socket whose facts count.
    pub(super) fn socket(&self) -> Option<SocketId> {
        match self {
            Self::Opening { socket, .. }
            | Self::SigningIn { socket, .. }
            | Self::Live { socket, .. }
            | Self::Closing { socket, .. } => Some(*socket),
            Self::Fresh | Self::Fetching | Self::Deciding { .. } | Self::Waiting { .. } | Self::Closed => None,
        }
    }

    /// The socket that messages may be handed to.
    pub(super) fn sending(&self) -> Option<SocketId> {
        match self {
            Self::Live { socket, .. } | Self::Closing { socket, parting: Parting::Sending(_), .. } => Some(*socket),
            Self::Fresh
            | Self::Fetching
            | Self::Opening { .. }
            | Self::SigningIn { .. }
            | Self::Deciding { .. }
            | Self::Waiting { .. }
            | Self::Closing { parting: Parting::Said, .. }
            | Self::Closed => None,
        }
    }

    /// The socket whose messages are heard.
    pub(super) fn hearing(&self) -> Option<SocketId> {
        match self {
            Self::SigningIn { socket, .. } | Self::Live { socket, .. } => Some(*socket),
            Self::Fresh
            | Self::Fetching
            | Self::Opening { .. }
            | Self::Deciding { .. }
            | Self::Waiting { .. }
            | Self::Closing { .. }
            | Self::Closed => None,
        }
    }

    /// The server owes a reply to a credential: any message may be it.
    pub(super) fn is_owed_reply(&self) -> bool {
        matches!(self, Self::SigningIn { .. } | Self::Live { owed: 1.., .. })
    }

    /// The user closed it, or it is closed for good: nothing more is accepted.
    pub(super) fn is_ending(&self) -> bool {
        matches!(self, Self::Closing { .. } | Self::Closed)
    }

    /// What a user sees of it.
    pub(super) fn shown(&self) -> ClientState {
        match self {
            Self::Fresh | Self::Fetching | Self::Opening { .. } | Self::SigningIn { .. } => ClientState::Connecting,
            Self::Live { .. } => ClientState::Open,
            Self::Deciding { .. } | Self::Waiting { .. } => ClientState::Waiting,
            Self::Closing { .. } => ClientState::Closing,
            Self::Closed => ClientState::Closed,
        }
    }

    /// What the answer that it waits for has left of its time: the handshake's, or the reply's.
    pub(super) fn term(&mut self) -> Option<&mut Term> {
        match self {
            Self::Opening { term, .. }
            | Self::SigningIn { term, .. }
            | Self::Live { renewal: Renewal::Replying { term }, .. } => Some(term),
            Self::Fresh
            | Self::Fetching
            | Self::Live { renewal: Renewal::Idle, .. }
            | Self::Deciding { .. }
            | Self::Waiting { .. }
            | Self::Closing { .. }
            | Self::Closed => None,
        }
    }

    /// Until when it stays as it is, if nothing happens.
    pub(super) fn deadline(&self) -> Option<(Instant, Wake)> {
        match *self {
            Self::Opening { term, .. } => Some((term.until(), Wake::Handshake)),
            Self::SigningIn { term, .. } => Some((term.until(), Wake::Reply)),
            Self::Live { renewal: Renewal::Replying { term }, .. } => Some((term.until(), Wake::Reply)),
            Self::Waiting { until, .. } => Some((until, Wake::Retry)),
            Self::Closing { until, .. } => Some((until, Wake::Close)),
            Self::Fresh
            | Self::Fetching
            | Self::Live { renewal: Renewal::Idle, .. }
            | Self::Deciding { .. }
            | Self::Closed => None,
        }
    }
}
