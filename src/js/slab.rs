//! By which number does JavaScript know a connection?

use std::cell::RefCell;
use std::rc::Rc;

pub(super) type Id = u32;

/// Numbered from 1, so that JavaScript can ask `if (id)`; a number is used again once its connection is released.
#[derive(Debug)]
pub(super) struct Slab<T>(RefCell<Slots<T>>);

#[derive(Debug)]
struct Slots<T> {
    used: Vec<Option<Rc<T>>>,
    free: Vec<Id>,
}

impl<T> Slab<T> {
    /// A number for a connection that is about to be.
    pub(super) fn reserve(&self) -> Id {
        let mut slots = self.0.borrow_mut();
        slots.free.pop().unwrap_or_else(|| {
            slots.used.push(None);
            slots.used.len() as Id
        })
    }

    pub(super) fn put(&self, id: Id, connection: T) {
        if let Some(slot) = self.0.borrow_mut().used.get_mut(id as usize - 1) {
            *slot = Some(Rc::new(connection));
        }
    }

    pub(super) fn get(&self, id: Id) -> Option<Rc<T>> {
        self.0.borrow().used.get(id as usize - 1)?.clone()
    }

    /// What it was: to be dropped while nothing is borrowed.
    pub(super) fn release(&self, id: Id) -> Option<Rc<T>> {
        let mut slots = self.0.borrow_mut();
        slots.free.push(id);
        slots.used.get_mut(id as usize - 1)?.take()
    }
}

impl<T> Default for Slab<T> {
    fn default() -> Self {
        Self(RefCell::new(Slots { used: Vec::new(), free: Vec::new() }))
    }
}
