//! One connection, with every event typed and every mistake named: how do I talk over it?

use std::cell::RefCell;
use std::fmt;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use futures_core::stream::{FusedStream, Stream};
use futures_sink::Sink;
use js_sys::{Array, JsString};
use web_sys::BinaryType;

use super::address::{resolve, without_secrets};
use super::inbox::Inbox;
use super::wire::{Wire, browser_class};
use super::{Data, Event, Message, OpenError, ReadyState, SendError};
use crate::engine::{CloseError, CloseFrame, check_offer};

/// One WebSocket connection: what `new WebSocket(url)` is in JavaScript.
///
/// It does what the browser does and decides nothing: it does not reconnect, queue or wait. Read it as a `Stream` of
/// [`Event`]s, which ends after [`Event::Close`], or hand each event to a function with [`on_event`](Self::on_event).
/// Write with [`send`](Self::send), or as a `Sink` of [`Message`]s, which waits until the socket is open. Both are
/// implemented for `&Socket`, too, so that one task can read while another writes and closes.
///
/// Events wait in memory until they are read; a browser cannot be asked to stop delivering.
///
/// Dropping it closes the connection with 1000, at any moment: while it connects, while it is open, inside its own
/// listener.
///
/// ```no_run
/// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
/// use everwire::{Event, Socket};
/// use futures::{SinkExt, StreamExt};
///
/// let socket = Socket::open("wss://example.com/ws/echo", &[])?;
/// let (mut events, mut sink) = (&socket, &socket);
/// SinkExt::send(&mut sink, "sent as soon as it is open".into()).await?;
/// while let Some(event) = events.next().await {
///     if let Event::Message(message) = event {
///         assert_eq!(message.text()?, "sent as soon as it is open");
///         socket.close(1000, "Work complete")?;
///     }
/// }
/// # Ok(()) }
/// ```
#[must_use = "a socket that is dropped closes at once"]
pub struct Socket {
    /// First, so that the browser has let go before what its events reach is freed.
    wire: Wire,
    inbox: Rc<Inbox>,
}

impl Socket {
    /// Starts connecting, and offers these subprotocols in this order.
    ///
    /// The URL may be relative to the page or the worker, and `http` or `https`, which mean `ws` and `wss`. Binary
    /// messages arrive as Blobs, as in the browser, unless [`with_binary_type`](Self::with_binary_type) says otherwise.
    ///
    /// # Errors
    /// At once, for whatever the browser's constructor would throw on. A server that cannot be reached is told later,
    /// by [`Event::Error`] and [`Event::Close`].
    pub fn open(url: &str, protocols: &[&str]) -> Result<Self, OpenError> {
        check_offer(protocols)?;
        let url = resolve(url)?;
        let class = browser_class().ok_or(OpenError::Unsupported)?;
        let offer: Array = protocols.iter().map(|protocol| JsString::from(*protocol)).collect();
        let inbox = Rc::new(Inbox::new(without_secrets(&url)));
        let told = Rc::clone(&inbox);
        let wire = Wire::open(&class, &url, &offer, move |fact| told.on_fact(fact))
            .map_err(|thrown| OpenError::from_thrown(&thrown, &url, ""))?;
        Ok(Self { wire, inbox })
    }

    /// How binary messages arrive, from the first one on.
    ///
    /// ```no_run
    /// # fn run() -> Result<(), everwire::OpenError> {
    /// use everwire::{BinaryType, Socket};
    ///
    /// let socket = Socket::open("/ws/echo", &[])?.with_binary_type(BinaryType::Arraybuffer);
    /// # Ok(()) }
    /// ```
    pub fn with_binary_type(self, binary_type: BinaryType) -> Self {
        self.set_binary_type(binary_type);
        self
    }

    /// Hands every event to `listener` as the browser tells it, those that wait here first. From then on the stream
    /// has nothing to give but its end. A later listener takes the place of an earlier one.
    ///
    /// Any method may be called inside it, and the socket may be dropped there. A listener that owns its own socket
    /// keeps it alive until it is closed.
    pub fn on_event(&self, listener: impl FnMut(Event) + 'static) {
        self.inbox.listen(Rc::new(RefCell::new(listener)));
    }

