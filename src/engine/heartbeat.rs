//! Is the peer still there?

use super::config::HeartbeatOptions;
use super::time::{Instant, Span};

/// What was heard, what was asked, and until when an answer is waited for. It judges by the clock, not by the timer.
#[derive(Debug)]
pub(super) struct Heartbeat {
    options: HeartbeatOptions,
    watch: Watch,
    pings: Pings,
    round_trip: Option<Span>,
}

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Wait for the next deadline.
    Nothing,
    /// Transmit a ping now; it is noted as asked.
    Ask,
    /// Give the socket up. It is said once, and then nothing until the next one opens.
    Dead,
}

#[derive(Debug)]
enum Watch {
    /// There is no socket, or a dead one.
    Nobody,
    /// Nothing is awaited; the peer is asked if it stays silent until then.
    Heard { until: Instant },
    /// Any frame is awaited until then.
    Asked { until: Instant, ping: Ping, patience: Patience },
}

/// Where the latest ping is, as far as we were told.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Ping {
    /// It could not be made: nobody was asked.
    NotMade,
    /// On its way, if nobody says that it is stuck.
    Sent,
    /// In the browser's buffer, behind data.
    Stuck,
}

/// What follows if no answer came, and that proves nothing: the deadline fires late, because the machine slept or the page
/// was frozen, and the answer may wait in the browser's queue, behind us; or the ping could not be made.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Patience {
    /// Ask again, once.
    Left,
    /// That was done, and that deadline passed, too.
    Used,
}

/// Which pings are not answered yet.
#[derive(Debug, Clone, Copy)]
enum Pings {
    None,
    /// Its answer gives the round-trip time: when it was asked.
    One(Instant),
    /// There were two or more at a time, and so many are left: nobody knows which of them is answered.
    Several(u32),
}

impl Heartbeat {
    /// No socket yet.
    pub(super) fn new(options: &HeartbeatOptions) -> Self {
        Self { options: options.clone(), watch: Watch::Nobody, pings: Pings::None, round_trip: None }
    }

    /// A new socket: all is forgotten but the last round-trip time.
    pub(super) fn on_open(&mut self, now: Instant) {
        self.pings = Pings::None;
        self.watch = Watch::Heard { until: now + self.options.interval };
    }

    /// Any arriving frame is life: nothing is awaited any more, and the interval begins anew.
    pub(super) fn on_frame(&mut self, now: Instant) {
        if self.deadline().is_some() {
            self.watch = Watch::Heard { until: now + self.options.interval };
        } // else it is of a socket that was given up
    }

    /// The answer to a ping; its frame was told by [`on_frame`](Self::on_frame). It gives the round-trip time, if no
    /// other ping was under way at the same time.
    pub(super) fn on_pong(&mut self, now: Instant) {
        if let Pings::One(asked) = self.pings {
            self.round_trip = Some(now.since(asked));
        }
        self.await_one_ping_fewer();
    }

    /// Bytes left the browser's buffer. While our ping is stuck behind them that is life, too: patience starts again,
    /// and for the last time when the ping has left.
    pub(super) fn on_progress(&mut self, ping_waits: bool, now: Instant) {
        let Watch::Asked { ping, .. } = self.watch else { return }; // nothing is awaited
        let ping = match (ping, ping_waits) {
            (Ping::Sent | Ping::Stuck, true) => Ping::Stuck,
            (Ping::Stuck, false) => Ping::Sent,
            (Ping::Sent, false) => return, // bytes behind the ping: they leave for a dead peer, too
            (Ping::NotMade, _) => return,  // it is not among them
        };
        self.watch = Watch::Asked { until: now + self.options.timeout, ping, patience: Patience::Left };
    }

