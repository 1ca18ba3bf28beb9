//! What is kept in Redis, for servers that take each other's place?
//!
//! Each operation is one script, which Redis runs as one step. Sources are streams whose entries have the ids `n-0`, counted
//! by us, so that an entry's place in its source is its id. Times are Redis's own: servers' clocks need not agree. What is
//! new is announced on one channel; that is only a hint, and a connection that was lost may have missed some, so everybody
//! is told when there is another.
//!
//! For one Redis, with or without replicas. Not for Redis Cluster, which would want a session's keys and the chat's on one node.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use bytes::Bytes;
use redis::{
    Client, FromRedisValue, IntoConnectionInfo, ProtocolVersion, PushInfo, PushKind, RedisError, Script,
    ScriptInvocation, Value,
    aio::{ConnectionManager, ConnectionManagerConfig},
};
use tokio::sync::watch;

use super::{Bounds, Claim, Claimed, Effect, Entry, Held, News, Owner, Source, Standing, Trouble};
use crate::socket::Payload;

pub(crate) struct Redis {
    pub(super) bounds: Bounds,
    connection: ConnectionManager,
    scripts: Scripts,
    listeners: Arc<Listeners>,
}

struct Scripts {
    create: Script,
    attach: Script,
    take: Script,
    read: Script,
    acknowledge: Script,
    live: Script,
    forget: Script,
    tell: Script,
}

/// Who is told what is new: this server's own sessions.
#[derive(Debug, Default)]
struct Listeners {
    sessions: Mutex<HashMap<String, watch::Sender<()>>>,
    chat: watch::Sender<()>,
}

const CHAT: &str = "everwire:chat";
const CHAT_LAST: &str = "everwire:chat:last";
const SESSIONS: &str = "everwire:sessions";
/// A session's id where somebody attaches to it; nothing where there is something new in the chat.
const CHANNEL: &str = "everwire:news";

fn session_key(id: &str) -> String {
    format!("everwire:session:{id}")
}

fn own_key(id: &str) -> String {
    format!("everwire:own:{id}")
}

/// Who counts for one, by expiry. Each session has the name of its own, for the scripts.
fn sessions_of(counted: &str) -> String {
    format!("{SESSIONS}:{counted}")
}

