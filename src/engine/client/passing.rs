//! What may pass without being asked about?
//!
//! While a connection simply carries messages, each question has the same answer. A caller for whom asking is dear may let
//! them pass by itself and say so later, all at once: to the engine it is as if each had been said in its time. Nothing was due
//! then and nothing waited, so what else follows from an input is looked at once, when the next is said.

use super::super::state::State;
use super::super::time::Instant;
use super::super::vocabulary::{Arrivals, Event, Judgement, MessageId, Output, Payload, SendOptions, Way};
use super::Client;

impl<P: Payload> Client<P> {
    /// What may pass from now on, until the next deadline or until anything else is said. Nothing while an output waits.
    pub fn way(&self) -> Way {
        if !matches!(self.state, State::Live { .. }) || !self.outputs.is_empty() {
            return Way::default();
        }
        // whoever waits, in the queue, for a flush or for a ping to leave, wants the buffer looked at, and that is planned
        let is_waited_for = self.next_go.is_some();
        Way {
            up_to: if is_waited_for || !self.has_room_to_pass() { None } else { self.limiter.way() },
            arrivals: match (self.state.is_owed_reply(), &self.heartbeat) {
                // once an acknowledgement is planned, it tells of those that come before it, too
                _ if self.is_in_session() && self.ack_deadline().is_some() => Arrivals::Delivered,
                _ if self.is_in_session() => Arrivals::Asked,
                (true, _) => Arrivals::Asked,
                (false, Some(_)) => Arrivals::DeliveredUnlessPong,
                (false, None) => Arrivals::Delivered,
            },
        }
    }

    /// In a session only so much may be unacknowledged, and what is to be sent again goes first.
    fn has_room_to_pass(&self) -> bool {
        self.session
            .as_ref()
            .is_none_or(|room| room.next_again().is_none() && room.has_room_for(MOST_PASSED, MOST_PASSED_BYTES))
    }

    /// One that arrived was delivered then, unless it was a pong.
    pub fn on_delivered(&mut self, data: P, is_pong: bool, then: Instant) {
        let State::Live { socket, .. } = self.state else { return }; // nothing can have passed
        self.now = self.now.max(then);
        self.on_received(socket, data);
        if let Some(Output::Judge { data, .. }) = self.done(|output| matches!(output, Output::Judge { .. })) {
            let verdict = if is_pong { Judgement::Pong } else { Judgement::Message };
            self.on_judged(socket, data, verdict);
        }
        self.done(|output| matches!(output, Output::Tell(Event::Message(_))));
    }

    /// The browser took one then, counts it as so many bytes, and held so many before.
    pub fn on_handed_over(&mut self, id: MessageId, data: P, before: u64, bytes: u64, then: Instant) {
        let State::Live { socket, .. } = self.state else { return }; // nothing can have passed
        self.now = self.now.max(then);
        self.on_buffered(socket, before);
        self.send(id, data, SendOptions::default());
        if self.done(|output| matches!(output, Output::Transmit { .. })).is_some() {
            self.on_transmitted(socket, bytes);
        }
        self.done(|output| matches!(output, Output::Tell(Event::Settled { .. })));
    }

    /// The latest output, if it is this: the caller has done it already.
    fn done(&mut self, is_this: fn(&Output<P>) -> bool) -> Option<Output<P>> {
        if self.outputs.back().is_some_and(is_this) { self.outputs.pop_back() } else { None }
    }
}

/// A caller lets no more messages pass before it tells of them, nor more bytes: 256 KiB, which are at most so many on the wire
/// where they are text.
const MOST_PASSED: u64 = 64;
const MOST_PASSED_BYTES: u64 = 384 << 10;
