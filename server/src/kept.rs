//! What becomes of a socket that speaks everwire.1?
//!
//! The client says which session it wants; from then on what it sends is taken, and what is in the session's source is sent.
//! All that must outlive this socket is the store's, which is asked before anything is acknowledged; all that is counted is
//! the engine's room. So when the socket ends there is nothing to be saved.

use std::{
    collections::VecDeque,
    future::pending,
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use everwire::engine::session::{Ack, Breach, Bye, Control, Gap, Hello, MARK, Seen, Session, Terms, Welcome, seen};
use everwire::engine::{self, Kind, Span};
use tokio::time::{Instant as Moment, sleep_until, timeout_at};
use tokio_util::sync::CancellationToken;

use crate::{
    chat::Room,
    closing::Ending,
    guard::{Guard, expired},
    socket::{Payload, Socket},
    store::{Claim, Claimed, Effect, Held, News, Owner, Source, Standing, Store, Trouble},
};

/// The subprotocol.
pub(crate) const PROTOCOL: &str = "everwire.1";

/// What an endpoint that keeps sessions is made of.
#[derive(Debug)]
pub(crate) struct Keeping<'a> {
    pub(crate) store: &'a Store,
    pub(crate) source: Source,
    /// What follows from a message; `None` closes with 1003.
    pub(crate) effect: fn(Payload) -> Option<Effect>,
    /// Who hears what is said without a session of his own.
    pub(crate) room: Option<Arc<Room>>,
    pub(crate) guard: Guard<'a>,
    /// What is said when the server stops.
    pub(crate) bye: &'a Bye,
    pub(crate) stopping: &'a CancellationToken,
}

/// Of the room: a message of ours, whose bytes the store has.
#[derive(Clone, Debug)]
struct Entered;

impl engine::Payload for Entered {
    fn kind(&self) -> Kind {
        Kind::Binary
    }

    fn size(&self) -> u64 {
        0
    }
}

/// A session while it has this socket.
struct Live<'a> {
    keeping: &'a Keeping<'a>,
    guard: Guard<'a>,
    socket: &'a mut Socket,
    held: Held,
    /// The source's entry before the session's first.
    start: u64,
    room: Session<Entered>,
    began: Instant,
    news: News,
    /// What arrived, and what follows from it, that the store has no room for yet.
    untaken: VecDeque<(Effect, u64)>,
    untaken_bytes: u64,
    /// The store had no room for the first of these; only an acknowledgement makes some.
    is_full: bool,
    /// What the client has acknowledged, and the store has not been told yet.
    acknowledged: Option<u64>,
    has_said_bye: bool,
}

