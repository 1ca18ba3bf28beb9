//! How do messages go and come?

use super::super::flight::{Cargo, Flight, What};
use super::super::limiter::Admission;
use super::super::message::Message;
use super::super::resumption::Resumption;
use super::super::session::Breach;
use super::super::state::{Parting, State};
use super::super::vocabulary::{
    DropReason, Event, FlushId, Frame, Judgement, MessageId, Output, Payload, Question, SendOptions, SocketId,
    Unconfirmed,
};
use super::Client;

impl<P: Payload> Client<P> {
    // ── out ──

    pub(super) fn send(&mut self, id: MessageId, data: P, options: SendOptions) {
        if self.latest.is_some_and(|latest| id <= latest) {
            return; // numbers rise; one that does not is inert, like a stale socket
        }
        self.latest = Some(id);
        let expires = options.ttl.map(|ttl| self.now + ttl);
        let SendOptions { ttl: _, volatile, acknowledged } = options;
        let message = Message { id, data, expires, volatile, acknowledged, settled: false };
        if self.state.is_ending() {
            self.drop_message(message, DropReason::Closed);
        } else if let Some(socket) = self.socket_for_now(&message) {
            let message = self.numbered(message);
            self.transmit(socket, message);
        } else if volatile {
            self.drop_message(message, DropReason::Volatile);
        } else {
            self.outbox.push(message, &mut self.dropped);
            self.tell_dropped();
        }
    }

    pub(super) fn take_back(&mut self, id: MessageId) {
        if let Some(message) = self.outbox.take_back(id) {
            self.drop_message(message, DropReason::Aborted);
        }
    }

    /// Sends what waits, as far as the limits let it; then says the goodbye that waits for it.
    pub(super) fn send_what_may_go(&mut self) {
        self.next_go = None;
        let Some(socket) = self.state.sending() else { return };
        loop {
            let again = self.session.as_ref().and_then(Resumption::next_again).cloned();
            let Some(most) = again.as_ref().or(self.outbox.head()).map(Message::most) else { break };
            if again.is_none() && !self.has_room_for(most) {
                self.is_held_up = true; // until something is acknowledged
                return;
            }
            match self.limiter.admit(most, self.now) {
                Admission::Go => {
                    let message = match again {
                        Some(message) => self.handed_again(message),
                        None => {
                            let message = self.outbox.pop().expect("there is a head");
                            self.numbered(message)
                        }
                    };
                    self.transmit(socket, message);
                }
                Admission::NotUntil(at) => {
                    self.is_held_up = true;
                    self.next_go = Some(at);
                    return;
                }
            }
        }
        if let State::Closing { parting, until, .. } = &mut self.state
            && let Parting::Sending(frame) = parting
        {
            let (frame, until) = (frame.clone(), *until);
            if !self.has_left_session(socket) {
                return;
            }
            self.order(Output::Close { socket, frame });
            self.enter(State::Closing { socket, until, parting: Parting::Said });
            return;
        }
        if self.is_held_up && self.limiter.is_drained() {
            self.is_held_up = false;
            self.tell(Event::Drain);
        }
    }

    /// When bufferedAmount is worth a look, if somebody still waits for it to fall: whoever is owed a drain or a flush, or
    /// our ping, of which the heartbeat must know whether it is stuck behind data.
    pub(super) fn plan_next_look(&mut self) {
        if self.next_go.is_some() || self.state.sending().is_none() {
            return;
        }
        if !self.outbox.head().is_none_or(|head| self.has_room_for(head.most())) {
            return; // nothing that leaves the browser's buffer makes room
        }
        let waits_for_flush = !self.flushes.is_empty() && self.flight.oldest().is_some();
        if self.is_held_up || waits_for_flush || self.flight.is_ping_waiting() {
            self.next_go = Some(self.limiter.next_look(self.now));
        }
    }

