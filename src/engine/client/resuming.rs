//! How does a session begin, go on with another socket, and end?
//!
//! PROTOCOL.md, from the client's side. While there is a session what was handed to a socket is kept there until the server
//! acknowledges it; so no room has to find out what a lost socket had sent.

use super::super::closing::CloseFrame;
use super::super::error::Error;
use super::super::flight::Cargo;
use super::super::heartbeat::Heartbeat;
use super::super::message::Message;
use super::super::session::{Ack, Breach, Gap};
use super::super::state::{Parting, State};
use super::super::term::Term;
use super::super::time::{Instant, Span};
use super::super::vocabulary::{
    CloseInfo, DropReason, Event, Frame, Heard, MessageId, Output, Payload, Said, SocketId, Unconfirmed, Welcomed,
};
use super::super::{config::HeartbeatOptions, resumption::Resumption};
use super::Client;
use super::sequel::Cut;

impl<P: Payload> Client<P> {
    /// Where the next socket leads, and what it offers.
    pub(super) fn aim(&mut self) {
        let offers_session = self.session.as_mut().is_some_and(Resumption::begin);
        if self.session.is_some() || self.places.are_several() {
            self.order(Output::Aim { place: self.places.current(), offers_session });
        }
    }

    pub(super) fn on_agreed(&mut self, socket: SocketId) {
        if let State::Opening { socket: current, .. } = self.state
            && let Some(room) = self.session.as_mut().filter(|_| current == socket)
        {
            room.on_agreed();
        }
    }

    /// The handshake is done: says hello, if the server speaks the protocol. `false`: it is an ordinary socket.
    pub(super) fn greet(&mut self, socket: SocketId) -> bool {
        let Some(room) = &mut self.session else { return false };
        if !room.is_agreed() {
            if room.is_plain_enough() {
                self.end_session();
                if self.config.heartbeat.is_none() {
                    self.heartbeat = None; // nobody asked for one, and this server may not answer
                }
                return false;
            }
            self.give_up(CloseFrame::NORMAL);
            self.lose(Cut::Attempt { close: CloseInfo::ABNORMAL, error: Error::Session });
            return true;
        }
        if !self.begin_sign_in(socket) {
            if let Some(room) = &mut self.session {
                room.on_signed_in();
            }
            let term = Term::new(self.patience(self.attempt_number()), self.now);
            self.enter(State::Opening { socket, term });
        }
        if let Some(room) = &mut self.session {
            let hello = room.hello();
            self.say(socket, hello);
        }
        true
    }

    /// A control frame, or what wants to be one.
    pub(super) fn on_control(&mut self, socket: SocketId, heard: Heard) {
        let is_over = matches!(self.state, State::Closing { parting: Parting::Said, .. });
        let Some(room) = &mut self.session else { return };
        if self.state.socket() != Some(socket) || is_over || !room.is_agreed() {
            return; // of a socket that we gave up, or close
        }
        if let Some(heartbeat) = &mut self.heartbeat {
            heartbeat.on_frame(self.now);
        }
        let result = match heard {
            Heard::Ack(count) => self.on_ack(count),
            Heard::Welcome(welcome) => self.on_welcome(socket, &welcome),
            Heard::Gap(from, to) => self.on_gap(Gap { from, to }),
            _ if room.is_leaving() => Ok(()), // our bye was the last that we say
            Heard::Ping => {
                self.acknowledge(socket);
                self.say(socket, Said::Pong);
                Ok(())
            }
            Heard::Pong => {
                self.on_pong();
                Ok(())
            }
            Heard::Authenticated => {
                room.on_signed_in();
                if self.state.hearing() == Some(socket) && !matches!(self.state, State::SigningIn { .. }) {
                    self.on_reply(true);
                }
                Ok(())
            }
            Heard::Bye(after, place) => {
                room.on_bye(after, place);
                Ok(())
            }
            Heard::Nonsense => Err(Breach::Form),
        };
        if let Err(breach) = result {
            self.on_breach(breach);
        }
    }

    fn on_welcome(&mut self, socket: SocketId, welcome: &Welcomed) -> Result<(), Breach> {
        if !self.session.as_ref().is_some_and(Resumption::is_awaiting_welcome) {
            return Err(Breach::Form);
        }
        if !welcome.resumed {
            self.end_session();
        }
        let Self { session: Some(room), outputs, .. } = self else { return Ok(()) };
        room.on_welcome(welcome, settling(outputs))?;
        self.heartbeat.get_or_insert_with(|| Heartbeat::new(&HeartbeatOptions::default()));
        self.go_live(socket, Some(welcome.resumed));
        Ok(())
    }

    fn on_ack(&mut self, count: u64) -> Result<(), Breach> {
        let Self { session: Some(room), outputs, .. } = self else { return Ok(()) };
        room.on_ack(count, settling(outputs))
    }

    fn on_gap(&mut self, gap: Gap) -> Result<(), Breach> {
        if self.state.is_ending() {
            return Ok(()); // the messages would not be taken either
        }
        let State::Live { .. } = self.state else { return Err(Breach::Form) };
        let kept = self.session.as_mut().and_then(Resumption::kept_mut).ok_or(Breach::Form)?;
        kept.on_gap(gap, self.now)?;
        self.tell(Event::Gap { received: gap.from - 1, missed: Some(gap.to - gap.from + 1) });
        Ok(())
    }