impl Keeping<'_> {
    pub(crate) async fn serve(&self, socket: &mut Socket) -> Ending {
        let mut guard = self.guard.clone();
        let hello = tokio::select! {
            biased;
            () = self.stopping.cancelled() => return Ending::close(1001, "server stopping"),
            hello = timeout_at(Moment::now() + PATIENCE, greeted(socket, &mut guard)) => match hello {
                Ok(Ok(hello)) => hello,
                Ok(Err(ending)) => return ending,
                Err(_) => return Ending::close(4408, "no hello"),
            },
        };
        let identity = match guard.identity() {
            Ok(identity) => identity,
            Err(ending) => return ending,
        };
        let (held, standing, resumed) =
            match self.claim(&hello, &identity, &guard.counted(&identity, socket.wire().peer())).await {
                Ok(Some(claimed)) => claimed,
                Ok(None) => return Ending::close(4501, "another socket of yours is later"),
                Err(trouble) => return trouble.ending(),
            };
        // who says hello has these, and may have nothing further to acknowledge: a full store would stay so
        if resumed && let Err(trouble) = self.store.acknowledge(&held, hello.received).await {
            return trouble.ending();
        }
        let news = self.store.news(&held);
        // what the client has not received is entered again, as it is read
        let acknowledged = if resumed { hello.received } else { 0 };
        let mut live = Live {
            keeping: self,
            guard,
            socket,
            start: standing.start,
            room: Session::restored(standing.received, acknowledged, TERMS),
            began: Instant::now(),
            news,
            held,
            untaken: VecDeque::new(),
            untaken_bytes: 0,
            is_full: false,
            acknowledged: None,
            has_said_bye: false,
        };
        live.welcome(resumed).await;
        let ending = live.go_on().await;
        let Live { held, has_said_bye, socket, .. } = live;
        if ending.is_by(VOID) || socket.was_closed_with(VOID) {
            let _ = self.store.forget(&held).await; // an error, as below
            return ending;
        }
        // PROTOCOL.md, bye: the window begins behind `after`
        let later = if has_said_bye { Duration::from_secs(self.bye.after) } else { Duration::ZERO };
        // an error: somebody else has it, or nobody can be asked; either way it is not ours to say
        let _ = self.store.leave(&held, later).await;
        ending
    }

    /// The session, where it stands, and whether it is the one that was asked for; none, if this socket is an older one.
    async fn claim(
        &self,
        hello: &Hello,
        identity: &str,
        counted: &str,
    ) -> Result<Option<(Held, Standing, bool)>, Trouble> {
        if let Some(id) = &hello.session {
            let claim = Claim { id, identity, source: self.source, socket: hello.socket };
            match self.store.attach(claim).await? {
                Claimed::Older => return Ok(None),
                Claimed::Taken(held, standing) if hello.received <= standing.last - standing.start => {
                    return Ok(Some((held, standing, true)));
                }
                Claimed::Taken(..) | Claimed::Unknown => {}
            }
        }
        let (held, standing) = self.store.create(Owner { identity, counted }, self.source).await?;
        Ok(Some((held, standing, false)))
    }
}

/// What the client wants, once it says so.
async fn greeted(socket: &mut Socket, guard: &mut Guard<'_>) -> Result<Hello, Ending> {
    loop {
        let Some(payload) = socket.receive().await else { return Err(Ending::Over) };
        let control = match &payload {
            Payload::Text(text) => match seen(&String::from_utf8_lossy(text)) {
                Ok(Seen::Control(control)) => control,
                Ok(Seen::Message(_)) | Err(_) => return Err(breach(Breach::Form)),
            },
            Payload::Binary(_) => return Err(breach(Breach::Form)),
        };
        match control {
            Control::Hello(hello) => return Ok(hello),
            Control::Ping => say(socket, &Control::Pong).await,
            Control::Authenticate(token) => {
                guard.check(&token)?;
                say(socket, &Control::Authenticated).await;
            }
            Control::Pong => {}
            Control::Welcome(_) | Control::Ack(_) | Control::Gap(_) | Control::Authenticated | Control::Bye(_) => {
                return Err(breach(Breach::Form));
            }
        }
    }
}

impl Live<'_> {
    async fn welcome(&mut self, resumed: bool) {
        let welcome = Welcome {
            session: self.held.id.clone(),
            resumed,
            received: self.room.received(),
            window: self.keeping.store.window().as_secs(),
            most: MOST,
            terms: TERMS,
            protocol: None,
        };
        say(self.socket, &Control::Welcome(welcome)).await;
    }

    async fn go_on(&mut self) -> Ending {
        let mut stays = tokio::time::interval(self.keeping.store.window() / 2);
        stays.tick().await; // the first is at once
        if let Err(ending) = self.send_what_is_new().await {
            return ending;
        }
        loop {
            let deadline = self.room.ack_deadline().map(|at| self.moment(at));
            let step = tokio::select! {
                biased;
                () = self.keeping.stopping.cancelled(), if !self.has_said_bye => self.say_bye().await,
                () = at(self.guard.until()) => Err(expired()),
                () = at(deadline) => self.acknowledge(false).await,
                () = self.news.changed() => self.send_what_is_new().await,
                _ = stays.tick() => self.stay().await,
                received = self.socket.receive() => match received {
                    Some(payload) => self.hear_all(payload).await,
                    None => Err(Ending::Over),
                },
            };
            if let Err(ending) = step {
                return ending;
            }
        }
    }
}