    pub(super) fn on_transmitted(&mut self, socket: SocketId, bytes: u64) {
        if let Some(flight) = self.flight_given_up(socket) {
            flight.on_transmitted(bytes); // so that its own close can still tell what never left
            return;
        }
        if self.state.socket() != Some(socket) {
            return; // long gone
        }
        let Some(measured) = self.flight.on_transmitted(bytes) else { return }; // an answer to no order
        self.limiter.on_transmitted(measured.most, bytes, self.now);
        if let What::Message { id, first } = measured.what {
            self.stats.messages_sent += 1;
            self.stats.bytes_sent = self.stats.bytes_sent.saturating_add(bytes);
            if first {
                self.tell(Event::Settled { id, outcome: Ok(()) });
            }
        }
    }

    pub(super) fn on_not_transmitted(&mut self, socket: SocketId) {
        if let Some(flight) = self.flight_given_up(socket) {
            if let Some((Cargo::Message(message), _)) = flight.on_not_transmitted() {
                self.drop_message(message, DropReason::Unsendable);
            }
            return;
        }
        if self.state.socket() != Some(socket) {
            return; // long gone
        }
        let Some((cargo, most)) = self.flight.on_not_transmitted() else { return }; // an answer to no order
        self.limiter.on_not_transmitted(most);
        match cargo {
            Cargo::Message(message) if self.is_in_session() => {
                match self.session.as_mut().and_then(|room| room.take_back(message.id)) {
                    Some(message) => self.drop_message(message, DropReason::Unsendable),
                    None => self.on_breach(Breach::Counts), // what the server counts next is not what we count
                }
            }
            Cargo::Message(message) => self.drop_message(message, DropReason::Unsendable),
            Cargo::Control => {} // a socket that takes no more will close
            Cargo::Auth => self.on_credential_not_sent(),
            Cargo::Ping => {
                if let Some(heartbeat) = &mut self.heartbeat {
                    heartbeat.on_not_asked();
                }
            }
        }
    }

    pub(super) fn on_buffered(&mut self, socket: SocketId, bytes: u64) {
        if self.state.socket() != Some(socket) {
            return; // it says nothing about the one there is
        }
        self.limiter.on_buffered(bytes, self.now);
        if self.flight.on_buffered(bytes)
            && let Some(heartbeat) = &mut self.heartbeat
        {
            heartbeat.on_progress(self.flight.is_ping_waiting(), self.now);
        }
    }

    pub(super) fn ping(&mut self) {
        if let State::Live { socket, .. } = self.state {
            self.urge(socket, Frame::Ping, Cargo::Ping);
        }
    }

    /// Hands over what does not wait for the limits; they count it all the same, once it is measured.
    pub(super) fn urge(&mut self, socket: SocketId, frame: Frame<P>, cargo: Cargo<P>) {
        self.limiter.force(0, self.now);
        self.flight.hand(cargo, 0);
        self.order(Output::Transmit { socket, frame });
    }

    pub(super) fn flush(&mut self, id: FlushId) {
        self.flushes.push_back((id, self.latest));
    }

    /// Each flush whose messages are all gone, in order.
    pub(super) fn tell_of_flushes(&mut self) {
        while let Some(&(id, until)) = self.flushes.front() {
            let waits = |message: Option<MessageId>| message.is_some_and(|message| Some(message) <= until);
            if waits(self.first_again()) || waits(self.outbox.first()) || waits(self.flight.oldest()) {
                return;
            }
            self.flushes.pop_front();
            // what a socket that was given up still holds may leave, come back, or neither
            let is_held = self.given_up.as_ref().is_some_and(|(_, flight)| waits(flight.oldest()));
            let is_in_doubt = self.in_doubt.take_if(|first| Some(*first) <= until).is_some();
            self.tell(Event::Flushed { id, complete: !is_held && !is_in_doubt });
        }
    }

    // ── in ──

