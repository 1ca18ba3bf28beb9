//! Does the browser's buffer stay about as full as was asked for?

use std::collections::VecDeque;

use everwire::engine::{ClientState, Event, Frame, Input, Options, Output, SocketId};

use super::{Caller, Law, law, must};
use crate::transcript::Line;

/// Bytes handed over never exceed highWater by more than one message, and nothing is handed over between highWater
/// and lowWater on the way down. By the facts: readings, and what the browser took since. (A ping or a credential that
/// was ordered just before a message and not measured yet does not hold that message back.)
pub(super) fn nothing_goes_above_high_water<P: 'static>(config: &Options) -> Law<P> {
    let marks = marks(config);
    let mut buffer = Buffer::default();
    law("bytes handed over exceed highWater by one message at most", Caller::Orderly, move |line, _, _| {
        let Some((high, low)) = marks else { return Ok(()) };
        match line {
            Line::Out(Output::Open { socket, .. }) => buffer = Buffer { socket: Some(*socket), ..Buffer::default() },
            Line::Out(Output::Transmit { frame, .. }) => {
                let is_message = matches!(frame, Frame::Message { .. });
                let Buffer { level, is_held, measured, .. } = buffer;
                buffer.orders.push_back(Order { is_message, level, measured });
                must(!is_message || !is_held, || format!("handed over at {level}, on the way from {high} to {low}"))?;
            }
            Line::In(Input::Transmitted { socket, bytes }) if buffer.socket == Some(*socket) => {
                let Some(order) = buffer.orders.pop_front() else { return Ok(()) };
                if order.is_message {
                    let level = order.level.saturating_add(buffer.measured - order.measured);
                    must(level <= high, || format!("handed over at {level}, above {high}"))?;
                    buffer.measured += bytes;
                }
                buffer.level = buffer.level.saturating_add(*bytes);
                buffer.is_held |= buffer.level > high;
            }
            Line::In(Input::NotTransmitted { socket }) if buffer.socket == Some(*socket) => {
                buffer.orders.pop_front();
            }
            Line::In(Input::Buffered { socket, bytes }) if buffer.socket == Some(*socket) => {
                buffer.level = *bytes;
                buffer.is_held = *bytes > if buffer.is_held { low } else { high };
            }
            Line::In(_) | Line::Out(_) | Line::Deadline(_) | Line::World(_) => {}
        }
        Ok(())
    })
}

/// `Drain` says that nothing waits and that the browser's buffer is at or under the low mark.
pub(super) fn a_drain_is_true<P: everwire::engine::Payload + 'static>(config: &Options) -> Law<P> {
    let marks = marks(config);
    law("a drain is true", Caller::Orderly, move |line, _, model| {
        let Line::Out(Output::Tell(Event::Drain)) = line else { return Ok(()) };
        let Some((_, low)) = marks else { return Err("there are no limits".to_owned()) };
        let level = model.current().map_or(u64::MAX, |socket| socket.level);
        must(model.state == ClientState::Open, || format!("while {:?}", model.state))?;
        must(model.waiting.is_empty(), || format!("{:?} waits", model.waiting.keys().next()))?;
        must(level <= low, || format!("at {level}, above {low}"))
    })
}

/// Once a message had to wait while there was a connection, a drain is owed, and told as soon as it is true.
pub(super) fn a_drain_that_is_owed_is_told<P: everwire::engine::Payload + 'static>(config: &Options) -> Law<P> {
    let marks = marks(config);
    let mut is_owed = false;
    law("a drain that is owed is told", Caller::Orderly, move |line, _, model| {
        let Some((_, low)) = marks else { return Ok(()) };
        match line {
            Line::Out(Output::Tell(Event::Drain)) => is_owed = false,
            Line::Deadline(_) => {
                let Some(socket) = model.current().filter(|_| model.state == ClientState::Open) else { return Ok(()) };
                is_owed |= !model.waiting.is_empty();
                let is_drained = model.waiting.is_empty() && !socket.owes_answers() && socket.level <= low;
                must(!is_owed || !is_drained, || format!("nothing waits, {} are in the buffer", socket.level))?;
            }
            Line::In(_) | Line::Out(_) | Line::World(_) => {}
        }
        Ok(())
    })
}