    /// The ping could not be made: the caller's own code failed. The peer is asked once more after the timeout; if that
    /// fails as well its silence counts as if it had been asked. A heartbeat is wanted so that a dead peer is found, and
    /// a callback that always fails must not hide one; a live peer that says nothing by itself is lost with it, which is
    /// loud, and mended by the next connection, where a dead one would be neither.
    pub(super) fn on_not_asked(&mut self) {
        self.await_one_ping_fewer();
        if let Watch::Asked { ping, .. } = &mut self.watch {
            *ping = Ping::NotMade;
        } // else something was heard meanwhile
    }

    /// The page came back from the cache, the machine woke, the network changed: is the peer still there? It never declares death; that
    /// is the deadline's, should it be due.
    pub(super) fn probe(&mut self, now: Instant) -> Verdict {
        match self.watch {
            Watch::Nobody => Verdict::Nothing,
            Watch::Heard { .. } => self.ask(Patience::Left, now),
            Watch::Asked { ping: Ping::NotMade, patience: Patience::Left, .. } => self.ask(Patience::Used, now),
            Watch::Asked { until, .. } if now < until => Verdict::Nothing, // asked, and still in time
            Watch::Asked { patience: Patience::Left, .. } => self.ask(Patience::Used, now),
            Watch::Asked { patience: Patience::Used, .. } => Verdict::Nothing,
        }
    }

    /// The page is seen again, or goes on, which proves little: whoever was heard of late is not asked. A timer that was
    /// missed meanwhile shows by its deadline.
    pub(super) fn glance(&mut self, now: Instant) -> Verdict {
        match self.watch {
            Watch::Heard { until } if now + self.options.interval.times(OF_LATE) < until => Verdict::Nothing,
            Watch::Nobody | Watch::Heard { .. } | Watch::Asked { .. } => self.probe(now),
        }
    }

    /// An answer should have come by now: whoever is about to send may be talking to nobody.
    pub(super) fn is_answer_due(&self, now: Instant) -> bool {
        matches!(self.watch, Watch::Asked { until, .. } if until <= now)
    }

    /// When there is something to decide. `None`: there is no socket.
    pub(super) fn deadline(&self) -> Option<Instant> {
        match self.watch {
            Watch::Nobody => None,
            Watch::Heard { until } | Watch::Asked { until, .. } => Some(until),
        }
    }

    /// A timer fired. `punctual`: how late it may be and still prove that the peer had its time to answer.
    pub(super) fn on_deadline(&mut self, now: Instant, punctual: Span) -> Verdict {
        match self.watch {
            Watch::Nobody => Verdict::Nothing,
            Watch::Heard { until } | Watch::Asked { until, .. } if now < until => Verdict::Nothing,
            Watch::Heard { .. } => self.ask(Patience::Left, now),
            Watch::Asked { until, patience: Patience::Left, ping }
                if ping == Ping::NotMade || now.since(until) > punctual =>
            {
                self.ask(Patience::Used, now)
            }
            Watch::Asked { .. } => {
                self.watch = Watch::Nobody;
                Verdict::Dead
            }
        }
    }

    /// From a ping to its answer, the latest that was measured, be it on an earlier socket.
    pub(super) fn round_trip(&self) -> Option<Span> {
        self.round_trip
    }

    fn ask(&mut self, patience: Patience, now: Instant) -> Verdict {
        self.watch = Watch::Asked { until: now + self.options.timeout, ping: Ping::Sent, patience };
        self.pings = match self.pings {
            Pings::None => Pings::One(now),
            Pings::One(_) => Pings::Several(2),
            Pings::Several(left) => Pings::Several(left.saturating_add(1)),
        };
        Verdict::Ask
    }

    fn await_one_ping_fewer(&mut self) {
        self.pings = match self.pings {
            Pings::None => Pings::None, // nobody asked: a peer that says it by itself
            Pings::One(_) | Pings::Several(0 | 1) => Pings::None,
            Pings::Several(left) => Pings::Several(left - 1),
        };
    }
}

/// So much of the interval: whoever goes to and fro between two tabs does not send a ping each time, and a peer that died
/// meanwhile is found as soon as one that is asked after each interval.
const OF_LATE: f64 = 0.5;

#[cfg(test)]
mod tests;