    pub(super) fn on_received(&mut self, socket: SocketId, data: P) {
        if self.is_agreed() && self.state.socket() == Some(socket) {
            return self.on_received_in_session(data);
        }
        if self.state.hearing() != Some(socket) {
            return; // of a socket that we gave up; or after close(), when the standard delivers nothing either
        }
        if let Some(heartbeat) = &mut self.heartbeat {
            heartbeat.on_frame(self.now);
        }
        let is_live = matches!(self.state, State::Live { .. }); // before that nobody was asked
        let question = Question { reply: self.state.is_owed_reply(), pong: self.heartbeat.is_some() && is_live };
        if question.reply || question.pong {
            self.order(Output::Judge { socket, data, question });
        } else {
            self.deliver(data);
        }
    }

    pub(super) fn on_judged(&mut self, socket: SocketId, data: P, verdict: Judgement) {
        if self.state.hearing() != Some(socket) {
            return; // the callback closed or replaced it
        }
        match verdict {
            Judgement::Accepted => self.on_reply(true),
            Judgement::Refused => self.on_reply(false),
            Judgement::Pong => self.on_pong(),
            Judgement::Message => self.deliver(data),
        }
    }

    pub(super) fn on_pong(&mut self) {
        if let Some(heartbeat) = &mut self.heartbeat {
            heartbeat.on_pong(self.now);
        }
        self.flight.on_pong();
    }

    pub(super) fn deliver(&mut self, data: P) {
        self.stats.messages_received += 1;
        self.stats.bytes_received = self.stats.bytes_received.saturating_add(data.size());
        self.tell(Event::Message(data));
    }

    // ── what a lost socket held ──

    /// The browser says that the current socket is closed: what certainly never left waits again, first and in order.
    pub(super) fn take_stock(&mut self, clean: bool, unsent: u64) -> Unconfirmed {
        if let Some(unacknowledged) = self.unacknowledged() {
            self.forget_flight();
            return unacknowledged;
        }
        let oldest = self.flight.oldest();
        let loss = self.flight.end(unsent);
        self.limiter.on_end();
        let unconfirmed = loss.unconfirmed;
        if !is_known(oldest, &loss.unsent, clean, unsent) {
            self.fail_flushes(oldest);
        }
        self.outbox.put_back(loss.unsent, self.now, &mut self.dropped);
        self.tell_dropped();
        unconfirmed
    }

    /// A socket is given up: it may go on sending what it holds, so that is not sent again, unless its own close says
    /// that it never left.
    pub(super) fn hold_flight_of(&mut self, socket: SocketId) -> Unconfirmed {
        if let Some(unacknowledged) = self.unacknowledged() {
            self.forget_flight();
            return unacknowledged;
        }
        let (flight, unconfirmed) = self.let_go_of_flight();
        if self.backoff.is_some() && flight.oldest().is_some() {
            self.given_up = Some((socket, flight)); // one without messages does not displace one with
        }
        unconfirmed
    }

    /// The session has it, and it is sent again.
    fn forget_flight(&mut self) {
        if let Some(room) = &mut self.session {
            room.on_lost();
        }
        self.flight.begin_anew();
        self.limiter.on_end();
    }

    /// What was handed over is out of our hands, and its promises are kept.
    pub(super) fn let_go_of_flight(&mut self) -> (Flight<P>, Unconfirmed) {
        self.fail_flushes(self.flight.oldest());
        let mut flight = self.flight.begin_anew();
        self.limiter.on_end();
        let settled = |id| self.outputs.push_back(Output::Tell(Event::Settled { id, outcome: Ok(()) }));
        let unconfirmed = flight.give_up(settled);
        (flight, unconfirmed)
    }

