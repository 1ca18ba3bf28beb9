//! How does a session begin, go on, and end? `tests/session` asks whether anything is lost; here is what is said and when.

use super::super::super::session::Terms;
use super::super::super::vocabulary::{Arrivals, Heard, Way, Welcomed};
use super::*;
use crate::engine::SessionOptions;

fn with_session() -> Options {
    Options { session: Some(SessionOptions { required: false }), ..Options::default() }
}

fn welcome(resumed: bool, received: u64) -> Heard {
    let terms = Terms { messages: 2, bytes: 1_000, after: Span::millis(500) };
    Heard::Welcome(Welcomed { resumed, received, window: Span::secs(60), most: (3, 1_000), terms })
}

impl Talk {
    fn heard(&mut self, socket: u64, heard: Heard) -> Vec<String> {
        self.say(Input::Control { socket: SocketId(socket), heard })
    }

    /// The handshake chooses the protocol; what it says to that.
    fn agrees(&mut self, socket: u64) -> Vec<String> {
        self.say(Input::Agreed { socket: SocketId(socket) });
        self.opened(socket)
    }
}

/// In a new session.
fn in_session() -> Talk {
    let mut talk = Talk::new(with_session());
    assert_eq!(talk.say(Input::Connect), ["aim 0 offers true", "open 0 attempt 0"]);
    assert_eq!(talk.agrees(0), ["transmit 0 (Hello)"]);
    assert_eq!(talk.heard(0, welcome(false, 0)), ["Open", "Open! attempt 0 reconnected false resumed false"]);
    talk
}

/// Its socket is lost, and the next one has said hello.
fn again(talk: &mut Talk, hello: &str) {
    talk.closed(0, 1006);
    talk.until_deadline();
    assert_eq!(talk.agrees(1), [hello]);
}

#[test]
fn what_is_not_acknowledged_is_sent_again_after_the_welcome() {
    let mut talk = in_session();
    assert_eq!(talk.send("one"), ["settled 1", "transmit 0 one"]);
    talk.send("two");
    talk.heard(0, Heard::Ack(1));
    talk.received(0, "theirs");
    again(&mut talk, "transmit 1 (Again(2, 1))");
    assert_eq!(
        talk.heard(1, welcome(true, 1)),
        ["Open", "Open! attempt 1 reconnected true resumed true", "transmit 1 two"]
    );
}

#[test]
fn messages_pass_unasked_while_there_is_room_for_all_that_may() {
    let mut talk = Talk::new(with_session());
    talk.say(Input::Connect);
    talk.agrees(0);
    let Heard::Welcome(welcome) = welcome(false, 0) else { unreachable!() };
    talk.heard(0, Heard::Welcome(Welcomed { most: (65, 4 << 20), ..welcome }));
    assert!(talk.client.way().up_to.is_some());
    talk.client.on_handed_over(MessageId(1), Word("one"), 0, 3, talk.now);
    assert!(talk.client.way().up_to.is_some(), "64 more make 65");
    talk.client.on_handed_over(MessageId(2), Word("two"), 0, 3, talk.now);
    assert_eq!(talk.client.way().up_to, None);
    assert_eq!(talk.heard(0, Heard::Ack(1)), NOTHING);
    assert!(talk.client.way().up_to.is_some());
    again(&mut talk, "transmit 1 (Again(2, 0))");
    assert_eq!(
        talk.heard(1, Heard::Welcome(Welcomed { resumed: true, received: 1, most: (65, 4 << 20), ..welcome }))[2..],
        ["transmit 1 two"]
    );
}

#[test]
fn a_promise_may_wait_for_the_acknowledgement() {
    let mut talk = in_session();
    let options = SendOptions { acknowledged: true, ..SendOptions::default() };
    assert_eq!(talk.send_with("one", options), ["transmit 0 one"]);
    assert_eq!(talk.heard(0, Heard::Ack(1)), ["settled 1"]);
    talk.send_with("two", options);
    again(&mut talk, "transmit 1 (Again(2, 0))");
    let said = talk.heard(1, welcome(true, 2));
    assert_eq!(said, ["settled 2", "Open", "Open! attempt 1 reconnected true resumed true"], "the welcome is one, too");
}

#[test]
fn outside_a_session_nobody_acknowledges() {
    let mut talk = Talk::new(with_session());
    talk.say(Input::Connect);
    assert_eq!(talk.opened(0), ["Open", "Open! attempt 0 reconnected false resumed false"], "it did not agree");
    let options = SendOptions { acknowledged: true, ..SendOptions::default() };
    assert_eq!(talk.send_with("one", options), ["broken 1 Unconfirmed", "transmit 0 one"]);
}

