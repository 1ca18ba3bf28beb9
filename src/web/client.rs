//! How does a Rust caller keep a connection?

mod bells;
mod builder;
mod events;
mod face;
mod sending;

use std::fmt;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

use web_sys::BinaryType;

pub use builder::{Attempt, ClientBuilder, ConnectError};
pub use events::{ClientEvent, Events};
pub use sending::{ClientSink, Dropped, Flushing, Sending, Unflushed};

use super::address::without_secrets;
use super::options::SendOptions;
use super::parcel::Parcel;
use super::pump::Pump;
use super::{CloseEvent, Data};
use crate::engine::{ClientState, CloseError, CloseFrame};
use builder::Url;
use face::Shared;

/// A connection that is kept through restarts, lost networks, sleep and expiring tokens, and says what happened.
///
/// A clone is another handle to the same connection, and so are a [`ClientSink`] and a [`Sending`]; when the last one is
/// dropped, it closes with 1000, and an attempt that is under way is given up. What still waits then is not sent:
/// [`flush`](Self::flush) first, if that matters. What you hand in (providers, `should_retry`, `is_pong`) is
/// kept until it is closed: a function that owns a handle keeps it alive until then.
///
/// ```no_run
/// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
/// use everwire::{Client, ClientEvent, Heartbeat, Limit};
/// use futures::StreamExt;
///
/// let client = Client::builder("wss://example.com/ws/chat")
///     .heartbeat(Heartbeat::new())
///     .limit(Limit::new().messages_per_second(10.0).burst(20))
///     .connect()?;
/// let mut events = client.events();
/// client.send("My name is John").await?; // waits while there is no connection, and no longer than the network wants
/// while let Some(event) = events.next().await {
///     match event {
///         ClientEvent::Message(message) => println!("{}", message.text()?),
///         ClientEvent::Retry { delay, .. } => println!("reconnecting in {delay:?}"),
///         ClientEvent::Down { unconfirmed, .. } => println!("{} may not have arrived", unconfirmed.messages),
///         _ => {}
///     }
/// }
/// # Ok(()) }
/// ```
#[derive(Clone)]
#[must_use = "a client whose last handle is dropped closes"]
pub struct Client {
    pub(super) pump: Pump,
    shared: Rc<Shared>,
}

impl Client {
    /// A client of this address, with the reconnect and rate-limiter layers on, until told otherwise.
    ///
    /// The URL may be relative to the page or the worker, and `http` or `https`, which mean `ws` and `wss`.
    pub fn builder(url: impl Into<String>) -> ClientBuilder {
        ClientBuilder::new(Url::Fixed(vec![url.into()]))
    }

    /// What happens from now on, for one reader; 10 000 events wait for it at most.
    pub fn events(&self) -> Events {
        self.events_bounded(10_000)
    }

    /// The same with another bound.
    pub fn events_bounded(&self, most: usize) -> Events {
        Events(self.shared.reader(most))
    }

    /// A `Sink` with back-pressure.
    pub fn sink(&self) -> ClientSink {
        ClientSink { client: self.clone(), room: self.shared.room(), flushing: None, is_closing: false }
    }