    /// The late close of a socket that was given up.
    pub(super) fn settle_given_up(&mut self, socket: SocketId, clean: bool, unsent: u64) {
        let Some((_, mut flight)) = self.given_up.take_if(|(held, _)| *held == socket) else { return }; // stale
        if self.state.is_ending() {
            return; // nothing is sent any more
        }
        let oldest = flight.oldest();
        let came_back = flight.end(unsent).unsent;
        if let Some(oldest) = oldest.filter(|_| is_known(oldest, &came_back, clean, unsent)) {
            self.in_doubt.take_if(|first| *first >= oldest); // what an earlier loss left in doubt stays so
        }
        self.outbox.put_back(came_back, self.now, &mut self.dropped);
        self.tell_dropped();
    }

    /// What this socket held, if it is the one that was given up.
    fn flight_given_up(&mut self, socket: SocketId) -> Option<&mut Flight<P>> {
        self.given_up.as_mut().filter(|(held, _)| *held == socket).map(|(_, flight)| flight)
    }

    /// Flushes that are about this message or a later one: what became of it cannot be known any more. If there is none,
    /// the next that is asked for has to tell of it.
    fn fail_flushes(&mut self, lost: Option<MessageId>) {
        let Some(lost) = lost else { return };
        self.in_doubt.get_or_insert(lost);
        for _ in 0..self.flushes.len() {
            let Some((id, until)) = self.flushes.pop_front() else { return };
            if until >= Some(lost) {
                self.tell(Event::Flushed { id, complete: false });
                self.in_doubt = None;
            } else {
                self.flushes.push_back((id, until));
            }
        }
    }

    // ── what is not sent ──

    pub(super) fn drop_expired(&mut self) {
        self.outbox.expire(self.now, &mut self.dropped);
        self.tell_dropped();
    }

    /// The client closes for good.
    pub(super) fn drop_everything(&mut self) {
        self.given_up = None;
        self.let_go_of_flight();
        self.drop_unacknowledged();
        self.tell_of_flushes();
        self.outbox.clear(&mut self.dropped);
        self.tell_dropped();
        while let Some((id, _)) = self.flushes.pop_front() {
            self.tell(Event::Flushed { id, complete: false });
        }
    }

    fn tell_dropped(&mut self) {
        let mut dropped = std::mem::take(&mut self.dropped);
        dropped.reverse();
        while let Some((message, reason)) = dropped.pop() {
            self.drop_message(message, reason);
        }
        self.dropped = dropped; // for its memory
    }

    pub(super) fn drop_message(&mut self, message: Message<P>, reason: DropReason) {
        let Message { id, data, settled, .. } = message;
        if !settled {
            self.tell(Event::Settled { id, outcome: Err(reason) });
        }
        self.tell(Event::Dropped { id, data, reason });
    }

    /// The socket that this message may go to at once, past an empty queue.
    fn socket_for_now(&mut self, message: &Message<P>) -> Option<SocketId> {
        let State::Live { socket, .. } = self.state else { return None };
        let may_be_dead = self.heartbeat.as_ref().is_some_and(|heartbeat| heartbeat.is_answer_due(self.now));
        if may_be_dead || !self.outbox.is_empty() || self.first_again().is_some() || !self.has_room_for(message.most())
        {
            return None;
        }
        match self.limiter.admit(message.most(), self.now) {
            Admission::Go => Some(socket),
            Admission::NotUntil(_) => None, // if it waits, it is tried again at once, and its time is noted
        }
    }

    fn transmit(&mut self, socket: SocketId, message: Message<P>) {
        self.given_up = None; // what it held could only follow this message, and order is kept
        let (id, data, most) = (message.id, message.data.clone(), message.most());
        self.flight.hand(Cargo::Message(message), most);
        self.order(Output::Transmit { socket, frame: Frame::Message { id, data } });
    }
}

/// Whether it is known what became of all that had not left when a socket ended, from the oldest on: it came back, or it
/// has left, since both sides said goodbye behind it.
fn is_known<P>(oldest: Option<MessageId>, came_back: &[Message<P>], clean: bool, unsent: u64) -> bool {
    let all_left = clean && unsent == 0;
    all_left || oldest == came_back.first().map(|message| message.id)
}
