//! What follows a loss: another attempt, and when, or the end?

use super::super::backoff::Backoff;
use super::super::closing::{CloseCode, Meaning, meaning};
use super::super::error::Error;
use super::super::resumption::Resumption;
use super::super::state::{Loss, State, Why};
use super::super::time::Span;
use super::super::vocabulary::{Advice, CloseInfo, Event, Output, Payload, SocketId, Unconfirmed};
use super::Client;
use super::life::SOON;

impl<P: Payload> Client<P> {
    /// A socket, or an attempt to have one, is gone: count it, and go on to what follows.
    pub(super) fn lose(&mut self, cut: Cut) {
        let socket = self.state.socket();
        let loss = match cut {
            Cut::Open { close, unconfirmed } => {
                if !self.has_lasted() {
                    self.leave_place();
                }
                self.count_end_of_live(Counts::Always);
                Loss { close, down: Some(unconfirmed) }
            }
            Cut::Attempt { close, error } => {
                self.leave_place();
                if let Some(session) = &mut self.session {
                    session.on_failed();
                }
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
    pub(super) fn conclude(&mut self, loss: Loss, advice: Option<Advice>) {
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
        let come_back = self.session.as_mut().and_then(Resumption::told_to_come_back);
        if let Some((_, Some(place))) = come_back {
            self.places.go_to(place);
        }
        let Some(backoff) = &self.backoff else { return Next::Stop(stopped_by(meaning, code)) };
        let (delay, why) = match (advice, meaning) {
            (Some(Advice::Stop), _) => return Next::Stop(None),
            (Some(Advice::RetryAfter(delay)), _) => (delay, Why::Told),
            (Some(Advice::Retry), _) | (None, Meaning::Retry) => {
                let delay = backoff.delay(&mut self.rng);
                let delay = self.within_window(delay).as_micros();
                match come_back {
                    Some((after, _)) => (Span::micros(after.as_micros().saturating_add(delay)), Why::Told),
                    None => (Span::micros(delay), Why::Backoff),
                }
            }
            (None, Meaning::RetryLater) => (backoff.long_delay(&mut self.rng), Why::Told),
            (None, Meaning::SignIn) if may_sign_in => (backoff.soon(&mut self.rng), Why::Backoff),
            (None, Meaning::SignIn | Meaning::Stop) => return Next::Stop(stopped_by(meaning, code)),
        };
        match self.attempts_used_up() {
            Some(attempts) => Next::Stop(Some(Error::Attempts(attempts))),
            None => Next::Wait(delay, why),
        }
    }

    /// The address failed: another one's turn, if there is another.
    pub(super) fn leave_place(&mut self) {
        if let Some(reconnect) = self.config.reconnect.as_ref().filter(|_| self.places.are_several()) {
            self.places.on_failed(reconnect.max_delay, self.now);
        }
    }

    pub(super) fn wait(&mut self, delay: Span, why: Why) {
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

    pub(super) fn count_end_of_live(&mut self, counts: Counts) {
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
pub(super) enum Counts {
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
