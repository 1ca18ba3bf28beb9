//! What does a Rust caller ask for?
//!
//! One type for each layer. What is not said has a default, and its reason stands with it in the engine's own options.

use std::fmt;
use std::future::Future;
use std::rc::Rc;
use std::time::Duration;

use wasm_bindgen::JsValue;

use super::CloseEvent;
use super::answer::Pending;
use super::dial::{Carriage, Carrier};
use super::message::Message;
use super::token::Token;
use crate::engine::{
    AuthOptions, HeartbeatOptions, LimitOptions, Overflow, QueueOptions, ReconnectOptions, SessionOptions, Span,
    TokenReason, Via,
};

/// The reconnect layer: attempt n waits a random time in [0, min(`max_delay`, `min_delay` · `factor`ⁿ)], full jitter
/// inside the cap, so that a thousand clients do not come back at the same moment.
///
/// ```no_run
/// use everwire::{Client, Reconnect};
/// use std::time::Duration;
///
/// let client = Client::builder("/ws/chat").reconnect(Reconnect::new().max_delay(Duration::from_secs(5))).connect();
/// ```
#[derive(Clone, Default)]
pub struct Reconnect {
    pub(crate) options: ReconnectOptions,
    pub(crate) should_retry: Option<Decides>,
}

/// What [`Reconnect::should_retry`] decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Retry {
    /// Try again, after the usual wait.
    Soon,
    /// Try again after exactly this long.
    After(Duration),
    /// Do not: the client closes.
    Stop,
}

impl Reconnect {
    /// The defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// 500 ms. A smaller one asks a restarting server more often in its first seconds.
    pub fn min_delay(mut self, delay: Duration) -> Self {
        self.options.min_delay = delay.into();
        self.options.max_delay = self.options.max_delay.max(self.options.min_delay);
        self
    }

    /// 30 s: the longest that a user waits after the server is back. Say it after `min_delay`.
    pub fn max_delay(mut self, delay: Duration) -> Self {
        self.options.max_delay = delay.into();
        self
    }

    /// 2.
    pub fn factor(mut self, factor: f64) -> Self {
        self.options.factor = factor;
        self
    }

    /// Attempts in a row, the first connection's too; then the client closes. Without it, no end.
    pub fn attempts(mut self, attempts: u32) -> Self {
        self.options.attempts = Some(attempts);
        self
    }

    /// A connection that lasted this long starts the count again; a flapping server otherwise looks healthy. 5 s.
    pub fn stable_after(mut self, span: Duration) -> Self {
        self.options.stable_after = span.into();
        self
    }

    /// Is asked after each lost socket and failed attempt, with the attempts that have failed so far; `None` leaves it to
    /// the table of close codes.
    pub fn should_retry(mut self, decide: impl Fn(&CloseEvent, u32) -> Option<Retry> + 'static) -> Self {
        self.should_retry = Some(Rc::new(decide));
        self.options.ask = true;
        self
    }
}

/// The auth layer: where the token comes from, and how it travels.
///
/// The provider is asked at the first attempt, before the token expires and when the server refuses it; what fails there
/// is a failed attempt, never a dead end. Its future is dropped when the answer is no longer wanted. After one fresh
/// token that is refused as well the client closes, with [`Error::SignIn`](crate::Error::SignIn).
///
/// ```no_run
/// use everwire::{Auth, Client, Token};
///
/// # async fn fetch_token() -> Result<(String, f64), std::io::Error> { Ok((String::from("t"), 0.0)) }
/// let auth = Auth::message(|_| async {
///     let (token, expires_at) = fetch_token().await?;
///     Ok::<_, std::io::Error>(Token::new(token).expires_at(expires_at))
/// });
/// let client = Client::builder("/ws/chat").auth(auth).connect();
/// ```
#[derive(Clone)]
pub struct Auth {
    pub(crate) options: AuthOptions,
    pub(crate) carriage: Carriage,
    pub(crate) provider: Rc<dyn Fn(TokenRequest) -> Pending<Token>>,
    pub(crate) message: Option<Writes>,
    pub(crate) reply: Option<Reads<Option<bool>>>,
}

/// What a token provider is told.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct TokenRequest {
    /// Which attempt it is for, in its row, from 0.
    pub attempt: u32,
    /// How the latest socket ended, if there was one.
    pub last_close: Option<CloseEvent>,
    /// Why it is asked.
    pub reason: TokenReason,
}

