//! Is there a credential good enough, and when must it be renewed?
//!
//! The token itself never comes here: only when it was got, when it expires and whether it is doubted.

use super::config::{AuthOptions, Via};
use super::term::Term;
use super::time::{Instant, Span};
use super::vocabulary::{AskId, TokenReason};

/// What is known of the credential.
#[derive(Debug)]
pub(super) struct Auth {
    options: AuthOptions,
    token: Token,
    fresh_try: FreshTry,
    /// The latest time the provider was asked. The epoch before the first, and then nothing is held yet that it delays.
    asked: Instant,
    /// What it has not answered yet. A socket's end does not end that: the answer is as good for the next.
    question: Option<Question>,
}

#[derive(Debug)]
struct Question {
    ask: AskId,
    reason: TokenReason,
    term: Term,
}

/// What follows a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    /// Try a fresh token: one that is there and was not tried yet, or ask for one.
    TryAgain,
    /// A fresh one was refused as well: only the user can help.
    Stop,
}

#[derive(Debug)]
enum Token {
    /// None was ever given.
    Missing,
    /// There is one.
    Held(Held),
    /// The server refused it, so it is gone. What followed stays so, however often the refusal is told: a server that
    /// replies "refused" and then closes with 4401 has refused once.
    Refused(Refusal),
}

#[derive(Debug)]
struct Held {
    got: Instant,
    expires: Option<Instant>,
    /// No server has seen it yet: it was got for the next attempt while a connection goes on with the one before.
    is_unused: bool,
    standing: Standing,
    /// Attempts that failed with it, in a row.
    failures: u32,
}

#[derive(Debug, PartialEq)]
enum Standing {
    /// Got for the attempt that follows.
    Fresh,
    /// From before it.
    Cached,
    /// An attempt failed with it, and a page is not told whether that was why.
    Doubted,
}

/// The fresh token that a refusal is followed by.
#[derive(Debug, PartialEq)]
enum FreshTry {
    Left,
    Used,
}

impl Auth {
    /// No token yet.
    pub(super) fn new(options: &AuthOptions) -> Self {
        Self {
            options: options.clone(),
            token: Token::Missing,
            fresh_try: FreshTry::Left,
            asked: Instant::default(),
            question: None,
        }
    }

    /// What carries the token.
    pub(super) fn via(&self) -> Via {
        self.options.via
    }

    /// How long the server's reply may take.
    pub(super) fn timeout(&self) -> Span {
        self.options.timeout
    }

    /// Why the provider must be asked before an attempt. `None`: the attempt begins with the token that there is, which
    /// is a cached one from then on.
    pub(super) fn before_attempt(&mut self, now: Instant) -> Option<TokenReason> {
        let held = match &mut self.token {
            Token::Missing => return Some(TokenReason::First),
            Token::Refused(_) => return Some(TokenReason::Refused),
            Token::Held(held) => held,
        };
        if now.since(held.got) >= SHORTEST_ASK {
            if held.standing == Standing::Doubted {
                return Some(TokenReason::Refused); // also if it expires: "get another" is the stronger word
            }
            if held.expires_soon(now, self.options.refresh_before) {
                return Some(TokenReason::Expiring);
            }
        }
        held.age();
        None
    }

    /// The provider is being asked.
    pub(super) fn on_asked(&mut self, ask: AskId, reason: TokenReason, now: Instant) {
        self.asked = now;
        self.question = Some(Question { ask, reason, term: Term::new(self.options.timeout, now) });
    }

    /// The question whose answer is awaited.
    pub(super) fn asks(&self) -> Option<AskId> {
        self.question.as_ref().map(|question| question.ask)
    }

    /// Whether the provider is being asked for this reason and has time left to answer. "It was refused" is the
    /// stronger word: its answer is good for the other reasons, too.
    pub(super) fn asks_for(&self, reason: TokenReason, now: Instant) -> bool {
        let question = self.question.as_ref().filter(|question| now < question.term.until());
        question.is_some_and(|question| [reason, TokenReason::Refused].contains(&question.reason))
    }

