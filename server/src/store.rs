//! What outlives a socket, and the server that had it?
//!
//! A session's counts, what it is owed and the chat's messages. Each operation is one step: a server that dies at any point
//! has done it or has not. So a message is taken and what follows from it is written at once, and only what was taken is
//! acknowledged: whoever resumes the session goes on exactly there.
//!
//! What goes to a client is a *source*: entries that are numbered from 1 without holes, of which a session has read so many.
//! An echo writes to a source of the session's own; the chat is one source that all its sessions read. So nothing is copied
//! for each member, and what was lost at the end of a bounded source is known to the message.

#[cfg(test)]
mod laws;
mod memory;
mod redis;

use std::time::Duration;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use bytes::Bytes;
use ring::rand::{SecureRandom, SystemRandom};
use tokio::sync::watch;

use crate::socket::Payload;

/// Where sessions are kept.
#[derive(Debug)]
pub(crate) enum Store {
    Memory(memory::Memory),
    Redis(Box<redis::Redis>),
}

/// How much is kept, and for how long.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// A session outlives its socket for so long.
    pub(crate) window: Duration,
    /// So many messages that its client has not acknowledged; nothing more is taken that would be answered.
    pub(crate) owed: u64,
    /// So many of the chat's messages: who was away for longer is told of a gap.
    pub(crate) chat: u64,
    /// Beyond so many sessions no other is made.
    pub(crate) sessions: u64,
    /// Nor beyond so many that are counted as one's.
    pub(crate) of_one: u64,
}

/// Whose a session is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Owner<'a> {
    /// Only it may resume it.
    pub(crate) identity: &'a str,
    /// Who makes too many: an identity, or an address where nobody signs in.
    pub(crate) counted: &'a str,
}

/// Whose entries go to a session's client.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Source {
    /// The session's own: what it sent comes back.
    Own,
    /// The chat's.
    Chat,
}

/// A session that this server has, until another has it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Held {
    pub(crate) id: String,
    pub(crate) source: Source,
    /// Grows with every server or socket that attaches; an older one can do nothing any more.
    pub(crate) epoch: u64,
}

/// Where a session stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Standing {
    /// So many messages of the client's were taken.
    pub(crate) received: u64,
    /// So many of ours it has acknowledged.
    pub(crate) acknowledged: u64,
    /// Its first message is the source's entry after this one.
    pub(crate) start: u64,
    /// The source's latest entry.
    pub(crate) last: u64,
}

/// Who says that it wants a session again.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Claim<'a> {
    pub(crate) id: &'a str,
    /// Whom it must belong to.
    pub(crate) identity: &'a str,
    pub(crate) source: Source,
    /// So many sockets its client has opened for it.
    pub(crate) socket: u64,
}

/// What becomes of a claim.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Claimed {
    /// Whoever had it can do nothing any more, and it stands here.
    Taken(Held, Standing),
    /// There is none of this id, this identity and this source. Which of them was wrong is not told.
    Unknown,
    /// A later socket of its client has it.
    Older,
}

/// What follows from a message.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Effect {
    /// It goes to the session's own source.
    Answer(Payload),
    /// It goes to the chat.
    Tell(Bytes),
}

/// Why an operation was not done.
#[derive(Debug, Clone, Eq, PartialEq)]
pub(crate) enum Trouble {
    /// Another socket or server has the session.
    Lost,
    /// There is no such session: it has expired, was forgotten, or the store may have lost what it had said.
    Gone,
    /// The store cannot be reached; whether it was done is not known.
    Away(String),
    /// Too many sessions.
    Full,
}

/// An entry and its number in its source.
pub(crate) type Entry = (u64, Payload);

/// Says when there may be something new for a session.
#[derive(Clone, Debug)]
pub(crate) struct News {
    /// Its source may have another entry.
    source: watch::Receiver<()>,
    /// Another may have it.
    session: watch::Receiver<()>,
}

impl News {
    /// May be dropped and called again: nothing is missed, though it may be told for nothing.
    pub(crate) async fn changed(&mut self) {
        // a sender that is gone is news for ever: the session is gone, and whoever asks the store hears of it
        tokio::select! {
            _ = self.source.changed() => {}
            _ = self.session.changed() => {}
        }
    }
}

impl Store {
    /// By `--store`.
    pub(crate) async fn open(place: &str, bounds: Bounds) -> Result<Self, String> {
        if place == "memory" { Ok(Self::in_memory(bounds)) } else { Self::in_redis(place, bounds).await }
    }

