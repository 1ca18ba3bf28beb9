//! How do messages get from the wire to an endpoint and back, within bounds?
//!
//! sockudo-ws turns bytes into messages and messages into bytes; this file moves them. Nothing is read while
//! more than [`HIGH_WATER`] waits to be written, so a client that does not read what it is sent is not listened to
//! either, and neither its pings nor its messages can fill memory.

use std::{
    collections::VecDeque,
    future::poll_fn,
    io,
    pin::{Pin, pin},
    task::{Context, Poll, ready},
};

use bytes::{Buf, BufMut, Bytes, BytesMut};
use sockudo_ws::{Message, error::CloseReason};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_util::io::poll_read_buf;

use crate::{
    codec::{Codec, Violation},
    pulse::{Beat, Pulse},
    watch::Reporter,
    wire::{Transport, Wire},
};

/// What an endpoint receives and sends.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Payload {
    /// Valid UTF-8 when received; what is sent goes out as it is.
    Text(Bytes),
    Binary(Bytes),
}

impl Payload {
    /// Bytes.
    pub(crate) fn len(&self) -> u64 {
        match self {
            Self::Text(bytes) | Self::Binary(bytes) => bytes.len() as u64,
        }
    }
}

/// Why nothing more will arrive.
#[derive(Debug)]
pub(crate) enum Over {
    /// The client's close frame came.
    Closed(Option<CloseReason>),
    /// The client broke the protocol.
    Broken(Violation),
    /// The connection ended without a close frame.
    Vanished,
    /// Nothing moved for two intervals.
    Dead,
}

/// One open WebSocket.
#[derive(Debug)]
pub(crate) struct Socket {
    io: Transport,
    codec: Codec,
    input: BytesMut,
    inbox: VecDeque<Message>,
    violation: Option<Violation>,
    output: BytesMut,
    pulse: Pulse,
    pub(crate) manners: Manners,
    pub(crate) over: Option<Over>,
    pub(crate) reporter: Option<Reporter>,
}

/// Does the socket answer and ask of itself?
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Manners {
    /// Pings are answered, silence is asked about.
    Polite,
    /// Nothing is sent any more: not a pong, not a ping.
    Mute,
}

impl Socket {
    pub(crate) fn new(io: Transport, early: Bytes, codec: Codec, pulse: Pulse, reporter: Option<Reporter>) -> Self {
        let mut socket = Self {
            io,
            codec,
            input: BytesMut::from(early),
            inbox: VecDeque::new(),
            violation: None,
            output: BytesMut::new(),
            pulse,
            manners: Manners::Polite,
            over: None,
            reporter,
        };
        socket.decode();
        socket
    }

    pub(crate) fn wire(&mut self) -> &mut Wire {
        self.io.wire()
    }

    /// The next message; None once nothing more will arrive. May be dropped and called again without loss.
    pub(crate) async fn receive(&mut self) -> Option<Payload> {
        poll_fn(|cx| self.poll_receive(cx)).await
    }

    /// One more that is here already, if there is one.
    pub(crate) fn arrived(&mut self) -> Option<Payload> {
        loop {
            let message = self.inbox.pop_front()?;
            if let Some(payload) = self.take(message) {
                return Some(payload);
            }
        }
    }

    /// As [`send`](Self::send), but writes nothing while there is room: what is sent in a row goes out together, at the next
    /// call that waits for anything.
    pub(crate) async fn gather(&mut self, payload: Payload) -> bool {
        if self.output.len() >= HIGH_WATER {
            return self.send(payload).await;
        }
        self.queue_payload(payload);
        true
    }

    /// Waits for room, then queues the message; it goes out during this or any later call. False: nobody is there.
    pub(crate) async fn send(&mut self, payload: Payload) -> bool {
        if !self.has_room().await {
            return false;
        }
        self.queue_payload(payload);
        true
    }

    fn queue_payload(&mut self, payload: Payload) {
        self.queue(&match payload {
            Payload::Text(bytes) => Message::Text(bytes),
            Payload::Binary(bytes) => Message::Binary(bytes),
        });
    }

    pub(crate) async fn send_text(&mut self, text: impl Into<String>) -> bool {
        self.send(Payload::Text(Bytes::from(text.into()))).await
    }

    /// Waits until a message can be queued at once. False: nobody is there.
    pub(crate) async fn has_room(&mut self) -> bool {
        poll_fn(|cx| self.poll_drained(cx, HIGH_WATER - 1)).await
    }

    /// Waits until everything queued has been handed to the kernel. False: nobody is there.
    pub(crate) async fn flush(&mut self) -> bool {
        poll_fn(|cx| self.poll_drained(cx, 0)).await
    }

    /// Puts bytes on the wire that no library would send.
    pub(crate) fn queue_raw(&mut self, bytes: &[u8]) {
        self.output.extend_from_slice(bytes);
    }

    pub(crate) fn queue(&mut self, message: &Message) {
        self.codec.encode(message, &mut self.output);
    }

    /// Sends FIN (RFC 6455 §7.1.1: the server ends the TCP connection first).
    pub(crate) async fn end_our_direction(&mut self) {
        // an error means that there is nobody to tell
        let _ = poll_fn(|cx| Pin::new(&mut self.io).poll_shutdown(cx)).await;
    }

