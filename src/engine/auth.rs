//! Is there a credential good enough, and when must it be renewed?
//!
//! The token itself never comes here: only when it was got, when it expires and whether it is doubted.

use super::config::{AuthOptions, Via};
use super::time::{Instant, Span};
use super::vocabulary::TokenReason;

/// What is known of the credential.
#[derive(Debug)]
pub(super) struct Auth {
    options: AuthOptions,
    token: Token,
    fresh_try: FreshTry,
    /// The latest time the provider was asked. The epoch before the first, and then nothing is held yet that it delays.
    asked: Instant,
}

/// What follows a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    /// Try a fresh token.
    AskAgain,
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
        Self { options: options.clone(), token: Token::Missing, fresh_try: FreshTry::Left, asked: Instant::default() }
    }

    /// What carries the token.
    pub(super) fn via(&self) -> Via {
        self.options.via
    }

    /// How long the provider may take, and the server's reply.
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
    pub(super) fn on_asked(&mut self, now: Instant) {
        self.asked = now;
    }

    /// The provider gave one. It forgives nothing: whether it is any better, the server says.
    pub(super) fn on_token(&mut self, expires: Option<Instant>, now: Instant) {
        self.token = Token::Held(Held { got: now, expires, standing: Standing::Fresh, failures: 0 });
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
    /// stop.
    pub(super) fn on_refused(&mut self) -> Refusal {
        let refusal = match (&self.token, &self.fresh_try) {
            (Token::Refused(refusal), _) => *refusal,
            (Token::Missing | Token::Held(_), FreshTry::Left) => Refusal::AskAgain,
            (Token::Missing | Token::Held(_), FreshTry::Used) => Refusal::Stop,
        };
        self.token = Token::Refused(refusal);
        self.fresh_try = FreshTry::Used;
        refusal
    }

    /// A connection that had signed in lasted: the next refusal gets its fresh try again, and the token it signed in with
    /// is beyond doubt.
    pub(super) fn on_lasted(&mut self) {
        self.fresh_try = FreshTry::Left;
        if let Token::Held(held) = &mut self.token {
            held.failures = 0;
            if held.standing == Standing::Doubted {
                held.standing = Standing::Cached;
            }
        }
    }

    /// While the connection is live: when the provider is to be asked for the next token. By then
    /// [`before_attempt`](Self::before_attempt) says why. A token whose expiry is not known is never renewed.
    pub(super) fn renew_at(&self) -> Option<Instant> {
        match &self.token {
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
mod tests {
    use super::*;

    #[test]
    fn the_first_attempt_asks_for_the_first_token() {
        let mut auth = auth();
        assert_eq!(auth.before_attempt(at(0)), Some(TokenReason::First));
        auth.on_asked(at(0));
        assert_eq!(auth.before_attempt(at(1)), Some(TokenReason::First), "it has not come");
        assert_eq!(auth.renew_at(), None, "nothing to renew");
        auth.on_attempt_failed(at(2));
        assert_eq!(auth.before_attempt(at(3)), Some(TokenReason::First));
        assert_eq!((auth.via(), auth.timeout()), (Via::Handshake, Span::secs(10)), "as the options say");
    }

    #[test]
    fn a_token_that_expires_while_waiting_is_fetched_before_the_next_attempt() {
        let mut auth = with_token(Some(at(100)));
        auth.on_attempt_failed(at(1));
        assert_eq!(auth.before_attempt(at(70) - TICK), None, "it expires in more than 30 s");
        assert_eq!(auth.before_attempt(at(70)), Some(TokenReason::Expiring));
        assert_eq!(auth.before_attempt(at(101)), Some(TokenReason::Expiring), "and so it stays");
        auth.on_asked(at(101));
        auth.on_token(Some(at(300)), at(102));
        assert_eq!(auth.before_attempt(at(150)), None);
    }

    #[test]
    fn a_token_that_was_got_for_the_attempt_is_not_doubted_by_its_first_failure() {
        let mut auth = with_token(None);
        auth.on_attempt_failed(at(1));
        assert_eq!(auth.before_attempt(at(60)), None);
        auth.on_attempt_failed(at(61));
        assert_eq!(auth.before_attempt(at(62)), Some(TokenReason::Refused), "the second time it was a cached one");
    }

    #[test]
    fn a_token_from_an_earlier_connection_is_doubted_when_the_next_attempt_fails() {
        let mut auth = with_token(None); // and the connection was made, lived and was lost
        assert_eq!(auth.before_attempt(at(600)), None);
        auth.on_attempt_failed(at(601));
        assert_eq!(auth.before_attempt(at(602)), Some(TokenReason::Refused));
        assert_eq!(auth.before_attempt(at(900)), Some(TokenReason::Refused), "until another comes");
        auth.on_token(None, at(901));
        assert_eq!(auth.before_attempt(at(u64::MAX)), None, "which is good for ever, since it says nothing else");
        assert_eq!(auth.renew_at(), None);
    }

    #[test]
    fn a_token_whose_expiry_is_known_and_far_is_doubted_last() {
        let mut auth = with_token(Some(at(1_000)));
        for seconds in 1..=5 {
            auth.on_attempt_failed(at(seconds));
            assert_eq!(auth.before_attempt(at(900 + seconds)), None);
        }
        auth.on_lasted(); // it got in: the row starts again
        for seconds in 1..=5 {
            auth.on_attempt_failed(at(910 + seconds));
            assert_eq!(auth.before_attempt(at(910 + seconds)), None);
        }
        auth.on_attempt_failed(at(920));
        assert_eq!(auth.before_attempt(at(920)), Some(TokenReason::Refused), "six in a row");
        auth.on_token(Some(at(2_000)), at(921));
        auth.on_attempt_failed(at(940));
        assert_eq!(auth.before_attempt(at(940)), None, "another has a row of its own");
    }

    #[test]
    fn a_doubt_weighs_more_than_the_expiry() {
        let mut auth = with_token(Some(at(1_000)));
        auth.on_attempt_failed(at(1));
        auth.on_attempt_failed(at(970) - TICK);
        assert_eq!(auth.before_attempt(at(970) - TICK), None, "it expires in more than 30 s");
        auth.on_attempt_failed(at(970));
        assert_eq!(auth.before_attempt(at(970)), Some(TokenReason::Refused));
    }

    #[test]
    fn a_wrong_clock_does_not_ask_for_every_attempt() {
        let mut auth = with_token(Some(Instant::default())); // expired long ago, says the page's clock
        for millis in 0..10_000 {
            let now = Instant::default() + Span::millis(millis);
            assert_eq!(auth.before_attempt(now), None);
            auth.on_attempt_failed(now);
        }
        assert_eq!(auth.before_attempt(at(10) - TICK), None);
        assert_eq!(auth.before_attempt(at(10)), Some(TokenReason::Refused), "by now it is doubted as well");
    }

    #[test]
    fn a_connection_that_lasted_takes_the_doubt_away() {
        let mut auth = with_token(None);
        auth.on_lasted(); // what is fresh stays fresh
        auth.on_attempt_failed(at(1));
        auth.on_attempt_failed(at(2));
        assert_eq!(auth.before_attempt(at(10)), Some(TokenReason::Refused));
        auth.on_lasted();
        auth.on_attempt_failed(at(601));
        assert_eq!(auth.before_attempt(at(601)), Some(TokenReason::Refused), "it is a cached one all the same");
        auth.on_lasted();
        assert_eq!(auth.before_attempt(at(602)), None);
    }

    #[test]
    fn a_refused_token_gets_one_fresh_try_then_a_clear_stop() {
        let mut auth = with_token(Some(at(1_000)));
        assert_eq!(auth.on_refused(), Refusal::AskAgain);
        assert_eq!(auth.before_attempt(at(1)), Some(TokenReason::Refused), "however young it was");
        auth.on_asked(at(2));
        assert_eq!(auth.before_attempt(at(3)), Some(TokenReason::Refused), "until a new one comes");
        assert_eq!(auth.renew_at(), Some(at(12)), "and while the connection stands it is asked for again");
        auth.on_token(Some(at(1_000)), at(4));
        assert_eq!(auth.before_attempt(at(5)), None);
        assert_eq!(auth.on_refused(), Refusal::Stop);
    }

    #[test]
    fn only_a_connection_that_lasted_forgives_a_refusal() {
        let mut auth = with_token(None);
        for _ in 0..3 {
            assert_eq!(auth.on_refused(), Refusal::AskAgain);
            auth.on_token(None, at(2));
            auth.on_lasted();
        }
        auth.on_refused();
        auth.on_token(None, at(4));
        auth.on_attempt_failed(at(5));
        auth.on_token(None, at(50));
        assert_eq!(auth.on_refused(), Refusal::Stop, "neither another token nor time does");
    }

    #[test]
    fn one_refusal_told_twice_is_one_refusal() {
        let mut auth = with_token(None);
        assert_eq!(auth.on_refused(), Refusal::AskAgain); // the reply to a renewal
        assert_eq!(auth.on_refused(), Refusal::AskAgain); // and a close with 4401, at once
        auth.on_lasted(); // or later: then the connection is counted first
        assert_eq!(auth.on_refused(), Refusal::AskAgain);
        auth.on_token(None, at(602));
        assert_eq!(auth.on_refused(), Refusal::Stop);
        assert_eq!(auth.on_refused(), Refusal::Stop);
    }

    #[test]
    fn a_token_is_renewed_before_it_expires() {
        let mut auth = with_token(Some(at(100)));
        assert_eq!(auth.renew_at(), Some(at(70)));
        auth.on_asked(at(70));
        assert_eq!(auth.renew_at(), Some(at(80)), "if that fails, again in 10 s");
        auth.on_token(Some(at(200)), at(75));
        assert_eq!(auth.renew_at(), Some(at(170)));
        auth.on_asked(at(170));
        auth.on_token(Some(at(171)), at(230)); // the provider took a minute
        assert_eq!(auth.renew_at(), Some(at(240)), "not at once");
    }

    #[test]
    fn without_refusals_asks_that_succeed_are_10_s_apart() {
        let mut asks = [0; 3];
        for seed in 0..3_000 {
            let mut chance = Chance(seed);
            let refresh_before = chance.span(90);
            let mut auth = Auth::new(&AuthOptions { refresh_before, ..AuthOptions::via(Via::Handshake) });
            let mut now = at(chance.below(1_000));
            let mut latest: Option<Instant> = None;
            let mut ask = |auth: &mut Auth, chance: &mut Chance, reason: TokenReason, now: Instant| {
                asks[reason as usize] += 1;
                auth.on_asked(now);
                let answered = now + chance.span(15);
                if chance.below(4) > 0 {
                    assert!(latest.replace(now).is_none_or(|before| before + Span::secs(10) <= now), "seed {seed}");
                    let expires = answered - Span::secs(60) + chance.span(200);
                    auth.on_token((chance.below(4) > 0).then_some(expires), answered);
                }
                answered
            };
            for _ in 0..60 {
                now = now + chance.span(5);
                if let Some(reason) = auth.before_attempt(now) {
                    now = ask(&mut auth, &mut chance, reason, now);
                }
                if chance.below(2) == 0 {
                    auth.on_attempt_failed(now);
                    continue;
                }
                let lost = now + chance.span(100);
                while let Some(at) = auth.renew_at().filter(|&at| at < lost) {
                    now = now.max(at); // a provider that is slow to fail is asked again at once
                    let reason = auth.before_attempt(now).expect("a renewal has a reason");
                    now = ask(&mut auth, &mut chance, reason, now);
                }
                now = now.max(lost);
                auth.on_lasted();
            }
        }
        assert!(asks.iter().all(|&asks| asks > 1_000), "each reason is tried: {asks:?}");
    }

    #[test]
    fn whatever_is_told_in_any_order_the_rules_hold() {
        for seed in 0..5_000 {
            let mut chance = Chance(seed);
            let refresh_before = chance.any_span();
            let mut auth = Auth::new(&AuthOptions { refresh_before, ..AuthOptions::via(Via::Message) });
            let (mut now, mut asked) = (Instant::default(), Instant::default());
            let mut token = None; // when it was got, and when it expires
            let (mut refused, mut fresh_try_left) = (false, true);
            for _ in 0..100 {
                now = now + chance.any_span();
                match chance.below(6) {
                    0 => (asked, ()) = (now, auth.on_asked(now)),
                    1 => {
                        let expires = (chance.below(2) == 0).then(|| Instant::default() + chance.any_span());
                        auth.on_token(expires, now);
                        (token, refused) = (Some((now, expires)), false);
                    }
                    2 => auth.on_attempt_failed(now),
                    3 if !refused => {
                        assert_eq!(auth.on_refused() == Refusal::AskAgain, fresh_try_left, "seed {seed}");
                        (refused, fresh_try_left) = (true, false);
                    }
                    4 if !refused => (fresh_try_left, ()) = (true, auth.on_lasted()),
                    _ => {
                        let reason = auth.before_attempt(now);
                        let rule = match token {
                            _ if refused => reason == Some(TokenReason::Refused),
                            None => reason == Some(TokenReason::First),
                            Some((got, _)) if now.since(got) < Span::secs(10) => reason.is_none(),
                            Some((_, Some(expires))) if expires - refresh_before <= now => reason.is_some(),
                            Some(_) => reason != Some(TokenReason::First) && reason != Some(TokenReason::Expiring),
                        };
                        assert!(rule, "seed {seed}: {reason:?} {auth:?}");
                    }
                }
                let rule = match (auth.renew_at(), token) {
                    (at, _) if refused => at == Some(asked + Span::secs(10)),
                    (at, None | Some((_, None))) => at.is_none(),
                    (at, Some((got, Some(expires)))) => {
                        at == Some((expires - refresh_before).max(asked.max(got) + Span::secs(10)))
                    }
                };
                assert!(rule, "seed {seed}: {auth:?}");
            }
        }
    }

    /// The shortest time there is.
    const TICK: Span = Span::micros(1);

    fn at(seconds: u64) -> Instant {
        Instant::default() + Span::secs(seconds)
    }

    /// The defaults: renewed 30 s before it expires.
    fn auth() -> Auth {
        Auth::new(&AuthOptions::via(Via::Handshake))
    }

    /// Asked for and got at 0 s, for an attempt that has begun.
    fn with_token(expires: Option<Instant>) -> Auth {
        let mut auth = auth();
        auth.on_asked(at(0));
        auth.on_token(expires, at(0));
        auth
    }

    /// Splitmix64: small, and good enough to try things out.
    struct Chance(u64);

    impl Chance {
        fn below(&mut self, end: u64) -> u64 {
            self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            (mixed ^ (mixed >> 31)) % end
        }

        /// Up to so many seconds.
        fn span(&mut self, seconds: u64) -> Span {
            Span::micros(self.below(seconds * 1_000_000 + 1))
        }

        /// Mostly seconds, now and then absurd.
        fn any_span(&mut self) -> Span {
            if self.below(200) == 0 { Span::micros(self.below(u64::MAX)) } else { self.span(20) }
        }
    }
}
