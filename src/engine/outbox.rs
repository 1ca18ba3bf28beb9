//! What goes next, what is dropped, and who is told?

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use super::config::{Overflow, QueueOptions};
use super::message::Message;
use super::time::Instant;
use super::vocabulary::{DropReason, MessageId, Payload};

/// What will not be sent, and why: whoever dropped it hands it to the caller, who tells. It is the caller's, so that its
/// memory is used again.
pub(super) type Dropped<P> = Vec<(Message<P>, DropReason)>;

/// The messages that wait, in the order of their rising numbers: what comes back from a lost socket has lower ones than
/// everything that waits.
#[derive(Debug)]
pub(super) struct Outbox<P> {
    options: QueueOptions,
    /// One that was taken from the middle leaves a hole: so taking is quick, and numbers can be searched.
    slots: VecDeque<(MessageId, Option<Message<P>>)>,
    /// How many slots hold a message.
    waiting: usize,
    bytes: u64,
    /// The ttl of those that have one. An entry may outlive its message, but never at the top.
    expiries: BinaryHeap<Reverse<(Instant, MessageId)>>,
}

impl<P: Payload> Outbox<P> {
    pub(super) fn new(options: &QueueOptions) -> Self {
        Self { options: options.clone(), slots: VecDeque::new(), waiting: 0, bytes: 0, expiries: BinaryHeap::new() }
    }

    /// Lets it wait behind all others, or drops what gives way.
    pub(super) fn push(&mut self, message: Message<P>, dropped: &mut Dropped<P>) {
        let size = message.data.size();
        if size > self.options.max_bytes || self.options.max_messages == 0 {
            dropped.push((message, DropReason::Overflow)); // it would not fit if all others were gone
            return;
        }
        while !self.has_room_for(size) {
            match self.options.overflow {
                Overflow::Reject | Overflow::DropNewest => {
                    dropped.push((message, DropReason::Overflow));
                    return;
                }
                Overflow::DropOldest => {
                    let oldest = self.pop().expect("it fits where nothing waits, so something does");
                    dropped.push((oldest, DropReason::Overflow));
                }
            }
        }
        self.note(&message);
        self.slots.push_back((message.id, Some(message)));
    }

    /// Lets what came back from a lost socket wait again, before all others and in its order.
    pub(super) fn put_back(&mut self, mut messages: Vec<Message<P>>, now: Instant, dropped: &mut Dropped<P>) {
        let first_dropped = dropped.len();
        while let Some(message) = messages.pop() {
            if message.volatile {
                dropped.push((message, DropReason::Volatile));
            } else if message.expires.is_some_and(|expires| expires <= now) {
                dropped.push((message, DropReason::Expired));
            } else if self.options.overflow != Overflow::Reject && message.data.size() > self.options.max_bytes {
                dropped.push((message, DropReason::Overflow)); // it went past an empty queue; here it displaces nobody
            } else {
                self.note(&message);
                self.slots.push_front((message.id, Some(message)));
            }
        }
        dropped.get_mut(first_dropped..).unwrap_or_default().reverse(); // `[..]` brings the words of its panic
        self.shrink_to_bounds(dropped);
    }

    /// The one that goes next.
    pub(super) fn head(&self) -> Option<&Message<P>> {
        self.slots.front()?.1.as_ref() // no hole stays at either end
    }

    /// Takes the one that goes next.
    pub(super) fn pop(&mut self) -> Option<Message<P>> {
        let message = self.slots.pop_front()?.1;
        self.taken(message)
    }

    /// Takes this one, if it waits.
    pub(super) fn take_back(&mut self, id: MessageId) -> Option<Message<P>> {
        let at = self.position(id)?;
        let message = self.slots[at].1.take();
        self.taken(message)
    }

