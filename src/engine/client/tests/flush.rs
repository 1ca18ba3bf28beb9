//! What a flush may claim.

use super::*;

#[test]
fn a_flush_ends_when_everything_before_it_has_left() {
    let mut talk = Talk::live(marks(4, 2));
    assert_eq!(talk.say(Input::Flush(FlushId(9))), ["flushed 9 true"], "nothing to wait for");
    talk.hand_over(0, "seven c");
    talk.send("b");
    assert_eq!(talk.say(Input::Flush(FlushId(1))), NOTHING);
    talk.send("c");
    assert_eq!(talk.say(Input::Flush(FlushId(2))), NOTHING);
    assert_eq!(talk.buffered(0, 0), ["transmit 0 b", "transmit 0 c", "drain"]);
    talk.transmitted(0, 1);
    talk.transmitted(0, 1);
    assert!(talk.next().is_some_and(|(_, wake)| wake == Wake::Limiter), "so it is looked at");
    assert_eq!(talk.buffered(0, 1), ["flushed 1 true"]);
    assert_eq!(talk.buffered(0, 0), ["flushed 2 true"]);
    assert_eq!(talk.next(), None);
}

#[test]
fn a_flush_waits_for_what_comes_back() {
    let mut talk = Talk::live(Options::default());
    talk.hand_over(0, "one");
    talk.say(Input::Flush(FlushId(1)));
    assert!(!talk.closed_with(0, 1006, 3).iter().any(|said| said.starts_with("flushed")));
    talk.until_deadline();
    talk.opened(1);
    talk.transmitted(1, 3);
    assert_eq!(talk.buffered(1, 0), ["flushed 1 true"]);
}

#[test]
fn a_flush_fails_when_nobody_knows_what_became_of_its_messages() {
    let mut lost = Talk::live(Options::default());
    lost.say(Input::Flush(FlushId(0)));
    lost.hand_over(0, "one");
    lost.hand_over(0, "two");
    lost.say(Input::Flush(FlushId(1)));
    assert_eq!(lost.closed_with(0, 1006, 3)[0], "flushed 1 false", "the first may have left, or not");
    let mut given_up = Talk::live(Options::default());
    given_up.hand_over(0, "one");
    given_up.say(Input::Flush(FlushId(1)));
    assert_eq!(given_up.say(Input::Connect)[1], "flushed 1 false");
    let mut earlier = Talk::live(Options::default());
    earlier.hand_over(0, "one");
    earlier.buffered(0, 0);
    earlier.hand_over(0, "two");
    earlier.buffered(0, 3);
    assert!(!earlier.say(Input::Flush(FlushId(1))).contains(&"flushed 1 true".to_owned()));
    assert_eq!(earlier.closed_with(0, 1006, 0)[0], "flushed 1 false");
}

#[test]
fn a_flush_is_not_complete_while_a_socket_that_was_given_up_may_hold_some_of_it() {
    let mut talk = Talk::live(Options::default());
    talk.hand_over(0, "one");
    talk.say(Input::Connect);
    assert_eq!(talk.say(Input::Flush(FlushId(1))), ["flushed 1 false"]);
    assert_eq!(talk.closed_with(0, 1006, 0), NOTHING, "it has left");
    assert_eq!(talk.say(Input::Flush(FlushId(2))), ["flushed 2 true"]);
}

#[test]
fn what_a_loss_left_in_doubt_is_told_by_the_first_flush_after_it() {
    let flush = |talk: &mut Talk, id| talk.say(Input::Flush(FlushId(id)));
    let lost = |unsent| {
        let mut talk = Talk::live(Options::default());
        talk.hand_over(0, "0123456789");
        talk.closed_with(0, 1006, unsent);
        talk
    };
    let mut half = lost(4);
    assert_eq!(flush(&mut half, 1), ["flushed 1 false"]);
    assert_eq!(flush(&mut half, 2), ["flushed 2 true"], "it was told");
    let mut back = lost(10);
    assert_eq!(flush(&mut back, 1), NOTHING, "it comes back, and may leave yet");
    let mut given_up = Talk::live(Options::default());
    given_up.hand_over(0, "0123456789");
    given_up.say(Input::Connect);
    given_up.opened(1);
    given_up.hand_over(1, "newer"); // from now on nothing comes back
    given_up.buffered(1, 0);
    assert_eq!(flush(&mut given_up, 1), ["flushed 1 false"]);
    assert_eq!(flush(&mut given_up, 2), ["flushed 2 true"]);
}

#[test]
fn a_late_close_may_take_the_doubt_away_but_not_that_of_an_earlier_loss() {
    let mut talk = Talk::live(Options::default());
    talk.hand_over(0, "one");
    talk.say(Input::Connect);
    assert_eq!(talk.closed_with(0, 1006, 3), NOTHING);
    assert_eq!(talk.opened(1)[2..], ["transmit 1 one"]);
    talk.transmitted(1, 3);
    talk.buffered(1, 0);
    assert_eq!(talk.say(Input::Flush(FlushId(1))), ["flushed 1 true"], "it has left after all");
    talk.hand_over(1, "half");
    talk.closed_with(1, 1006, 2);
    talk.until_deadline();
    talk.opened(2);
    talk.hand_over(2, "two");
    talk.say(Input::Connect);
    talk.closed_with(2, 1006, 3);
    talk.opened(3);
    talk.transmitted(3, 3);
    talk.buffered(3, 0);
    assert_eq!(talk.say(Input::Flush(FlushId(2))), ["flushed 2 false"], "half of one is gone for good");
}

#[test]
fn a_clean_close_says_that_all_but_the_rest_has_left() {
    let mut talk = Talk::live(Options::default());
    talk.hand_over(0, "one");
    talk.say(Input::Flush(FlushId(1)));
    let said = talk.closed_with(0, 1001, 0);
    assert!(said.contains(&"flushed 1 true".to_owned()), "{said:?}");
}

#[test]
fn a_clean_close_with_a_rest_leaves_a_message_in_doubt() {
    let mut talk = Talk::live(Options::default());
    talk.hand_over(0, "0123456789");
    talk.say(Input::Flush(FlushId(1)));
    assert_eq!(talk.closed_with(0, 1001, 4)[0], "flushed 1 false");
}
