//! May this go now, and if not, when?

mod drain;

use super::config::Limit;
use super::rate::Bucket;
use super::time::Instant;
use drain::Drain;

/// The marks on the browser's bufferedAmount, and the rates.
///
/// Once there is more than `high_water` in the browser's buffer nothing more goes until there is `low_water`. It has no
/// event for that, so it must be looked at: not by a fixed tick, but when its recent rate says that it will be there.
#[derive(Debug)]
pub(super) struct Limiter {
    limit: Limit,
    messages: Option<Bucket>,
    bytes: Option<Bucket>,
    /// What the browser holds, as it counts: its last reading, and what it took since.
    counted: u64,
    /// What it was handed since and has not counted yet: at most so much.
    expected: u64,
    /// What it was handed before that reading, which knows it already, and has not answered yet: at most so much.
    included: u64,
    /// How many it was handed and has not answered yet.
    unanswered: u64,
    /// `counted` was above the high mark, and not yet at the low one. What is only expected does not set it.
    is_over: bool,
    drain: Drain,
    look: Option<Instant>,
}

/// The answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Admission {
    /// It is charged; hand it over.
    Go,
    /// Ask again then.
    NotUntil(Instant),
}

impl Limiter {
    pub(super) fn new(limit: Limit) -> Self {
        Self {
            limit,
            messages: limit.messages.map(Bucket::new),
            bytes: limit.bytes.map(Bucket::new),
            counted: 0,
            expected: 0,
            included: 0,
            unanswered: 0,
            is_over: false,
            drain: Drain::new(),
            look: None,
        }
    }

    /// The socket is gone: the next one's buffer is empty, and its network may be another one. What the rates remember
    /// stays.
    pub(super) fn on_end(&mut self) {
        self.counted = 0;
        self.expected = 0;
        self.included = 0;
        self.unanswered = 0;
        self.is_over = false;
        self.drain = Drain::new();
        self.look = None;
    }

    /// The browser's bufferedAmount was read. It knows of all that was ordered before.
    pub(super) fn on_buffered(&mut self, bytes: u64, now: Instant) {
        let is_exact = self.unanswered == 0;
        self.drain.on_change(self.counted as f64 - bytes as f64);
        self.included = self.included.saturating_add(self.expected);
        self.expected = 0;
        self.counted = bytes;
        self.mark();
        if is_exact && self.drain.on_read(bytes, now) && self.limit.poll_interval.is_none() {
            self.look = None; // it can be foretold better now
        }
    }

    /// May a message of at most so many bytes go? Then it is charged.
    pub(super) fn admit(&mut self, most: u64, now: Instant) -> Admission {
        let marks = if self.is_held() { Some(self.next_look(now)) } else { None };
        let messages = self.messages.as_ref().and_then(|bucket| bucket.wait(1, now).err());
        let bytes = self.bytes.as_ref().and_then(|bucket| bucket.wait(most, now).err());
        if let Some(then) = marks.max(messages).max(bytes) {
            return Admission::NotUntil(then);
        }
        self.force(most, now);
        Admission::Go
    }

    /// Where nothing but the high mark could hold a message back: that mark.
    pub(super) fn way(&self) -> Option<u64> {
        let is_unrated = self.messages.is_none() && self.bytes.is_none();
        (is_unrated && !self.is_held()).then_some(self.limit.high_water)
    }

    /// One of at most so many bytes goes, whether it may or not: a ping, a credential. The rates count it all the same,
    /// as the server does.
    pub(super) fn force(&mut self, most: u64, now: Instant) {
        if let Some(bucket) = &mut self.messages {
            bucket.charge(1, now);
        }
        if let Some(bucket) = &mut self.bytes {
            bucket.charge(most, now);
        }
        if self.unanswered == 0 {
            self.settle();
        }
        self.unanswered += 1;
        if self.buffered() == 0 {
            self.drain.on_filled(now);
        }
        self.expected = self.expected.saturating_add(most);
    }

    /// The browser counted it: it is not what it was expected to be.
    pub(super) fn on_transmitted(&mut self, most: u64, bytes: u64, now: Instant) {
        if self.buffered() == 0 {
            self.drain.on_filled(now); // what was expected to be nothing
        }
        self.on_answer(most, bytes);
    }

    /// It did not go.
    pub(super) fn on_not_transmitted(&mut self, most: u64) {
        if let Some(bucket) = &mut self.messages {
            bucket.correct(1, 0);
        }
        self.on_answer(most, 0);
    }

    /// What the browser holds, at most.
    pub(super) fn buffered(&self) -> u64 {
        self.counted.saturating_add(self.expected)
    }

    /// At or under the low mark.
    pub(super) fn is_drained(&self) -> bool {
        self.buffered() <= self.limit.low_water
    }

    /// It was above the high mark and is not at the low one yet; or it may be above, for all that is known.
    pub(super) fn is_held(&self) -> bool {
        self.is_over || self.buffered() > self.limit.high_water
    }

    /// When bufferedAmount is worth a look, if somebody waits for it to fall: to the low mark, or, from there, to
    /// nothing. Later than now; asked again, the same, until it has come or a reading tells better.
    pub(super) fn next_look(&mut self, now: Instant) -> Instant {
        if let Some(look) = self.look.filter(|&look| look > now) {
            return look;
        }
        let target = if self.is_drained() { 0 } else { self.limit.low_water };
        let wait = match self.limit.poll_interval {
            Some(interval) => interval,
            None => self.drain.wait(self.buffered() - target, now),
        };
        let look = now + wait;
        self.look = Some(look);
        look
    }

    /// Answers come in the order of the orders: first to those that the last reading knew of.
    fn on_answer(&mut self, most: u64, bytes: u64) {
        self.unanswered = self.unanswered.saturating_sub(1);
        if let Some(bucket) = &mut self.bytes {
            bucket.correct(most, bytes);
        }
        if self.included > 0 {
            self.included = self.included.saturating_sub(most);
            self.drain.on_change(bytes as f64);
        } else {
            self.expected = self.expected.saturating_sub(most);
            self.counted = self.counted.saturating_add(bytes);
            self.mark();
        }
    }

    fn mark(&mut self) {
        if self.counted > self.limit.high_water {
            self.is_over = true;
        } else if self.counted <= self.limit.low_water {
            self.is_over = false;
        }
    }

    /// Nothing was to be answered before this.
    fn settle(&mut self) {
        if let Some(bucket) = &mut self.messages {
            bucket.settle();
        }
        if let Some(bucket) = &mut self.bytes {
            bucket.settle();
        }
    }
}

#[cfg(test)]
mod tests;
