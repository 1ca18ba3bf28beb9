//! What happened on the sockets that were opened with `?watch=ID`?
//!
//! A test watches from one side what a page did on the other. Events of one id are kept in order and told to whoever
//! watches it, from the first one still kept; what was dropped to stay within bounds is told as a number.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard},
};

use serde::Serialize;
use tokio::sync::watch;

use crate::{
    closing::Ending,
    socket::{Over, Payload, Socket},
};

/// One event, as it is told.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "event", rename_all = "lowercase")]
enum Event {
    Open {
        path: String,
        protocol: Option<String>,
        extensions: String,
        origin: Option<String>,
    },
    Message {
        kind: &'static str,
        bytes: usize,
    },
    Close {
        code: u16,
        reason: String,
        clean: bool,
    },
    /// So many older events were not kept.
    Dropped {
        events: u64,
    },
}

/// All ids, at most [`MOST_IDS`].
#[derive(Debug, Default)]
pub(crate) struct Watches {
    logs: Mutex<HashMap<String, Arc<Log>>>,
}

/// The events of one id, at most [`MOST_EVENTS`] of them.
#[derive(Debug)]
pub(crate) struct Log {
    kept: Mutex<Kept>,
    total: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct Kept {
    /// How many events came before the first one kept.
    dropped: u64,
    events: VecDeque<Event>,
}

/// Tells one socket's events to its id's log, its close included, whatever becomes of the socket.
#[derive(Debug)]
pub(crate) struct Reporter {
    log: Arc<Log>,
    told_close: bool,
}

/// What a reporter tells first.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) path: String,
    pub(crate) protocol: Option<String>,
    pub(crate) extensions: String,
    pub(crate) origin: Option<String>,
}

impl Watches {
    /// The log of an id; None when there are too many ids in use.
    pub(crate) fn log(&self, id: &str) -> Option<Arc<Log>> {
        let mut logs = locked(&self.logs);
        if let Some(log) = logs.get(id) {
            return Some(Arc::clone(log));
        }
        if logs.len() >= MOST_IDS {
            // an id that nobody watches and nobody reports to makes room
            let idle = logs.iter().find(|(_, log)| Arc::strong_count(log) == 1);
            let idle = idle.map(|(id, _)| id.clone())?;
            logs.remove(&idle);
        }
        let log = Arc::new(Log { kept: Mutex::default(), total: watch::Sender::new(0) });
        logs.insert(id.to_owned(), Arc::clone(&log));
        Some(log)
    }
}

/// Short, and safe in a URL, a file name and a log.
pub(crate) fn is_id(text: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    (1..=64).contains(&text.len()) && text.chars().all(fits)
}

impl Log {
    fn tell(&self, event: Event) {
        let mut kept = locked(&self.kept);
        if kept.events.len() == MOST_EVENTS {
            kept.events.pop_front();
            kept.dropped += 1;
        }
        kept.events.push_back(event);
        self.total.send_modify(|total| *total += 1);
    }

    /// The next events from number `from` on, at most a few hundred at a time, and the number after them.
    fn read(&self, from: u64) -> (Vec<Event>, u64) {
        let kept = locked(&self.kept);
        let mut events = Vec::new();
        if from < kept.dropped {
            events.push(Event::Dropped { events: kept.dropped - from });
        }
        let start = from.max(kept.dropped);
        let skip = usize::try_from(start - kept.dropped).expect("within what is kept");
        events.extend(kept.events.iter().skip(skip).take(AT_ONCE).cloned());
        let read = (kept.events.len() - skip).min(AT_ONCE) as u64;
        (events, start + read)
    }
}

impl Reporter {
    pub(crate) fn open(log: Arc<Log>, opened: Opened) -> Self {
        let Opened { path, protocol, extensions, origin } = opened;
        log.tell(Event::Open { path, protocol, extensions, origin });
        Self { log, told_close: false }
    }

    pub(crate) fn received(&self, payload: &Payload) {
        let (kind, bytes) = match payload {
            Payload::Text(bytes) => ("text", bytes.len()),
            Payload::Binary(bytes) => ("binary", bytes.len()),
        };
        self.log.tell(Event::Message { kind, bytes });
    }

    /// As the browser's own CloseEvent would put it.
    pub(crate) fn closed(mut self, over: Option<&Over>) {
        let (code, reason, clean) = match over {
            Some(Over::Closed(Some(theirs))) => (theirs.code, theirs.reason.clone(), true),
            Some(Over::Closed(None)) => (1005, String::new(), true),
            Some(Over::Broken(_) | Over::Vanished | Over::Dead) | None => (1006, String::new(), false),
        };
        self.log.tell(Event::Close { code, reason, clean });
        self.told_close = true;
    }
}

impl Drop for Reporter {
    fn drop(&mut self) {
        if !self.told_close {
            self.log.tell(Event::Close { code: 1006, reason: String::new(), clean: false });
        }
    }
}

/// Serves `/ws/watch`: the past first, then what comes, for as long as the watcher stays.
pub(crate) async fn serve(log: &Log, socket: &mut Socket) -> Ending {
    let mut total = log.total.subscribe();
    let mut next = 0;
    loop {
        total.mark_unchanged();
        loop {
            let (events, after) = log.read(next);
            if events.is_empty() {
                break;
            }
            next = after;
            for event in events {
                let text = serde_json::to_string(&event).expect("strings and numbers");
                if !socket.send_text(text).await {
                    return Ending::Over;
                }
            }
        }
        tokio::select! {
            message = socket.receive() => if message.is_none() { return Ending::Over }, // a watcher has nothing to say
            _ = total.changed() => {} // never an error: the sender lives in the log that we hold
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("no one panics while holding it")
}

/// 256 ids and 4096 events each: a whole test suite's, in at most some 100 MB even if every event is as long as can be.
const MOST_IDS: usize = 256;
const MOST_EVENTS: usize = 4096;
/// 256: the lock is held for microseconds, and few events are in memory twice.
const AT_ONCE: usize = 256;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_kept_is_told_as_a_number() {
        let log = Watches::default().log("a").expect("the first id");
        for bytes in 0..MOST_EVENTS + 10 {
            log.tell(Event::Message { kind: "text", bytes });
        }
        let (events, next) = log.read(0);
        assert!(matches!(events[0], Event::Dropped { events: 10 }));
        assert!(matches!(events[1], Event::Message { bytes: 10, .. }));
        assert_eq!(next, 10 + AT_ONCE as u64);
    }

    #[test]
    fn an_id_makes_room_only_when_nobody_uses_it() {
        let watches = Watches::default();
        let used: Vec<_> = (0..MOST_IDS).map(|n| watches.log(&n.to_string())).collect();
        assert!(used.iter().all(Option::is_some));
        assert!(watches.log("one more").is_none());
        drop(used);
        assert!(watches.log("one more").is_some());
        assert_eq!(locked(&watches.logs).len(), MOST_IDS);
    }

    #[test]
    fn a_reporter_that_is_dropped_tells_an_unclean_close() {
        let log = Watches::default().log("a").expect("the first id");
        let opened = Opened { path: String::new(), protocol: None, extensions: String::new(), origin: None };
        drop(Reporter::open(Arc::clone(&log), opened));
        let text = serde_json::to_string(&log.read(0).0[1]).expect("json");
        assert_eq!(text, r#"{"event":"close","code":1006,"reason":"","clean":false}"#);
    }
}
