//! How is a caller's provider asked: one that answers at once, and one that answers later?

use std::cell::RefCell;
use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::rc::Rc;
use std::task::Poll;

use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;

/// What a provider gives. An error is whatever it threw: it is shown to the caller again, and not looked at.
pub(crate) enum Answer<T> {
    Now(Result<T, JsValue>),
    /// Given who wants to hear it, it waits.
    Later(Box<dyn FnOnce(Hearer<T>) -> Question>),
}

/// Who hears an answer that comes later, in a task of its own.
pub(crate) type Hearer<T> = Box<dyn FnOnce(Result<T, JsValue>)>;

/// What a Rust provider answers with.
pub(crate) type Pending<T> = Pin<Box<dyn Future<Output = Result<T, JsValue>>>>;

impl<T: 'static> Answer<T> {
    /// What a future gives. It is dropped when nobody wants to hear it any more.
    pub(crate) fn of(pending: Pending<T>) -> Self {
        Self::Later(Box::new(move |hearer| wait(pending, hearer)))
    }

    /// What comes of it.
    pub(crate) fn map<U: 'static>(self, and_then: impl FnOnce(T) -> Result<U, JsValue> + 'static) -> Answer<U> {
        match self {
            Self::Now(answer) => Answer::Now(answer.and_then(and_then)),
            Self::Later(later) => {
                Answer::Later(Box::new(move |hearer| later(Box::new(move |answer| hearer(answer.and_then(and_then))))))
            }
        }
    }
}

/// A provider that has not answered yet. Dropping it takes the question back: nothing is heard of it any more.
pub(crate) struct Question(#[expect(dead_code, reason = "it is there to be dropped")] Box<dyn Waiting>);

/// What waits for an answer, until it is dropped.
pub(crate) trait Waiting {}

impl Question {
    pub(crate) fn new(waiting: impl Waiting + 'static) -> Self {
        Self(Box::new(waiting))
    }
}

impl fmt::Debug for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Question")
    }
}

/// A future between two looks at it; empty once it is taken back.
struct Slot<T>(Rc<RefCell<Option<Pending<T>>>>);

impl<T> Waiting for Slot<T> {}

impl<T> Drop for Slot<T> {
    fn drop(&mut self) {
        let pending = self.0.take();
        drop(pending); // not while it is borrowed: what it owns may call us
    }
}

fn wait<T: 'static>(pending: Pending<T>, hearer: Hearer<T>) -> Question {
    let waiting = Rc::new(RefCell::new(Some(pending)));
    let slot = Rc::clone(&waiting);
    spawn_local(async move {
        let answer = poll_fn(|context| {
            // not borrowed while it is polled: what runs there may take the question back
            let Some(mut pending) = slot.take() else { return Poll::Ready(None) };
            match pending.as_mut().poll(context) {
                Poll::Ready(answer) => Poll::Ready(Some(answer)),
                Poll::Pending if Rc::strong_count(&slot) == 1 => Poll::Ready(None), // taken back meanwhile
                Poll::Pending => {
                    slot.replace(Some(pending));
                    Poll::Pending
                }
            }
        });
        if let Some(answer) = answer.await {
            hearer(answer);
        }
    });
    Question::new(Slot(waiting))
}