#[test]
fn a_session_that_is_over_is_told() {
    let mut talk = in_session();
    talk.send("one");
    talk.received(0, "theirs");
    again(&mut talk, "transmit 1 (Again(2, 1))");
    assert_eq!(
        talk.heard(1, welcome(false, 0)),
        ["dropped 1 Unconfirmed", "gap after 1 of None", "Open", "Open! attempt 1 reconnected true resumed false"]
    );
    assert_eq!(talk.send("two"), ["settled 2", "transmit 1 two"]);
}

#[test]
fn what_is_received_is_acknowledged_by_count_and_by_time() {
    let mut talk = in_session();
    assert_eq!(talk.received(0, "a"), ["message a"]);
    assert_eq!(talk.next(), Some((Span::millis(500), Wake::Session)));
    assert_eq!(talk.received(0, "b"), ["transmit 0 (Ack(2))", "message b"]);
    talk.received(0, "c");
    assert_eq!(talk.until_deadline(), ["transmit 0 (Ack(3))"]);
}

#[test]
fn no_more_is_sent_than_the_server_has_room_for() {
    let mut talk = in_session();
    for word in ["one", "two", "three"] {
        talk.send(word);
    }
    assert_eq!(talk.send("four"), NOTHING, "three may be unacknowledged");
    assert_eq!(talk.heard(0, Heard::Ack(1)), ["settled 4", "transmit 0 four", "drain"]);
}

#[test]
fn a_gap_is_told_exactly() {
    let mut talk = in_session();
    talk.received(0, "theirs");
    assert_eq!(talk.heard(0, Heard::Gap(2, 9)), ["gap after 1 of Some(8)", "transmit 0 (Ack(9))"]);
}

#[test]
fn a_ping_is_answered_and_silence_is_noticed() {
    let mut talk = in_session();
    talk.received(0, "theirs");
    assert_eq!(talk.heard(0, Heard::Ping), ["transmit 0 (Ack(1))", "transmit 0 (Pong)"]);
    assert_eq!(talk.wait(Span::secs(25)), ["transmit 0 (ping)"], "a heartbeat that nobody asked for");
    assert_eq!(talk.wait(Span::secs(10))[0], "close 0 3008");
}

#[test]
fn a_bye_says_when_to_come_back_and_where() {
    let mut talk = Talk::new(Options { places: 2, ..with_session() });
    talk.say(Input::Connect);
    talk.agrees(0);
    talk.heard(0, welcome(false, 0));
    talk.heard(0, Heard::Bye(Span::secs(7), Some(1)));
    talk.closed(0, 1012);
    let (wait, wake) = talk.next().expect("it waits");
    assert!(wake == Wake::Retry && wait >= Span::secs(7) && wait <= Span::secs(8), "{wait:?}");
    assert_eq!(talk.until_deadline()[..2], ["aim 1 offers true", "open 1 attempt 1"]);
}

#[test]
fn closing_says_bye_and_waits_for_the_last_acknowledgement() {
    let mut talk = in_session();
    talk.send("one");
    assert_eq!(talk.say(Input::Disconnect(Some(CloseFrame::NORMAL))), ["Closing", "transmit 0 (Bye)"]);
    assert_eq!(talk.heard(0, Heard::Ping), NOTHING, "the bye is the last that is said");
    assert_eq!(talk.heard(0, Heard::Ack(1)), ["close 0 1000"]);
    assert_eq!(talk.closed(0, 1000), ["Closed", "Closed! 1000"]);
}

#[test]
fn whoever_breaks_the_protocol_is_closed_for_good() {
    let out_of_place = [Heard::Nonsense, welcome(true, 0)];
    for heard in out_of_place {
        let mut talk = in_session();
        let said = talk.heard(0, heard);
        assert_eq!(said[0], "close 0 4500", "{heard:?}");
        assert_eq!(said[said.len() - 1], "Closed! 1006");
        assert!(said.contains(&"error refused/protocol".to_owned()));
    }
    let mut talk = Talk::new(with_session());
    talk.say(Input::Connect);
    talk.agrees(0);
    assert_eq!(talk.received(0, "early")[0], "close 0 4500", "a message before the welcome has no number");
}

#[test]
fn counts_that_do_not_fit_end_the_session_and_not_the_client() {
    for heard in [Heard::Ack(2), Heard::Gap(3, 4), Heard::Gap(1, 0)] {
        let mut talk = in_session();
        talk.send("one");
        let said = talk.heard(0, heard);
        let start = ["close 0 4409", "dropped 1 Unconfirmed", "gap after 0 of None", "error unavailable/session"];
        assert_eq!(said[..4], start, "{heard:?}");
        talk.until_deadline();
        assert_eq!(talk.agrees(1), ["transmit 1 (Hello)"], "a new one");
    }
    let mut talk = in_session();
    talk.send("one");
    let said = talk.closed(0, 4409);
    assert_eq!(said[..2], ["dropped 1 Unconfirmed", "gap after 0 of None"], "void for both ends");
}

