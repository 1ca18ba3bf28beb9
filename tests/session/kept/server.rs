//! A server, or many with one store: which sessions it has, and which socket each belongs to.

use everwire::engine::session::{Breach, Session, Terms};
use everwire::engine::{Heard, Instant, Payload, Said, SocketId, Span, Welcomed};

use super::world::{Line, Wire};
use crate::random::Random;
use crate::world::Note;

pub(super) struct Server {
    sessions: Vec<Held>,
    next_id: u64,
    terms: Terms,
    /// The client never has more unacknowledged.
    most: (u64, u64),
    /// Beyond it the oldest is forgotten.
    keeps: usize,
    /// The client's messages, of whatever session.
    pub(super) heard: Vec<u64>,
    /// Clients that broke the protocol: none, as long as ours is right.
    pub(super) breaches: Vec<Breach>,
}

struct Held {
    id: u64,
    room: Session<Note>,
    owner: Option<SocketId>,
    sockets: u64,
    /// So many it has said that it has.
    acknowledged: u64,
}

impl Server {
    pub(super) fn new(random: &mut Random) -> Self {
        let terms = Terms {
            messages: 1 + random.up_to(8),
            bytes: 1 + random.up_to(200),
            after: Span::millis(random.up_to(500)),
        };
        let most = (1 + random.up_to(12), 1 + random.up_to(900));
        let keeps = 1 + random.up_to(12) as usize;
        Self { sessions: Vec::new(), next_id: 0, terms, most, keeps, heard: Vec::new(), breaches: Vec::new() }
    }

    /// The code to close with, if that is what follows.
    pub(super) fn hears(&mut self, socket: SocketId, wire: Wire, now: Instant, lines: &mut [Line]) -> Option<u16> {
        if let Wire::Hello { session, socket: sockets, received } = wire {
            return self.is_greeted(socket, (session, sockets, received), lines);
        }
        let line = lines.iter_mut().find(|line| line.socket == socket)?;
        if wire == Wire::Ping {
            line.to_client.push_back(Wire::Heard(Heard::Pong));
            return None;
        }
        let most = self.most;
        let held = self.sessions.iter_mut().find(|held| held.owner == Some(socket))?; // taken over: nothing counts
        match wire {
            Wire::Message(note) => {
                held.room.on_message(note.size(), now);
                let unacknowledged = held.room.received() - held.acknowledged;
                assert!(unacknowledged <= most.0, "{unacknowledged} unacknowledged, where {} are allowed", most.0);
                self.heard.push(note.0);
            }
            Wire::Said(Said::Ack(count)) => {
                if let Err(breach) = held.room.on_ack(count, |_| {}) {
                    self.breaches.push(breach);
                    return Some(breach.code());
                }
            }
            Wire::Said(Said::Bye) => {
                let received = held.room.received();
                line.to_client.push_back(Wire::Heard(Heard::Ack(received)));
                line.to_client.push_back(Wire::Close(1000));
                self.sessions.retain(|held| held.owner != Some(socket));
            }
            Wire::Said(Said::Pong) => {}
            Wire::Said(Said::Hello | Said::Again(..)) | Wire::Hello { .. } | Wire::Ping => unreachable!("above"),
            Wire::Heard(_) | Wire::Id(_) | Wire::Close(_) => unreachable!("not a client's, or not here"),
        }
        self.acknowledge(now, lines);
        None
    }

    fn is_greeted(
        &mut self,
        socket: SocketId,
        (session, sockets, received): (Option<u64>, u64, u64),
        lines: &mut [Line],
    ) -> Option<u16> {
        let known = self.sessions.iter_mut().find(|held| Some(held.id) == session);
        if known.as_ref().is_some_and(|held| sockets <= held.sockets) {
            return Some(4501);
        }
        let rejoined = known.and_then(|held| held.room.on_hello(received).map(|gap| (held, gap)));
        let resumed = rejoined.is_some();
        let (held, gap) = match rejoined {
            Some(rejoined) => rejoined,
            None => {
                self.next_id += 1;
                let room = Session::new(self.terms);
                self.sessions.push(Held { id: self.next_id, room, owner: None, sockets, acknowledged: 0 });
                (self.sessions.last_mut().expect("it was just pushed"), None)
            }
        };
        (held.owner, held.sockets, held.acknowledged) = (Some(socket), sockets, held.room.received());
        let line = lines.iter_mut().find(|line| line.socket == socket)?;
        line.to_client.push_back(Wire::Id(held.id));
        line.to_client.push_back(Wire::Heard(Heard::Welcome(Welcomed {
            resumed,
            received: held.room.received(),
            window: Span::secs(60),
            most: self.most,
            terms: self.terms,
        })));
        line.to_client.extend(gap.map(|gap| Wire::Heard(Heard::Gap(gap.from, gap.to))));
        line.to_client.extend(held.room.kept().map(|note| Wire::Message(*note)));
        None
    }

    pub(super) fn says(&mut self, random: &mut Random, lines: &mut [Line]) {
        let at = random.below(self.sessions.len() as u64) as usize;
        let keeps = self.keeps;
        let Some(Held { room, owner, .. }) = self.sessions.get_mut(at) else { return };
        let note = Note(room.sent() + 1);
        room.send(note);
        if let Some(line) = lines.iter_mut().find(|line| Some(line.socket) == *owner) {
            line.to_client.push_back(Wire::Message(note));
        }
        let kept = room.kept().len();
        if kept > keeps {
            room.skip(room.sent() - kept as u64 / 2); // whoever has them does not mind; whoever comes back is told
        }
    }

    /// Says what it owes by now.
    pub(super) fn acknowledge(&mut self, now: Instant, lines: &mut [Line]) {
        for held in &mut self.sessions {
            let Some(line) = lines.iter_mut().find(|line| Some(line.socket) == held.owner) else { continue };
            if let Some(ack) = held.room.ack_if_due(now) {
                held.acknowledged = ack.received;
                line.to_client.push_back(Wire::Heard(Heard::Ack(ack.received)));
            }
        }
    }

    /// Whether sessions were lost.
    pub(super) fn restart(&mut self, has_store: bool) -> bool {
        if !has_store {
            let had_some = !self.sessions.is_empty();
            self.sessions.clear();
            return had_some;
        }
        for held in &mut self.sessions {
            let forgotten = held.room.sent() - held.room.kept().len() as u64;
            let mut room = Session::restored(held.room.received(), forgotten, self.terms);
            for note in held.room.kept() {
                room.send(*note);
            }
            (held.room, held.owner) = (room, None);
        }
        false
    }

    pub(super) fn has_heard(&self, number: u64) -> bool {
        self.heard.binary_search(&number).is_ok()
    }

    /// Both ends have acknowledged all of it.
    pub(super) fn is_at_rest(&self, id: Option<u64>) -> bool {
        self.find(id).is_none_or(|held| held.room.kept().len() == 0 && held.acknowledged == held.room.received())
    }

    /// How many were sent in it.
    pub(super) fn sent(&self, id: Option<u64>) -> Option<u64> {
        self.find(id).map(|held| held.room.sent())
    }

    fn find(&self, id: Option<u64>) -> Option<&Held> {
        self.sessions.iter().find(|held| Some(held.id) == id)
    }

    pub(super) fn has(&self, id: Option<u64>) -> bool {
        self.find(id).is_some()
    }
}
