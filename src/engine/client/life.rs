//! How is a connection begun, opened, replaced and closed?

use super::super::closing::{CloseFrame, Meaning, meaning};
use super::super::error::Error;
use super::super::heartbeat::Verdict;
use super::super::session::Breach;
use super::super::state::{Loss, Parting, Renewal, State, Why};
use super::super::term::Term;
use super::super::time::{Instant, Span};
use super::super::vocabulary::{CloseInfo, Event, Output, Payload, SocketId, Unconfirmed};
use super::sequel::{Counts, Cut};
use super::{Client, Return};

impl<P: Payload> Client<P> {
    /// The user wants a connection now.
    pub(super) fn connect(&mut self) {
        match self.state {
            State::Fresh | State::Waiting { .. } => self.attempt(),
            State::Deciding { .. } => {
                self.note_refusal_undecided();
                self.tell_down(true);
                self.attempt();
            }
            State::Opening { .. } | State::SigningIn { .. } | State::Live { .. } => self.replace(CloseFrame::NORMAL),
            State::Fetching => {}                       // an attempt has just begun
            State::Closing { .. } | State::Closed => {} // what the user closed stays closed
        }
    }

    /// The user wants no connection any more.
    pub(super) fn disconnect(&mut self, frame: Option<CloseFrame>) {
        self.cancel_question();
        let until = self.now + self.config.close_timeout;
        match self.state {
            State::Fresh | State::Fetching | State::Waiting { .. } => {
                self.finish(CloseInfo::ABNORMAL); // nobody was there to say anything
            }
            State::Deciding { loss: Loss { ref close, .. }, .. } => {
                let close = close.clone(); // and now there is nothing more to decide
                self.tell_down(false);
                self.finish(close);
            }
            State::Opening { socket, .. } | State::SigningIn { socket, .. } => {
                self.order(Output::Close { socket, frame });
                self.enter(State::Closing { socket, until, parting: Parting::Said });
            }
            State::Live { socket, .. } => {
                self.enter(State::Closing { socket, until, parting: Parting::Sending(frame) });
            }
            State::Closing { .. } | State::Closed => {} // once is enough
        }
    }

    /// Begins an attempt: first a token, if one is needed.
    pub(super) fn attempt(&mut self) {
        match self.token_needed() {
            Some(reason) => self.ask_before_attempt(reason),
            None => self.open(),
        }
    }

    /// Begins an attempt whose token, if any, is good enough.
    pub(super) fn open(&mut self) {
        let socket = self.next_socket;
        self.next_socket = SocketId(socket.0 + 1);
        self.stats.attempts += 1;
        let attempt = self.attempt_number();
        self.aim();
        self.order(Output::Open { socket, attempt });
        self.present_in_handshake();
        let term = Term::new(self.patience(attempt), self.now);
        self.enter(State::Opening { socket, term });
    }

    /// How long this attempt may take.
    pub(super) fn patience(&self, attempt: u32) -> Span {
        let usual = self.config.connect_timeout;
        let grown = self.backoff.as_ref().map_or(usual, |backoff| backoff.growing(usual));
        if attempt == 0 { grown } else { grown.max(self.config.connect_timeout_after_failure) }
    }

    pub(super) fn on_opened(&mut self, socket: SocketId) {
        let State::Opening { socket: current, .. } = self.state else { return }; // a late open of one that we gave up
        if socket != current {
            return;
        }
        if !self.greet(socket) && !self.begin_sign_in(socket) {
            self.go_live_plain(socket);
        }
    }

    /// Ready for messages, outside any session.
    pub(super) fn go_live_plain(&mut self, socket: SocketId) {
        let resumed = self.session.as_ref().map(|_| false);
        self.go_live(socket, resumed);
    }