    /// Drops every one whose time is over.
    pub(super) fn expire(&mut self, now: Instant, dropped: &mut Dropped<P>) {
        while let Some(&Reverse((expires, id))) = self.expiries.peek()
            && expires <= now
        {
            let message = self.take_back(id).expect("the top of the heap waits");
            dropped.push((message, DropReason::Expired));
        }
    }

    /// Drops them all: the client is closed.
    pub(super) fn clear(&mut self, dropped: &mut Dropped<P>) {
        while let Some(message) = self.pop() {
            dropped.push((message, DropReason::Closed));
        }
    }

    /// When the first of those that wait is no longer worth sending.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.expiries.peek().map(|Reverse((expires, _))| *expires)
    }

    pub(super) fn messages(&self) -> u64 {
        self.waiting as u64
    }

    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    pub(super) fn is_empty(&self) -> bool {
        self.waiting == 0
    }

    /// The number of the one that goes next.
    pub(super) fn first(&self) -> Option<MessageId> {
        self.head().map(|message| message.id)
    }

    fn has_room_for(&self, size: u64) -> bool {
        self.messages() < self.options.max_messages && self.bytes.saturating_add(size) <= self.options.max_bytes
    }

    /// What came back may be too much. What was accepted stays, unless it was asked for otherwise.
    fn shrink_to_bounds(&mut self, dropped: &mut Dropped<P>) {
        while self.messages() > self.options.max_messages || self.bytes > self.options.max_bytes {
            let message = match self.options.overflow {
                Overflow::Reject => return,
                Overflow::DropOldest => self.pop(),
                Overflow::DropNewest => {
                    let last = self.slots.pop_back().and_then(|(_, message)| message);
                    self.taken(last)
                }
            };
            dropped.push((message.expect("what is over the bounds waits"), DropReason::Overflow));
        }
    }

    /// One more waits.
    fn note(&mut self, message: &Message<P>) {
        self.waiting += 1;
        self.bytes = self.bytes.saturating_add(message.data.size());
        if let Some(expires) = message.expires {
            self.expiries.push(Reverse((expires, message.id)));
        }
    }

    /// One less waits.
    fn taken(&mut self, message: Option<Message<P>>) -> Option<Message<P>> {
        let message = message?;
        self.waiting -= 1;
        self.bytes = if self.waiting == 0 { 0 } else { self.bytes.saturating_sub(message.data.size()) };
        self.tidy();
        Some(message)
    }

    /// No hole at either end, and in all never more holes, or stale expiries, than there is use for.
    fn tidy(&mut self) {
        while self.slots.front().is_some_and(|(_, message)| message.is_none()) {
            self.slots.pop_front();
        }
        while self.slots.back().is_some_and(|(_, message)| message.is_none()) {
            self.slots.pop_back();
        }
        if self.slots.len() > 2 * self.waiting + SLACK {
            for _ in 0..self.slots.len() {
                match self.slots.pop_front() {
                    Some(slot) if slot.1.is_some() => self.slots.push_back(slot),
                    Some(_) | None => {}
                }
            }
        }
        while let Some(&Reverse((_, id))) = self.expiries.peek()
            && !self.is_waiting(id)
        {
            self.expiries.pop();
        }
        if self.expiries.len() > 2 * self.waiting + SLACK {
            for entry in std::mem::take(&mut self.expiries).into_vec() {
                if self.is_waiting(entry.0.1) {
                    self.expiries.push(entry);
                }
            }
        }
    }

    fn is_waiting(&self, id: MessageId) -> bool {
        self.position(id).is_some_and(|at| self.slots[at].1.is_some())
    }

    fn position(&self, id: MessageId) -> Option<usize> {
        position(&self.slots, id)
    }
}

fn position<P>(slots: &VecDeque<(MessageId, Option<P>)>, id: MessageId) -> Option<usize> {
    slots.binary_search_by_key(&id, |(id, _)| *id).ok()
}

/// Holes that are not worth a walk through the queue.
const SLACK: usize = 32;

#[cfg(test)]
mod tests;
