//! What is sent in these sessions? A number, a size and no contents.

use std::fmt;
use std::rc::Rc;

use everwire::engine::{Event, Frame, Input, Kind, Output, Payload};

/// A message whose size is only said, so that one of `u64::MAX` bytes costs nothing.
#[derive(Clone)]
pub(super) struct Parcel {
    pub(super) serial: u64,
    pub(super) kind: Kind,
    pub(super) size: u64,
    /// What a browser counts it as.
    pub(super) wire: u64,
    /// Held by what the engine was given, so that its clones can be counted.
    #[allow(dead_code, reason = "it is counted, never read")]
    pub(super) purse: Option<Rc<()>>,
}

impl Payload for Parcel {
    fn kind(&self) -> Kind {
        self.kind
    }

    fn size(&self) -> u64 {
        self.size
    }
}

/// Whoever holds it, it is the same.
impl PartialEq for Parcel {
    fn eq(&self, other: &Self) -> bool {
        let Self { serial, kind, size, wire, purse: _ } = self;
        (*serial, *kind, *size, *wire) == (other.serial, other.kind, other.size, other.wire)
    }
}

impl fmt::Debug for Parcel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{} {:?} of {} ({} on the wire)", self.serial, self.kind, self.size, self.wire)
    }
}

impl Parcel {
    fn without_purse(self) -> Self {
        Self { purse: None, ..self }
    }
}

/// As it is given to the engine.
pub(super) fn with_purse(input: Input<Parcel>, purse: &Rc<()>) -> Input<Parcel> {
    if let Input::Send { id, data, options } = input {
        Input::Send { id, data: Parcel { purse: Some(Rc::clone(purse)), ..data }, options }
    } else {
        input
    }
}

/// As it is written down.
pub(super) fn without_purse(output: Output<Parcel>) -> Output<Parcel> {
    match output {
        Output::Transmit { socket, frame: Frame::Message { id, data } } => {
            Output::Transmit { socket, frame: Frame::Message { id, data: data.without_purse() } }
        }
        Output::Tell(Event::Dropped { id, data, reason }) => {
            Output::Tell(Event::Dropped { id, data: data.without_purse(), reason })
        }
        Output::Open { .. }
        | Output::Transmit { .. }
        | Output::Close { .. }
        | Output::FetchToken { .. }
        | Output::CancelToken { .. }
        | Output::Judge { .. }
        | Output::AskRetry { .. }
        | Output::Aim { .. }
        | Output::Tell(_) => output,
    }
}
