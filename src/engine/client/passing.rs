//! What may pass without being asked about?
//!
//! While a connection simply carries messages, each question has the same answer. A caller for whom asking is dear may let
//! them pass by itself and say so later, all at once: to the engine it is as if each had been said in its time.

use super::super::state::State;
use super::super::time::Instant;
use super::super::vocabulary::{Arrivals, Event, Input, Judgement, Output, Passed, Payload, SendOptions, Way};
use super::Client;

impl<P: Payload> Client<P> {
    /// What may pass from now on, until the next deadline or until anything else is said. Nothing while an output waits.
    pub fn way(&self) -> Way {
        if !matches!(self.state, State::Live { .. }) || !self.outputs.is_empty() {
            return Way::default();
        }
        let is_waited_for = self.next_go.is_some() || self.is_held_up || !self.flushes.is_empty();
        Way {
            up_to: if is_waited_for || !self.outbox.is_empty() { None } else { self.limiter.way() },
            arrivals: match (self.state.is_owed_reply(), &self.heartbeat) {
                (true, _) => Arrivals::Asked,
                (false, Some(_)) => Arrivals::DeliveredUnlessPong,
                (false, None) => Arrivals::Delivered,
            },
        }
    }

    /// Something passed, at this time, where [`way`](Self::way) said that it may.
    pub fn on_passed(&mut self, passed: Passed<P>, now: Instant) {
        let State::Live { socket, .. } = self.state else { return }; // nothing can have
        match passed {
            Passed::Received { data, is_pong } => {
                let verdict = if is_pong { Judgement::Pong } else { Judgement::Message };
                self.handle(Input::Received { socket, data: data.clone() }, now);
                if self.done(|output| matches!(output, Output::Judge { .. })) {
                    self.handle(Input::Judged { socket, data, verdict }, now);
                }
                self.done(|output| matches!(output, Output::Tell(Event::Message(_))));
            }
            Passed::Sent { id, data, before, bytes } => {
                self.handle(Input::Buffered { socket, bytes: before }, now);
                self.handle(Input::Send { id, data, options: SendOptions::default() }, now);
                if self.done(|output| matches!(output, Output::Transmit { .. })) {
                    self.handle(Input::Transmitted { socket, bytes }, now);
                }
                self.done(|output| matches!(output, Output::Tell(Event::Settled { .. })));
            }
        }
    }

    /// The latest output, if it is this: it was carried out already. Whether it was.
    fn done(&mut self, is_this: impl Fn(&Output<P>) -> bool) -> bool {
        let was = self.outputs.back().is_some_and(is_this);
        if was {
            self.outputs.pop_back();
        }
        was
    }
}