    /// Ready for messages.
    pub(super) fn go_live(&mut self, socket: SocketId, resumed: Option<bool>) {
        self.flight.keeps(self.backoff.is_some() && !self.is_in_session());
        if let Some(heartbeat) = &mut self.heartbeat {
            heartbeat.on_open(self.now);
        }
        if let Some(auth) = &mut self.auth {
            auth.on_got_in();
        }
        self.stats.connects += 1;
        self.enter(State::Live { socket, since: self.now, renewal: Renewal::Idle, owed: 0 });
        self.tell(Event::Open { attempt: self.attempt_number(), reconnected: self.stats.connects > 1, resumed });
    }

    pub(super) fn on_not_opened(&mut self, socket: SocketId) {
        if self.state.socket() != Some(socket) {
            return; // of an attempt that we gave up
        }
        if let State::Opening { .. } = self.state {
            self.lose(Cut::Attempt { close: CloseInfo::ABNORMAL, error: Error::Connect });
        } else if let State::Closing { .. } = self.state {
            self.finish(CloseInfo::ABNORMAL);
        } // else it is open: the caller contradicts itself
    }

    pub(super) fn on_closed(&mut self, socket: SocketId, close: CloseInfo, unsent: u64) {
        if self.state.socket() != Some(socket) {
            self.settle_given_up(socket, close.clean, unsent);
            return;
        }
        let unconfirmed = self.take_stock(close.clean, unsent);
        if close.code.get() == Breach::Counts.code() {
            self.end_session();
        }
        match self.state {
            State::Opening { .. } | State::SigningIn { .. } => self.lose(Cut::Attempt { close, error: Error::Connect }),
            State::Live { .. } => self.lose(Cut::Open { close, unconfirmed }),
            State::Closing { .. } => self.finish(close),
            State::Fresh | State::Fetching | State::Deciding { .. } | State::Waiting { .. } | State::Closed => {}
        }
    }

    pub(super) fn on_handshake_due(&mut self) {
        if !self.is_answer_late() {
            return;
        }
        self.give_up(CloseFrame::TIMEOUT);
        self.lose(Cut::Attempt { close: CloseInfo::ABNORMAL, error: Error::ConnectTimeout });
    }

    /// The peer has not said that it closes, and will not be waited for.
    pub(super) fn on_close_late(&mut self) {
        if let State::Closing { socket, parting: Parting::Sending(frame), .. } = &mut self.state {
            let (socket, frame) = (*socket, frame.take());
            self.order(Output::Close { socket, frame });
        }
        self.finish(CloseInfo::ABNORMAL);
    }

    pub(super) fn on_heartbeat_due(&mut self) {
        let punctual = self.punctual();
        let Some(heartbeat) = &mut self.heartbeat else { return };
        match heartbeat.on_deadline(self.now, punctual) {
            Verdict::Nothing => {}
            Verdict::Ask => self.ping(),
            Verdict::Dead => {
                let unconfirmed = self.give_up(CloseFrame::TIMEOUT);
                self.tell(Event::Error(Error::Silent));
                self.lose(Cut::Open { close: CloseInfo::ABNORMAL, unconfirmed });
            }
        }
    }

    /// The page, the machine or the network is back: what we believed of the socket may be wrong.
    pub(super) fn on_return(&mut self, from: Return) {
        match self.state {
            State::Waiting { until, why: Why::Backoff } => self.hurry(until),
            State::Live { .. } => match &mut self.heartbeat {
                Some(heartbeat) => {
                    let verdict =
                        if from == Return::Seen { heartbeat.glance(self.now) } else { heartbeat.probe(self.now) };
                    match verdict {
                        Verdict::Ask => self.ping(),
                        Verdict::Nothing | Verdict::Dead => {} // asked already; and nobody dies of a question
                    }
                }
                // Nobody can be asked: it may be dead and say OPEN for minutes.
                None if from.puts_socket_in_doubt() => self.replace_after(from),
                None => {}
            },
            // What the attempt waits for has stood still as well, and may never come: that is not held against anybody.
            State::Opening { term, .. } | State::SigningIn { term, .. }
                if from.was_away() && !term.has_just_begun(self.now, PUNCTUAL) =>
            {
                self.replace(CloseFrame::NORMAL);
            }
            State::Fetching if from.was_away() && !self.has_just_asked() => {
                self.cancel_question();
                self.attempt();
            }
            State::Fetching | State::Opening { .. } | State::SigningIn { .. } => {} // its own deadline judges it
            State::Waiting { why: Why::Told, .. } => {} // the server, or shouldRetry, knows better
            State::Fresh | State::Deciding { .. } | State::Closing { .. } | State::Closed => {}
        }
    }

