//! What does a server that was away do with those who come back?

use super::rules::Rule;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Microseconds since the server stopped.
pub(super) type Time = u64;

pub(super) const SECOND: Time = 1_000_000;
/// It is away for so long.
pub(super) const AWAY: Time = 5 * SECOND;
/// To the server and back.
const ROUND_TRIP: Time = SECOND / 20;
/// Its clients notice within so long that it has gone.
const NOTICED: Time = SECOND / 5;
/// It could have everybody back within so long.
const RECOVERY: Time = 30 * SECOND;
/// So much work may wait for it; who comes when it is full is refused.
const BACKLOG: Time = 2 * SECOND;
/// Who is not back by then does not come back.
const END: Time = 600 * SECOND;

/// What was seen.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    /// In each second.
    pub(super) attempts: Vec<u64>,
    /// By a server that was there, and full.
    pub(super) refused: u64,
    pub(super) gave_up: u64,
    /// When each of those who came back did, in order.
    back: Vec<Time>,
    clients: usize,
}

impl Outcome {
    /// Seconds after the server was there again until this part of all clients was.
    pub(super) fn back_after(&self, part: f64) -> Option<f64> {
        let needed = (self.clients as f64 * part).ceil() as usize;
        let time = self.back.get(needed.max(1) - 1)?;
        Some((time.saturating_sub(AWAY)) as f64 / SECOND as f64)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Happening {
    Lost,
    /// What its rule waited for.
    Due,
    Arrives,
    Refused,
    Opened,
}

/// Everybody is connected, and the server stops.
pub(super) fn restart(mut clients: Vec<Box<dyn Rule>>) -> Outcome {
    let mut outcome = Outcome { clients: clients.len(), ..Outcome::default() };
    let service = RECOVERY / clients.len().max(1) as u64;
    let mut events = BinaryHeap::new();
    for number in 0..clients.len() {
        let noticed = number as u64 * NOTICED / clients.len() as u64;
        events.push(Reverse((noticed, number, Happening::Lost)));
    }
    let mut free_at = AWAY;
    while let Some(Reverse((now, number, happening))) = events.pop() {
        if now > END {
            break;
        }
        let client = &mut clients[number];
        let mut later = |after: Time, happening| events.push(Reverse((now + after, number, happening)));
        match happening {
            Happening::Arrives => {
                let begins = free_at.max(now);
                if now < AWAY {
                    later(ROUND_TRIP / 2, Happening::Refused);
                } else if begins - now > BACKLOG {
                    outcome.refused += 1;
                    later(ROUND_TRIP / 2, Happening::Refused);
                } else {
                    free_at = begins + service;
                    later(free_at - now + ROUND_TRIP / 2, Happening::Opened);
                }
                continue; // the client hears of it later
            }
            Happening::Opened => {
                outcome.back.push(now);
                continue; // and stays
            }
            Happening::Lost | Happening::Refused => client.failed(now),
            Happening::Due => {
                if client.attempts(now) {
                    count(&mut outcome.attempts, now);
                    later(ROUND_TRIP / 2, Happening::Arrives);
                    continue;
                }
            }
        }
        match client.next() {
            Some(next) => later(next.saturating_sub(now), Happening::Due),
            None => outcome.gave_up += 1,
        }
    }
    outcome
}

fn count(attempts: &mut Vec<u64>, now: Time) {
    let second = (now / SECOND) as usize;
    if attempts.len() <= second {
        attempts.resize(second + 1, 0);
    }
    attempts[second] += 1;
}