impl Redis {
    pub(super) async fn connect(url: &str, bounds: Bounds) -> Result<Self, String> {
        let failed = |error: RedisError| format!("--store: {error}");
        let info = url.into_connection_info().map_err(failed)?;
        let settings = info.redis_settings().clone().set_protocol(ProtocolVersion::RESP3); // commands and news on one connection
        let client = Client::open(info.set_redis_settings(settings)).map_err(failed)?;
        let listeners = Arc::new(Listeners::default());
        let told = Arc::clone(&listeners);
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(PATIENCE))
            .set_response_timeout(Some(PATIENCE))
            .set_max_delay(LONGEST_DELAY)
            .set_automatic_resubscription()
            .set_push_sender(move |push: PushInfo| {
                told.hear(&push);
                Ok::<_, std::convert::Infallible>(())
            });
        let mut connection = ConnectionManager::new_with_config(client, config).await.map_err(failed)?;
        connection.subscribe(CHANNEL).await.map_err(failed)?;
        Ok(Self { bounds, connection, scripts: Scripts::new(), listeners })
    }

    pub(super) async fn create(
        &self,
        id: String,
        owner: Owner<'_>,
        source: Source,
    ) -> Result<(Held, Standing), Trouble> {
        let mut script = self.scripts.create.key(session_key(&id));
        script.key(CHAT_LAST).key(SESSIONS).key(sessions_of(owner.counted));
        script.arg(&id).arg(owner.identity).arg(source.word()).arg(millis(self.life())).arg(self.bounds.sessions);
        script.arg(self.bounds.of_one);
        match self.run::<i64>(&script).await? {
            -1 => Err(Trouble::Full),
            start => {
                let start = start.unsigned_abs();
                let standing = Standing { received: 0, acknowledged: 0, start, last: start };
                Ok((Held { id, source, epoch: 1 }, standing))
            }
        }
    }

    pub(super) async fn attach(&self, claim: Claim<'_>) -> Result<Claimed, Trouble> {
        let Claim { id, identity, source, socket } = claim;
        let mut script = self.scripts.attach.key(session_key(id));
        script.key(own_key(id)).key(SESSIONS).key(CHAT_LAST);
        script.arg(id).arg(identity).arg(source.word()).arg(socket).arg(millis(self.life())).arg(CHANNEL);
        let found: Vec<u64> = self.run(&script).await?;
        Ok(match found[..] {
            [epoch, received, acknowledged, start, last] => {
                let held = Held { id: id.to_owned(), source, epoch };
                Claimed::Taken(held, Standing { received, acknowledged, start, last })
            }
            [_] => Claimed::Older,
            _ => Claimed::Unknown,
        })
    }

    pub(super) async fn take(&self, held: &Held, first: u64, effects: Vec<Effect>) -> Result<u64, Trouble> {
        let mut script = self.scripts.take.key(session_key(&held.id));
        script.key(own_key(&held.id)).key(CHAT).key(CHAT_LAST);
        script.arg(held.epoch).arg(first).arg(self.bounds.owed).arg(self.bounds.chat).arg(CHANNEL);
        let is_answered = effects.iter().any(|effect| matches!(effect, Effect::Answer(_)));
        for effect in &effects {
            let (kind, bytes) = match effect {
                Effect::Answer(Payload::Text(bytes)) => ("text", bytes),
                Effect::Answer(Payload::Binary(bytes)) => ("binary", bytes),
                Effect::Tell(bytes) => ("chat", bytes),
            };
            script.arg(kind).arg(&bytes[..]);
        }
        let taken = match self.run::<i64>(&script).await? {
            -2 => return Err(Trouble::Gone),
            -1 => return Err(Trouble::Lost),
            taken => taken.unsigned_abs(),
        };
        if is_answered {
            self.listeners.tell(&held.id); // only we have it: nobody else wants to know
        }
        Ok(taken)
    }

    pub(super) async fn read(&self, held: &Held, after: u64, most: usize) -> Result<Vec<Entry>, Trouble> {
        let key = if held.source == Source::Chat { CHAT.to_owned() } else { own_key(&held.id) };
        let mut script = self.scripts.read.key(session_key(&held.id));
        script.key(key).arg(held.epoch).arg(after).arg(most);
        let (stands, found): (i64, Vec<Found>) = self.run(&script).await?;
        done(stands)?;
        found.into_iter().map(entry).collect()
    }

    pub(super) async fn acknowledge(&self, held: &Held, count: u64) -> Result<(), Trouble> {
        let mut script = self.scripts.acknowledge.key(session_key(&held.id));
        script.key(own_key(&held.id)).arg(held.epoch).arg(count);
        self.do_once(&script).await
    }

    pub(super) async fn stay(&self, held: &Held) -> Result<(), Trouble> {
        self.live(held, self.life()).await
    }

    pub(super) async fn leave(&self, held: &Held, later: Duration) -> Result<(), Trouble> {
        self.live(held, self.bounds.window + later).await
    }

    pub(super) async fn forget(&self, held: &Held) -> Result<(), Trouble> {
        let mut script = self.scripts.forget.key(session_key(&held.id));
        script.key(own_key(&held.id)).key(SESSIONS).arg(&held.id).arg(held.epoch);
        self.do_once(&script).await
    }

    pub(super) fn news(&self, held: &Held) -> News {
        let session = self.listeners.session(&held.id);
        let source = if held.source == Source::Chat { self.listeners.chat.subscribe() } else { session.clone() };
        News { source, session }
    }

    pub(super) async fn tell(&self, text: Bytes) -> Result<u64, Trouble> {
        let mut script = self.scripts.tell.key(CHAT);
        script.key(CHAT_LAST).arg(&text[..]).arg(self.bounds.chat).arg(CHANNEL);
        self.run(&script).await
    }

    async fn live(&self, held: &Held, longer: Duration) -> Result<(), Trouble> {
        let mut script = self.scripts.live.key(session_key(&held.id));
        script.key(own_key(&held.id)).key(SESSIONS).arg(&held.id).arg(held.epoch).arg(millis(longer));
        self.do_once(&script).await
    }

    /// While it has a socket a session lives for twice the window from the last [`Self::stay`], which comes twice in a
    /// window: so a server that is killed leaves it a whole one at least.
    fn life(&self) -> Duration {
        self.bounds.window * 2
    }

    async fn do_once(&self, script: &ScriptInvocation<'_>) -> Result<(), Trouble> {
        done(self.run(script).await?)
    }

    async fn run<T: FromRedisValue>(&self, script: &ScriptInvocation<'_>) -> Result<T, Trouble> {
        script.invoke_async(&mut self.connection.clone()).await.map_err(away)
    }
}

