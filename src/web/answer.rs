//! How is a caller's provider run: one that answers at once, and one that answers later?

use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::rc::Rc;
use std::task::Poll;

use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;

/// What a provider gives. An error is whatever it threw: it is shown to the caller again, and not looked at.
pub(crate) enum Answer<T> {
    Now(Result<T, JsValue>),
    Later(Pending<T>),
}

pub(crate) type Pending<T> = Pin<Box<dyn Future<Output = Result<T, JsValue>>>>;

impl<T: 'static> Answer<T> {
    /// What comes of it.
    pub(crate) fn map<U: 'static>(self, and_then: impl FnOnce(T) -> Result<U, JsValue> + 'static) -> Answer<U> {
        match self {
            Self::Now(answer) => Answer::Now(answer.and_then(and_then)),
            Self::Later(pending) => Answer::Later(Box::pin(async move { and_then(pending.await?) })),
        }
    }
}

/// A provider that has not answered yet. Dropping it takes the question back: its future is dropped, and nothing is
/// heard of it any more.
#[derive(Debug)]
pub(crate) struct Question<T>(Rc<RefCell<Option<Waiting<T>>>>);

struct Waiting<T>(Pending<T>);

impl<T> std::fmt::Debug for Waiting<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Waiting")
    }
}

impl<T: 'static> Question<T> {
    /// Waits for the answer, and says it.
    pub(crate) fn ask(pending: Pending<T>, answered: impl FnOnce(Result<T, JsValue>) + 'static) -> Self {
        let waiting = Rc::new(RefCell::new(Some(Waiting(pending))));
        let slot = Rc::clone(&waiting);
        spawn_local(async move {
            let answer = poll_fn(|context| {
                // not borrowed while it is polled: what runs there may take the question back
                let Some(Waiting(mut pending)) = slot.take() else { return Poll::Ready(None) };
                match pending.as_mut().poll(context) {
                    Poll::Ready(answer) => Poll::Ready(Some(answer)),
                    Poll::Pending if Rc::strong_count(&slot) == 1 => Poll::Ready(None), // taken back meanwhile
                    Poll::Pending => {
                        slot.replace(Some(Waiting(pending)));
                        Poll::Pending
                    }
                }
            });
            if let Some(answer) = answer.await {
                answered(answer);
            }
        });
        Self(waiting)
    }
}

impl<T> Drop for Question<T> {
    fn drop(&mut self) {
        let waiting = self.0.take();
        drop(waiting); // not while it is borrowed: what it owns may call us
    }
}