impl Live<'_> {
    // ── from the client ──

    /// It, and what arrived with it: the store is asked once for all.
    async fn hear_all(&mut self, first: Payload) -> Result<(), Ending> {
        self.hear(first).await?;
        for _ in 1..AT_ONCE {
            let Some(payload) = self.socket.arrived() else { break };
            self.hear(payload).await?;
        }
        self.settle().await
    }

    async fn hear(&mut self, payload: Payload) -> Result<(), Ending> {
        let message = match payload {
            Payload::Binary(bytes) => Payload::Binary(bytes),
            Payload::Text(bytes) if bytes.first() != Some(&(MARK as u8)) => Payload::Text(bytes),
            Payload::Text(bytes) => {
                let text = String::from_utf8_lossy(&bytes);
                match seen(&text).map_err(breach)? {
                    Seen::Message(text) => Payload::Text(Bytes::copy_from_slice(text.as_bytes())),
                    Seen::Control(control) => return self.obey(control).await,
                }
            }
        };
        if self.has_said_bye {
            return Ok(()); // it comes again
        }
        let size = message.len();
        let effect = (self.keeping.effect)(message).ok_or_else(|| Ending::close(1003, "not a message for here"))?;
        self.untaken_bytes += size;
        self.untaken.push_back((effect, size));
        let (most, most_bytes) = MOST;
        if self.untaken.len() as u64 > most || (self.untaken.len() > 1 && self.untaken_bytes > most_bytes) {
            return Err(breach(Breach::Form)); // more than the welcome allows
        }
        Ok(())
    }

    /// The store hears of what was heard.
    async fn settle(&mut self) -> Result<(), Ending> {
        if let Some(count) = self.acknowledged.take() {
            let told = self.keeping.store.acknowledge(&self.held, count).await;
            told.map_err(|trouble| trouble.ending())?;
            self.is_full = false;
        }
        while !self.is_full && !self.untaken.is_empty() {
            self.take().await?;
        }
        Ok(())
    }

    /// The first of them, as far as the store has room.
    async fn take(&mut self) -> Result<(), Ending> {
        let before = self.room.received();
        let effects: Vec<_> = self.untaken.iter().take(AT_ONCE).map(|(effect, _)| effect.clone()).collect();
        let all = before + effects.len() as u64;
        let taken = self.keeping.store.take(&self.held, before + 1, effects).await;
        let taken = taken.map_err(|trouble| trouble.ending())?;
        self.is_full = taken < all;
        while self.room.received() < taken
            && let Some((effect, size)) = self.untaken.pop_front()
        {
            if let (Effect::Tell(text), Some(room)) = (effect, &self.keeping.room) {
                room.tell_everyone(text);
            }
            self.untaken_bytes -= size;
            let now = self.now();
            self.room.on_message(size, now);
        }
        self.acknowledge(false).await
    }

    async fn obey(&mut self, control: Control) -> Result<(), Ending> {
        match control {
            Control::Ack(Ack { received }) => {
                self.room.on_ack(received, |_| {}).map_err(breach)?;
                self.acknowledged = Some(received);
                Ok(())
            }
            Control::Ping => {
                self.settle().await?; // so that the acknowledgement is of all that came before
                self.acknowledge(true).await?;
                say(self.socket, &Control::Pong).await;
                Ok(())
            }
            Control::Pong => Ok(()),
            Control::Authenticate(token) => {
                self.guard.check(&token)?;
                say(self.socket, &Control::Authenticated).await;
                Ok(())
            }
            Control::Bye(_) => {
                self.settle().await?;
                self.acknowledge(true).await?;
                let forgotten = self.keeping.store.forget(&self.held).await;
                forgotten.map_err(|trouble| trouble.ending())?;
                Err(Ending::close(1000, ""))
            }
            Control::Hello(_) | Control::Welcome(_) | Control::Gap(_) | Control::Authenticated => {
                Err(breach(Breach::Form))
            }
        }
    }

    /// Whether it is due or not, or only if it is.
    async fn acknowledge(&mut self, at_once: bool) -> Result<(), Ending> {
        let now = self.now();
        let ack = if at_once { self.room.ack() } else { self.room.ack_if_due(now) };
        if let Some(ack) = ack {
            say(self.socket, &Control::Ack(ack)).await;
        }
        Ok(())
    }

    async fn say_bye(&mut self) -> Result<(), Ending> {
        self.has_said_bye = true;
        say(self.socket, &Control::Bye(self.keeping.bye.clone())).await;
        self.acknowledge(true).await?;
        Err(Ending::close(1001, "server stopping"))
    }

    // ── to the client ──

    /// Everything in the source that this socket has not been sent.
    async fn send_what_is_new(&mut self) -> Result<(), Ending> {
        loop {
            let after = self.start + self.room.sent();
            let read = self.keeping.store.read(&self.held, after, AT_ONCE).await;
            let entries = read.map_err(|trouble| trouble.ending())?;
            if entries.is_empty() {
                // it was no entry that was news: perhaps that another has the session
                return self.stay().await;
            }
            let is_all = entries.len() < AT_ONCE;
            for (number, payload) in entries {
                let (from, number) = (self.room.sent() + 1, number - self.start);
                if from < number {
                    say(self.socket, &Control::Gap(Gap { from, to: number - 1 })).await;
                }
                for _ in from..=number {
                    self.room.send(Entered); // those of the gap count, too
                }
                if !self.socket.gather(travelling(payload)).await {
                    return Err(Ending::Over);
                }
            }
            if is_all {
                return Ok(());
            }
        }
    }

    async fn stay(&self) -> Result<(), Ending> {
        self.keeping.store.stay(&self.held).await.map_err(|trouble| trouble.ending())
    }

    // ── time, as the room counts it ──

    fn now(&self) -> engine::Instant {
        engine::Instant::from_micros(u64::try_from(self.began.elapsed().as_micros()).unwrap_or(u64::MAX))
    }

    fn moment(&self, at: engine::Instant) -> Moment {
        (self.began + Duration::from_micros(at.as_micros())).into()
    }
}