/// By what standing.lua says.
fn done(stands: i64) -> Result<(), Trouble> {
    match stands {
        1 => Ok(()),
        0 => Err(Trouble::Lost),
        _ => Err(Trouble::Gone),
    }
}

fn away(error: RedisError) -> Trouble {
    Trouble::Away(error.to_string())
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// An entry of a stream: its id, and its fields' names and values.
type Found = (String, Vec<(String, Vec<u8>)>);

fn entry((id, fields): Found) -> Result<Entry, Trouble> {
    let foreign = || Trouble::Away(format!("{id} was not written by this server"));
    let number = id.strip_suffix("-0").and_then(|number| number.parse().ok()).ok_or_else(foreign)?;
    let (kind, bytes) = fields.into_iter().next().ok_or_else(foreign)?;
    let payload = if kind == "binary" { Payload::Binary(bytes.into()) } else { Payload::Text(bytes.into()) };
    Ok((number, payload))
}

impl Scripts {
    fn new() -> Self {
        Self {
            create: Script::new(concat!(include_str!("redis/standing.lua"), include_str!("redis/create.lua"))),
            attach: Script::new(concat!(include_str!("redis/standing.lua"), include_str!("redis/attach.lua"))),
            read: Script::new(concat!(include_str!("redis/standing.lua"), include_str!("redis/read.lua"))),
            take: Script::new(concat!(include_str!("redis/standing.lua"), include_str!("redis/take.lua"))),
            acknowledge: Script::new(concat!(
                include_str!("redis/standing.lua"),
                include_str!("redis/acknowledge.lua")
            )),
            live: Script::new(concat!(include_str!("redis/standing.lua"), include_str!("redis/live.lua"))),
            forget: Script::new(concat!(include_str!("redis/standing.lua"), include_str!("redis/forget.lua"))),
            tell: Script::new(concat!(include_str!("redis/standing.lua"), include_str!("redis/tell.lua"))),
        }
    }
}

impl Listeners {
    fn hear(&self, push: &PushInfo) {
        if push.kind == PushKind::Message
            && let Some(Value::BulkString(id)) = push.data.get(1)
        {
            if id.is_empty() {
                self.chat.send_replace(());
            } else {
                self.tell(&String::from_utf8_lossy(id));
            }
        } else if push.kind == PushKind::Subscribe {
            // there is a connection again: nobody knows what was announced meanwhile
            self.chat.send_replace(());
            for session in self.sessions().values() {
                session.send_replace(());
            }
        }
    }

    fn tell(&self, id: &str) {
        if let Some(session) = self.sessions().get(id) {
            session.send_replace(());
        }
    }

    /// Whoever has it not any more does not listen any more either, and is forgotten.
    fn session(&self, id: &str) -> watch::Receiver<()> {
        let mut sessions = self.sessions();
        sessions.retain(|_, session| session.receiver_count() > 0);
        sessions.entry(id.to_owned()).or_default().subscribe()
    }

    fn sessions(&self) -> MutexGuard<'_, HashMap<String, watch::Sender<()>>> {
        self.sessions.lock().expect("no one panics while holding it")
    }
}

impl fmt::Debug for Redis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redis").field("bounds", &self.bounds).finish_non_exhaustive()
    }
}

/// 5 s: Redis answers in microseconds; what takes longer is an outage, and a client waits.
const PATIENCE: Duration = Duration::from_secs(5);
/// 1 s: it is one server that asks, and its clients wait.
const LONGEST_DELAY: Duration = Duration::from_secs(1);