    pub(crate) fn in_memory(bounds: Bounds) -> Self {
        Self::Memory(memory::Memory::new(bounds))
    }

    /// Fails when nobody is there: who is told to use it would find out much later otherwise.
    pub(crate) async fn in_redis(url: &str, bounds: Bounds) -> Result<Self, String> {
        redis::Redis::connect(url, bounds).await.map(|redis| Self::Redis(Box::new(redis)))
    }

    /// How long a session outlives its socket.
    pub(crate) fn window(&self) -> Duration {
        match self {
            Self::Memory(memory) => memory.bounds.window,
            Self::Redis(redis) => redis.bounds.window,
        }
    }

    /// A new session. It begins where its source ends now.
    pub(crate) async fn create(&self, owner: Owner<'_>, source: Source) -> Result<(Held, Standing), Trouble> {
        let id = unguessable();
        match self {
            Self::Memory(memory) => memory.create(id, owner, source),
            Self::Redis(redis) => redis.create(id, owner, source).await,
        }
    }

    /// Takes the session over from whoever has it.
    pub(crate) async fn attach(&self, claim: Claim<'_>) -> Result<Claimed, Trouble> {
        match self {
            Self::Memory(memory) => Ok(memory.attach(claim)),
            Self::Redis(redis) => redis.attach(claim).await,
        }
    }

    /// Takes the client's messages from number `first` on, with what follows from each, as far as there is room for that.
    /// Those that were taken before are left out, and so is what does not follow on them. How many have been taken altogether.
    pub(crate) async fn take(&self, held: &Held, first: u64, effects: Vec<Effect>) -> Result<u64, Trouble> {
        match self {
            Self::Memory(memory) => memory.take(held, first, effects),
            Self::Redis(redis) => redis.take(held, first, effects).await,
        }
    }

    /// The source's entries after this number, at most so many; if the first is not the next, those between are lost.
    pub(crate) async fn read(&self, held: &Held, after: u64, most: usize) -> Result<Vec<Entry>, Trouble> {
        match self {
            Self::Memory(memory) => memory.read(held, after, most),
            Self::Redis(redis) => redis.read(held, after, most).await,
        }
    }

    /// The client has so many of ours; they need not be kept any longer.
    pub(crate) async fn acknowledge(&self, held: &Held, count: u64) -> Result<(), Trouble> {
        match self {
            Self::Memory(memory) => memory.acknowledge(held, count),
            Self::Redis(redis) => redis.acknowledge(held, count).await,
        }
    }

    /// Its socket is still there; to be said twice in each window.
    pub(crate) async fn stay(&self, held: &Held) -> Result<(), Trouble> {
        match self {
            Self::Memory(memory) => memory.stay(held),
            Self::Redis(redis) => redis.stay(held).await,
        }
    }

    /// Its socket is gone: the window runs, from so much later on. Does nothing if another has it.
    pub(crate) async fn leave(&self, held: &Held, later: Duration) -> Result<(), Trouble> {
        match self {
            Self::Memory(memory) => memory.leave(held, later),
            Self::Redis(redis) => redis.leave(held, later).await,
        }
    }

    /// Its client has said that it is over.
    pub(crate) async fn forget(&self, held: &Held) -> Result<(), Trouble> {
        match self {
            Self::Memory(memory) => memory.forget(held),
            Self::Redis(redis) => redis.forget(held).await,
        }
    }

    /// Is told of what may be new for it; see [`News`].
    pub(crate) fn news(&self, held: &Held) -> News {
        match self {
            Self::Memory(memory) => memory.news(held),
            Self::Redis(redis) => redis.news(held),
        }
    }

    /// Writes into the chat what somebody without a session says, and gives its number.
    pub(crate) async fn tell(&self, text: Bytes) -> Result<u64, Trouble> {
        match self {
            Self::Memory(memory) => Ok(memory.tell(text)),
            Self::Redis(redis) => redis.tell(text).await,
        }
    }
}

impl Source {
    fn word(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Chat => "chat",
        }
    }
}

/// 128 bits of the system's randomness, as 22 letters.
fn unguessable() -> String {
    let mut bits = [0; 16];
    SystemRandom::new().fill(&mut bits).expect("the system gives randomness");
    URL_SAFE_NO_PAD.encode(bits)
}
