//! What does the engine know of a message that stays with JavaScript?

use std::cell::RefCell;
use std::rc::Rc;

use crate::engine::{Kind, MessageId, Payload};

/// Its kind and its size. Its value is JavaScript's, which keeps what waits by the message's number and is told when
/// the engine has forgotten it.
#[derive(Debug, Clone)]
pub(super) struct Parcel {
    kind: Kind,
    size: u64,
    /// None of one that has just arrived: JavaScript has it in its hand.
    _kept: Option<Rc<Kept>>,
}

impl Parcel {
    pub(super) fn arrived(kind: Kind, size: u64) -> Self {
        Self { kind, size, _kept: None }
    }

    /// To be sent: JavaScript keeps it under this number.
    pub(super) fn numbered(self, id: MessageId, forgotten: &Forgotten) -> Self {
        Self { _kept: Some(Rc::new(Kept { id, forgotten: Rc::clone(forgotten) })), ..self }
    }
}

impl Payload for Parcel {
    fn kind(&self) -> Kind {
        self.kind
    }

    fn size(&self) -> u64 {
        self.size
    }
}

/// The messages that the engine has let go of since JavaScript was last told.
pub(super) type Forgotten = Rc<RefCell<Vec<MessageId>>>;

#[derive(Debug)]
struct Kept {
    id: MessageId,
    forgotten: Forgotten,
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.forgotten.borrow_mut().push(self.id);
    }
}