    /// Hands a message to the browser. It leaves when the network takes it; [`buffered_amount`](Self::buffered_amount)
    /// counts what has not left yet.
    ///
    /// # Errors
    /// [`SendError::Connecting`] before the open event, [`SendError::Closed`] after a close by either side: a browser
    /// would swallow the message silently.
    pub fn send<'a>(&self, data: impl Into<Data<'a>>) -> Result<(), SendError> {
        match self.ready_state() {
            ReadyState::Connecting => Err(SendError::Connecting),
            ReadyState::Closing | ReadyState::Closed => Err(SendError::Closed),
            ReadyState::Open => data.into().send_over(&self.wire).map_err(|thrown| SendError::from_thrown(&thrown)),
        }
    }

    /// Sends a value as JSON text. The keys of its maps must be strings, and `__proto__` is not one that JavaScript
    /// lets pass.
    ///
    /// # Errors
    /// [`SendError::Json`] when it cannot be written, such as an integer beyond 2⁵³; otherwise as
    /// [`send`](Self::send).
    #[cfg(feature = "json")]
    pub fn send_json<T: serde::Serialize + ?Sized>(&self, value: &T) -> Result<(), SendError> {
        let text = super::message::json::written(value)?;
        self.send(&text)
    }

    /// Says goodbye: the peer sees this code and reason, and [`Event::Close`] comes when it has answered. Without a
    /// code, 1000. While connecting, the attempt is given up, and the close event says 1006. On a socket that is
    /// closing or closed it does nothing.
    ///
    /// What was sent before still goes out. What arrives after it is not delivered (WHATWG WebSockets §7): close when
    /// you have heard all that you want to hear.
    ///
    /// A peer that never answers keeps the event away for as long as the browser waits; drop the socket to be done
    /// with it.
    ///
    /// # Errors
    /// For a code other than 1000 and 3000–4999, or a reason of more than 123 UTF-8 bytes. The socket is then as it
    /// was.
    pub fn close(&self, code: impl Into<Option<u16>>, reason: &str) -> Result<(), CloseError> {
        let frame = CloseFrame::new(code.into(), reason)?;
        self.say_goodbye(&frame);
        Ok(())
    }

    /// How far the connection is in its life.
    pub fn ready_state(&self) -> ReadyState {
        self.wire.ready_state()
    }

    /// Bytes that [`send`](Self::send) took and that have not left for the network: UTF-8 for text, no framing. It is
    /// read anew once per task, and never falls again once the socket closes.
    pub fn buffered_amount(&self) -> u64 {
        // a JavaScript number, whole and not negative
        self.wire.buffered_amount() as u64
    }

    /// How binary messages arrive now.
    pub fn binary_type(&self) -> BinaryType {
        self.wire.binary_type()
    }

    /// How binary messages arrive from now on, at any time. Those that already wait here stay what they are.
    pub fn set_binary_type(&self, binary_type: BinaryType) {
        self.wire.set_binary_type(binary_type);
    }

    /// The subprotocol that the server chose; empty if it chose none, and before the open event.
    pub fn protocol(&self) -> String {
        self.wire.protocol()
    }

    /// The extensions that were negotiated, such as `permessage-deflate`; empty before the open event.
    pub fn extensions(&self) -> String {
        self.wire.extensions()
    }

    /// The URL as the browser resolved it, with its query: mind what you print.
    pub fn url(&self) -> String {
        self.wire.url()
    }

    fn say_goodbye(&self, frame: &CloseFrame) {
        self.inbox.on_closing();
        self.wire.close(frame);
    }
}

impl Stream for &Socket {
    type Item = Event;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Event>> {
        self.inbox.poll_event(context)
    }
}

impl FusedStream for &Socket {
    fn is_terminated(&self) -> bool {
        self.inbox.has_ended()
    }
}

impl Sink<Message> for &Socket {
    type Error = SendError;

    /// Ready once the socket is open.
    fn poll_ready(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), SendError>> {
        match self.ready_state() {
            ReadyState::Connecting => self.inbox.wait_for_change(context),
            ReadyState::Open => Poll::Ready(Ok(())),
            ReadyState::Closing | ReadyState::Closed => Poll::Ready(Err(SendError::Closed)),
        }
    }

    fn start_send(self: Pin<&mut Self>, message: Message) -> Result<(), SendError> {
        self.send(&message)
    }

    /// Done at once: the browser has the message, and nothing is kept here.
    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), SendError>> {
        Poll::Ready(Ok(()))
    }

    /// Closes with 1000 and is done when the connection is closed. A peer that never answers keeps it waiting, as
    /// [`close`](Socket::close) says.
    fn poll_close(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), SendError>> {
        match self.ready_state() {
            ReadyState::Connecting | ReadyState::Open => self.say_goodbye(&CloseFrame::NORMAL),
            ReadyState::Closing => {}
            ReadyState::Closed => return Poll::Ready(Ok(())),
        }
        self.inbox.wait_for_change(context)
    }
}

impl Stream for Socket {
    type Item = Event;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Event>> {
        Pin::new(&mut &*self).poll_next(context)
    }
}

impl FusedStream for Socket {
    fn is_terminated(&self) -> bool {
        (&self).is_terminated()
    }
}

impl Sink<Message> for Socket {
    type Error = SendError;

    fn poll_ready(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), SendError>> {
        Pin::new(&mut &*self).poll_ready(context)
    }

    fn start_send(self: Pin<&mut Self>, message: Message) -> Result<(), SendError> {
        Pin::new(&mut &*self).start_send(message)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), SendError>> {
        Sink::<Message>::poll_flush(Pin::new(&mut &*self), context)
    }

    fn poll_close(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), SendError>> {
        Sink::<Message>::poll_close(Pin::new(&mut &*self), context)
    }
}

impl fmt::Debug for Socket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Socket")
            .field("url", &without_secrets(&self.url()))
            .field("ready_state", &self.ready_state())
            .finish_non_exhaustive()
    }
}
