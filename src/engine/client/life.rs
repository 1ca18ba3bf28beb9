//! How is a connection begun, lost, waited for and ended?

use super::super::backoff::Backoff;
use super::super::closing::{CloseCode, CloseFrame, Meaning, meaning};
use super::super::error::Error;
use super::super::heartbeat::Verdict;
use super::super::state::{Loss, Parting, Renewal, State, Why};
use super::super::term::Term;
use super::super::time::{Instant, Span};
use super::super::vocabulary::{Advice, CloseInfo, Event, Output, Payload, SocketId, Unconfirmed};
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
        self.order(Output::Open { socket, attempt });
        self.present_in_handshake();
        let term = Term::new(self.patience(attempt), self.now);
        self.enter(State::Opening { socket, term });
    }

    /// How long this attempt may take.
    fn patience(&self, attempt: u32) -> Span {
        let usual = self.config.connect_timeout;
        let grown = self.backoff.as_ref().map_or(usual, |backoff| backoff.growing(usual));
        if attempt == 0 { grown } else { grown.max(self.config.connect_timeout_after_failure) }
    }

    pub(super) fn on_opened(&mut self, socket: SocketId) {
        let State::Opening { socket: current, .. } = self.state else { return }; // a late open of one that we gave up
        if socket != current {
            return;
        }
        if !self.begin_sign_in(socket) {
            self.go_live(socket);
        }
    }

    /// Ready for messages.
    pub(super) fn go_live(&mut self, socket: SocketId) {
        if let Some(heartbeat) = &mut self.heartbeat {
            heartbeat.on_open(self.now);
        }
        if let Some(auth) = &mut self.auth {
            auth.on_got_in();
        }
        self.stats.connects += 1;
        self.enter(State::Live { socket, since: self.now, renewal: Renewal::Idle, owed: 0 });
        self.tell(Event::Open { attempt: self.attempt_number(), reconnected: self.stats.connects > 1 });
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

    /// A socket, or an attempt to have one, is gone: count it, and go on to what follows.
    pub(super) fn lose(&mut self, cut: Cut) {
        let socket = self.state.socket();
        let loss = match cut {
            Cut::Open { close, unconfirmed } => {
                self.count_end_of_live(Counts::Always);
                Loss { close, down: Some(unconfirmed) }
            }
            Cut::Attempt { close, error } => {
                self.count_failed_attempt(socket.is_some());
                self.tell(Event::Error(error));
                Loss { close, down: None }
            }
        };
        match (socket, &self.config.reconnect) {
            (Some(socket), Some(reconnect)) if reconnect.ask => {
                let (close, attempt) = (loss.close.clone(), self.attempt_number());
                self.order(Output::AskRetry { socket, close, attempt });
                self.enter(State::Deciding { socket, loss });
            }
            _ => self.conclude(loss, None),
        }
    }

    pub(super) fn on_advised(&mut self, socket: SocketId, advice: Option<Advice>) {
        if let State::Deciding { socket: asked, loss } = &self.state
            && *asked == socket
        {
            let loss = loss.clone();
            self.conclude(loss, advice);
        } // else nobody asked, or about another socket
    }

    /// What follows a loss: another attempt, or the end.
    fn conclude(&mut self, loss: Loss, advice: Option<Advice>) {
        let meaning = meaning(loss.close.code, self.auth.is_some());
        self.conclude_as(meaning, loss, advice);
    }

    pub(super) fn conclude_as(&mut self, meaning: Meaning, loss: Loss, advice: Option<Advice>) {
        let next = self.next_step(meaning, loss.close.code, advice);
        if let Some(unconfirmed) = loss.down {
            let will_retry = matches!(next, Next::Wait(..));
            self.tell(Event::Down { close: loss.close.clone(), will_retry, unconfirmed });
        }
        match next {
            Next::Wait(delay, why) => self.wait(delay, why),
            Next::Stop(error) => {
                if let Some(error) = error {
                    self.tell(Event::Error(error));
                }
                self.finish(loss.close);
            }
        }
    }

    fn next_step(&mut self, meaning: Meaning, code: CloseCode, advice: Option<Advice>) -> Next {
        // the credential's fate first: it is refused whatever is decided about the connection
        let may_sign_in = meaning == Meaning::SignIn && self.is_fresh_try_left();
        let Some(backoff) = &self.backoff else { return Next::Stop(stopped_by(meaning, code)) };
        let (delay, why) = match (advice, meaning) {
            (Some(Advice::Stop), _) => return Next::Stop(None),
            (Some(Advice::RetryAfter(delay)), _) => (delay, Why::Told),
            (Some(Advice::Retry), _) | (None, Meaning::Retry) => (backoff.delay(&mut self.rng), Why::Backoff),
            (None, Meaning::RetryLater) => (backoff.long_delay(&mut self.rng), Why::Told),
            (None, Meaning::SignIn) if may_sign_in => (backoff.soon(&mut self.rng), Why::Backoff),
            (None, Meaning::SignIn | Meaning::Stop) => return Next::Stop(stopped_by(meaning, code)),
        };
        match self.attempts_used_up() {
            Some(attempts) => Next::Stop(Some(Error::Attempts(attempts))),
            None => Next::Wait(delay, why),
        }
    }

    fn wait(&mut self, delay: Span, why: Why) {
        let delay = delay.max(SOON); // never in the same breath: an attempt that fails at once would go round in circles
        self.enter(State::Waiting { until: self.now + delay, why });
        self.tell(Event::Retry { attempt: self.attempt_number(), delay });
    }

    /// The end. Everything that was promised is settled before it is told.
    pub(super) fn finish(&mut self, close: CloseInfo) {
        self.cancel_question();
        self.drop_everything();
        self.enter(State::Closed);
        self.tell(Event::Closed(close));
    }

    /// The number of the attempt that is under way or to come, in its row.
    pub(super) fn attempt_number(&self) -> u32 {
        self.backoff.as_ref().map_or(0, Backoff::attempt)
    }

    /// As many attempts as have failed, if no more are allowed.
    fn attempts_used_up(&self) -> Option<u32> {
        let allowed = self.config.reconnect.as_ref()?.attempts?;
        self.backoff.as_ref()?.is_exhausted().then_some(allowed)
    }

    pub(super) fn count_failed_attempt(&mut self, had_socket: bool) {
        if let Some(backoff) = &mut self.backoff {
            backoff.on_failed(!self.is_offline);
        }
        if let Some(auth) = self.auth.as_mut().filter(|_| had_socket) {
            auth.on_attempt_failed(self.now);
        }
    }

    fn count_end_of_live(&mut self, counts: Counts) {
        let State::Live { since, .. } = self.state else { return };
        let lasted = self.has_lasted();
        if lasted {
            self.credential_lasted();
        }
        if let Some(backoff) = self.backoff.as_mut().filter(|_| lasted || counts == Counts::Always) {
            backoff.on_lost(self.now.since(since), !self.is_offline);
        }
    }

    /// Whether there is a connection, and for long enough to be believed in.
    pub(super) fn has_lasted(&self) -> bool {
        let State::Live { since, .. } = self.state else { return false };
        let stable_after = self.config.reconnect.as_ref().map_or(Span::ZERO, |reconnect| reconnect.stable_after);
        self.now.since(since) >= stable_after
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

/// How a socket, or the attempt to have one, ended.
#[derive(Debug)]
pub(super) enum Cut {
    /// It was open, and closed or was given up.
    Open { close: CloseInfo, unconfirmed: Unconfirmed },
    /// It never came to be open.
    Attempt { close: CloseInfo, error: Error },
}

/// Whether the end of a connection is a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Counts {
    /// It was lost.
    Always,
    /// It was replaced: that is nobody's failure, but if it lasted the count starts again.
    OnlyIfItLasted,
}

/// What follows a loss.
#[derive(Debug)]
enum Next {
    Wait(Span, Why),
    Stop(Option<Error>),
}

/// A clean end is an event, not an error.
fn stopped_by(meaning: Meaning, code: CloseCode) -> Option<Error> {
    match meaning {
        Meaning::SignIn => Some(Error::SignIn),
        Meaning::Stop if code == CloseCode::NORMAL => None,
        Meaning::Stop => Some(Error::Closed(code)),
        Meaning::Retry | Meaning::RetryLater => None, // it would be tried again, if that were asked for
    }
}

/// The shortest that is not now.
const SOON: Span = Span::micros(1);
/// A timer this late is still called punctual: a busy page blocks its own for that long.
const PUNCTUAL: Span = Span::secs(2);
/// Hidden pages have theirs once a minute (Chromium's intensive throttling), and a second late.
const PUNCTUAL_HIDDEN: Span = Span::secs(61);