#[test]
fn a_session_that_never_moves_is_given_up() {
    let mut talk = in_session();
    talk.send("poison");
    let mut said = Vec::new();
    for socket in 0..5 {
        talk.closed(socket, 1006);
        talk.until_deadline();
        talk.agrees(socket + 1);
        said = talk.heard(socket + 1, welcome(true, 0));
    }
    assert_eq!(said[..2], ["close 5 4409", "dropped 1 Unconfirmed"]);
}

#[test]
fn signing_in_comes_before_the_welcome() {
    let mut talk = Talk::new(Options { auth: Some(AuthOptions::via(Via::Message)), ..with_session() });
    talk.say(Input::Connect);
    talk.token(0, None);
    assert_eq!(talk.agrees(0), ["transmit 0 (auth)", "transmit 0 (Hello)"]);
    assert_eq!(talk.heard(0, Heard::Authenticated), NOTHING);
    assert_eq!(talk.heard(0, welcome(false, 0))[0], "Open");
    let mut talk = Talk::new(Options { auth: Some(AuthOptions::via(Via::Message)), ..with_session() });
    talk.say(Input::Connect);
    talk.token(0, None);
    talk.agrees(0);
    assert_eq!(talk.heard(0, welcome(false, 0))[0], "close 0 4500", "before it was authenticated");
}

#[test]
fn every_other_handshake_offers_nothing_until_one_was_answered() {
    let mut talk = Talk::new(with_session());
    talk.say(Input::Connect);
    talk.closed(0, 1006);
    assert_eq!(talk.until_deadline()[0], "aim 0 offers false");
    talk.closed(1, 1006);
    assert_eq!(talk.until_deadline()[0], "aim 0 offers true");
    talk.agrees(2);
    talk.heard(2, welcome(false, 0));
    talk.closed(2, 1006);
    talk.until_deadline();
    talk.closed(3, 1006);
    assert_eq!(talk.until_deadline()[0], "aim 0 offers true", "it has spoken it");
}

#[test]
fn where_a_session_is_required_nothing_else_will_do() {
    let session = Some(SessionOptions { required: true });
    let mut talk = Talk::new(Options { session, ..Options::default() });
    talk.say(Input::Connect);
    assert_eq!(talk.opened(0)[..2], ["close 0 1000", "error unavailable/session"]);
    assert_eq!(talk.until_deadline()[0], "aim 0 offers true");
}

#[test]
fn an_address_that_fails_rests_and_the_next_is_tried() {
    let mut talk = Talk::new(Options { places: 2, ..Options::default() });
    assert_eq!(talk.say(Input::Connect)[0], "aim 0 offers false");
    talk.closed(0, 1006);
    assert_eq!(talk.until_deadline()[0], "aim 1 offers false");
    talk.opened(1);
    talk.wait(Span::secs(6));
    talk.closed(1, 1006);
    assert_eq!(talk.until_deadline()[0], "aim 1 offers false", "one that has lasted is stayed with");
}

#[test]
fn the_browser_would_not_have_it_and_the_numbers_go_on() {
    let mut talk = in_session();
    talk.send("one");
    talk.transmitted(0, 4);
    talk.transmitted(0, 3);
    talk.send("unsendable");
    assert_eq!(talk.say(Input::NotTransmitted { socket: SocketId(0) }), ["dropped 2 Unsendable"]);
    talk.send("three");
    assert_eq!(talk.heard(0, Heard::Ack(2)), NOTHING, "two were sent");
}

#[test]
fn what_an_old_socket_says_is_not_heard() {
    let mut talk = in_session();
    talk.send("one");
    again(&mut talk, "transmit 1 (Again(2, 0))");
    assert_eq!(talk.heard(0, Heard::Ack(1)), NOTHING);
    assert_eq!(talk.received(0, "late"), NOTHING);
    assert_eq!(talk.heard(1, welcome(true, 0))[2], "transmit 1 one");
}

#[test]
fn a_flush_waits_for_what_is_sent_again() {
    let mut talk = in_session();
    talk.send("one");
    talk.transmitted(0, 4); // the hello
    talk.say(Input::Flush(FlushId(0)));
    again(&mut talk, "transmit 1 (Again(2, 0))");
    talk.transmitted(1, 4);
    assert_eq!(talk.heard(1, welcome(true, 0))[2..], ["transmit 1 one"]);
    assert_eq!(talk.transmitted(1, 3), NOTHING);
    assert_eq!(talk.buffered(1, 0), ["flushed 0 true"]);
}

#[test]
fn what_passes_unasked_is_counted_and_acknowledged() {
    let mut talk = in_session();
    assert_eq!(talk.client.way(), Way::default(), "the first is asked about: an acknowledgement is to be planned");
    talk.received(0, "a");
    assert_eq!(talk.client.way(), Way { up_to: None, arrivals: Arrivals::Delivered });
    talk.client.on_delivered(Word("b"), false, talk.now);
    assert_eq!(talk.say(Input::Elapsed), ["transmit 0 (Ack(2))"]);
}