    /// Reads and forgets until the client ends its direction.
    pub(crate) async fn discard_rest(&mut self) {
        let mut chunk = [0; 4096];
        loop {
            let mut buffer = ReadBuf::new(&mut chunk);
            match poll_fn(|cx| pin!(&mut self.io).poll_read(cx, &mut buffer)).await {
                Ok(()) if !buffer.filled().is_empty() => {}
                Ok(()) | Err(_) => return,
            }
        }
    }

    fn poll_receive(&mut self, cx: &mut Context<'_>) -> Poll<Option<Payload>> {
        loop {
            // what arrived before the end is delivered before the end
            if let Some(message) = self.inbox.pop_front() {
                if let Some(payload) = self.take(message) {
                    return Poll::Ready(Some(payload));
                }
                continue;
            }
            if let Some(violation) = self.violation.take() {
                self.over = Some(Over::Broken(violation));
            }
            if self.over.is_some() {
                return Poll::Ready(None);
            }
            if self.poll_write(cx).is_err() {
                self.over = Some(Over::Vanished);
                continue;
            }
            if self.output.len() < HIGH_WATER {
                match self.poll_read(cx) {
                    Poll::Ready(Ok(0) | Err(_)) => {
                        self.over = Some(Over::Vanished);
                        continue;
                    }
                    Poll::Ready(Ok(_)) => {
                        self.pulse.heard();
                        self.decode();
                        continue;
                    }
                    Poll::Pending => {}
                }
            }
            ready!(self.poll_pulse(cx));
        }
    }

    /// One received message: control frames are dealt with here, data goes to the endpoint.
    fn take(&mut self, message: Message) -> Option<Payload> {
        if self.over.is_some() {
            return None; // nothing counts after a close frame
        }
        let payload = match message {
            Message::Text(bytes) => Payload::Text(bytes),
            Message::Binary(bytes) => Payload::Binary(bytes),
            Message::Ping(bytes) => {
                if self.manners == Manners::Polite {
                    self.queue(&Message::Pong(bytes));
                }
                return None;
            }
            Message::Pong(_) => return None, // the bytes themselves were proof of life
            Message::Close(reason) => {
                self.over = Some(Over::Closed(reason));
                self.violation = None;
                return None;
            }
        };
        if let Some(reporter) = &self.reporter {
            reporter.received(&payload);
        }
        Some(payload)
    }

    /// Ready(false) when nobody is there.
    fn poll_drained(&mut self, cx: &mut Context<'_>, most: usize) -> Poll<bool> {
        loop {
            if self.over.is_some() {
                return Poll::Ready(false);
            }
            if self.poll_write(cx).is_err() {
                self.over = Some(Over::Vanished);
                continue;
            }
            if self.output.len() <= most {
                return Poll::Ready(true);
            }
            ready!(self.poll_pulse(cx));
        }
    }

    /// Writes what the kernel takes; Pending is not an answer here, since whoever calls has more to look at.
    fn poll_write(&mut self, cx: &mut Context<'_>) -> io::Result<()> {
        while !self.output.is_empty() {
            let held_up = self.output.len() >= HIGH_WATER;
            match Pin::new(&mut self.io).poll_write(cx, &self.output) {
                Poll::Ready(Ok(0)) => return Err(io::ErrorKind::WriteZero.into()),
                Poll::Ready(Ok(written)) => {
                    self.output.advance(written);
                    // While we read, only arriving bytes prove life: a kernel takes bytes for a dead peer too.
                    // While we do not, its progress is the only sign there is.
                    if held_up {
                        self.pulse.heard();
                    }
                }
                Poll::Ready(Err(error)) => return Err(error),
                Poll::Pending => return Ok(()),
            }
        }
        if self.output.capacity() > KEPT_CAPACITY {
            self.output = BytesMut::new(); // as in decode
        }
        match Pin::new(&mut self.io).poll_flush(cx) {
            Poll::Ready(flushed) => flushed,
            Poll::Pending => Ok(()),
        }
    }

    fn poll_read(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let most = self.codec.read_at_once();
        if self.input.capacity() - self.input.len() < LEAST_SPARE {
            self.input.reserve(most);
        }
        poll_read_buf(pin!(&mut self.io), cx, &mut (&mut self.input).limit(most))
    }

    fn decode(&mut self) {
        let was_large = self.input.len() > KEPT_CAPACITY;
        if let Err(violation) = self.codec.decode(&mut self.input, &mut self.inbox) {
            self.violation = Some(violation);
            self.input.clear();
        }
        if was_large && self.input.is_empty() {
            self.input = BytesMut::new(); // one large message must not hold its memory for the connection's life
        }
    }

    /// Pending while the client is thought to be there; a ping due is queued, a death is noted.
    fn poll_pulse(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if self.manners == Manners::Mute {
            return Poll::Pending;
        }
        match ready!(self.pulse.poll(cx)) {
            Beat::Ask => self.queue(&Message::Ping(Bytes::new())),
            Beat::Dead => self.over = Some(Over::Dead),
        }
        Poll::Ready(())
    }
}

/// 64 KiB: several full TCP windows of a loopback write, and small beside the largest message.
const HIGH_WATER: usize = 64 * 1024;
/// 4 KiB: a read that brings less is mostly the cost of the call.
const LEAST_SPARE: usize = 4 * 1024;
/// Twice what may wait: the usual size of the buffer, beyond which one message was large.
const KEPT_CAPACITY: usize = 2 * HIGH_WATER;
