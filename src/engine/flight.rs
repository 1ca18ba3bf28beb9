//! What was handed over: what of it has left, and what certainly never did?

use std::collections::VecDeque;

use super::message::Message;
use super::vocabulary::{MessageId, Payload, Unconfirmed};

/// What one socket was handed, as one line of bytes: the browser takes at its end and the network at its front, and
/// bufferedAmount is what lies between. So each frame has a place on the line, and a reading is a point of it.
///
/// ```text
///   0 ─── has left ─── left ─── in the browser ─── taken     ordered, not answered yet
/// ```
#[derive(Debug)]
pub(super) struct Flight<P> {
    /// Payloads may have to be sent again; otherwise they are let go once the browser has them.
    keep: bool,
    /// Nobody listens to it any more, and it may go on sending.
    is_given_up: bool,
    /// On their way to the browser, and what each may be at most.
    ordered: VecDeque<(Cargo<P>, u64)>,
    /// Messages that the browser took and of which a part, at least, has not left.
    inside: VecDeque<Inside<P>>,
    /// Where the line ends. At a gigabit a second, a u64 is enough for 4 600 years.
    taken: u64,
    /// What lies before it has left, as far as the readings tell: bufferedAmount may be told with bytes in it that we
    /// do not know yet, and then claims less.
    left: u64,
    /// How many pings are among what was ordered.
    pings_ordered: usize,
    /// Where the youngest ping ends that the browser took.
    ping: u64,
    /// How many pings it took that nobody has answered.
    unanswered: u64,
    /// What the next confirmation will be. One is enough, and of any number of pings it is the oldest that claims least.
    mark: Option<Mark>,
    /// All messages that the browser took.
    counted: Unconfirmed,
    /// How many of them a pong has confirmed.
    confirmed: Unconfirmed,
}

/// What is handed to the browser.
#[derive(Debug, PartialEq)]
pub(super) enum Cargo<P> {
    Message(Message<P>),
    Ping,
    Auth,
    /// A frame of the session's.
    Control,
}

/// A frame that the browser took.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Measured {
    /// What it was expected to be at most.
    pub(super) most: u64,
    pub(super) what: What,
}

/// What it was.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum What {
    /// `first`: its promise is to be settled now.
    Message { id: MessageId, first: bool },
    /// Ping or credential.
    Ours,
}

/// A socket's end.
#[derive(Debug, PartialEq)]
pub(super) struct Loss<P> {
    /// The messages that certainly never left, in order.
    pub(super) unsent: Vec<Message<P>>,
    /// The others, as far as no pong confirmed them.
    pub(super) unconfirmed: Unconfirmed,
}

#[derive(Debug)]
struct Inside<P> {
    held: Held<P>,
    place: Place,
}

/// What is kept of a message that the browser has.
#[derive(Debug)]
enum Held<P> {
    /// It may have to be sent again.
    Whole(Message<P>),
    /// It will not; and so small neighbours are kept as one, by the name of the first.
    Name(MessageId),
}

/// From where to where on the line. An empty frame ends where it starts: it leaves with the byte before it, since no
/// reading tells more.
#[derive(Debug, Clone, Copy)]
struct Place {
    start: u64,
    end: u64,
}

#[derive(Debug)]
struct Mark {
    /// Pongs come in the order of the pings: the last of so many is the answer to its own.
    pongs: u64,
    /// What had been taken before it.
    counted: Unconfirmed,
}

impl<P: Payload> Flight<P> {
    /// Whether payloads may have to be sent again from here, on this socket.
    pub(super) fn keeps(&mut self, keep: bool) {
        self.keep = keep;
    }

    pub(super) fn new(keep: bool) -> Self {
        Self {
            keep,
            is_given_up: false,
            ordered: VecDeque::new(),
            inside: VecDeque::new(),
            taken: 0,
            left: 0,
            pings_ordered: 0,
            ping: 0,
            unanswered: 0,
            mark: None,
            counted: Unconfirmed::default(),
            confirmed: Unconfirmed::default(),
        }
    }

    /// A frame is on its way to the browser, which has not said yet how long it is.
    pub(super) fn hand(&mut self, cargo: Cargo<P>, most: u64) {
        self.pings_ordered += usize::from(matches!(cargo, Cargo::Ping));
        self.ordered.push_back((cargo, most));
    }

    /// The browser took the oldest that it had not taken yet.
    pub(super) fn on_transmitted(&mut self, bytes: u64) -> Option<Measured> {
        let (cargo, most) = self.next_ordered()?;
        let place = Place { start: self.taken, end: self.taken.saturating_add(bytes) };
        self.taken = place.end;
        let what = match cargo {
            Cargo::Message(message) => self.take(message, place),
            Cargo::Ping => {
                self.ping = place.end;
                self.unanswered += 1;
                self.mark.get_or_insert(Mark { pongs: self.unanswered, counted: self.counted });
                What::Ours
            }
            Cargo::Auth | Cargo::Control => What::Ours,
        };
        Some(Measured { most, what })
    }

    /// The browser did not take the oldest that it had not taken yet: here it is again, and what it was expected to be.
    pub(super) fn on_not_transmitted(&mut self) -> Option<(Cargo<P>, u64)> {
        self.next_ordered()
    }

    /// The browser still holds so many bytes: what is not among them has left. Whether anything moved.
    pub(super) fn on_buffered(&mut self, bytes: u64) -> bool {
        let left = self.taken.saturating_sub(bytes);
        let moved = left > self.left;
        self.left = self.left.max(left);
        while self.inside.front().is_some_and(|oldest| oldest.place.end <= self.left) {
            self.inside.pop_front();
        }
        moved
    }