    /// What the server said cannot be: it is told so, and with counts that do not fit the session is over.
    pub(super) fn on_breach(&mut self, breach: Breach) {
        let was_live = matches!(self.state, State::Live { .. });
        let unconfirmed = self.give_up(CloseFrame::coded(breach.code()));
        let close = CloseInfo::ABNORMAL;
        match breach {
            Breach::Counts => {
                self.end_session();
                let error = Error::Session;
                if !was_live {
                    return self.lose(Cut::Attempt { close, error });
                }
                self.tell(Event::Error(error));
                self.lose(Cut::Open { close, unconfirmed });
            }
            Breach::Form => {
                if was_live {
                    self.tell(Event::Down { close: close.clone(), will_retry: false, unconfirmed });
                }
                self.tell(Event::Error(Error::Protocol));
                self.finish(close);
            }
        }
    }

    pub(super) fn on_received_in_session(&mut self, data: P) {
        match self.state {
            State::Live { .. } => {
                if let Some(heartbeat) = &mut self.heartbeat {
                    heartbeat.on_frame(self.now);
                }
                if let Some(kept) = self.session.as_mut().and_then(Resumption::kept_mut) {
                    kept.on_message(data.size(), self.now);
                    if kept.ack_deadline().is_some_and(|at| at <= self.now) {
                        self.on_ack_due(); // first: what is delivered is the last that is said of it (`on_delivered`)
                    }
                }
                self.deliver(data);
            }
            State::Closing { .. } => {} // after close() the standard delivers nothing either
            State::Opening { .. } | State::SigningIn { .. } => self.on_breach(Breach::Form), // it has no number yet
            State::Fresh | State::Fetching | State::Deciding { .. } | State::Waiting { .. } | State::Closed => {} // without a socket
        }
    }

    /// A session is over: what was sent in it and not acknowledged is told, and that what the server sent is not known.
    pub(super) fn end_session(&mut self) {
        if let Some(received) = self.drop_unacknowledged() {
            self.tell(Event::Gap { received, missed: None });
        }
    }

    /// Lets the session go. How many of the server's messages came in it, if there was one.
    pub(super) fn drop_unacknowledged(&mut self) -> Option<u64> {
        let over = self.session.as_mut()?.end()?;
        for message in over.kept() {
            self.drop_message(message.clone(), DropReason::Unconfirmed);
        }
        Some(over.received())
    }

    /// What is handed to a socket for the first time: in a session it has a number from now on, and is kept. Elsewhere nobody
    /// will acknowledge it.
    pub(super) fn numbered(&mut self, mut message: Message<P>) -> Message<P> {
        let is_in_session = self.is_in_session();
        if !message.settled && is_in_session != message.acknowledged {
            let outcome = if is_in_session { Ok(()) } else { Err(DropReason::Unconfirmed) };
            self.tell(Event::Settled { id: message.id, outcome });
            message.settled = true;
        }
        if let Some(room) = self.session.as_mut().filter(|_| is_in_session) {
            room.send(message.clone());
            message.settled = true; // or will be, by the session
        }
        message
    }

    /// What earlier sockets were handed, too.
    pub(super) fn handed_again(&mut self, mut message: Message<P>) -> Message<P> {
        if let Some(room) = &mut self.session {
            room.on_handed_again();
        }
        message.settled = true;
        message
    }

    pub(super) fn has_room_for(&self, size: u64) -> bool {
        self.session.as_ref().is_none_or(|room| room.has_room_for(1, size))
    }

    pub(super) fn is_agreed(&self) -> bool {
        self.session.as_ref().is_some_and(Resumption::is_agreed)
    }

    /// Says what was received, if that is not said yet.
    pub(super) fn acknowledge(&mut self, socket: SocketId) {
        let kept = self.session.as_mut().and_then(Resumption::kept_mut);
        if let Some(Ack { received }) = kept.and_then(|kept| kept.ack()) {
            self.say(socket, Said::Ack(received));
        }
    }

    pub(super) fn on_ack_due(&mut self) {
        if let Some(socket) = self.state.sending() {
            self.acknowledge(socket);
        }
    }

    pub(super) fn ack_deadline(&self) -> Option<Instant> {
        self.session.as_ref().filter(|_| self.state.sending().is_some())?.ack_deadline()
    }

    pub(super) fn say(&mut self, socket: SocketId, said: Said) {
        self.urge(socket, Frame::Control(said), Cargo::Control);
    }

    /// There is a session, and what is sent is kept in it.
    pub(super) fn is_in_session(&self) -> bool {
        self.session.as_ref().is_some_and(|room| room.kept().is_some())
    }

    /// What the server has not acknowledged, if there is a session.
    pub(super) fn unacknowledged(&self) -> Option<Unconfirmed> {
        self.session.as_ref()?.unconfirmed()
    }

    /// The first that is to be sent again.
    pub(super) fn first_again(&self) -> Option<MessageId> {
        self.session.as_ref()?.next_again().map(|message| message.id)
    }

    /// Whether all is said that a close waits for: the last acknowledgement comes after our bye.
    pub(super) fn has_left_session(&mut self, socket: SocketId) -> bool {
        let Some(room) = self.session.as_mut().filter(|room| room.is_agreed()) else { return true };
        let is_all_acknowledged = room.kept().is_none_or(|kept| kept.kept_count() == 0);
        if room.leave() {
            self.say(socket, Said::Bye);
        }
        is_all_acknowledged
    }

    /// A wait that a session would not outlive is of no use.
    pub(super) fn within_window(&self, delay: Span) -> Span {
        let most = self.session.as_ref().and_then(Resumption::patience);
        most.map_or(delay, |most| delay.min(most))
    }
}

/// Whose promise waited for the acknowledgement.
fn settling<P>(outputs: &mut std::collections::VecDeque<Output<P>>) -> impl FnMut(Message<P>) {
    |message| {
        if !message.settled {
            outputs.push_back(Output::Tell(Event::Settled { id: message.id, outcome: Ok(()) }));
        }
    }
}
