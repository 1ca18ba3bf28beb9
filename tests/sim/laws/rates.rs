//! In any window, does no more go than the rates allow?
//!
//! In any window W, edges included: units ≤ burst + W / period. One message larger than the burst may go into debt, from
//! nothing. Each is counted at the time of its order, in bytes as the browser counted them, in whole picoseconds. Pings
//! and credentials never wait; the user's messages wait for them, too, but for their bytes, which nobody knows until the
//! browser has counted them: by then the next message may have gone.

use std::collections::VecDeque;

use everwire::engine::{Frame, Input, Instant, Options, Output, SocketId};

use super::{Caller, Law, law, must};
use crate::transcript::Line;

pub(super) fn messages_per_second<P: 'static>(config: &Options) -> Law<P> {
    let rate = config.limit.as_ref().and_then(|limit| Rate::new(limit.messages_per_second?, limit.burst));
    within("messages per second", rate, |_| 1, |_| 1)
}

pub(super) fn bytes_per_second<P: 'static>(config: &Options) -> Law<P> {
    let rate = config.limit.as_ref().and_then(|limit| Rate::new(limit.bytes_per_second?, limit.burst_bytes));
    within("bytes per second", rate, |bytes| bytes, |_| 0)
}

fn within<P: 'static>(
    name: &'static str,
    rate: Option<Rate>,
    units: fn(u64) -> u64,
    units_of_urgent: fn(u64) -> u64,
) -> Law<P> {
    let mut orders: VecDeque<(SocketId, Instant, bool)> = VecDeque::new();
    let mut bucket = Bucket::default();
    law(name, Caller::Orderly, move |line, _, model| {
        let Some(rate) = rate else { return Ok(()) };
        match line {
            Line::Out(Output::Transmit { socket, frame }) => {
                orders.push_back((*socket, model.now, matches!(frame, Frame::Message { .. })));
            }
            Line::In(Input::NotTransmitted { socket }) => {
                answer(&mut orders, *socket);
            }
            Line::In(Input::Transmitted { socket, bytes }) => {
                let Some((at, is_message)) = answer(&mut orders, *socket) else { return Ok(()) };
                if !is_message {
                    bucket.charge(at, rate.cost(units_of_urgent(*bytes)));
                    return Ok(());
                }
                let cost = rate.cost(units(*bytes));
                let backlog = bucket.charge(at, cost);
                must(rate.allows(backlog, cost), || {
                    format!(
                        "at {at:?} {} more go on top of {} not worked off: {rate:?}",
                        cost / rate.period,
                        backlog / rate.period
                    )
                })?;
            }
            Line::In(_) | Line::Out(_) | Line::Deadline(_) | Line::World(_) => {}
        }
        Ok(())
    })
}

/// The oldest order to this socket: when it was given, and whether it is a message. Those before it, to other sockets,
/// were never answered and are not any more.
fn answer(orders: &mut VecDeque<(SocketId, Instant, bool)>, socket: SocketId) -> Option<(Instant, bool)> {
    let position = orders.iter().position(|&(to, ..)| to == socket)?;
    orders.drain(..position);
    orders.pop_front().map(|(_, at, is_message)| (at, is_message))
}

#[derive(Debug, Clone, Copy)]
struct Rate {
    burst: u128,
    /// In picoseconds, rounded up as the engine does: never more than was asked for.
    period: u128,
}

impl Rate {
    fn new(per_second: f64, burst: u64) -> Option<Self> {
        let period = u128::from(((1e12 / per_second).ceil() as u64).max(1));
        Some(Self { burst: u128::from(burst), period })
    }

    fn cost(self, units: u64) -> u128 {
        u128::from(units) * self.period
    }

    fn allows(self, backlog: u128, cost: u128) -> bool {
        let burst = self.burst * self.period;
        backlog + cost <= burst || (cost > burst && backlog == 0)
    }
}

/// What was handed over and time has not worked off yet: the fullest of all windows that end now.
#[derive(Debug, Default)]
struct Bucket {
    backlog: u128,
    as_of: Instant,
}

impl Bucket {
    /// What there was before.
    fn charge(&mut self, at: Instant, cost: u128) -> u128 {
        let before = self.backlog.saturating_sub(picoseconds(at.since(self.as_of)));
        (self.backlog, self.as_of) = (before + cost, self.as_of.max(at));
        before
    }
}

fn picoseconds(span: everwire::engine::Span) -> u128 {
    u128::from(span.as_micros()) * 1_000_000
}

#[cfg(test)]
mod tests {
    use everwire::engine::{Event, Input, LimitOptions, MessageId, Options};

    use super::super::example::{Word, at, broken_with, live, message, send, tell, transmitted};
    use super::*;
    use crate::random::Random;
    use crate::transcript::Transcript;

