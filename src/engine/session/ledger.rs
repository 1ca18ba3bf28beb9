//! How far is each direction, and what is kept of it?

use std::collections::VecDeque;

use super::super::time::{Instant, Span};
use super::super::vocabulary::Payload;
use super::{Ack, Breach, Gap};

/// When to acknowledge at the latest, whichever comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// After so many messages.
    pub messages: u64,
    /// After so many bytes of them.
    pub bytes: u64,
    /// So long after the first that is not acknowledged.
    pub after: Span,
}

/// What we send.
///
/// ```text
///   1 ─── acknowledged ─── forgotten ─── count     kept are those after `forgotten`
/// ```
#[derive(Debug, Clone)]
pub struct Outgoing<P> {
    acknowledged: u64,
    /// Never less than `acknowledged`; more where messages were given up.
    forgotten: u64,
    kept: VecDeque<P>,
    bytes: u64,
}

impl<P: Payload> Outgoing<P> {
    pub(super) fn restored(acknowledged: u64) -> Self {
        Self { acknowledged, forgotten: acknowledged, kept: VecDeque::new(), bytes: 0 }
    }

    pub(super) fn send(&mut self, message: P) -> u64 {
        self.bytes = self.bytes.saturating_add(message.size());
        self.kept.push_back(message);
        self.count()
    }

    pub(super) fn count(&self) -> u64 {
        self.forgotten + self.kept.len() as u64
    }

    pub(super) fn kept(&self) -> impl ExactSizeIterator<Item = &P> {
        self.kept.iter()
    }

    pub(super) fn kept_at(&self, place: usize) -> Option<&P> {
        self.kept.get(place)
    }

    pub(super) fn kept_count(&self) -> u64 {
        self.kept.len() as u64
    }

    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    pub(super) fn skip(&mut self, to: u64) -> Option<Gap> {
        let from = self.forgotten + 1;
        self.forget_until(to, |_| {});
        self.forgotten = self.forgotten.max(to);
        (from <= to).then_some(Gap { from, to })
    }

    pub(super) fn on_ack(&mut self, count: u64, let_go: impl FnMut(P)) -> Result<(u64, u64), Breach> {
        if count < self.acknowledged || count > self.count() {
            return Err(Breach::Counts);
        }
        let first = self.acknowledged + 1;
        self.acknowledged = count;
        self.forget_until(count, let_go);
        Ok((first, count))
    }

    pub(super) fn take_back(&mut self, place: usize) -> Option<P> {
        for behind in place + 1..self.kept.len() {
            self.kept.swap(behind - 1, behind); // there are hardly ever any
        }
        let message = self.kept.pop_back()?;
        self.bytes = self.bytes.saturating_sub(message.size());
        Some(message)
    }

    pub(super) fn acknowledged(&self) -> u64 {
        self.acknowledged
    }

    /// The other end comes back with so many.
    pub(super) fn rejoin(&mut self, received: u64) -> Option<Option<Gap>> {
        if received > self.count() {
            return None;
        }
        self.acknowledged = self.acknowledged.max(received);
        self.forget_until(received, |_| {});
        let from = received + 1;
        Some((from <= self.forgotten).then_some(Gap { from, to: self.forgotten }))
    }

    fn forget_until(&mut self, number: u64, mut let_go: impl FnMut(P)) {
        while self.forgotten < number
            && let Some(message) = self.kept.pop_front()
        {
            self.forgotten += 1;
            self.bytes = self.bytes.saturating_sub(message.size());
            let_go(message);
        }
    }
}

/// What we receive.
#[derive(Debug, Clone)]
pub struct Incoming {
    terms: Terms,
    count: u64,
    /// So many we have said that we have, on this socket.
    said: u64,
    /// What came since occupies so much.
    bytes: u64,
    /// When it has to be said at the latest.
    deadline: Option<Instant>,
}

impl Incoming {
    pub(super) fn restored(count: u64, terms: Terms) -> Self {
        Self { terms, count, said: count, bytes: 0, deadline: None }
    }

    pub(super) fn count(&self) -> u64 {
        self.count
    }

    pub(super) fn terms(&self) -> Terms {
        self.terms
    }

    /// On another socket the count is said by hello or welcome.
    pub(super) fn begin_anew(&mut self, terms: Terms) {
        *self = Self::restored(self.count, terms);
    }

    pub(super) fn on_message(&mut self, size: u64, now: Instant) -> u64 {
        self.bytes = self.bytes.saturating_add(size);
        self.advance(self.count + 1, now);
        self.count
    }

    pub(super) fn on_gap(&mut self, Gap { from, to }: Gap, now: Instant) -> Result<(), Breach> {
        if from != self.count + 1 || to < from {
            return Err(Breach::Counts);
        }
        self.advance(to, now);
        Ok(())
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    pub(super) fn ack(&mut self) -> Option<Ack> {
        if self.said == self.count {
            return None;
        }
        (self.said, self.bytes, self.deadline) = (self.count, 0, None);
        Some(Ack { received: self.count })
    }

    fn advance(&mut self, count: u64, now: Instant) {
        self.count = count;
        let is_due = count - self.said >= self.terms.messages || self.bytes >= self.terms.bytes;
        let after = if is_due { Span::micros(0) } else { self.terms.after };
        let at = now + after;
        self.deadline = Some(self.deadline.map_or(at, |set| set.min(at)));
    }
}
