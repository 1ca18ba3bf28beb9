//! How does a connection sign in, and stay signed in?

use super::super::auth::{Auth, Refusal};
use super::super::closing::{CloseFrame, Meaning};
use super::super::config::Via;
use super::super::error::Error;
use super::super::flight::Cargo;
use super::super::state::{Loss, Renewal, State};
use super::super::term::Term;
use super::super::time::Instant;
use super::super::vocabulary::{AskId, CloseInfo, Event, Frame, Output, Payload, SocketId, TokenReason};
use super::Client;
use super::sequel::Cut;

impl<P: Payload> Client<P> {
    /// Why the provider must be asked before the next attempt, if it must.
    pub(super) fn token_needed(&mut self) -> Option<TokenReason> {
        let now = self.now;
        self.auth.as_mut()?.before_attempt(now)
    }

    /// The provider is asked before an attempt, unless it is being asked already: for a connection that is gone since.
    pub(super) fn ask_before_attempt(&mut self, reason: TokenReason) {
        if !self.auth.as_ref().is_some_and(|auth| auth.asks_for(reason, self.now)) {
            self.cancel_question();
            self.ask(reason);
        }
        self.enter(State::Fetching);
    }

    pub(super) fn on_token(&mut self, ask: AskId, expires: Option<Instant>) {
        let Some(auth) = self.auth.as_mut().filter(|auth| auth.asks() == Some(ask)) else {
            return; // no longer wanted
        };
        auth.on_token(expires, self.now);
        match self.state {
            State::Fetching => self.open(),
            State::Live { socket, ref mut renewal, ref mut owed, .. } if auth.via() == Via::Message => {
                *renewal = Renewal::Replying { term: Term::new(auth.timeout(), self.now) };
                *owed += 1;
                self.present_credential(socket);
            }
            State::Live { .. } | State::Deciding { .. } | State::Waiting { .. } => {} // for the next attempt
            State::Fresh | State::Opening { .. } | State::SigningIn { .. } | State::Closing { .. } | State::Closed => {} // nothing is asked there
        }
    }

    pub(super) fn on_no_token(&mut self, ask: AskId) {
        let Some(auth) = self.auth.as_mut().filter(|auth| auth.asks() == Some(ask)) else {
            return; // no longer wanted
        };
        auth.on_no_answer();
        self.go_without_token(Error::Token);
    }

    pub(super) fn on_token_due(&mut self) {
        let (now, punctual) = (self.now, self.punctual());
        if self.auth.as_mut().is_some_and(|auth| auth.is_answer_late(now, punctual)) {
            self.cancel_question();
            self.go_without_token(Error::TokenTimeout);
        }
    }

    /// An attempt that waits for a token fails. Otherwise it is asked for again in a while: a connection is good until
    /// the server says no.
    fn go_without_token(&mut self, error: Error) {
        if let State::Fetching = self.state {
            self.lose(Cut::Attempt { close: CloseInfo::ABNORMAL, error });
        } else {
            self.tell(Event::Error(error));
        }
    }

    /// Presents the credential, if it goes by message; `false`: there is nothing to wait for.
    pub(super) fn begin_sign_in(&mut self, socket: SocketId) -> bool {
        let Some(auth) = self.auth.as_ref().filter(|auth| auth.via() == Via::Message) else { return false };
        let term = Term::new(auth.timeout(), self.now);
        self.present_credential(socket);
        self.enter(State::SigningIn { socket, term });
        true
    }

    /// The server replied to a credential. It replies to each in turn, so a reply that comes late is not taken for the
    /// next one's; and only the one to the latest says whether we are signed in.
    pub(super) fn on_reply(&mut self, accepted: bool) {
        let asks = self.auth.as_ref().is_some_and(|auth| auth.asks().is_some());
        match &mut self.state {
            State::SigningIn { socket, .. } if accepted => {
                let socket = *socket;
                self.go_live_plain(socket);
            }
            State::SigningIn { .. } => {
                self.give_up(CloseFrame::NORMAL);
                self.count_failed_attempt(false); // the refusal itself is told to the auth room
                self.conclude_as(Meaning::SignIn, Loss { close: CloseInfo::ABNORMAL, down: None }, None);
            }
            State::Live { owed, renewal, .. } if *owed > 0 => {
                *owed -= 1;
                if *owed == 0 && !asks {
                    *renewal = Renewal::Idle;
                    self.on_reply_to_renewal(accepted);
                } // else there is a newer one, or will be
            }
            State::Live { .. }
            | State::Fresh
            | State::Fetching
            | State::Opening { .. }
            | State::Deciding { .. }
            | State::Waiting { .. }
            | State::Closing { .. }
            | State::Closed => {} // a reply to nothing
        }
    }