fn marks(config: &Options) -> Option<(u64, u64)> {
    let limit = config.limit.as_ref()?;
    Some((limit.high_water, limit.low_water.unwrap_or(limit.high_water / 2)))
}

#[derive(Debug, Default)]
struct Buffer {
    socket: Option<SocketId>,
    level: u64,
    is_held: bool,
    /// The bytes of all messages that the browser took.
    measured: u64,
    /// Not answered yet.
    orders: VecDeque<Order>,
}

/// What was so when a frame was ordered.
#[derive(Debug)]
struct Order {
    is_message: bool,
    level: u64,
    measured: u64,
}

#[cfg(test)]
mod tests {
    use everwire::engine::{Event, Input, LimitOptions, MessageId, Options, SocketId, Wake};

    use super::super::example::{Word, at, broken_with, live, message, send, tell, transmitted};
    use crate::transcript::Line;

    const WATER: &str = "bytes handed over exceed highWater by one message at most";

    fn broken(high_water: u64, lines: Vec<Line<Word>>) -> Option<(&'static str, usize)> {
        let limit = LimitOptions { high_water, ..LimitOptions::default() };
        broken_with(&Options { limit: Some(limit), ..Options::default() }, &live(lines))
    }

    fn sent(id: u64) -> Vec<Line<Word>> {
        let settled = tell(Event::Settled { id: MessageId(id), outcome: Ok(()) });
        vec![send(id), message(0, id), transmitted(0, 3), settled]
    }

    fn reading(bytes: u64) -> Line<Word> {
        Line::In(Input::Buffered { socket: SocketId(0), bytes })
    }

    #[test]
    fn a_message_above_high_water_is_reported() {
        assert_eq!(broken(3, [sent(1), sent(2)].concat()), None);
        assert_eq!(broken(2, [sent(1), sent(2)].concat()), Some((WATER, 5)));
        let at_once = vec![send(1), send(2), message(0, 1), message(0, 2), transmitted(0, 3)];
        let settled = tell(Event::Settled { id: MessageId(1), outcome: Ok(()) });
        assert_eq!(broken(2, [at_once, vec![settled, transmitted(0, 3)]].concat()), Some((WATER, 6)));
    }

    #[test]
    fn a_message_on_the_way_down_is_reported() {
        let full = [sent(1), sent(2)].concat();
        assert_eq!(broken(4, [full.clone(), vec![reading(3)], sent(3)].concat()), Some((WATER, 10)));
        assert_eq!(broken(4, [full, vec![reading(2)], sent(3)].concat()), None);
        assert_eq!(broken(6, [vec![reading(6)], sent(1)].concat()), None);
        assert_eq!(broken(6, [vec![reading(7)], sent(1)].concat()), Some((WATER, 2)));
    }

    #[test]
    fn a_drain_that_is_not_true_is_reported() {
        let drain = || tell(Event::Drain);
        assert_eq!(broken(4, [sent(1), vec![drain()]].concat()), Some(("a drain is true", 4)));
        assert_eq!(broken(4, [sent(1), vec![reading(2), drain()]].concat()), None);
        assert_eq!(broken(4, vec![send(1), drain()]), Some(("a drain is true", 1)));
    }

    #[test]
    fn a_drain_that_is_not_told_is_reported() {
        let later = || Line::Deadline(Some((at(1), Wake::Limiter)));
        let waits = [vec![send(1), later()], sent(1)[1..].to_vec()].concat();
        assert_eq!(broken(4, [waits.clone(), vec![later()]].concat()), None, "three are in the buffer");
        let ends = |told: Vec<Line<Word>>| broken(4, [waits.clone(), vec![reading(2)], told, vec![later()]].concat());
        assert_eq!(ends(vec![tell(Event::Drain)]), None);
        assert_eq!(ends(vec![]), Some(("a drain that is owed is told", 6)));
    }
}
