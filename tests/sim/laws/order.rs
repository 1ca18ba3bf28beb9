//! Do messages go in the order in which they were accepted, once, and as they were?

use everwire::engine::{Event, Frame, MessageId, Output};

use super::{Caller, Law, law, must};
use crate::transcript::Line;

/// The first transmits of messages, over all sockets, have rising numbers.
pub(super) fn numbers_rise<P: 'static>() -> Law<P> {
    let mut seen = std::collections::HashSet::new();
    let mut highest: Option<MessageId> = None;
    law("first transmits rise", Caller::Any, move |line, _, _| {
        let Line::Out(Output::Transmit { frame: Frame::Message { id, .. }, .. }) = line else { return Ok(()) };
        if !seen.insert(*id) {
            return Ok(()); // again; whether it may is the next law's
        }
        must(highest.is_none_or(|highest| *id > highest), || format!("{id:?} comes after {highest:?}"))?;
        highest = Some(*id);
        Ok(())
    })
}

/// What is handed over, or told as dropped, is what was accepted under this number.
pub(super) fn what_is_sent_is_what_was_given<P: everwire::engine::Payload + PartialEq + std::fmt::Debug + 'static>()
-> Law<P> {
    law("a message stays what it is", Caller::Any, |line, _, model| {
        let (id, data) = match line {
            Line::Out(Output::Transmit { frame: Frame::Message { id, data }, .. }) => (id, data),
            Line::Out(Output::Tell(Event::Dropped { id, data, .. })) => (id, data),
            Line::In(_) | Line::Out(_) | Line::Deadline(_) | Line::World(_) => return Ok(()),
        };
        let given = model.messages.get(id).map(|message| &message.data);
        must(given == Some(data), || format!("{id:?} is {data:?}, and was given as {given:?}"))
    })
}

/// Nothing overtakes what waits; what is sent again certainly never left, and nothing newer went before it. So no
/// message is doubled, none is forgotten, and none comes after a newer one.
pub(super) fn order_is_kept<P: everwire::engine::Payload + 'static>() -> Law<P> {
    law("order is kept and nothing is doubled", Caller::Orderly, |line, _, model| match line {
        Line::Out(Output::Transmit { frame: Frame::Message { id, .. }, .. }) => {
            must(model.waiting.contains_key(id), || {
                let again = if model.sent.contains(id) { "may have left already" } else { "does not wait" };
                format!("{id:?} is handed over and {again}")
            })?;
            let first = model.waiting.keys().next();
            must(first == Some(id), || format!("{id:?} overtakes {first:?}"))?;
            let last = model.sent.last();
            must(last.is_none_or(|last| last < id), || format!("{id:?} is sent again after {last:?}"))
        }
        Line::Out(Output::Tell(Event::Closed(_))) => must(model.waiting.is_empty(), || {
            format!("neither sent nor told as dropped: {:?}", model.waiting.keys().collect::<Vec<_>>())
        }),
        Line::In(_) | Line::Out(_) | Line::Deadline(_) | Line::World(_) => Ok(()),
    })
}

#[cfg(test)]
mod tests {
    use everwire::engine::{CloseInfo, Event, Frame, Input, MessageId, Output, SocketId, Unconfirmed};

    use super::super::example::{Word, broken, data, live, message, send, tell, transmitted};
    use crate::transcript::Line;

    const ORDER: &str = "order is kept and nothing is doubled";

    /// Two messages of three bytes each are handed over; then the socket closes with so many bytes unsent, and there is
    /// another one. 13 lines.
    fn lost(unsent: u64) -> Vec<Line<Word>> {
        let close = CloseInfo::ABNORMAL;
        let socket = SocketId(1);
        let unconfirmed = Unconfirmed { messages: 2 - unsent / 3, bytes: 0 };
        vec![
            send(1),
            message(0, 1),
            transmitted(0, 3),
            tell(Event::Settled { id: MessageId(1), outcome: Ok(()) }),
            send(2),
            message(0, 2),
            transmitted(0, 3),
            tell(Event::Settled { id: MessageId(2), outcome: Ok(()) }),
            Line::In(Input::Closed { socket: SocketId(0), close: close.clone(), unsent }),
            tell(Event::State(everwire::engine::ClientState::Connecting)),
            tell(Event::Down { close, will_retry: true, unconfirmed }),
            Line::Out(Output::Open { socket, attempt: 0 }),
            Line::In(Input::Opened { socket }),
        ]
    }

