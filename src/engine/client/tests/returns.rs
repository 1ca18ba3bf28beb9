//! The page, the machine or the network is back.

use super::*;

#[test]
fn what_the_machine_slept_through_is_begun_anew_and_held_against_nobody() {
    let once = |auth| {
        let reconnect = Some(ReconnectOptions { attempts: Some(1), ..ReconnectOptions::default() });
        let mut talk = Talk::new(Options { reconnect, auth, ..Options::default() });
        talk.say(Input::Connect);
        talk
    };
    let sleeps = |talk: &mut Talk, hint| {
        talk.now = talk.now + Span::secs(60);
        talk.say(hint)
    };
    for hint in [Input::Woke, Input::Restored] {
        let mut opening = once(None);
        assert_eq!(sleeps(&mut opening, hint.clone()), ["close 0 1000", "open 1 attempt 0"]);
        assert_eq!(opening.next(), Some((Span::secs(10), Wake::Handshake)));
        let mut fetching = once(Some(AuthOptions::via(Via::Handshake)));
        assert_eq!(sleeps(&mut fetching, hint.clone()), ["cancel 0", "fetch 1 First attempt 0"]);
        assert_eq!(fetching.next(), Some((Span::secs(10), Wake::Token)));
        let mut signing_in = once(Some(AuthOptions::via(Via::Message)));
        signing_in.token(0, None);
        signing_in.opened(0);
        assert_eq!(sleeps(&mut signing_in, hint), ["close 0 1000", "open 1 attempt 0"]);
        assert_eq!(signing_in.opened(1), ["transmit 1 (auth)"]);
        for mut begun_anew in [opening, fetching, signing_in] {
            begun_anew.now = begun_anew.now + Span::secs(2);
            assert_eq!(begun_anew.say(Input::Restored), NOTHING, "the same return, told in another way");
            assert_ne!(sleeps(&mut begun_anew, Input::Woke), NOTHING, "and this is another");
        }
    }
}

#[test]
fn what_is_noticed_too_late_has_its_time_once_more() {
    type Reach = fn(&mut Talk);
    let stages: [(&str, Reach); 3] = [
        ("error unavailable/token-timeout", |_| {}),
        ("error unavailable/connect-timeout", |talk| _ = talk.token(0, None)),
        ("error unavailable/reply-timeout", |talk| {
            talk.token(0, None);
            talk.opened(0);
        }),
    ];
    for (hint, late, is_over) in [
        (Input::Elapsed, 2_000_001, false),
        (Input::Elapsed, 2_000_000, true),
        (Input::Hidden, 61_000_000, true),
        (Input::Hidden, 61_000_001, false),
    ] {
        for (error, reach) in stages {
            let told = |said: &[String]| said.iter().any(|said| said == error);
            let mut talk = Talk::new(with_auth(Via::Message));
            talk.say(Input::Connect);
            reach(&mut talk);
            talk.say(hint.clone());
            let said = talk.wait(Span::micros(10_000_000 + late));
            assert_eq!((told(&said), said.is_empty()), (is_over, !is_over), "{error}: {said:?}");
            if !is_over {
                assert_eq!(talk.next().map(|(wait, _)| wait), Some(Span::secs(10)));
                assert!(told(&talk.wait(Span::secs(1_000))), "{error}: not for ever");
            }
        }
    }
}

#[test]
fn a_hint_shortens_a_wait_and_never_lengthens_it() {
    for hint in [Input::Online, Input::Visible, Input::Resumed, Input::Woke, Input::Restored] {
        let mut talk = Talk::new(Options::default());
        talk.say(Input::Connect);
        for socket in 0..8 {
            talk.closed(socket, 1006);
            if socket < 7 {
                talk.until_deadline();
            }
        }
        let (before, _) = talk.next().expect("it waits");
        assert!(before > Span::millis(500), "a wait worth shortening");
        assert_eq!(talk.say(hint.clone()), ["retry 8"]);
        let (after, _) = talk.next().expect("it waits");
        assert!((Span::millis(1)..=Span::millis(500)).contains(&after), "soon, and not for all at once: {after}");
        for _ in 0..20 {
            talk.say(hint.clone());
            assert!(talk.next().is_some_and(|(wait, _)| wait <= after));
        }
    }
}

#[test]
fn without_a_heartbeat_a_socket_that_may_be_dead_is_replaced() {
    let gone = ["close 0 1000", "down 1006 and tries again, unconfirmed 0 of 0"];
    let soon = [&gone[..], &["Waiting", "retry 0"]].concat();
    let now = [&gone[..], &["open 1 attempt 0", "Connecting"]].concat();
    let mut woken = Talk::live(Options::default());
    assert_eq!(woken.say(Input::Woke), soon);
    let (wait, _) = woken.next().expect("it waits");
    assert!((Span::millis(1)..=Span::millis(500)).contains(&wait), "not at the same moment as everybody: {wait}");
    assert_eq!(woken.until_deadline(), ["open 1 attempt 0", "Connecting"]);
    let mut offline = Talk::live(Options::default());
    assert_eq!(offline.say(Input::Offline), NOTHING, "a hint, never the truth");
    assert_eq!(offline.say(Input::Online), soon);
    for hint in [Input::Online, Input::Visible, Input::Woke] {
        assert_eq!(offline.say(hint), NOTHING, "it is soon already");
    }
    assert_eq!(Talk::live(Options::default()).say(Input::Restored), now, "its user waits");
    let mut talk = Talk::live(Options::default());
    for hint in [Input::Online, Input::Hidden, Input::Visible, Input::Resumed] {
        assert_eq!(talk.say(hint), NOTHING);
    }
}

#[test]
fn a_wait_of_nothing_is_told_once() {
    let mut talk = Talk::live(reconnect(|options| options.min_delay = Span::ZERO));
    assert_eq!(talk.closed(0, 1006)[1..], ["Waiting", "retry 1"]);
    assert_eq!(talk.say(Input::Woke), NOTHING);
    assert_eq!(talk.until_deadline(), ["open 1 attempt 1", "Connecting"]);
}

#[test]
fn with_a_heartbeat_it_is_asked() {
    for hint in [Input::Woke, Input::Restored, Input::Online] {
        let mut talk = Talk::live(with_heartbeat());
        assert_eq!(talk.say(hint.clone()), ["transmit 0 (ping)"]);
        assert_eq!(talk.say(hint), NOTHING, "a question is under way");
    }
}

#[test]
fn a_page_that_is_seen_again_asks_only_if_nothing_was_heard_of_late() {
    for hint in [Input::Visible, Input::Resumed] {
        let mut talk = Talk::live(with_heartbeat());
        talk.now = talk.now + Span::secs(10);
        talk.received(0, "hello");
        talk.now = talk.now + Span::micros(12_499_999);
        assert_eq!(talk.say(Input::Hidden), NOTHING);
        assert_eq!(talk.say(hint.clone()), NOTHING, "to and fro between two tabs");
        talk.now = talk.now + Span::micros(1);
        assert_eq!(talk.say(hint.clone()), ["transmit 0 (ping)"]);
        assert_eq!(talk.say(hint.clone()), NOTHING, "a question is under way");
        talk.now = talk.now + Span::secs(60);
        assert_eq!(talk.say(hint), ["transmit 0 (ping)"], "a timer was missed");
    }
}
