//! How is a client made?

use std::fmt;
use std::future::Future;
use std::rc::Rc;
use std::time::Duration;

use web_sys::BinaryType;

use super::super::answer::Pending;
use super::super::dial::{Carriage, Destination, DialError, check_protocols};
use super::super::global::global;
use super::super::options::{Auth, Heartbeat, Limit, Queue, Reconnect, Session, in_words};
use super::super::pump::{Pump, Setup};
use super::super::wire::browser_class;
use super::super::{CloseEvent, OpenError};
use super::Client;
use super::face::{RustFace, Shared};
use crate::engine::{ConfigError, Options, Span};

/// What a client is to do; [`connect`](Self::connect) begins.
#[must_use = "it does nothing until connect() is called"]
pub struct ClientBuilder {
    pub(super) url: Url,
    pub(super) protocols: Vec<String>,
    pub(super) binary_type: BinaryType,
    pub(super) reconnect: Option<Reconnect>,
    pub(super) auth: Option<Auth>,
    pub(super) heartbeat: Option<Heartbeat>,
    pub(super) limit: Option<Limit>,
    pub(super) queue: Queue,
    session: Option<Session>,
    connect_timeout: Span,
    close_timeout: Span,
}

pub(super) enum Url {
    Fixed(Vec<String>),
    Asked(Box<dyn Fn(Attempt) -> Pending<String>>),
}

/// What a provider of addresses is told.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Attempt {
    /// In its row, from 0.
    pub number: u32,
    /// How the latest socket ended, if there was one.
    pub last_close: Option<CloseEvent>,
}

impl ClientBuilder {
    pub(super) fn new(url: Url) -> Self {
        let defaults = Options::default();
        Self {
            url,
            protocols: Vec::new(),
            binary_type: BinaryType::Arraybuffer,
            reconnect: Some(Reconnect::default()),
            auth: None,
            heartbeat: None,
            limit: Some(Limit::default()),
            queue: Queue::default(),
            session: None,
            connect_timeout: defaults.connect_timeout,
            close_timeout: defaults.close_timeout,
        }
    }