    fn has_just_asked(&self) -> bool {
        self.auth.as_ref().is_some_and(|auth| auth.has_just_asked(self.now, PUNCTUAL))
    }

    /// The time of what the state waits for has come. Is the answer late, or are we?
    pub(super) fn is_answer_late(&mut self) -> bool {
        let (now, punctual) = (self.now, self.punctual());
        self.state.term().is_some_and(|term| term.is_over(now, punctual))
    }

    /// How late a timer may be and still prove that everybody had his time to answer.
    pub(super) fn punctual(&self) -> Span {
        if self.is_hidden { PUNCTUAL_HIDDEN } else { PUNCTUAL }
    }

    pub(super) fn on_online(&mut self) {
        let was_offline = std::mem::take(&mut self.is_offline);
        self.on_return(Return::Online { was_offline });
    }

    /// It might work now; not for everybody at the same moment, though, and so not again if it is soon already.
    fn hurry(&mut self, until: Instant) {
        let Some(backoff) = &self.backoff else { return };
        let left = until.since(self.now);
        if left > SOON && !backoff.is_soon(left) {
            let delay = backoff.soon(&mut self.rng);
            self.wait(delay, Why::Backoff);
        }
    }

    /// Gives the socket up for a new one, now.
    fn replace(&mut self, frame: CloseFrame) {
        self.make_way(frame);
        self.attempt();
    }

    /// Gives up a socket that may be dead. A page from the cache has its user before it, who waits. But a router is back
    /// for everybody behind it, and a morning's machines wake at the same hour: they come back spread out.
    fn replace_after(&mut self, from: Return) {
        let Some(backoff) = &self.backoff else { return }; // that would be to reconnect
        if from == Return::Restored {
            self.replace(CloseFrame::NORMAL);
        } else {
            let delay = backoff.soon(&mut self.rng);
            self.make_way(CloseFrame::NORMAL);
            self.wait(delay, Why::Backoff);
        }
    }

    fn make_way(&mut self, frame: CloseFrame) {
        let was_live = matches!(self.state, State::Live { .. });
        let unconfirmed = self.give_up(frame);
        if was_live {
            self.count_end_of_live(Counts::OnlyIfItLasted);
            self.tell(Event::Down { close: CloseInfo::ABNORMAL, will_retry: true, unconfirmed });
        }
    }

    /// Orders the socket closed and forgets it; only its late close may still say what never left. What nothing confirms.
    pub(super) fn give_up(&mut self, frame: CloseFrame) -> Unconfirmed {
        let Some(socket) = self.state.socket() else { return Unconfirmed::default() };
        self.order(Output::Close { socket, frame: Some(frame) });
        self.hold_flight_of(socket)
    }

    /// The user does not wait for `shouldRetry`; but a credential that was refused is refused.
    fn note_refusal_undecided(&mut self) {
        if let State::Deciding { loss, .. } = &self.state
            && meaning(loss.close.code, self.auth.is_some()) == Meaning::SignIn
        {
            self.is_fresh_try_left();
        }
    }

    fn tell_down(&mut self, will_retry: bool) {
        let State::Deciding { loss: Loss { close, down: Some(unconfirmed) }, .. } = &self.state else { return };
        let (close, unconfirmed) = (close.clone(), *unconfirmed);
        self.tell(Event::Down { close, will_retry, unconfirmed });
    }
}

/// The shortest that is not now.
pub(super) const SOON: Span = Span::micros(1);
/// A timer this late is still called punctual: a busy page blocks its own for that long.
const PUNCTUAL: Span = Span::secs(2);
/// Hidden pages have theirs once a minute (Chromium's intensive throttling), and a second late.
const PUNCTUAL_HIDDEN: Span = Span::secs(61);
