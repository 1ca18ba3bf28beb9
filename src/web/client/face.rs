//! How is a Rust caller asked and told?

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::{Rc, Weak};
use std::task::{Context, Poll, Waker};

use wasm_bindgen::JsValue;

use super::super::CloseEvent;
use super::super::answer::Answer;
use super::super::dial::Destination;
use super::super::error::words_of;
use super::super::face::{self, Cause, Face, News};
use super::super::message::Message;
use super::super::options::{Auth, Heartbeat, Reconnect, Retry, TokenRequest};
use super::super::token::{PING, PONG, Token, default_message, default_reply};
use super::bells::{Bell, Bells};
use super::builder::{Attempt, ClientBuilder, Url};
use super::events::{ClientEvent, Reader};
use crate::engine::{Advice, CloseInfo, DropReason, Event, FlushId, MessageId, Span, TokenReason};

/// What the handles, the futures and the streams of one client look at. It does not lead to the pump, so that dropping
/// the last handle drops that.
#[derive(Default)]
pub(crate) struct Shared {
    readers: RefCell<Vec<Weak<Reader>>>,
    /// Messages that wait, in order of their numbers.
    sends: RefCell<VecDeque<(MessageId, Rc<Promise<Outcome>>)>>,
    flushes: RefCell<VecDeque<(FlushId, Rc<Promise<bool>>)>>,
    /// Who waits until it is open, or closed for good.
    life: Bells,
    /// Sinks that wait until nothing does any more.
    room: Bells,
    was_open: Cell<bool>,
    closed: RefCell<Option<CloseEvent>>,
    /// The last handle was dropped.
    is_abandoned: Cell<bool>,
}

/// What becomes of a message.
pub(super) type Outcome = Result<(), DropReason>;

/// What will be known once.
pub(crate) struct Promise<T> {
    kept: Cell<Option<T>>,
    task: Cell<Option<Waker>>,
}

impl<T: Copy> Promise<T> {
    fn new() -> Rc<Self> {
        Rc::new(Self { kept: Cell::new(None), task: Cell::new(None) })
    }

    fn keep(&self, value: T) {
        self.kept.set(Some(value));
        if let Some(task) = self.task.take() {
            task.wake();
        }
    }

    /// If it is known already.
    pub(super) fn kept(&self) -> Option<T> {
        self.kept.get()
    }

    pub(super) fn poll(&self, context: &Context<'_>) -> Poll<T> {
        match self.kept.get() {
            Some(value) => Poll::Ready(value),
            None => {
                self.task.set(Some(context.waker().clone()));
                Poll::Pending
            }
        }
    }
}

impl Shared {
    /// Before it is sent: its end may be known before `send` returns.
    pub(super) fn expect(&self, id: MessageId) -> Rc<Promise<Outcome>> {
        let promise = Promise::new();
        self.sends.borrow_mut().push_back((id, Rc::clone(&promise)));
        promise
    }

    pub(super) fn expect_flush(&self, id: FlushId) -> Rc<Promise<bool>> {
        let promise = Promise::new();
        self.flushes.borrow_mut().push_back((id, Rc::clone(&promise)));
        promise
    }

    pub(super) fn reader(&self, most: usize) -> Rc<Reader> {
        let reader = Rc::new(Reader::new(most));
        if self.is_over() {
            reader.end();
        } else {
            let mut readers = self.readers.borrow_mut();
            readers.retain(|reader| reader.strong_count() > 0); // a quiet client prunes them nowhere else
            readers.push(Rc::downgrade(&reader));
        }
        reader
    }

    pub(super) fn was_open(&self) -> bool {
        self.was_open.get()
    }

    pub(super) fn closed(&self) -> Option<CloseEvent> {
        self.closed.borrow().clone()
    }

    pub(super) fn is_over(&self) -> bool {
        self.is_abandoned.get() || self.closed.borrow().is_some()
    }

    /// Rings once it is open, and at the end.
    pub(super) fn life(&self) -> Bell {
        self.life.hang()
    }

    /// Rings whenever fewer messages may wait than before, and at the end.
    pub(super) fn room(&self) -> Bell {
        self.room.hang()
    }

