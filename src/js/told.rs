//! What does the engine say to JavaScript? engine.js has the same list, in the same order.

use super::parcel::Parcel;
use super::row::Row;
use crate::engine::{
    Arrivals, ClientState, CloseFrame, CloseInfo, DropReason, Error, Event, Frame, Kind, MessageId, Output, Payload,
    Said, Stats, TokenReason, Way,
};

impl Row {
    pub(super) fn tell(&mut self, output: &Output<Parcel>) {
        match output {
            Output::Open { socket, attempt } => self.begin(0, socket.0).put(f64::from(*attempt)),
            Output::Transmit { socket, frame } => {
                self.begin(1, socket.0);
                let (which, id, size) = match frame {
                    Frame::Message { id, data } => {
                        self.put(0.0);
                        self.put_whole(id.0);
                        return self.put_data(data);
                    }
                    Frame::Ping => (1.0, 0, 0),
                    Frame::Auth => (2.0, 0, 0),
                    Frame::Control(Said::Hello) => (3.0, 0, 0),
                    Frame::Control(Said::Again(socket, received)) => (4.0, *socket, *received),
                    Frame::Control(Said::Ack(received)) => (5.0, 0, *received),
                    Frame::Control(Said::Pong) => (6.0, 0, 0),
                    Frame::Control(Said::Bye) => (7.0, 0, 0),
                };
                // it has no number, and nobody has measured it; in these places stand the numbers that it has
                self.put(which);
                self.put_whole(id);
                self.put_nothing();
                self.put_whole(size);
            }
            Output::Close { socket, frame } => self.begin(2, socket.0).put_frame(frame.as_ref()),
            Output::FetchToken { ask, reason, attempt } => {
                self.begin(3, ask.0).put(match reason {
                    TokenReason::First => 0.0,
                    TokenReason::Expiring => 1.0,
                    TokenReason::Refused => 2.0,
                });
                self.put(f64::from(*attempt));
            }
            Output::CancelToken { ask } => drop(self.begin(4, ask.0)),
            Output::Judge { socket, data, question } => {
                self.begin(5, socket.0).put_data(data);
                self.put_flag(question.reply);
                self.put_flag(question.pong);
            }
            Output::AskRetry { socket, close, attempt } => {
                self.begin(6, socket.0).put_close(close);
                self.put(f64::from(*attempt));
            }
            Output::Aim { place, offers_session } => self.begin(7, *place as u64).put_flag(*offers_session),
            Output::Tell(event) => self.tell_event(event),
        }
    }

    fn tell_event(&mut self, event: &Event<Parcel>) {
        match event {
            Event::State(state) => {
                self.put(8.0);
                self.put_state(*state);
            }
            Event::Open { attempt, reconnected, resumed } => {
                self.begin(9, u64::from(*attempt)).put_flag(*reconnected);
                self.put(resumed.map_or(f64::NAN, |resumed| f64::from(u8::from(resumed))));
            }
            Event::Gap { received, missed } => {
                self.begin(19, *received).put(missed.map_or(f64::NAN, |missed| missed as f64));
            }
            Event::Message(data) => {
                self.put(10.0);
                self.put_data(data);
            }
            Event::Down { close, will_retry, unconfirmed } => {
                self.put(11.0);
                self.put_close(close);
                self.put_flag(*will_retry);
                self.put_whole(unconfirmed.messages);
                self.put_whole(unconfirmed.bytes);
            }
            Event::Retry { attempt, delay } => self.begin(12, u64::from(*attempt)).put_whole(delay.as_micros()),
            Event::Error(error) => {
                self.put(13.0);
                self.put_text(error.code());
                self.put_text(&error.sentence());
                self.put(if let Error::Closed(code) = error { f64::from(code.get()) } else { f64::NAN });
                self.put(if let Error::Attempts(attempts) = error { f64::from(*attempts) } else { f64::NAN });
            }
            Event::Settled { id, outcome } => self.begin(14, id.0).put_drop(outcome.err()),
            Event::Dropped { id, data, reason } => {
                self.begin(15, id.0).put_data(data);
                self.put_drop(Some(*reason));
            }
            Event::Drain => self.put(16.0),
            Event::Flushed { id, complete } => self.begin(17, id.0).put_flag(*complete),
            Event::Closed(close) => {
                self.put(18.0);
                self.put_close(close);
            }
        }
    }

    /// JavaScript need not keep it any more.
    pub(super) fn tell_forgotten(&mut self, id: MessageId) {
        self.begin(20, id.0);
    }

    pub(super) fn put_state(&mut self, state: ClientState) {
        self.put(match state {
            ClientState::Connecting => 0.0,
            ClientState::Open => 1.0,
            ClientState::Waiting => 2.0,
            ClientState::Closing => 3.0,
            ClientState::Closed => 4.0,
        });
    }

    /// -1: nothing may be sent. And whether what arrives may be delivered: not at all, always, or unless it is a pong.
    pub(super) fn put_way(&mut self, way: Way) {
        match way.up_to {
            Some(up_to) => self.put_whole(up_to),
            None => self.put(-1.0),
        }
        self.put(match way.arrivals {
            Arrivals::Asked => 0.0,
            Arrivals::Delivered => 1.0,
            Arrivals::DeliveredUnlessPong => 2.0,
        });
    }

    pub(super) fn put_stats(&mut self, stats: &Stats) {
        for count in [
            stats.attempts,
            stats.connects,
            stats.messages_sent,
            stats.messages_received,
            stats.bytes_sent,
            stats.bytes_received,
            stats.queued_messages,
            stats.queued_bytes,
        ] {
            self.put_whole(count);
        }
        self.put(stats.round_trip.map_or(f64::NAN, |span| span.as_micros() as f64));
        self.put(stats.connected_since.map_or(f64::NAN, |at| at.as_micros() as f64));
    }

    /// Its number in the list, and what most begin with.
    #[inline(never)]
    fn begin(&mut self, number: u8, first: u64) -> &mut Self {
        self.put(f64::from(number));
        self.put_whole(first);
        self
    }

    #[inline(never)]
    fn put_data(&mut self, data: &Parcel) {
        self.put_flag(data.kind() == Kind::Binary);
        self.put_whole(data.size());
    }

    fn put_frame(&mut self, frame: Option<&CloseFrame>) {
        match frame {
            Some(frame) => {
                self.put(f64::from(frame.code().get()));
                self.put_text(frame.reason());
            }
            None => {
                self.put_nothing();
                self.put_nothing();
            }
        }
    }

    #[inline(never)]
    fn put_close(&mut self, close: &CloseInfo) {
        self.put(f64::from(close.code.get()));
        self.put_text(&close.reason);
        self.put_flag(close.clean);
    }

    fn put_drop(&mut self, reason: Option<DropReason>) {
        self.put(match reason {
            None => f64::NAN,
            Some(DropReason::Overflow) => 0.0,
            Some(DropReason::Expired) => 1.0,
            Some(DropReason::Volatile) => 2.0,
            Some(DropReason::Aborted) => 3.0,
            Some(DropReason::Closed) => 4.0,
            Some(DropReason::Unsendable) => 5.0,
            Some(DropReason::Unconfirmed) => 6.0,
        });
    }
}