    fn on_reply_to_renewal(&mut self, accepted: bool) {
        if accepted {
            self.credential_lasted(); // taken by a connection that stands: the next refusal has its fresh try again
        } else if self.is_fresh_try_left() {
            self.ask(TokenReason::Refused);
        } else {
            let unconfirmed = self.give_up(CloseFrame::NORMAL);
            self.tell(Event::Down { close: CloseInfo::ABNORMAL, will_retry: false, unconfirmed });
            self.tell(Event::Error(Error::SignIn));
            self.finish(CloseInfo::ABNORMAL);
        }
    }

    pub(super) fn on_reply_due(&mut self) {
        if !self.is_answer_late() {
            return;
        }
        if let State::SigningIn { .. } = self.state {
            self.give_up(CloseFrame::TIMEOUT);
            self.lose(Cut::Attempt { close: CloseInfo::ABNORMAL, error: Error::ReplyTimeout });
        } else {
            self.tell(Event::Error(Error::ReplyTimeout));
            self.renewal_is(Renewal::Idle); // the connection stands; whether it may is the server's to say
        }
    }

    /// The browser sent no credential: a callback threw.
    pub(super) fn on_credential_not_sent(&mut self) {
        if let State::SigningIn { .. } = self.state {
            self.give_up(CloseFrame::NORMAL);
            self.lose(Cut::Attempt { close: CloseInfo::ABNORMAL, error: Error::Token });
        } else if let (State::Live { owed, renewal: renewal @ Renewal::Replying { .. }, .. }, Some(auth)) =
            (&mut self.state, &mut self.auth)
        {
            auth.on_not_presented();
            *renewal = Renewal::Idle;
            *owed = owed.saturating_sub(1);
        }
    }

    /// A handshake begins; the credential is in it, if that is its way.
    pub(super) fn present_in_handshake(&mut self) {
        if let Some(auth) = self.auth.as_mut().filter(|auth| auth.via() == Via::Handshake) {
            auth.on_presented();
        }
    }

    /// When the provider is to be asked for the next token.
    pub(super) fn renewal_deadline(&self) -> Option<Instant> {
        let State::Live { renewal: Renewal::Idle, .. } = self.state else { return None };
        self.auth.as_ref()?.renew_at()
    }

    pub(super) fn renew(&mut self) {
        let reason = self.token_needed().expect("what is due is needed");
        if reason == TokenReason::Expiring && self.has_lasted() {
            self.credential_lasted();
        }
        self.ask(reason);
    }

    /// The server refused the credential. May a fresh one be tried?
    pub(super) fn is_fresh_try_left(&mut self) -> bool {
        self.auth.as_mut().is_some_and(|auth| auth.on_refused() == Refusal::TryAgain)
    }

    /// Whatever the provider is being asked is no longer wanted.
    pub(super) fn cancel_question(&mut self) {
        if let Some(ask) = self.auth.as_mut().and_then(Auth::on_no_answer) {
            self.order(Output::CancelToken { ask });
        }
    }

    /// The connection that it signed in has lasted: the next refusal has its fresh try again.
    pub(super) fn credential_lasted(&mut self) {
        if let Some(auth) = &mut self.auth {
            auth.on_lasted();
        }
    }

    fn ask(&mut self, reason: TokenReason) {
        let Some(auth) = &mut self.auth else { return };
        let ask = self.next_ask;
        self.next_ask = AskId(ask.0 + 1);
        auth.on_asked(ask, reason, self.now);
        let attempt = self.attempt_number();
        self.order(Output::FetchToken { ask, reason, attempt });
    }

    fn present_credential(&mut self, socket: SocketId) {
        if let Some(auth) = &mut self.auth {
            auth.on_presented();
        }
        self.urge(socket, Frame::Auth, Cargo::Auth);
    }

    fn renewal_is(&mut self, next: Renewal) {
        if let State::Live { renewal, .. } = &mut self.state {
            *renewal = next;
        }
    }
}
