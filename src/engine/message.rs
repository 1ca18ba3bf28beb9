//! What does the engine remember of a message?

use super::time::Instant;
use super::vocabulary::{Kind, MessageId, Payload};

/// A message that was accepted and is not yet out of our hands.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Message<P> {
    pub(super) id: MessageId,
    pub(super) data: P,
    /// From then on it is not worth sending.
    pub(super) expires: Option<Instant>,
    /// It goes at once or not at all, so it never waits.
    pub(super) volatile: bool,
    /// Its promise is kept only when the server has acknowledged it.
    pub(super) acknowledged: bool,
    /// Its promise is kept: it was handed over once, and has come back.
    pub(super) settled: bool,
}

/// What a session keeps: its size is what the server may count it as, at most.
impl<P: Payload> Payload for Message<P> {
    fn kind(&self) -> Kind {
        self.data.kind()
    }

    fn size(&self) -> u64 {
        self.most()
    }
}

impl<P: Payload> Message<P> {
    /// What it may at most be on the wire. Text is measured by the browser, when it takes it: until then a UTF-16 unit
    /// (two bytes here) counts as three bytes of UTF-8, and none takes more.
    pub(super) fn most(&self) -> u64 {
        match self.data.kind() {
            Kind::Binary => self.data.size(),
            Kind::Text => self.data.size().div_ceil(2).saturating_mul(3),
        }
    }
}

/// What the rooms are tried with: so many bytes, and nothing in them.
#[cfg(test)]
pub(super) mod sample {
    use super::*;

    #[derive(Debug, Clone, PartialEq)]
    pub(in super::super) struct Bytes(pub(in super::super) u64);

    impl Payload for Bytes {
        fn kind(&self) -> Kind {
            Kind::Binary
        }
        fn size(&self) -> u64 {
            self.0
        }
    }

    pub(in super::super) fn message(id: u64, size: u64) -> Message<Bytes> {
        Message {
            id: MessageId(id),
            data: Bytes(size),
            expires: None,
            volatile: false,
            acknowledged: false,
            settled: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone)]
    struct Sized(Kind, u64);

    impl Payload for Sized {
        fn kind(&self) -> Kind {
            self.0
        }
        fn size(&self) -> u64 {
            self.1
        }
    }

    fn most(kind: Kind, size: u64) -> u64 {
        let data = Sized(kind, size);
        Message { id: MessageId(0), data, expires: None, volatile: false, acknowledged: false, settled: false }.most()
    }

    #[test]
    fn binary_is_what_it_is() {
        assert_eq!(most(Kind::Binary, 1_000), 1_000);
    }

    #[test]
    fn text_is_never_more_than_three_bytes_a_unit() {
        for text in ["", "a", "ä", "€", "𝄞", "a€𝄞 äöü"] {
            let size = 2 * text.encode_utf16().count() as u64;
            assert!(most(Kind::Text, size) >= text.len() as u64, "{text}");
        }
        assert_eq!(most(Kind::Text, 2), 3); // "€"
        assert_eq!(most(Kind::Text, 3), 6, "half a unit is none, but a caller may err");
        assert_eq!(most(Kind::Text, u64::MAX), u64::MAX);
    }
}
