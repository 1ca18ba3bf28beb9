//! What do both ends of a session know, and what follows from what they hear?
//!
//! PROTOCOL.md says what is on the wire. The same room is in the client and, natively, in a server: it counts, keeps what the
//! other end does not have, says when to acknowledge, and finds out when the other end breaks the rules. It has no socket,
//! no clock, and no idea what a message is.

mod control;
mod ledger;

pub use control::{Ack, Bye, Control, Gap, Hello, MARK, MOST_BYTES, Seen, Welcome, escaped, is_control, seen};
pub use ledger::{Incoming, Outgoing, Terms};

use super::time::{Instant, Span};
use super::vocabulary::Payload;

/// Why a socket is closed at once, with its code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Breach {
    /// Not a frame of this protocol, or not now: 4500.
    Form,
    /// Counts that cannot be joined: 4409.
    Counts,
}

impl Breach {
    /// The close code.
    pub fn code(self) -> u16 {
        match self {
            Self::Form => 4500,
            Self::Counts => 4409,
        }
    }
}

/// Both directions of a session, as one end sees them. It outlives its sockets.
#[derive(Debug, Clone)]
pub struct Session<P> {
    outgoing: Outgoing<P>,
    incoming: Incoming,
}

impl<P: Payload> Session<P> {
    /// Neither end has sent anything.
    pub fn new(terms: Terms) -> Self {
        Self::restored(0, 0, terms)
    }

    /// As a store knows it: so many were received, and so many of ours acknowledged. What was sent after those is
    /// [sent](Self::send) anew, in its order.
    pub fn restored(received: u64, acknowledged: u64, terms: Terms) -> Self {
        Self { outgoing: Outgoing::restored(acknowledged), incoming: Incoming::restored(received, terms) }
    }

    // ── out ──

    /// Numbers it and keeps it until it is acknowledged. Its number.
    pub fn send(&mut self, message: P) -> u64 {
        self.outgoing.send(message)
    }

    /// Messages up to and with this number cannot be given any more: what to tell the other end, if it does not have them.
    /// What is kept of them is let go.
    pub fn skip(&mut self, to: u64) -> Option<Gap> {
        self.outgoing.skip(to)
    }

    /// The count of our messages.
    pub fn sent(&self) -> u64 {
        self.outgoing.count()
    }

    /// What the other end has not acknowledged, from the oldest on.
    pub fn kept(&self) -> impl ExactSizeIterator<Item = &P> {
        self.outgoing.kept()
    }

    /// This one of them, counted from the oldest.
    pub fn kept_at(&self, place: usize) -> Option<&P> {
        self.outgoing.kept_at(place)
    }

    /// How many those are.
    pub fn kept_count(&self) -> u64 {
        self.outgoing.kept_count()
    }

    /// What that occupies.
    pub fn kept_bytes(&self) -> u64 {
        self.outgoing.bytes()
    }

    /// So many of ours it has: what is let go of them. The numbers that it had not acknowledged before: from, and the count
    /// now.
    pub fn on_ack(&mut self, count: u64, let_go: impl FnMut(P)) -> Result<(u64, u64), Breach> {
        self.outgoing.on_ack(count, let_go)
    }

    /// This one of what is kept, counted from the oldest, was never sent after all: the numbers of those behind it are one
    /// lower.
    pub fn take_back(&mut self, place: usize) -> Option<P> {
        self.outgoing.take_back(place)
    }

    /// So many of ours it has acknowledged.
    pub fn acknowledged(&self) -> u64 {
        self.outgoing.acknowledged()
    }

    // ── in ──

    /// One more was taken, that occupies so much. Its number.
    pub fn on_message(&mut self, size: u64, now: Instant) -> u64 {
        self.incoming.on_message(size, now)
    }

    /// The other end cannot give these any more.
    pub fn on_gap(&mut self, gap: Gap, now: Instant) -> Result<(), Breach> {
        self.incoming.on_gap(gap, now)
    }

    /// The count of its messages.
    pub fn received(&self) -> u64 {
        self.incoming.count()
    }

    /// When an acknowledgement is due at the latest.
    pub fn ack_deadline(&self) -> Option<Instant> {
        self.incoming.deadline()
    }

    /// The acknowledgement, if one is due by now. It counts as said.
    pub fn ack_if_due(&mut self, now: Instant) -> Option<Ack> {
        if self.incoming.deadline().is_some_and(|at| at <= now) { self.ack() } else { None }
    }

    /// The acknowledgement, if there is something to acknowledge. It counts as said.
    pub fn ack(&mut self) -> Option<Ack> {
        self.incoming.ack()
    }

    // ── another socket ──

    /// A client: the server has answered our hello. What it has received is let go, and what is [kept](Self::kept) is to be
    /// sent again. What was acknowledged by that, as [`Self::on_ack`] says it.
    pub fn on_welcome_back(
        &mut self,
        received: u64,
        terms: Terms,
        let_go: impl FnMut(P),
    ) -> Result<(u64, u64), Breach> {
        self.incoming.begin_anew(terms);
        self.outgoing.on_ack(received, let_go)
    }

    /// A server: a client says so many it has received. `None`: more than were ever sent, so this session is not the one
    /// it means. A gap is to be told after the welcome, before anything is sent again.
    pub fn on_hello(&mut self, received: u64) -> Option<Option<Gap>> {
        self.incoming.begin_anew(self.incoming.terms());
        self.outgoing.rejoin(received)
    }
}

/// What either end does at the latest where nothing else is agreed on: see PROTOCOL.md, `welcome`.
impl Default for Terms {
    fn default() -> Self {
        Self { messages: 64, bytes: 256 * 1024, after: Span::millis(500) }
    }
}