    /// Whether a ping has not left yet: then nobody can have answered it.
    pub(super) fn is_ping_waiting(&self) -> bool {
        self.pings_ordered > 0 || self.ping > self.left
    }

    /// A ping is answered: what was handed over before it has arrived.
    pub(super) fn on_pong(&mut self) {
        self.unanswered = self.unanswered.saturating_sub(1);
        let Some(mark) = &mut self.mark else { return }; // an answer to nothing
        mark.pongs -= 1; // it counts the pings up to its own, which is one
        if mark.pongs == 0 {
            self.confirmed = mark.counted;
            self.mark = None;
        }
    }

    /// The oldest message that has not left.
    pub(super) fn oldest(&self) -> Option<MessageId> {
        let inside = self.inside.front().map(|oldest| oldest.held.id());
        inside.or_else(|| {
            self.ordered.iter().find_map(|(cargo, _)| match cargo {
                Cargo::Message(message) => Some(message.id),
                Cargo::Ping | Cargo::Auth | Cargo::Control => None, // there are never many of them
            })
        })
    }

    /// What the browser took and no pong confirmed.
    pub(super) fn unconfirmed(&self) -> Unconfirmed {
        minus(self.counted, self.confirmed)
    }

    /// What it was; now it is as new, for the next socket.
    pub(super) fn begin_anew(&mut self) -> Self {
        std::mem::replace(self, Self::new(self.keep))
    }

    /// The socket is given up while it goes on sending. What it was ordered to take counts as taken, and each message
    /// whose promise that keeps is named; what nothing confirms is the answer.
    pub(super) fn give_up(&mut self, mut settled: impl FnMut(MessageId)) -> Unconfirmed {
        self.is_given_up = true;
        let mut unconfirmed = self.unconfirmed();
        for (cargo, most) in &mut self.ordered {
            if let Cargo::Message(message) = cargo {
                unconfirmed = plus(unconfirmed, *most);
                if !std::mem::replace(&mut message.settled, true) {
                    settled(message.id);
                }
            }
        }
        unconfirmed
    }

    /// The socket is dead, and its last `unsent` bytes certainly never left: whole messages among them come back, and
    /// those that the browser never took. A message of which a part has left does not, nor does an empty one with
    /// nothing unsent before it. Where payloads are not kept, all that was taken counts as unconfirmed. Of a socket that
    /// was given up nothing is claimed while an order is unanswered: it may have been carried out.
    ///
    /// Afterwards it is as new.
    pub(super) fn end(&mut self, unsent: u64) -> Loss<P> {
        let mut ended = self.begin_anew();
        if ended.is_given_up && !ended.ordered.is_empty() {
            return Loss { unsent: Vec::new(), unconfirmed: ended.unconfirmed() };
        }
        let edge = ended.taken.saturating_sub(unsent).max(ended.left);
        let mut never_left = Vec::new();
        let mut others = ended.counted;
        while let Some(Inside { held, place }) = ended.inside.pop_front() {
            match held {
                Held::Whole(message) if place.is_after(edge) => {
                    others = minus(others, Unconfirmed { messages: 1, bytes: place.end - place.start });
                    never_left.push(message);
                }
                Held::Whole(_) | Held::Name(_) => {}
            }
        }
        while let Some((cargo, _)) = ended.ordered.pop_front() {
            match cargo {
                Cargo::Message(message) => never_left.push(message),
                Cargo::Ping | Cargo::Auth | Cargo::Control => {} // the next socket has its own
            }
        }
        Loss { unsent: never_left, unconfirmed: minus(others, ended.confirmed) }
    }

    fn next_ordered(&mut self) -> Option<(Cargo<P>, u64)> {
        let next = self.ordered.pop_front()?;
        self.pings_ordered -= usize::from(matches!(next.0, Cargo::Ping));
        Some(next)
    }

    fn take(&mut self, mut message: Message<P>, place: Place) -> What {
        self.counted = plus(self.counted, place.end - place.start);
        let id = message.id;
        let first = !std::mem::replace(&mut message.settled, true);
        let grain = (self.taken - self.left) / GRAINS;
        match self.inside.back_mut() {
            Some(last) if !self.keep && place.end - last.place.start <= grain => last.place.end = place.end,
            _ => {
                let held = if self.keep { Held::Whole(message) } else { Held::Name(id) };
                self.inside.push_back(Inside { held, place });
            }
        }
        What::Message { id, first }
    }
}

impl<P> Held<P> {
    fn id(&self) -> MessageId {
        match self {
            Self::Whole(message) => message.id,
            Self::Name(id) => *id,
        }
    }
}

impl Place {
    /// Wholly behind this point; an empty frame on the very point may have left.
    fn is_after(self, point: u64) -> bool {
        self.start >= point && self.end > point
    }
}

fn plus(all: Unconfirmed, bytes: u64) -> Unconfirmed {
    Unconfirmed { messages: all.messages + 1, bytes: all.bytes.saturating_add(bytes) }
}

fn minus(all: Unconfirmed, some: Unconfirmed) -> Unconfirmed {
    Unconfirmed { messages: all.messages.saturating_sub(some.messages), bytes: all.bytes.saturating_sub(some.bytes) }
}

/// Where payloads are not kept, all that is asked of messages is when a flush is over, and a browser may be handed a
/// million small ones at once: a thirtieth of what is inside is as finely as they are told apart.
const GRAINS: u64 = 30;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod world;