    fn tell(&self, event: &ClientEvent) {
        if let ClientEvent::Open { .. } = event {
            self.was_open.set(true);
        } else if let ClientEvent::Close(close) = event {
            self.closed.replace(Some(close.clone()));
        }
        let mut readers = vec![];
        self.readers.borrow_mut().retain(|reader| match reader.upgrade() {
            Some(reader) => {
                readers.push(reader);
                true
            }
            None => false,
        });
        for reader in readers {
            reader.put(event);
        }
        match event {
            ClientEvent::Open { .. } | ClientEvent::Close(_) => {
                self.life.ring();
                self.room.ring();
            }
            // what a lost socket gave back goes, or is dropped, without a promise that would tell
            ClientEvent::Drain | ClientEvent::Dropped { .. } => self.room.ring(),
            ClientEvent::State(_)
            | ClientEvent::Message(_)
            | ClientEvent::Gap { .. }
            | ClientEvent::Down { .. }
            | ClientEvent::Retry { .. }
            | ClientEvent::Error { .. }
            | ClientEvent::Missed(_) => {}
        }
    }

    fn end(&self) {
        self.is_abandoned.set(true);
        let (sends, flushes, readers) = (self.sends.take(), self.flushes.take(), self.readers.take());
        for (_, promise) in sends {
            promise.keep(Err(DropReason::Closed));
        }
        for (_, promise) in flushes {
            promise.keep(false);
        }
        for reader in readers.iter().filter_map(Weak::upgrade) {
            reader.end();
        }
        self.life.ring();
        self.room.ring();
    }
}

/// Whoever asks the caller's functions, and tells.
pub(super) struct RustFace {
    /// None once it is closed: a function may own a handle, and that handle owns us.
    functions: RefCell<Option<Rc<Functions>>>,
    shared: Rc<Shared>,
}

/// The caller's functions, and what stands in for them.
struct Functions {
    url: Url,
    protocols: Vec<String>,
    reconnect: Option<Reconnect>,
    auth: Option<Auth>,
    heartbeat: Option<Heartbeat>,
}

impl RustFace {
    pub(super) fn new(asked: ClientBuilder, shared: Rc<Shared>) -> Self {
        let ClientBuilder { url, protocols, reconnect, auth, heartbeat, .. } = asked;
        let functions = Functions { url, protocols, reconnect, auth, heartbeat };
        Self { functions: RefCell::new(Some(Rc::new(functions))), shared }
    }

    /// Not borrowed while one of them runs.
    fn functions(&self) -> Option<Rc<Functions>> {
        self.functions.borrow().clone()
    }
}

impl Drop for RustFace {
    /// The pump is gone, and nothing more will happen.
    fn drop(&mut self) {
        self.shared.end();
    }
}

impl Face for RustFace {
    fn destination(&self, attempt: &face::Attempt, place: usize) -> Answer<Destination> {
        let Some(functions) = self.functions() else { return Answer::Now(Err(JsValue::UNDEFINED)) };
        let protocols = functions.protocols.clone();
        match &functions.url {
            Url::Fixed(urls) => {
                let url = urls.get(place).cloned().unwrap_or_default();
                Answer::Now(Ok(Destination { url, protocols }))
            }
            Url::Asked(provider) => {
                let last_close = attempt.last_close.as_ref().map(CloseEvent::from);
                let url = provider(Attempt { number: attempt.number, last_close });
                Answer::Later(Box::pin(async move { Ok(Destination { url: url.await?, protocols }) }))
            }
        }
    }

    fn addresses(&self) -> Vec<String> {
        match self.functions().as_deref() {
            Some(Functions { url: Url::Fixed(urls), .. }) => urls.clone(),
            Some(_) | None => Vec::new(),
        }
    }

    fn token(&self, attempt: &face::Attempt, reason: TokenReason) -> Answer<Token> {
        let functions = self.functions();
        let Some(auth) = functions.as_ref().and_then(|functions| functions.auth.as_ref()) else {
            return Answer::Now(Err(JsValue::UNDEFINED));
        };
        let last_close = attempt.last_close.as_ref().map(CloseEvent::from);
        Answer::Later((auth.provider)(TokenRequest { attempt: attempt.number, last_close, reason }))
    }

