//! What does the application do, and what does it hear?

use everwire::engine::{
    CloseFrame, CloseInfo, DropReason, Error, Event, FlushId, Input, Instant, MessageId, SendOptions, Span, Unconfirmed,
};

use crate::data::Data;
use crate::world::World;

/// The application, and its diary.
#[derive(Debug, Default)]
pub(crate) struct User {
    next: u64,
    pub(crate) next_flush: u64,
    /// Each flush, and the last message that it is about.
    pub(crate) flushes: Vec<(u64, u64)>,
    /// The last message that a flush which was called complete is about.
    pub(crate) flushed_to: u64,
    /// It said that it wants no more.
    pub(crate) disconnected: bool,
    /// Its listeners do something.
    pub(crate) reacts: bool,
    /// It has just heard something.
    heard: u64,
    pub(crate) sent: Vec<u64>,
    pub(crate) handed_over: Vec<u64>,
    pub(crate) dropped: Vec<(u64, DropReason)>,
    pub(crate) received: Vec<u64>,
    pub(crate) opens: Vec<(Instant, bool)>,
    pub(crate) downs: Vec<(Instant, CloseInfo, bool, Unconfirmed)>,
    pub(crate) retries: Vec<(Instant, u32, Span)>,
    pub(crate) errors: Vec<(Instant, Error)>,
    pub(crate) drains: Vec<Instant>,
    pub(crate) flushed: Vec<(u64, bool)>,
    pub(crate) closed: Option<(Instant, CloseInfo)>,
}

impl User {
    pub(crate) fn hears(&mut self, event: Event<Data>, now: Instant) {
        self.heard += u64::from(!matches!(event, Event::Settled { .. } | Event::Message(_)));
        match event {
            Event::State(_) => {}
            Event::Open { reconnected, .. } => self.opens.push((now, reconnected)),
            Event::Message(Data::App { serial, .. }) => self.received.push(serial),
            Event::Message(Data::Pong | Data::Reply { .. }) => {}
            Event::Down { close, will_retry, unconfirmed } => self.downs.push((now, close, will_retry, unconfirmed)),
            Event::Retry { attempt, delay } => self.retries.push((now, attempt, delay)),
            Event::Error(error) => self.errors.push((now, error)),
            Event::Settled { id, outcome: Ok(()) } => self.handed_over.push(id.0),
            Event::Settled { outcome: Err(_), .. } => {} // and dropped
            Event::Dropped { id, reason, .. } => self.dropped.push((id.0, reason)),
            Event::Gap { .. } => unreachable!("no session is wished for"),
            Event::Drain => self.drains.push(now),
            Event::Flushed { id, complete } => self.flushed.push((id.0, complete)),
            Event::Closed(close) => self.closed = Some((now, close)),
        }
    }

    /// What nothing confirmed when a socket was lost.
    pub(crate) fn unconfirmed(&self) -> u64 {
        self.downs.iter().map(|(.., unconfirmed)| unconfirmed.messages).sum()
    }
}

impl World {
    /// What a listener does about what it has just heard: mostly nothing.
    pub(crate) fn reacts(&mut self) -> Option<Input<Data>> {
        let heard = std::mem::take(&mut self.user.heard);
        if !self.user.reacts || heard == 0 || !self.chance.once_in(4) {
            return None;
        }
        Some(match self.chance.below(40) {
            0 => {
                self.user.disconnected = true;
                Input::Disconnect(None)
            }
            1..=3 => Input::Connect,
            4..=8 => {
                self.user.next_flush += 1;
                self.user.flushes.push((self.user.next_flush, self.user.next));
                Input::Flush(FlushId(self.user.next_flush))
            }
            9..=12 => Input::TakeBack(MessageId(self.chance.below(self.user.next + 1))),
            _ => {
                self.user.next += 1;
                let serial = self.user.next;
                self.user.sent.push(serial);
                let options = SendOptions { ttl: None, volatile: self.chance.once_in(4), ..SendOptions::default() };
                let bytes = self.chance.pick(&[0, 10, 5_000]);
                Input::Send { id: MessageId(serial), data: Data::App { serial, bytes }, options }
            }
        })
    }

    pub(crate) fn sends_many(&mut self, messages: u64, bytes: u64) {
        for _ in 0..messages {
            self.sends(bytes, SendOptions::default());
        }
    }

    pub(crate) fn takes_back(&mut self) {
        let id = MessageId(self.chance.below(self.user.next + 1));
        self.tell(Input::TakeBack(id));
    }

    pub(crate) fn flushes(&mut self) {
        self.user.next_flush += 1;
        self.user.flushes.push((self.user.next_flush, self.user.next));
        self.tell(Input::Flush(FlushId(self.user.next_flush)));
    }

    pub(crate) fn disconnects(&mut self, code: Option<u16>) {
        self.user.disconnected = true;
        let frame = code.map(|code| CloseFrame::new(Some(code), "").expect("a code that may be sent"));
        self.tell(Input::Disconnect(frame));
    }

    pub(crate) fn sends(&mut self, bytes: u64, options: SendOptions) {
        self.user.next += 1;
        let serial = self.user.next;
        self.user.sent.push(serial);
        self.tell(Input::Send { id: MessageId(serial), data: Data::App { serial, bytes }, options });
    }
}
