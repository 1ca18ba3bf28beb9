//! What has the browser told, and who hears it?

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use super::wire::Fact;
use super::{CloseEvent, ErrorEvent, Event, Message, Phase};

/// The events of one socket, from the browser to whoever reads them.
pub(crate) struct Inbox {
    /// For the error event; without what must not be shown.
    url: String,
    state: RefCell<State>,
}

pub(crate) type Listener = Rc<RefCell<dyn FnMut(Event)>>;

struct State {
    phase: Phase,
    /// Whether the close event, the last one, has come.
    over: bool,
    /// Whether the stream has said that it ends.
    ended: bool,
    waiting: VecDeque<Event>,
    listener: Option<Listener>,
    /// Whoever waits for an event, or for the socket to open or close; each looks for itself when woken.
    tasks: Vec<Waker>,
}

impl Inbox {
    pub(crate) fn new(url: String) -> Self {
        let state = State {
            phase: Phase::Connecting,
            over: false,
            ended: false,
            waiting: VecDeque::new(),
            listener: None,
            tasks: Vec::new(),
        };
        Self { url, state: RefCell::new(state) }
    }

    /// We asked the browser to close.
    pub(crate) fn on_closing(&self) {
        self.state.borrow_mut().phase = Phase::Closing;
    }

    pub(crate) fn on_fact(&self, fact: Fact) {
        let tasks = {
            let mut state = self.state.borrow_mut();
            let event = self.event(&mut state, fact);
            state.waiting.push_back(event);
            std::mem::take(&mut state.tasks)
        };
        self.deliver();
        for task in tasks {
            task.wake();
        }
    }

    pub(crate) fn listen(&self, listener: Listener) {
        let earlier = self.state.borrow_mut().listener.replace(listener);
        drop(earlier); // not while the state is borrowed: what it owns may call us
        self.deliver();
    }

    pub(crate) fn poll_event(&self, context: &mut Context<'_>) -> Poll<Option<Event>> {
        let mut state = self.state.borrow_mut();
        if let Some(event) = state.waiting.pop_front() {
            Poll::Ready(Some(event))
        } else if state.over {
            state.ended = true;
            Poll::Ready(None)
        } else {
            state.wake_later(context)
        }
    }

    /// Whether the stream has said that it ends.
    pub(crate) fn has_ended(&self) -> bool {
        self.state.borrow().ended
    }

    /// Wakes this task when the socket has opened or closed, or something else has happened to it.
    pub(crate) fn wait_for_change<T>(&self, context: &Context<'_>) -> Poll<T> {
        self.state.borrow_mut().wake_later(context)
    }

    fn event(&self, state: &mut State, fact: Fact) -> Event {
        match fact {
            Fact::Opened => {
                state.phase = Phase::Open;
                Event::Open
            }
            Fact::Received(data) => Event::Message(Message::from_data(data)),
            Fact::Failed => Event::Error(ErrorEvent { phase: state.phase, url: self.url.clone() }),
            Fact::Closed { code, reason, was_clean } => {
                state.over = true;
                Event::Close(CloseEvent { code: code.into(), reason, was_clean })
            }
        }
    }

    /// Gives the listener, where there is one, what waits. Nothing is borrowed while it runs: it may call anything,
    /// and another listener may take its place.
    fn deliver(&self) {
        loop {
            let mut state = self.state.borrow_mut();
            let Some(listener) = state.listener.clone() else { return };
            let Some(event) = state.waiting.pop_front() else {
                let done = if state.over { state.listener.take() } else { None };
                drop(state);
                drop(done); // what it owns, the socket perhaps, is free to go
                return;
            };
            drop(state);
            // busy: it called something that delivers again; the loop that runs it takes the event next
            let Ok(mut listener) = listener.try_borrow_mut() else {
                self.state.borrow_mut().waiting.push_front(event);
                return;
            };
            listener(event);
        }
    }
}

impl State {
    fn wake_later<T>(&mut self, context: &Context<'_>) -> Poll<T> {
        if !self.tasks.iter().any(|task| task.will_wake(context.waker())) {
            self.tasks.push(context.waker().clone());
        }
        Poll::Pending
    }
}