impl Auth {
    /// The token is the first message; nothing else is sent until the server has replied, and it is renewed without
    /// dropping the connection. `{"type":"auth","token":…}`, answered `{"type":"auth","ok":true}` or `false`, unless
    /// [`with_message`](Self::with_message) and [`with_reply`](Self::with_reply) say otherwise.
    pub fn message<F, E>(provider: impl Fn(TokenRequest) -> F + 'static) -> Self
    where
        F: Future<Output = Result<Token, E>> + 'static,
        E: fmt::Display,
    {
        Self::by(Carrier::Message, Via::Message, provider)
    }

    /// The token is offered as a subprotocol: `bearer.` and the token in base64url without padding, after the
    /// application's own, of which there must be one.
    pub fn protocol<F, E>(provider: impl Fn(TokenRequest) -> F + 'static) -> Self
    where
        F: Future<Output = Result<Token, E>> + 'static,
        E: fmt::Display,
    {
        Self::by(Carrier::Protocol { name: String::from("bearer.") }, Via::Handshake, provider)
    }

    /// The token is a parameter of the URL, `access_token`. Browsers print it to the console and servers to their logs.
    pub fn query<F, E>(provider: impl Fn(TokenRequest) -> F + 'static) -> Self
    where
        F: Future<Output = Result<Token, E>> + 'static,
        E: fmt::Display,
    {
        Self::by(Carrier::Query { name: String::from("access_token") }, Via::Handshake, provider)
    }

    fn by<F, E>(carrier: Carrier, via: Via, provider: impl Fn(TokenRequest) -> F + 'static) -> Self
    where
        F: Future<Output = Result<Token, E>> + 'static,
        E: fmt::Display,
    {
        Self {
            options: AuthOptions::via(via),
            carriage: Carriage { carrier, insecure: false },
            provider: Rc::new(move |request| in_words(provider(request))),
            message: None,
            reply: None,
        }
    }

    /// What stands before the token in a subprotocol, or the name of the URL's parameter.
    pub fn name(mut self, name: &str) -> Self {
        match &mut self.carriage.carrier {
            Carrier::Protocol { name: known } | Carrier::Query { name: known } => *known = name.to_owned(),
            Carrier::Message => {}
        }
        self
    }

    /// How the token is written into the first message.
    pub fn with_message<M: Into<Message>>(mut self, write: impl Fn(&str) -> M + 'static) -> Self {
        self.message = Some(Rc::new(move |token| write(token).into().into_value()));
        self
    }

    /// Whether a message is the reply to it: `Some(true)` accepted, `Some(false)` refused, `None` neither.
    pub fn with_reply(mut self, read: impl Fn(&Message) -> Option<bool> + 'static) -> Self {
        self.reply = Some(Rc::new(read));
        self
    }

    /// For the token and for the reply, each. 10 s.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.options.timeout = timeout.into();
        self
    }

    /// A token is renewed this long before it expires. 30 s.
    pub fn refresh_before(mut self, span: Duration) -> Self {
        self.options.refresh_before = span.into();
        self
    }

    /// Allows a token over `ws:` beyond this machine, where anybody on the way can read it. Without it that is an error.
    pub fn insecure(mut self) -> Self {
        self.carriage.insecure = true;
        self
    }
}

/// Asks a silent peer whether it is there. A browser cannot send ping frames, so the server must know the message.
#[derive(Clone, Default)]
pub struct Heartbeat {
    pub(crate) options: HeartbeatOptions,
    pub(crate) ping: Option<Rc<dyn Fn() -> JsValue>>,
    pub(crate) is_pong: Option<Reads<bool>>,
}

impl Heartbeat {
    /// The defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// Silence before asking; any message that arrives is a sign of life. 25 s: mobile carriers forget an idle connection
    /// after about 30.
    pub fn interval(mut self, interval: Duration) -> Self {
        self.options.interval = interval.into();
        self
    }

    /// Silence after asking before the socket is given up. 10 s.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.options.timeout = timeout.into();
        self
    }

    /// What asks. "ping".
    pub fn ping<M: Into<Message>>(mut self, write: impl Fn() -> M + 'static) -> Self {
        self.ping = Some(Rc::new(move || write().into().into_value()));
        self
    }

    /// Which message answers; it is not delivered. "pong".
    pub fn is_pong(mut self, read: impl Fn(&Message) -> bool + 'static) -> Self {
        self.is_pong = Some(Rc::new(read));
        self
    }
}

/// The rate-limiter layer, over the browser socket's own bufferedAmount. In WebKitGTK that holds nothing back: there only
/// the rates limit.
#[derive(Debug, Clone, Default)]
pub struct Limit {
    pub(crate) options: LimitOptions,
}

impl Limit {
    /// The defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// Nothing more goes to the browser while its bufferedAmount is above this. 4 MiB: less costs speed in Firefox.
    /// 0: only when it is empty.
    pub fn high_water(mut self, bytes: u64) -> Self {
        self.options.high_water = bytes;
        self
    }

    /// Sending goes on once bufferedAmount is at or under this. Half of `high_water`.
    pub fn low_water(mut self, bytes: u64) -> Self {
        self.options.low_water = Some(bytes);
        self
    }

    /// Look at bufferedAmount every so often instead of at the time predicted from its recent rate (4 to 100 ms).
    pub fn poll_interval(mut self, interval: Duration) -> Self {
        self.options.poll_interval = Some(interval.into());
        self
    }

    /// In any window of W seconds at most `burst` + W · this. Without it, any number.
    pub fn messages_per_second(mut self, messages: f64) -> Self {
        self.options.messages_per_second = Some(messages);
        self
    }

    /// UTF-8 bytes; as above. Without it, any number.
    pub fn bytes_per_second(mut self, bytes: f64) -> Self {
        self.options.bytes_per_second = Some(bytes);
        self
    }

    /// Messages that may go at once under `messages_per_second`. 1.
    pub fn burst(mut self, messages: u64) -> Self {
        self.options.burst = messages;
        self
    }

    /// Bytes that may go at once under `bytes_per_second`; a larger message goes into debt. 64 KiB.
    pub fn burst_bytes(mut self, bytes: u64) -> Self {
        self.options.burst_bytes = bytes;
        self
    }
}

/// How much may wait here, not yet handed to the browser: while there is no connection, or the limits hold it.
#[derive(Debug, Clone, Default)]
pub struct Queue {
    pub(crate) options: QueueOptions,
}

impl Queue {
    /// The defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// 10 000.
    pub fn max_messages(mut self, messages: u64) -> Self {
        self.options.max_messages = messages;
        self
    }

    /// 16 MiB; text counts two bytes a UTF-16 unit, which is what it occupies.
    pub fn max_bytes(mut self, bytes: u64) -> Self {
        self.options.max_bytes = bytes;
        self
    }

    /// What gives way to one too many. The new message.
    pub fn overflow(mut self, overflow: Overflow) -> Self {
        self.options.overflow = overflow;
        self
    }
}

/// How to send one message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SendOptions {
    /// Not worth sending after this long. Without it, always.
    pub ttl: Option<Duration>,
    /// Only if it can go now.
    pub volatile: bool,
    /// Awaiting [`Sending`](super::Sending) is waiting until the server has acknowledged it, in a session
    /// ([`ClientBuilder::session`](super::ClientBuilder::session)). Without one it ends with
    /// [`DropReason::Unconfirmed`](crate::DropReason::Unconfirmed).
    pub acknowledged: bool,
}

impl From<SendOptions> for crate::engine::SendOptions {
    fn from(options: SendOptions) -> Self {
        Self { ttl: options.ttl.map(Span::from), volatile: options.volatile, acknowledged: options.acknowledged }
    }
}

/// A session with a server that speaks everwire.1.
///
/// ```no_run
/// use everwire::{Client, Session};
///
/// let client = Client::builder("/ws/chat").session(Session::new()).connect();
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct Session {
    pub(crate) options: SessionOptions,
}

impl Session {
    /// Where the server does not speak it, the client goes on without.
    pub fn new() -> Self {
        Self::default()
    }

    /// A server that does not speak it is not connected to.
    pub fn required(mut self) -> Self {
        self.options.required = true;
        self
    }
}

/// A future of the caller's whose error is only ever shown.
pub(crate) fn in_words<T, E: fmt::Display>(future: impl Future<Output = Result<T, E>> + 'static) -> Pending<T> {
    Box::pin(async move { future.await.map_err(|error| error.to_string().into()) })
}

type Decides = Rc<dyn Fn(&CloseEvent, u32) -> Option<Retry>>;
type Writes = Rc<dyn Fn(&str) -> JsValue>;
type Reads<T> = Rc<dyn Fn(&Message) -> T>;

macro_rules! shown_without_functions {
    ($($name:ident)*) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($name)).field("options", &self.options).finish_non_exhaustive()
            }
        }
    )*};
}

shown_without_functions!(Reconnect Auth Heartbeat);