    fn after(mut lines: Vec<Line<Word>>, more: Vec<Line<Word>>) -> Option<(&'static str, usize)> {
        lines.extend(more);
        broken(&live(lines))
    }

    #[test]
    fn a_message_that_overtakes_is_reported() {
        let sent = vec![send(1), send(2), message(0, 2)];
        assert_eq!(after(sent.clone(), vec![]), Some((ORDER, 2)));
    }

    #[test]
    fn a_first_transmit_after_a_newer_one_is_reported() {
        // read by this law alone: the next one is stricter and would speak first
        let lines = vec![send(1), send(2), message(0, 2), message(0, 1)];
        let all: Vec<_> = live(lines).lines;
        let mut rises = super::numbers_rise::<Word>();
        let model = super::super::Model::new(&everwire::engine::Options::default());
        let verdicts: Vec<bool> = all.iter().map(|(at, line)| (rises.read)(line, *at, &model).is_ok()).collect();
        assert_eq!(verdicts.iter().filter(|held| !**held).count(), 1);
        assert_eq!(verdicts.last(), Some(&false));
    }

    #[test]
    fn what_certainly_never_left_may_go_again_first_and_in_order() {
        assert_eq!(after(lost(6), vec![message(1, 1), message(1, 2)]), None);
        assert_eq!(after(lost(3), vec![message(1, 2)]), None);
        assert_eq!(after(lost(3), vec![message(1, 1)]), Some((ORDER, 13)));
        assert_eq!(after(lost(5), vec![message(1, 1)]), Some((ORDER, 13)));
        assert_eq!(after(lost(2), vec![message(1, 2)]), Some((ORDER, 13)));
        assert_eq!(after(lost(6), vec![message(1, 2)]), Some((ORDER, 13)));
        assert_eq!(after(lost(6), vec![message(1, 1), send(3), message(1, 3)]), Some((ORDER, 15)));
        assert_eq!(after(lost(0), vec![send(3), message(1, 3)]), None);
    }

    #[test]
    fn what_a_given_up_socket_held_goes_again_only_after_its_close_and_before_a_newer_one() {
        let mut lines = lost(0);
        lines[8] = Line::Out(Output::Close { socket: SocketId(0), frame: None });
        let close = || Line::In(Input::Closed { socket: SocketId(0), close: CloseInfo::ABNORMAL, unsent: 3 });
        assert_eq!(after(lines.clone(), vec![message(1, 2)]), Some((ORDER, 13)));
        assert_eq!(after(lines.clone(), vec![close(), message(1, 2)]), None);
        assert_eq!(after(lines.clone(), vec![send(3), message(1, 3), close(), message(1, 2)]).map(|it| it.1), Some(16));
        assert_eq!(after(lines, vec![close(), send(3), message(1, 3)]), Some((ORDER, 15)));
    }

    #[test]
    fn a_message_that_changed_is_reported() {
        let frame = Frame::Message { id: MessageId(1), data: data(2) };
        let other = Line::Out(Output::Transmit { socket: SocketId(0), frame });
        assert_eq!(broken(&live(vec![send(1), other])), Some(("a message stays what it is", 1)));
    }

    #[test]
    fn a_message_that_is_forgotten_at_the_end_is_reported() {
        let mut lines = lost(3);
        lines.truncate(9);
        lines.extend([
            tell(Event::Down {
                close: CloseInfo::ABNORMAL,
                will_retry: false,
                unconfirmed: Unconfirmed { messages: 1, bytes: 0 },
            }),
            tell(Event::State(everwire::engine::ClientState::Closed)),
            tell(Event::Closed(CloseInfo::ABNORMAL)),
        ]);
        assert_eq!(broken(&live(lines)), Some((ORDER, 11)));
    }
}