    fn auth_message(&self, token: &str) -> Result<JsValue, JsValue> {
        let functions = self.functions();
        match functions.as_ref().and_then(|functions| functions.auth.as_ref()?.message.as_ref()) {
            Some(message) => Ok(message(token)),
            None => default_message(token),
        }
    }

    fn reply(&self, data: &JsValue) -> Option<bool> {
        let functions = self.functions();
        match functions.as_ref().and_then(|functions| functions.auth.as_ref()?.reply.as_ref()) {
            Some(reply) => reply(&Message::from_data(data.clone())),
            None => default_reply(data),
        }
    }

    fn ping(&self) -> Result<JsValue, JsValue> {
        let functions = self.functions();
        let ping = functions.as_ref().and_then(|functions| functions.heartbeat.as_ref()?.ping.as_ref());
        Ok(ping.map_or_else(|| PING.into(), |ping| ping()))
    }

    fn is_pong(&self, data: &JsValue) -> bool {
        let functions = self.functions();
        match functions.as_ref().and_then(|functions| functions.heartbeat.as_ref()?.is_pong.as_ref()) {
            Some(is_pong) => is_pong(&Message::from_data(data.clone())),
            None => *data == PONG,
        }
    }

    fn should_retry(&self, close: &CloseInfo, attempt: u32) -> Option<Advice> {
        let functions = self.functions();
        let should_retry = functions.as_ref()?.reconnect.as_ref()?.should_retry.as_ref()?;
        should_retry(&close.into(), attempt).map(|retry| match retry {
            Retry::Soon => Advice::Retry,
            Retry::After(delay) => Advice::RetryAfter(Span::from(delay)),
            Retry::Stop => Advice::Stop,
        })
    }

    fn settled(&self, id: MessageId, outcome: Outcome) {
        let promise = {
            let mut sends = self.shared.sends.borrow_mut();
            let at = sends.iter().position(|(waiting, _)| *waiting == id);
            at.and_then(|at| sends.remove(at))
        };
        if let Some((_, promise)) = promise {
            promise.keep(outcome);
        }
        self.shared.room.ring();
    }

    fn flushed(&self, id: FlushId, complete: bool) {
        let promise = {
            let mut flushes = self.shared.flushes.borrow_mut();
            let at = flushes.iter().position(|(waiting, _)| *waiting == id);
            at.and_then(|at| flushes.remove(at))
        };
        if let Some((_, promise)) = promise {
            promise.keep(complete);
        }
    }

    fn tell(&self, News { event, cause }: News) {
        if let Some(event) = in_rust(event, cause) {
            self.shared.tell(&event);
            if let ClientEvent::Close(_) = event {
                let functions = self.functions.take();
                drop(functions); // not while it is borrowed: what they own may be the last handle
            }
        }
    }
}

fn in_rust(event: Event<super::super::parcel::Parcel>, cause: Option<Cause>) -> Option<ClientEvent> {
    Some(match event {
        Event::State(state) => ClientEvent::State(state),
        Event::Open { attempt, reconnected, resumed } => ClientEvent::Open { attempt, reconnected, resumed },
        Event::Gap { received, missed } => ClientEvent::Gap { received, missed },
        Event::Message(data) => ClientEvent::Message(Message::from_data(data.value())),
        Event::Down { close, will_retry, unconfirmed } => {
            ClientEvent::Down { close: (&close).into(), will_retry, unconfirmed }
        }
        Event::Retry { attempt, delay } => ClientEvent::Retry { attempt, delay: delay.into() },
        Event::Error(error) => ClientEvent::Error {
            error,
            cause: cause.map(|cause| match cause {
                Cause::Thrown(thrown) => words_of(&thrown),
                Cause::Dial(error) => error.to_string(),
            }),
        },
        Event::Dropped { data, reason, .. } => {
            ClientEvent::Dropped { message: Message::from_data(data.value()), reason }
        }
        Event::Drain => ClientEvent::Drain,
        Event::Closed(close) => ClientEvent::Close((&close).into()),
        Event::Settled { .. } | Event::Flushed { .. } => return None, // told when they happened
    })
}

impl From<&CloseInfo> for CloseEvent {
    fn from(close: &CloseInfo) -> Self {
        Self { code: close.code, reason: close.reason.clone(), was_clean: close.clean }
    }
}
