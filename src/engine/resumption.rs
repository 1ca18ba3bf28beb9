//! What stands of a session while its sockets come and go?
//!
//! `session` counts and keeps, at either end; this is what a client knows besides: how far the handshake of this socket is,
//! how much of what is kept it was handed, and what the server has agreed to.

use super::config::SessionOptions;
use super::message::Message;
use super::session::{Breach, Session};
use super::time::{Instant, Span};
use super::vocabulary::{MessageId, Payload, Said, Unconfirmed, Welcomed};

/// A client's session, or its wish for one.
#[derive(Debug)]
pub(super) struct Resumption<P> {
    required: bool,
    /// Both counts, and what is not acknowledged; `None`: there is no session.
    kept: Option<Session<Message<P>>>,
    /// So many of what is kept this socket was handed. The rest is to be sent again, before anything else.
    handed: usize,
    /// So many of what is kept earlier sockets were handed, too.
    again: usize,
    /// So many sockets have said hello for it.
    sockets: u64,
    /// So long it outlives its socket.
    window: Span,
    /// So many messages, and bytes of them, may be unacknowledged.
    most: (u64, u64),
    stage: Stage,
    /// The server has said that it will close this socket, when to come back, and perhaps where.
    bye: Option<(Span, Option<usize>)>,
    /// Whether a handshake offers it.
    offers: bool,
    /// A server has spoken it.
    was_welcome: bool,
    /// Sockets in a row that have moved neither count, and what those were.
    stuck: u32,
    counts: (u64, u64),
}

/// How far a socket is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    /// It does not speak the protocol, as far as is known.
    Plain,
    /// `authenticated` is awaited.
    SigningIn,
    /// `welcome` is awaited.
    Greeting,
    /// Messages.
    Live,
    /// We have said `bye`.
    Leaving,
}

impl<P: Payload> Resumption<P> {
    pub(super) fn new(options: SessionOptions) -> Self {
        Self {
            required: options.required,
            kept: None,
            handed: 0,
            again: 0,
            sockets: 0,
            window: Span::ZERO,
            most: (0, 0),
            stage: Stage::Plain,
            bye: None,
            offers: true,
            was_welcome: false,
            stuck: 0,
            counts: (0, 0),
        }
    }

    // ── a socket ──

    /// Another attempt. Whether it offers the protocol.
    pub(super) fn begin(&mut self) -> bool {
        self.stage = Stage::Plain;
        self.bye = None;
        self.offers
    }

    /// The server chose the protocol.
    pub(super) fn on_agreed(&mut self) {
        self.stage = Stage::SigningIn;
    }

    pub(super) fn is_agreed(&self) -> bool {
        self.stage > Stage::Plain
    }

    /// An attempt failed. Chromium fails a handshake that offers something and is answered with nothing: until a server has
    /// spoken it, every other attempt offers nothing.
    pub(super) fn on_failed(&mut self) {
        self.offers = self.required || self.was_welcome || self.is_agreed() || !self.offers;
    }

    /// The socket is an ordinary one. Whether that will do.
    pub(super) fn is_plain_enough(&mut self) -> bool {
        self.offers = true;
        !self.required
    }

    /// What to say first.
    pub(super) fn hello(&mut self) -> Said {
        self.sockets += 1;
        match &self.kept {
            Some(kept) => Said::Again(self.sockets, kept.received()),
            None => {
                self.sockets = 1;
                Said::Hello
            }
        }
    }

    /// The credential is accepted, or there is none to wait for.
    pub(super) fn on_signed_in(&mut self) {
        self.stage = self.stage.max(Stage::Greeting);
    }

    /// The session begins or goes on, and messages may pass. One that was kept and is over, the caller has
    /// [ended](Self::end) before.
    pub(super) fn on_welcome(&mut self, welcome: &Welcomed, let_go: impl FnMut(Message<P>)) -> Result<(), Breach> {
        match (&mut self.kept, welcome.resumed) {
            (Some(kept), true) => {
                kept.on_welcome_back(welcome.received, welcome.terms, let_go)?;
                let counts = (kept.acknowledged(), kept.received());
                let is_stuck = counts == self.counts && kept.kept_count() > 0;
                self.stuck = if is_stuck { self.stuck + 1 } else { 0 };
                self.counts = counts;
                if self.stuck == MOST_STUCK {
                    return Err(Breach::Counts);
                }
            }
            (None, false) if welcome.received == 0 => self.kept = Some(Session::new(welcome.terms)),
            _ => return Err(Breach::Form),
        }
        (self.stage, self.was_welcome) = (Stage::Live, true);
        (self.window, self.most) = (welcome.window, welcome.most);
        self.handed = 0;
        self.again = self.kept().map_or(0, |kept| kept.kept_count() as usize);
        Ok(())
    }

