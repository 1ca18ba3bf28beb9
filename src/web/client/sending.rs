//! How does a Rust caller wait until something is sent?

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use futures_sink::Sink;

use super::super::Message;
use super::Client;
use super::bells::Bell;
use super::face::{Outcome, Promise};
use crate::engine::{CloseFrame, DropReason, Error, MessageId};

/// A message that was accepted. Awaiting it is waiting until it is handed to the browser within the limits; dropping it
/// changes nothing.
#[must_use = "await it to be held back as the network wants, or drop it to go on"]
pub struct Sending {
    pub(super) client: Client,
    pub(super) id: MessageId,
    pub(super) promise: Rc<Promise<Outcome>>,
}

impl Sending {
    /// Does not send it after all, if it is still waiting.
    pub fn take_back(&self) {
        self.client.pump.take_back(self.id);
    }
}

impl Future for Sending {
    type Output = Result<(), Dropped>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), Dropped>> {
        self.promise.poll(context).map_err(Dropped)
    }
}

/// A message will not be sent, and why.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Dropped(pub DropReason);

impl Dropped {
    /// Stable, for programs to compare: "dropped/overflow".
    pub fn code(&self) -> &'static str {
        Error::Dropped(self.0).code()
    }
}

impl fmt::Display for Dropped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Error::Dropped(self.0).fmt(f)
    }
}

impl fmt::Debug for Dropped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f) // as `OpenError` does
    }
}

impl std::error::Error for Dropped {}

/// Everything that was accepted up to now, on its way.
#[must_use = "a flush is for awaiting"]
pub struct Flushing {
    pub(super) promise: Rc<Promise<bool>>,
}

impl Future for Flushing {
    type Output = Result<(), Unflushed>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), Unflushed>> {
        self.promise.poll(context).map(|complete| if complete { Ok(()) } else { Err(Unflushed) })
    }
}

/// The connection was lost: what became of some messages cannot be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unflushed;

impl fmt::Display for Unflushed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the connection was lost: what became of some messages cannot be known")
    }
}

impl std::error::Error for Unflushed {}

/// A `Sink` that is ready while nothing waits: `send_all` goes as fast as the limits and the network, and no further.
///
/// Flushing it waits until the messages have left the browser. Closing it flushes first, however long there is no
/// connection, and then closes the client with 1000; [`Client::close`] does not wait. It is a handle like a clone of the
/// client: the connection lives as long as it does.
#[must_use = "a sink sends what is put into it"]
pub struct ClientSink {
    pub(super) client: Client,
    pub(super) room: Bell,
    pub(super) flushing: Option<Flushing>,
    pub(super) is_closing: bool,
}

impl Sink<Message> for ClientSink {
    type Error = Dropped;

    fn poll_ready(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), Dropped>> {
        let client = &self.client;
        if client.shared.is_over() || self.is_closing {
            return Poll::Ready(Err(Dropped(DropReason::Closed)));
        }
        if client.pump.stats().0.queued_messages == 0 {
            Poll::Ready(Ok(()))
        } else {
            self.room.wake_at_the_next(context);
            Poll::Pending
        }
    }

    /// Accepted, unless the queue has no room for it; a message that is dropped later is told by the client's events.
    fn start_send(mut self: Pin<&mut Self>, message: Message) -> Result<(), Dropped> {
        self.flushing = None; // what is flushed from now on includes this one
        let sending = self.client.send(&message);
        match sending.promise.kept() {
            Some(Err(reason)) => Err(Dropped(reason)),
            Some(Ok(())) | None => Ok(()),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), Dropped>> {
        let client = self.client.clone();
        let flushing = self.flushing.get_or_insert_with(|| client.flush());
        // what cannot be known is told by `Down`; a sink has nothing to add to it
        let _: Result<(), Unflushed> = ready!(Pin::new(flushing).poll(context));
        self.flushing = None;
        Poll::Ready(Ok(()))
    }

    fn poll_close(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), Dropped>> {
        if !self.is_closing {
            ready!(self.as_mut().poll_flush(context))?;
            self.is_closing = true;
            self.client.pump.close(Some(CloseFrame::NORMAL));
        }
        if self.client.shared.is_over() {
            return Poll::Ready(Ok(()));
        }
        self.room.wake_at_the_next(context);
        Poll::Pending
    }
}

impl fmt::Debug for ClientSink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientSink").field("client", &self.client).finish_non_exhaustive()
    }
}

impl fmt::Debug for Sending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sending").finish_non_exhaustive()
    }
}

impl fmt::Debug for Flushing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Flushing").finish_non_exhaustive()
    }
}
