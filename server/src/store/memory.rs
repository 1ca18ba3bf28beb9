//! What is kept in this process, for a server that stands alone?
//!
//! A restart forgets it all; its clients are told so, since their sessions are unknown then.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, MutexGuard},
    time::{Duration, Instant},
};

use bytes::Bytes;
use tokio::sync::watch;

use super::{Bounds, Claim, Claimed, Effect, Entry, Held, News, Owner, Source, Standing, Trouble};
use crate::socket::Payload;

#[derive(Debug)]
pub(crate) struct Memory {
    pub(super) bounds: Bounds,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    sessions: HashMap<String, Session>,
    chat: Entries,
    chat_news: watch::Sender<()>,
}

#[derive(Debug)]
struct Session {
    identity: String,
    counted: String,
    source: Source,
    epoch: u64,
    sockets: u64,
    received: u64,
    acknowledged: u64,
    start: u64,
    own: Entries,
    news: watch::Sender<()>,
    /// Its window runs from then on; it has no socket.
    left: Option<Instant>,
}

/// Numbered from 1; the oldest may be gone.
#[derive(Debug, Default)]
struct Entries {
    gone: u64,
    kept: VecDeque<Payload>,
}

impl Memory {
    pub(super) fn new(bounds: Bounds) -> Self {
        Self { bounds, kept: Mutex::default() }
    }

    pub(super) fn create(&self, id: String, owner: Owner<'_>, source: Source) -> Result<(Held, Standing), Trouble> {
        let mut kept = self.kept();
        kept.forget_expired(self.bounds.window);
        let of_one = kept.sessions.values().filter(|session| session.counted == owner.counted).count() as u64;
        if kept.sessions.len() as u64 >= self.bounds.sessions || of_one >= self.bounds.of_one {
            return Err(Trouble::Full);
        }
        let session = Session {
            identity: owner.identity.to_owned(),
            counted: owner.counted.to_owned(),
            source,
            epoch: 1,
            sockets: 1,
            received: 0,
            acknowledged: 0,
            start: if source == Source::Chat { kept.chat.last() } else { 0 },
            own: Entries::default(),
            news: watch::Sender::default(),
            left: None,
        };
        let held = session.held(&id);
        let standing = session.standing(session.start);
        kept.sessions.insert(id, session);
        Ok((held, standing))
    }

    pub(super) fn attach(&self, claim: Claim<'_>) -> Claimed {
        let mut kept = self.kept();
        kept.forget_expired(self.bounds.window);
        let last_of_chat = kept.chat.last();
        let session = kept.sessions.get_mut(claim.id);
        let is_the = |session: &&mut Session| session.identity == claim.identity && session.source == claim.source;
        let Some(session) = session.filter(is_the) else { return Claimed::Unknown };
        if claim.socket <= session.sockets {
            return Claimed::Older;
        }
        session.sockets = claim.socket;
        session.epoch += 1;
        session.left = None;
        session.news.send_replace(());
        let last = if session.source == Source::Chat { last_of_chat } else { session.own.last() };
        Claimed::Taken(session.held(claim.id), session.standing(last))
    }

    pub(super) fn take(&self, held: &Held, first: u64, effects: Vec<Effect>) -> Result<u64, Trouble> {
        let mut kept = self.kept();
        let Kept { sessions, chat, chat_news } = &mut *kept;
        let session = of(sessions, held)?;
        for (number, effect) in (first..).zip(effects) {
            if number != session.received + 1 {
                continue;
            }
            match effect {
                Effect::Answer(_) if session.own.last().saturating_sub(session.acknowledged) >= self.bounds.owed => {
                    break;
                }
                Effect::Answer(payload) => {
                    session.own.put(payload, u64::MAX);
                    session.news.send_replace(());
                }
                Effect::Tell(text) => {
                    chat.put(Payload::Text(text), self.bounds.chat);
                    chat_news.send_replace(());
                }
            }
            session.received = number;
        }
        Ok(session.received)
    }

    pub(super) fn read(&self, held: &Held, after: u64, most: usize) -> Result<Vec<Entry>, Trouble> {
        let mut kept = self.kept();
        let Kept { sessions, chat, .. } = &mut *kept;
        let session = of(sessions, held)?;
        Ok(match session.source {
            Source::Own => session.own.after(after, most),
            Source::Chat => chat.after(after, most),
        })
    }

    pub(super) fn acknowledge(&self, held: &Held, count: u64) -> Result<(), Trouble> {
        let mut kept = self.kept();
        let session = of(&mut kept.sessions, held)?;
        session.acknowledged = session.acknowledged.max(count);
        session.own.forget_until(session.acknowledged);
        Ok(())
    }

    /// Here nobody is killed without the sessions.
    pub(super) fn stay(&self, held: &Held) -> Result<(), Trouble> {
        of(&mut self.kept().sessions, held).map(|_| ())
    }

    pub(super) fn leave(&self, held: &Held, later: Duration) -> Result<(), Trouble> {
        of(&mut self.kept().sessions, held)?.left = Some(Instant::now() + later);
        Ok(())
    }

    pub(super) fn forget(&self, held: &Held) -> Result<(), Trouble> {
        let mut kept = self.kept();
        of(&mut kept.sessions, held)?;
        kept.sessions.remove(&held.id);
        Ok(())
    }

    pub(super) fn news(&self, held: &Held) -> News {
        let mut kept = self.kept();
        let session = match of(&mut kept.sessions, held) {
            Ok(session) => session.news.subscribe(),
            Err(_) => watch::Sender::default().subscribe(), // whose sender is gone
        };
        let source = if held.source == Source::Chat { kept.chat_news.subscribe() } else { session.clone() };
        News { source, session }
    }

    pub(super) fn tell(&self, text: Bytes) -> u64 {
        let mut kept = self.kept();
        kept.chat.put(Payload::Text(text), self.bounds.chat);
        kept.chat_news.send_replace(());
        kept.chat.last()
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().expect("no one panics while holding it")
    }
}

/// The session, as long as nobody else has it.
fn of<'a>(sessions: &'a mut HashMap<String, Session>, held: &Held) -> Result<&'a mut Session, Trouble> {
    let session = sessions.get_mut(&held.id).ok_or(Trouble::Gone)?;
    if session.epoch == held.epoch { Ok(session) } else { Err(Trouble::Lost) }
}

impl Kept {
    fn forget_expired(&mut self, window: Duration) {
        self.sessions.retain(|_, session| session.left.is_none_or(|left| left.elapsed() < window));
    }
}

impl Session {
    fn held(&self, id: &str) -> Held {
        Held { id: id.to_owned(), source: self.source, epoch: self.epoch }
    }

    fn standing(&self, last: u64) -> Standing {
        Standing { received: self.received, acknowledged: self.acknowledged, start: self.start, last }
    }
}

impl Entries {
    /// The number of the latest.
    fn last(&self) -> u64 {
        self.gone + self.kept.len() as u64
    }

    fn put(&mut self, payload: Payload, most: u64) {
        self.kept.push_back(payload);
        if self.kept.len() as u64 > most {
            self.forget_until(self.gone + 1);
        }
    }

    fn forget_until(&mut self, number: u64) {
        let forgotten = number.min(self.last()).saturating_sub(self.gone);
        self.kept.drain(..forgotten as usize);
        self.gone += forgotten;
    }

    fn after(&self, number: u64, most: usize) -> Vec<Entry> {
        let skipped = number.saturating_sub(self.gone) as usize;
        let first = number.max(self.gone) + 1;
        (first..).zip(self.kept.iter().skip(skipped).take(most).cloned()).collect()
    }
}
