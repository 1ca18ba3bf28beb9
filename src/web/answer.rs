//! How is a caller's provider asked: one that answers at once, and one that answers later?

use std::cell::RefCell;
use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::rc::Rc;
use std::task::Poll;

use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;

/// What a provider gives. An error is whatever it failed with: it is shown to the caller again, and not looked at.
pub(crate) enum Answer<T> {
    Now(Result<T, JsValue>),
    Later(Pending<T>),
}

/// What a provider answers with.
pub(crate) type Pending<T> = Pin<Box<dyn Future<Output = Result<T, JsValue>>>>;

/// A provider that has not answered yet. Dropping it takes the question back: its future is dropped, and nothing is heard
/// of it any more.
pub(crate) struct Question(#[expect(dead_code, reason = "it is there to be dropped")] Box<dyn Waiting>);

/// What waits for an answer, until it is dropped.
trait Waiting {}

impl Question {
    /// `hearer` is called in a task of its own.
    pub(crate) fn wait<T: 'static>(pending: Pending<T>, hearer: impl FnOnce(Result<T, JsValue>) + 'static) -> Self {
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
        Self(Box::new(Slot(waiting)))
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
