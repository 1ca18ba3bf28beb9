//! Is the provider asked when it must be, and not more often?

use super::*;

#[test]
fn the_first_attempt_asks_for_the_first_token() {
    let mut auth = auth();
    assert_eq!(auth.before_attempt(at(0)), Some(TokenReason::First));
    ask_in_vain(&mut auth, at(0));
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
    ask(&mut auth, at(101));
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
    auth.on_got_in(); // the row starts again
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
fn getting_in_takes_the_doubt_away() {
    let mut auth = with_token(None);
    auth.on_got_in(); // what is fresh stays fresh
    auth.on_attempt_failed(at(1));
    auth.on_attempt_failed(at(2));
    assert_eq!(auth.before_attempt(at(10)), Some(TokenReason::Refused));
    auth.on_got_in();
    auth.on_attempt_failed(at(601));
    assert_eq!(auth.before_attempt(at(601)), Some(TokenReason::Refused), "it is a cached one all the same");
    auth.on_got_in();
    assert_eq!(auth.before_attempt(at(602)), None);
}

#[test]
fn a_refused_token_gets_one_fresh_try_then_a_clear_stop() {
    let mut auth = with_token(Some(at(1_000)));
    assert_eq!(auth.on_refused(), Refusal::TryAgain);
    assert_eq!(auth.before_attempt(at(1)), Some(TokenReason::Refused), "however young it was");
    ask_in_vain(&mut auth, at(2));
    assert_eq!(auth.before_attempt(at(3)), Some(TokenReason::Refused), "until a new one comes");
    assert_eq!(auth.renew_at(), Some(at(12)), "and while the connection stands it is asked for again");
    try_another(&mut auth, Some(at(1_000)), at(4));
    assert_eq!(auth.before_attempt(at(5)), None);
    assert_eq!(auth.on_refused(), Refusal::Stop);
}

#[test]
fn only_a_connection_that_lasted_forgives_a_refusal() {
    let mut auth = with_token(None);
    for _ in 0..3 {
        assert_eq!(auth.on_refused(), Refusal::TryAgain);
        try_another(&mut auth, None, at(2));
        auth.on_lasted();
    }
    auth.on_refused();
    try_another(&mut auth, None, at(4));
    auth.on_attempt_failed(at(5));
    try_another(&mut auth, None, at(50));
    assert_eq!(auth.on_refused(), Refusal::Stop, "neither another token nor time does");
}

#[test]
fn one_refusal_told_twice_is_one_refusal() {
    let mut auth = with_token(None);
    assert_eq!(auth.on_refused(), Refusal::TryAgain); // the reply to a renewal
    assert_eq!(auth.on_refused(), Refusal::TryAgain); // and a close with 4401, at once
    auth.on_lasted(); // or later: then the connection is counted first
    assert_eq!(auth.on_refused(), Refusal::TryAgain);
    try_another(&mut auth, None, at(602));
    assert_eq!(auth.on_refused(), Refusal::Stop);
    assert_eq!(auth.on_refused(), Refusal::Stop);
}

/// The server closes with 4401 because the old one has expired, and the new one is for the next attempt.
#[test]
fn a_refusal_is_not_of_a_token_that_no_server_has_seen() {
    let mut auth = with_token(Some(at(100)));
    auth.on_token(Some(at(200)), at(70));
    for _ in 0..2 {
        assert_eq!(auth.on_refused(), Refusal::TryAgain);
        assert_eq!(auth.before_attempt(at(100)), None, "the new one is good, and no other is asked for");
    }
    auth.on_presented();
    assert_eq!(auth.on_refused(), Refusal::TryAgain, "the fresh try is still there");
    assert_eq!(auth.before_attempt(at(101)), Some(TokenReason::Refused));
    try_another(&mut auth, Some(at(300)), at(102));
    assert_eq!(auth.on_refused(), Refusal::Stop);
    let mut unmade = with_token(Some(at(100)));
    try_another(&mut unmade, Some(at(200)), at(70));
    unmade.on_not_presented();
    assert_eq!((unmade.on_refused(), unmade.before_attempt(at(71))), (Refusal::TryAgain, None), "a callback threw");
}

#[test]
fn a_token_is_renewed_before_it_expires() {
    let mut auth = with_token(Some(at(100)));
    assert_eq!(auth.renew_at(), Some(at(70)));
    ask_in_vain(&mut auth, at(70));
    assert_eq!(auth.renew_at(), Some(at(80)), "if that fails, again in 10 s");
    auth.on_token(Some(at(200)), at(75));
    assert_eq!(auth.renew_at(), Some(at(170)));
    ask(&mut auth, at(170));
    auth.on_token(Some(at(171)), at(230)); // the provider took a minute
    assert_eq!(auth.renew_at(), Some(at(240)), "not at once");
}

#[test]
fn a_question_is_under_way_until_it_is_answered_and_one_about_a_refusal_is_as_good_as_any() {
    let mut auth = auth();
    assert_eq!((auth.asks(), auth.deadline(), auth.on_no_answer()), (None, None, None));
    auth.on_asked(AskId(3), TokenReason::Expiring, at(7));
    assert_eq!((auth.asks(), auth.deadline()), (Some(AskId(3)), Some(at(17))));
    let asks_for_at = |auth: &Auth, now| REASONS.map(|reason| auth.asks_for(reason, now));
    let asks_for = |auth: &Auth| asks_for_at(auth, at(17) - TICK);
    assert_eq!(asks_for(&auth), [false, true, false]);
    assert_eq!(asks_for_at(&auth, at(17)), [false; 3], "its time is over");
    auth.on_asked(AskId(4), TokenReason::Refused, at(8));
    assert_eq!(asks_for(&auth), [true; 3]);
    auth.on_token(Some(at(100)), at(9));
    assert_eq!((auth.asks(), asks_for(&auth)), (None, [false; 3]));
    auth.on_asked(AskId(5), TokenReason::Expiring, at(70));
    assert_eq!(auth.renew_at(), None, "it is being done");
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
            ask_in_vain(auth, now);
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
        let (mut unused, mut refused, mut fresh_try_left) = (false, false, true);
        for _ in 0..100 {
            now = now + chance.any_span();
            match chance.below(8) {
                0 => (asked, ()) = (now, ask_in_vain(&mut auth, now)),
                1 => {
                    let expires = (chance.below(2) == 0).then(|| Instant::default() + chance.any_span());
                    auth.on_token(expires, now);
                    (token, unused, refused) = (Some((now, expires)), true, false);
                }
                2 => auth.on_attempt_failed(now),
                3 if unused => assert_eq!(auth.on_refused(), Refusal::TryAgain, "seed {seed}: it was not meant"),
                3 if !refused => {
                    assert_eq!(auth.on_refused() == Refusal::TryAgain, fresh_try_left, "seed {seed}");
                    (refused, fresh_try_left) = (true, false);
                }
                4..=5 => (unused, ()) = (false, auth.on_presented()),
                6 if !refused => (fresh_try_left, ()) = (true, auth.on_lasted()),
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

const REASONS: [TokenReason; 3] = [TokenReason::First, TokenReason::Expiring, TokenReason::Refused];

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
    ask(&mut auth, at(0));
    try_another(&mut auth, expires, at(0));
    auth
}

fn ask(auth: &mut Auth, now: Instant) {
    auth.on_asked(AskId(0), TokenReason::First, now);
}

fn ask_in_vain(auth: &mut Auth, now: Instant) {
    ask(auth, now);
    assert_eq!(auth.on_no_answer(), Some(AskId(0)));
}

/// This one is got, and presented.
fn try_another(auth: &mut Auth, expires: Option<Instant>, now: Instant) {
    auth.on_token(expires, now);
    auth.on_presented();
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