    /// Accepts a message, at once; awaiting what it gives is waiting until it is handed to the browser within the limits.
    ///
    /// # Errors
    /// When awaited: why it will not be sent. The same is told by [`ClientEvent::Dropped`].
    pub fn send<'a>(&self, data: impl Into<Data<'a>>) -> Sending {
        self.send_with(data, SendOptions::default())
    }

    /// The same, for a message that is worth something only for a while, or only now.
    pub fn send_with<'a>(&self, data: impl Into<Data<'a>>, options: SendOptions) -> Sending {
        let parcel = data.into().into_parcel().expect("what Data holds is text, binary or a Blob");
        self.accept(parcel, options)
    }

    /// Hands a message to the browser now, or not at all.
    ///
    /// Inside a function that you handed in (`is_pong`, `should_retry` …) it goes as soon as that has returned; if it cannot,
    /// [`ClientEvent::Dropped`] tells.
    ///
    /// # Errors
    /// Without a connection, and while the limits or earlier messages hold it back.
    pub fn try_send<'a>(&self, data: impl Into<Data<'a>>) -> Result<(), Dropped> {
        let sending = self.send_with(data, SendOptions { volatile: true, ..SendOptions::default() });
        sending.promise.kept().unwrap_or(Ok(())).map_err(Dropped)
    }

    /// Sends a value as JSON text, as [`Socket::send_json`](super::Socket::send_json).
    ///
    /// # Errors
    /// At once, when it cannot be written.
    #[cfg(feature = "json")]
    pub fn send_json<T: serde::Serialize + ?Sized>(&self, value: &T) -> Result<Sending, super::SendError> {
        let text = super::message::json::written(value)?;
        Ok(self.send(&text))
    }

    /// Waits until everything accepted so far has left the browser's buffer.
    ///
    /// # Errors
    /// When a connection was lost with some of it, and nobody can know what became of that: the first flush after it says
    /// so.
    pub fn flush(&self) -> Flushing {
        let promise = self.shared.expect_flush(self.pump.next_flush());
        self.pump.flush();
        Flushing { promise }
    }

    /// Drops a wait, or replaces the current socket, and connects now.
    pub fn reconnect(&self) {
        self.pump.reconnect();
    }

    /// Sends what was accepted before, says goodbye and stays closed. Without a code, 1000.
    ///
    /// # Errors
    /// For a code other than 1000 and 3000–4999, or a reason of more than 123 UTF-8 bytes. The client is then as it was.
    pub fn close(&self, code: impl Into<Option<u16>>, reason: &str) -> Result<(), CloseError> {
        let frame = CloseFrame::new(code.into(), reason)?;
        self.pump.close(Some(frame));
        Ok(())
    }

    /// Waits until it is open.
    ///
    /// # Errors
    /// How it closed for good, if it does so before.
    pub async fn opened(&self) -> Result<(), NotOpened> {
        let bell = self.shared.life();
        poll_fn(|context| {
            if self.shared.was_open() {
                return Poll::Ready(Ok(()));
            }
            if let Some(close) = self.shared.closed() {
                return Poll::Ready(Err(NotOpened(close)));
            }
            bell.wake_at_the_next(context);
            Poll::Pending
        })
        .await
    }

    /// Waits until it has closed for good, and says how.
    pub async fn closed(&self) -> CloseEvent {
        let bell = self.shared.life();
        poll_fn(|context| match self.shared.closed() {
            Some(close) => Poll::Ready(close),
            None => {
                bell.wake_at_the_next(context);
                Poll::Pending
            }
        })
        .await
    }

    /// Where it is in its life.
    pub fn state(&self) -> ClientState {
        self.pump.state()
    }

    /// Of the latest attempt, normalised, without the token; with your own query: mind what you print.
    pub fn url(&self) -> String {
        self.pump.url()
    }

    /// The subprotocol that the server chose, of the latest connection.
    pub fn protocol(&self) -> String {
        self.pump.protocol()
    }

    /// The extensions that were negotiated, such as `permessage-deflate`.
    pub fn extensions(&self) -> String {
        self.pump.extensions()
    }

    /// How binary messages arrive now.
    pub fn binary_type(&self) -> BinaryType {
        self.pump.binary_type()
    }

    /// How binary messages arrive from now on, over every reconnect.
    pub fn set_binary_type(&self, binary_type: BinaryType) {
        self.pump.set_binary_type(binary_type);
    }

    /// Bytes accepted and not yet on the network: queued here (two for a UTF-16 unit of text) plus the browser's own buffer.
    pub fn buffered_amount(&self) -> u64 {
        self.pump.buffered_amount()
    }

    /// What was counted since it was made.
    pub fn stats(&self) -> Stats {
        let (stats, connected_since) = self.pump.stats();
        Stats {
            attempts: stats.attempts,
            connects: stats.connects,
            messages_sent: stats.messages_sent,
            messages_received: stats.messages_received,
            bytes_sent: stats.bytes_sent,
            bytes_received: stats.bytes_received,
            queued_messages: stats.queued_messages,
            queued_bytes: stats.queued_bytes,
            round_trip: stats.round_trip.map(Duration::from),
            connected_since,
        }
    }

    fn accept(&self, parcel: Parcel, options: SendOptions) -> Sending {
        let promise = self.shared.expect(self.pump.next_message());
        let id = self.pump.send(parcel, options.into());
        Sending { client: self.clone(), id, promise }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("url", &without_secrets(&self.url()))
            .field("state", &self.state())
            .finish_non_exhaustive()
    }
}

/// It closed for good before it was ever open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotOpened(pub CloseEvent);

impl fmt::Display for NotOpened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "closed before it was open: {}", self.0)
    }
}

impl std::error::Error for NotOpened {}

/// What was counted since a client was made.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Stats {
    /// Sockets that were to be opened.
    pub attempts: u64,
    /// Sockets that were ready for messages.
    pub connects: u64,
    /// Messages that the browser took; one that was sent again counts again.
    pub messages_sent: u64,
    /// Messages that were delivered.
    pub messages_received: u64,
    /// The bytes of the messages that the browser took.
    pub bytes_sent: u64,
    /// What the delivered messages occupy: two bytes for a UTF-16 unit of text.
    pub bytes_received: u64,
    /// Messages that wait.
    pub queued_messages: u64,
    /// What they occupy.
    pub queued_bytes: u64,
    /// From the latest ping to its pong.
    pub round_trip: Option<Duration>,
    /// In milliseconds since 1970.
    pub connected_since: Option<f64>,
}
