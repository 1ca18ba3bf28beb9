//! What does a Rust caller hear of a client, at its own pace?

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use futures_core::stream::{FusedStream, Stream};

use super::super::{CloseEvent, Message};
use crate::engine::{ClientState, DropReason, Error, Unconfirmed};

/// What happened to a client.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum ClientEvent {
    /// It is another of the five states now.
    State(ClientState),
    /// A socket is ready for messages: authenticated, where auth is on.
    Open {
        /// In its row, from 0.
        attempt: u32,
        /// It was open before.
        reconnected: bool,
        /// With [`session`](super::ClientBuilder::session): whether the session goes on, so that nothing is lost. `None`
        /// without.
        resumed: Option<bool>,
    },
    /// A message arrived.
    Message(Message),
    /// In a session: messages of the server's will not come.
    Gap {
        /// So many of the session's had come.
        received: u64,
        /// So many are missing after those. `None`: how many, nobody knows, since the session is over.
        missed: Option<u64>,
    },
    /// A socket that was open is lost; the client tries again, or is about to close.
    Down {
        /// How it ended.
        close: CloseEvent,
        /// Another attempt follows.
        will_retry: bool,
        /// What had left the browser and nothing confirms. What certainly never left is sent again, first and in order. In a
        /// session, what the server has not acknowledged: all of that is sent again.
        unconfirmed: Unconfirmed,
    },
    /// The next attempt is so far away.
    Retry {
        /// In its row.
        attempt: u32,
        /// From now.
        delay: Duration,
    },
    /// Something went wrong; the client goes on unless `Close` follows.
    Error {
        /// What, and who must act.
        error: Error,
        /// What a provider said, or why there could not be a socket at all.
        cause: Option<String>,
    },
    /// A message will not be sent.
    Dropped {
        /// The message.
        message: Message,
        /// Why.
        reason: DropReason,
    },
    /// After sending was held up: nothing is queued, and the browser's buffer is at or under the low mark.
    Drain,
    /// This stream was not read, and so many events were let go here.
    Missed(u64),
    /// Closed for good. Always the last.
    Close(CloseEvent),
}

/// The events of a client from the call of [`Client::events`](super::Client::events) on, for one reader.
///
/// It holds so many unread; what comes then is counted, and told as [`ClientEvent::Missed`] in its place. `Close` is
/// never missed. It does not keep the client: when the last handle is dropped, it ends.
#[must_use = "a stream says nothing unless it is read"]
pub struct Events(pub(super) Rc<Reader>);

/// The reader's side, and the client's.
pub(super) struct Reader {
    most: usize,
    unread: RefCell<VecDeque<ClientEvent>>,
    missed: Cell<u64>,
    close: RefCell<Option<ClientEvent>>,
    is_over: Cell<bool>,
    has_ended: Cell<bool>,
    task: Cell<Option<Waker>>,
}

impl Reader {
    pub(super) fn new(most: usize) -> Self {
        Self {
            most,
            unread: RefCell::default(),
            missed: Cell::new(0),
            close: RefCell::default(),
            is_over: Cell::new(false),
            has_ended: Cell::new(false),
            task: Cell::new(None),
        }
    }

    pub(super) fn put(&self, event: &ClientEvent) {
        if let ClientEvent::Close(_) = event {
            self.close.replace(Some(event.clone()));
            self.is_over.set(true);
        } else if self.missed.get() > 0 || self.unread.borrow().len() >= self.most {
            self.missed.set(self.missed.get() + 1);
        } else {
            self.unread.borrow_mut().push_back(event.clone());
        }
        self.wake();
    }

    pub(super) fn end(&self) {
        self.is_over.set(true);
        self.wake();
    }

    fn wake(&self) {
        if let Some(task) = self.task.take() {
            task.wake();
        }
    }

    fn next(&self) -> Option<ClientEvent> {
        let event = self.unread.borrow_mut().pop_front();
        event
            .or_else(|| match self.missed.take() {
                0 => None,
                missed => Some(ClientEvent::Missed(missed)),
            })
            .or_else(|| self.close.take())
    }
}

impl Stream for Events {
    type Item = ClientEvent;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<ClientEvent>> {
        let reader = &self.0;
        if let Some(event) = reader.next() {
            return Poll::Ready(Some(event));
        }
        if reader.is_over.get() {
            reader.has_ended.set(true);
            return Poll::Ready(None);
        }
        reader.task.set(Some(context.waker().clone()));
        Poll::Pending
    }
}

impl FusedStream for Events {
    fn is_terminated(&self) -> bool {
        self.0.has_ended.get()
    }
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Events").field("unread", &self.0.unread.borrow().len()).finish_non_exhaustive()
    }
}