impl Trouble {
    fn ending(&self) -> Ending {
        match self {
            Self::Lost => Ending::close(4501, "the session lives on another socket"),
            // as counts that cannot be joined: the client comes back without it, and tells what it does not know
            Self::Gone => Ending::close(4409, "the session is unknown"),
            Self::Away(_) => Ending::close(1013, "the store cannot be reached"),
            Self::Full => Ending::close(1013, "too many sessions"),
        }
    }
}

fn breach(breach: Breach) -> Ending {
    let why = match breach {
        Breach::Form => "not everwire.1",
        Breach::Counts => "the counts cannot be joined",
    };
    Ending::close(breach.code(), why)
}

/// Whether anybody was there to hear it shows at the next message.
async fn say(socket: &mut Socket, control: &Control) {
    socket.send_text(control.write()).await;
}

/// As a message of the application's goes: with one more mark, if it begins with one.
fn travelling(payload: Payload) -> Payload {
    match payload {
        Payload::Text(text) if text.first() == Some(&(MARK as u8)) => {
            Payload::Text([&[MARK as u8], &text[..]].concat().into())
        }
        Payload::Text(_) | Payload::Binary(_) => payload,
    }
}

async fn at(moment: Option<Moment>) {
    match moment {
        Some(moment) => sleep_until(moment).await,
        None => pending().await,
    }
}

/// The counts cannot be joined: whoever says so, the session is over for both.
const VOID: u16 = 4409;
/// 10 s for a hello, as for a handshake.
const PATIENCE: Duration = Duration::from_secs(10);
/// What a client may have unacknowledged: seconds of a lively connection, and 4 MiB of this server's memory.
const MOST: (u64, u64) = (1_024, 4 * 1024 * 1024);
/// PROTOCOL.md's: half a second is soon enough, a thousand small messages cost sixteen acknowledgements, and sixteen of 64 KiB one.
const TERMS: Terms = Terms { messages: 64, bytes: 1024 * 1024, after: Span::millis(500) };
/// Messages that are taken, or read, at once.
const AT_ONCE: usize = 256;