    /// Asked for the address at each attempt, in place of a fixed one. What fails there is a failed attempt; the future is
    /// dropped when the answer is no longer wanted.
    pub fn url_provider<F, E>(self, provider: impl Fn(Attempt) -> F + 'static) -> Self
    where
        F: Future<Output = Result<String, E>> + 'static,
        E: fmt::Display,
    {
        Self { url: Url::Asked(Box::new(move |attempt| in_words(provider(attempt)))), ..self }
    }

    /// Further addresses: when an attempt fails, the next in turn is tried, and the one that failed rests for as long as
    /// [`Reconnect::max_delay`]. In place of a provider, this one is the first.
    pub fn urls<U: Into<String>>(mut self, urls: impl IntoIterator<Item = U>) -> Self {
        let urls = urls.into_iter().map(Into::into);
        match &mut self.url {
            Url::Fixed(known) => known.extend(urls),
            Url::Asked(_) => self.url = Url::Fixed(urls.collect()),
        }
        self
    }

    /// Nothing lost: with a server that speaks [everwire.1], messages in both directions arrive once and in order, over every
    /// reconnect; or you are told from where they do not ([`ClientEvent::Gap`](super::ClientEvent::Gap),
    /// [`DropReason::Unconfirmed`](crate::DropReason::Unconfirmed)). Off. It needs the reconnect layer, and brings a
    /// heartbeat of its own.
    ///
    /// [everwire.1]: https://github.com/everwire/everwire/blob/main/PROTOCOL.md
    pub fn session(self, session: Session) -> Self {
        Self { session: Some(session), ..self }
    }

    /// The subprotocols that are offered, in this order. None.
    pub fn protocols<P: Into<String>>(self, protocols: impl IntoIterator<Item = P>) -> Self {
        Self { protocols: protocols.into_iter().map(Into::into).collect(), ..self }
    }

    /// How binary messages arrive, over every reconnect. `Arraybuffer`.
    pub fn binary_type(self, binary_type: BinaryType) -> Self {
        Self { binary_type, ..self }
    }

    /// The reconnect layer. On, with its defaults.
    pub fn reconnect(self, reconnect: Reconnect) -> Self {
        Self { reconnect: Some(reconnect), ..self }
    }

    /// The first close is the last.
    pub fn no_reconnect(self) -> Self {
        Self { reconnect: None, ..self }
    }

    /// The auth layer. Off.
    pub fn auth(self, auth: Auth) -> Self {
        Self { auth: Some(auth), ..self }
    }

    /// Off. Without it a connection that died silently is noticed only when the network says so, which may take many
    /// minutes.
    pub fn heartbeat(self, heartbeat: Heartbeat) -> Self {
        Self { heartbeat: Some(heartbeat), ..self }
    }

    /// The rate-limiter layer. On, by bufferedAmount alone.
    pub fn limit(self, limit: Limit) -> Self {
        Self { limit: Some(limit), ..self }
    }

    /// Everything goes to the browser at once, which holds what a slow network does not take, without bound.
    pub fn no_limit(self) -> Self {
        Self { limit: None, ..self }
    }

    /// How much may wait.
    pub fn queue(self, queue: Queue) -> Self {
        Self { queue, ..self }
    }

    /// One attempt may take this long; grows with the attempts up to three times. 10 s; in Firefox at least 20 s after a
    /// failure, since it waits up to 17 s by itself before it tries again.
    pub fn connect_timeout(self, timeout: Duration) -> Self {
        Self { connect_timeout: timeout.into(), ..self }
    }

    /// After [`Client::close`]: the close event comes at the latest then, as 1006, whatever the peer does. 5 s.
    pub fn close_timeout(self, timeout: Duration) -> Self {
        Self { close_timeout: timeout.into(), ..self }
    }

    /// Begins to connect.
    ///
    /// # Errors
    /// For what can be known at once. A server that cannot be reached is told later, by
    /// [`ClientEvent::Error`](super::ClientEvent::Error).
    pub fn connect(self) -> Result<Client, ConnectError> {
        let options = Options {
            reconnect: self.reconnect.as_ref().map(|layer| layer.options.clone()),
            auth: self.auth.as_ref().map(|layer| layer.options.clone()),
            heartbeat: self.heartbeat.as_ref().map(|layer| layer.options.clone()),
            limit: self.limit.as_ref().map(|layer| layer.options.clone()),
            queue: self.queue.options.clone(),
            session: self.session.map(|session| session.options),
            places: if let Url::Fixed(urls) = &self.url { urls.len() } else { 1 },
            connect_timeout: self.connect_timeout,
            close_timeout: self.close_timeout,
            connect_timeout_after_failure: patience_after_failure(),
        };
        let resends = options.reconnect.is_some();
        let config = options.parse().map_err(ConnectError::Option)?;
        let carriage = self.auth.as_ref().map(|auth| auth.carriage.clone());
        carriage.as_ref().map_or(Ok(()), Carriage::check).map_err(ConnectError::Option)?;
        match &self.url {
            Url::Fixed(urls) => {
                for url in urls {
                    let destination = Destination { url: url.clone(), protocols: self.protocols.clone() };
                    destination.resolve(carriage.as_ref())?;
                }
            }
            Url::Asked(_) => check_protocols(&self.protocols, carriage.as_ref())?,
        }
        browser_class().ok_or(ConnectError::Open(OpenError::Unsupported))?;
        let binary_type = self.binary_type;
        let setup = Setup { config, seed: seed(), resends, carriage, binary_type };
        let shared = Rc::new(Shared::default());
        let face = RustFace::new(self, Rc::clone(&shared));
        let pump = Pump::start(setup, Rc::new(face));
        Ok(Client { pump, shared })
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("reconnect", &self.reconnect)
            .field("auth", &self.auth)
            .field("heartbeat", &self.heartbeat)
            .field("limit", &self.limit)
            .field("queue", &self.queue)
            .field("session", &self.session)
            .finish_non_exhaustive()
    }
}

/// Why a client was not even made.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConnectError {
    /// Options that do not hold together.
    Option(ConfigError),
    /// A URL or a subprotocol that a browser would throw at.
    Open(OpenError),
    /// The token would travel unencrypted beyond this machine: use `wss:`, or [`Auth::insecure`] if you must.
    Insecure {
        /// Where it would go.
        url: String,
    },
    /// A token in a subprotocol needs an application's own beside it.
    NoProtocol,
}

impl From<DialError> for ConnectError {
    fn from(error: DialError) -> Self {
        match error {
            DialError::Open(error) => Self::Open(error),
            DialError::Insecure { url } => Self::Insecure { url },
            DialError::NoProtocol => Self::NoProtocol,
        }
    }
}

impl fmt::Display for ConnectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Option(error) => error.fmt(f),
            Self::Open(error) => error.fmt(f),
            Self::Insecure { url } => DialError::Insecure { url: url.clone() }.fmt(f),
            Self::NoProtocol => DialError::NoProtocol.fmt(f),
        }
    }
}

impl fmt::Debug for ConnectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f) // as `OpenError` does
    }
}

impl std::error::Error for ConnectError {}

/// Firefox waits by itself before it even tries again: up to 17 s (measured). Only it knows this class of error.
fn patience_after_failure() -> Span {
    if global("InternalError").is_some() { Span::secs(20) } else { Span::ZERO }
}

/// The browser's own chance: each client's backoff goes its own way.
fn seed() -> u64 {
    let half = || (js_sys::Math::random() * f64::from(u32::MAX)) as u64;
    (half() << 32) | half()
}
