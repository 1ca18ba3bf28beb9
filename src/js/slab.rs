//! By which number does JavaScript know a connection?

use std::rc::Rc;

pub(super) type Id = u32;

/// Numbered from 1, so that JavaScript can ask `if (id)`; a number is used again once its connection is released.
#[derive(Debug)]
pub(super) struct Slab<T> {
    slots: Vec<Option<Rc<T>>>,
    free: Vec<Id>,
}

impl<T> Slab<T> {
    /// A number for a connection that is about to be.
    pub(super) fn reserve(&mut self) -> Id {
        self.free.pop().unwrap_or_else(|| {
            self.slots.push(None);
            self.slots.len() as Id
        })
    }

    pub(super) fn put(&mut self, id: Id, connection: T) {
        if let Some(slot) = self.slots.get_mut(id as usize - 1) {
            *slot = Some(Rc::new(connection));
        }
    }

    pub(super) fn get(&self, id: Id) -> Option<Rc<T>> {
        self.slots.get(id as usize - 1)?.clone()
    }

    pub(super) fn release(&mut self, id: Id) -> Option<Rc<T>> {
        self.free.push(id);
        self.slots.get_mut(id as usize - 1)?.take()
    }
}

impl<T> Default for Slab<T> {
    fn default() -> Self {
        Self { slots: Vec::new(), free: Vec::new() }
    }
}