    /// The definition, over all pairs of transmits: what goes in from the first to the last of a window is at most the
    /// burst and what its length lets through; or the last one is larger than the burst, and all before it is worked off.
    fn keeps_by_definition(rate: Rate, sent: &[(Instant, u64)]) -> bool {
        (0..sent.len()).all(|last| {
            (0..=last).all(|first| {
                let window = picoseconds(sent[last].0.since(sent[first].0));
                let before: u128 = sent[first..last].iter().map(|&(_, units)| rate.cost(units)).sum();
                let burst = rate.burst * rate.period;
                let cost = rate.cost(sent[last].1);
                before + cost <= burst + window || (cost > burst && before <= window)
            })
        })
    }

    fn keeps_by_bucket(rate: Rate, sent: &[(Instant, u64)]) -> bool {
        let mut bucket = Bucket::default();
        sent.iter().all(|&(at, units)| {
            let cost = rate.cost(units);
            let before = bucket.charge(at, cost);
            rate.allows(before, cost)
        })
    }

    #[test]
    fn the_bucket_says_what_the_definition_says() {
        let (mut kept, mut broken) = (0, 0);
        for seed in 0..20_000 {
            let mut random = Random::new(seed);
            let per_second = [3.0, 1_000.0, 333_333.0, 1e6, 7e6][random.below(5) as usize];
            let rate = Rate::new(per_second, 1 + random.below(6)).expect("a rate");
            let usual = (rate.period / 1_000_000) as u64;
            let mut now = 0;
            let sent: Vec<(Instant, u64)> = (0..1 + random.below(8))
                .map(|_| {
                    now += random.below(3) * usual + random.below(3);
                    (at(now), 1 + random.below(3) * random.below(4))
                })
                .collect();
            let verdict = keeps_by_bucket(rate, &sent);
            assert_eq!(verdict, keeps_by_definition(rate, &sent), "{rate:?} {sent:?}");
            if verdict { kept += 1 } else { broken += 1 }
        }
        assert!(kept > 1_000 && broken > 1_000, "{kept} kept, {broken} broken: a test that decides nothing");
    }

    /// Messages of three bytes at these times.
    fn sent_at(times: &[u64]) -> Transcript<Word> {
        let mut transcript = live(vec![]);
        for (id, &time) in (1..).zip(times) {
            let settled = tell(Event::Settled { id: MessageId(id), outcome: Ok(()) });
            transcript
                .lines
                .extend([send(id), message(0, id), transmitted(0, 3), settled].map(|line| (at(time), line)));
        }
        transcript
    }

    fn limited(limit: LimitOptions) -> Options {
        Options { limit: Some(limit), ..Options::default() }
    }

    #[test]
    fn a_message_one_microsecond_too_early_is_reported() {
        let options = limited(LimitOptions { messages_per_second: Some(1_000.0), burst: 2, ..LimitOptions::default() });
        assert_eq!(broken_with(&options, &sent_at(&[0, 0, 1_000, 2_000])), None);
        assert_eq!(broken_with(&options, &sent_at(&[0, 0, 999])), Some(("messages per second", 10)));
    }

    #[test]
    fn bytes_too_early_are_reported_and_a_large_message_goes_into_debt() {
        let by_bytes = |burst_bytes| {
            limited(LimitOptions { bytes_per_second: Some(1_000.0), burst_bytes, ..LimitOptions::default() })
        };
        assert_eq!(broken_with(&by_bytes(3), &sent_at(&[0, 3_000])), None);
        assert_eq!(broken_with(&by_bytes(3), &sent_at(&[0, 2_999])), Some(("bytes per second", 6)));
        assert_eq!(broken_with(&by_bytes(1), &sent_at(&[0, 3_000])), None);
        assert_eq!(broken_with(&by_bytes(1), &sent_at(&[0, 2_999])), Some(("bytes per second", 6)));
    }

    #[test]
    fn what_the_browser_refused_is_not_counted() {
        let options = limited(LimitOptions { messages_per_second: Some(1.0), ..LimitOptions::default() });
        let mut twice = sent_at(&[0, 0]);
        assert_eq!(broken_with(&options, &twice), Some(("messages per second", 6)));
        let refused = twice.lines.iter().position(|(_, line)| *line == transmitted(0, 3)).expect("the first answer");
        let reason = everwire::engine::DropReason::Unsendable;
        let data = super::super::example::data(1);
        twice.lines[refused].1 = Line::In(Input::NotTransmitted { socket: SocketId(0) });
        twice.lines[refused + 1].1 = tell(Event::Settled { id: MessageId(1), outcome: Err(reason) });
        let dropped = tell(Event::Dropped { id: MessageId(1), data, reason });
        twice.lines.insert(refused + 2, (at(0), dropped));
        assert_eq!(broken_with(&options, &twice), None);
    }
}
