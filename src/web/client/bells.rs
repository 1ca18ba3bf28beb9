//! Who waits for what has no promise of its own, and is still there to be woken?

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use std::task::{Context, Waker};

/// Those who wait for one thing. Each looks for itself when it is woken.
#[derive(Default)]
pub(super) struct Bells(RefCell<Vec<Weak<Rope>>>);

/// One who waits, as long as this lives: a future that is dropped leaves nothing behind.
#[derive(Default)]
pub(super) struct Bell(Rc<Rope>);

#[derive(Default)]
struct Rope(Cell<Option<Waker>>);

impl Bells {
    pub(super) fn hang(&self) -> Bell {
        let bell = Bell::default();
        let mut ropes = self.0.borrow_mut();
        ropes.retain(|rope| rope.strong_count() > 0);
        ropes.push(Rc::downgrade(&bell.0));
        bell
    }

    pub(super) fn ring(&self) {
        let ropes: Vec<_> = self.0.borrow().iter().filter_map(Weak::upgrade).collect();
        for rope in ropes {
            if let Some(task) = rope.0.take() {
                task.wake(); // nothing is borrowed: it may run what it likes
            }
        }
    }
}

impl Bell {
    pub(super) fn wake_at_the_next(&self, context: &Context<'_>) {
        self.0.0.set(Some(context.waker().clone()));
    }
}