    /// Until when an answer is waited for.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.question.as_ref().map(|question| question.term.until())
    }

    /// Whether the question was only just asked.
    pub(super) fn has_just_asked(&self, now: Instant, punctual: Span) -> bool {
        self.question.as_ref().is_some_and(|question| question.term.has_just_begun(now, punctual))
    }

    /// That time has come: is the answer late?
    pub(super) fn is_answer_late(&mut self, now: Instant, punctual: Span) -> bool {
        self.question.as_mut().is_some_and(|question| question.term.is_over(now, punctual))
    }

    /// The question is over without a token: the provider has none, or it is no longer asked. Which one it was.
    pub(super) fn on_no_answer(&mut self) -> Option<AskId> {
        self.question.take().map(|question| question.ask)
    }

    /// The provider gave one. It forgives nothing: whether it is any better, the server says.
    pub(super) fn on_token(&mut self, expires: Option<Instant>, now: Instant) {
        self.question = None;
        self.token = Token::Held(Held { got: now, expires, is_unused: true, standing: Standing::Fresh, failures: 0 });
    }

    /// The token goes to the server: in a handshake, or as a message.
    pub(super) fn on_presented(&mut self) {
        if let Token::Held(held) = &mut self.token {
            held.is_unused = false;
        }
    }

    /// The one that was just got did not go, after all.
    pub(super) fn on_not_presented(&mut self) {
        if let Token::Held(held) = &mut self.token {
            held.is_unused = true;
        }
    }

    /// An attempt failed: perhaps the handshake was refused because of the token, which a page cannot see. The first
    /// failure of a token that was got for this attempt says nothing: it could not be any fresher. One that is good for
    /// long is doubted last, and doubted in the end: a server that has changed its keys refuses those, too.
    pub(super) fn on_attempt_failed(&mut self, now: Instant) {
        let Token::Held(held) = &mut self.token else { return }; // it failed for want of a token
        held.failures = held.failures.saturating_add(1);
        let could_be_why = held.expires.is_none()
            || held.expires_soon(now, self.options.refresh_before)
            || held.failures >= MOST_FAILURES;
        if held.standing == Standing::Cached && could_be_why {
            held.standing = Standing::Doubted;
        }
        held.age();
    }

    /// The server said that it refuses the token: by a close code, or in its reply. One fresh try follows, then a clear
    /// stop. If a newer one is there already it was not meant: that one is the next to be tried, and no try is used up.
    pub(super) fn on_refused(&mut self) -> Refusal {
        if let Token::Held(Held { is_unused: true, .. }) = self.token {
            return Refusal::TryAgain;
        }
        let refusal = match (&self.token, &self.fresh_try) {
            (Token::Refused(refusal), _) => *refusal,
            (Token::Missing | Token::Held(_), FreshTry::Left) => Refusal::TryAgain,
            (Token::Missing | Token::Held(_), FreshTry::Used) => Refusal::Stop,
        };
        self.token = Token::Refused(refusal);
        self.fresh_try = FreshTry::Used;
        refusal
    }

    /// A connection is ready, and the token was good for it: whatever it was that had failed, it was not the token.
    pub(super) fn on_got_in(&mut self) {
        if let Token::Held(held) = &mut self.token {
            held.failures = 0;
            if held.standing == Standing::Doubted {
                held.standing = Standing::Cached;
            }
        }
    }

    /// A connection that had signed in lasted: the next refusal gets its fresh try again.
    pub(super) fn on_lasted(&mut self) {
        self.fresh_try = FreshTry::Left;
    }

    /// While the connection is live: when the provider is to be asked for the next token. By then
    /// [`before_attempt`](Self::before_attempt) says why. A token whose expiry is not known is never renewed.
    pub(super) fn renew_at(&self) -> Option<Instant> {
        match &self.token {
            _ if self.question.is_some() => None,                 // that is being done
            Token::Missing => None,                               // nobody signed in
            Token::Refused(_) => Some(self.asked + SHORTEST_ASK), // the connection stands, and no fresh one has come
            Token::Held(Held { got, expires, .. }) => {
                let due = (*expires)? - self.options.refresh_before;
                Some(due.max(self.asked.max(*got) + SHORTEST_ASK))
            }
        }
    }
}

impl Held {
    /// Or has expired.
    fn expires_soon(&self, now: Instant, refresh_before: Span) -> bool {
        self.expires.is_some_and(|expires| expires - refresh_before <= now)
    }

    /// It is of an earlier attempt than the one to come.
    fn age(&mut self) {
        if self.standing == Standing::Fresh {
            self.standing = Standing::Cached;
        }
    }
}

/// A token is good enough for 10 s after it was got, unless the server refuses it, and while live the provider is asked
/// no sooner than 10 s after it was asked last. With a wrong client clock every token looks expired, and each attempt,
/// each renewal would ask again at once; so it is six times a minute, which no token service minds.
const SHORTEST_ASK: Span = Span::secs(10);

/// So many attempts in a row, half a minute or more with the usual backoff, are no restart of a server any more.
const MOST_FAILURES: u32 = 6;

#[cfg(test)]
mod tests;