    pub(super) fn is_awaiting_welcome(&self) -> bool {
        self.stage == Stage::Greeting
    }

    pub(super) fn on_bye(&mut self, after: Span, place: Option<usize>) {
        self.bye = Some((after, place));
    }

    /// When to come back, and where, if the server has said so.
    pub(super) fn told_to_come_back(&mut self) -> Option<(Span, Option<usize>)> {
        self.bye.take()
    }

    /// Whether `bye` is still to be said: it is the last that we say.
    pub(super) fn leave(&mut self) -> bool {
        std::mem::replace(&mut self.stage, Stage::Leaving) != Stage::Leaving
    }

    pub(super) fn is_leaving(&self) -> bool {
        self.stage == Stage::Leaving
    }

    /// The socket is gone, and what it was handed is to be sent again.
    pub(super) fn on_lost(&mut self) {
        self.handed = 0;
    }

    // ── the session ──

    /// The session that there is.
    pub(super) fn kept(&self) -> Option<&Session<Message<P>>> {
        self.kept.as_ref()
    }

    pub(super) fn kept_mut(&mut self) -> Option<&mut Session<Message<P>>> {
        self.kept.as_mut()
    }

    /// It is over: what was sent in it and is not acknowledged.
    pub(super) fn end(&mut self) -> Option<Session<Message<P>>> {
        (self.handed, self.again, self.stuck) = (0, 0, 0);
        self.kept.take()
    }

    /// A session is worth nothing after this long.
    pub(super) fn patience(&self) -> Option<Span> {
        self.kept.as_ref().map(|_| self.window.times(0.5)).filter(|most| *most > Span::ZERO)
    }

    /// One more is numbered and handed to this socket.
    pub(super) fn send(&mut self, message: Message<P>) {
        if let Some(kept) = &mut self.kept {
            kept.send(message);
            self.handed += 1;
        }
    }

    /// What is to be sent again next, and is handed over with that, if there is something.
    pub(super) fn next_again(&self) -> Option<&Message<P>> {
        self.kept.as_ref()?.kept_at(self.handed)
    }

    pub(super) fn on_handed_again(&mut self) {
        self.handed += 1;
    }

    /// Whether so many more, of so many bytes in all, may be unacknowledged. One that is larger than all may, alone.
    pub(super) fn has_room_for(&self, messages: u64, bytes: u64) -> bool {
        let Some(kept) = &self.kept else { return true };
        let (count, kept_bytes) = (kept.kept_count(), kept.kept_bytes());
        let fits = count.saturating_add(messages) <= self.most.0 && kept_bytes.saturating_add(bytes) <= self.most.1;
        fits || (count == 0 && messages == 1)
    }

    pub(super) fn on_ack(&mut self, count: u64, let_go: impl FnMut(Message<P>)) -> Result<(), Breach> {
        let kept = self.kept.as_mut().ok_or(Breach::Form)?;
        let (first, last) = kept.on_ack(count, let_go)?;
        let gone = (last + 1 - first) as usize;
        if gone > self.handed {
            return Err(Breach::Counts); // it was sent before, and not on this socket: nobody can have it
        }
        self.handed -= gone;
        self.again = self.again.saturating_sub(gone);
        Ok(())
    }

    /// The browser would not have this one. `None`: it has a number by which the server may know it already.
    pub(super) fn take_back(&mut self, id: MessageId) -> Option<Message<P>> {
        let kept = self.kept.as_mut()?;
        let place = kept.kept().position(|message| message.id == id).filter(|place| *place >= self.again)?;
        self.handed -= 1;
        kept.take_back(place)
    }

    pub(super) fn unconfirmed(&self) -> Option<Unconfirmed> {
        let kept = self.kept.as_ref()?.kept();
        let mut all = Unconfirmed::default();
        for message in kept {
            all.messages += 1;
            all.bytes += message.data.size();
        }
        Some(all)
    }

    /// When to acknowledge.
    pub(super) fn ack_deadline(&self) -> Option<Instant> {
        self.kept.as_ref().filter(|_| self.stage == Stage::Live)?.ack_deadline()
    }
}

/// A message that makes the server fail each time would come back for ever.
const MOST_STUCK: u32 = 5;
