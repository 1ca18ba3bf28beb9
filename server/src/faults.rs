//! What can go wrong, on demand?

use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt;
use tokio::time::{Instant, interval, sleep_until, timeout};

use crate::{
    closing::Ending,
    query::{BadQuery, LONGEST_WAIT, MillisOr, Query},
    socket::{Manners, Over, Payload, Socket},
};

/// `/ws/fault/…`. Whatever has to wait (`after`) echoes meanwhile.
#[derive(Debug)]
pub(crate) enum Fault {
    Close {
        after: When,
        code: Option<u16>,
        reason: String,
    },
    Reset {
        after: When,
    },
    Drop {
        after: When,
    },
    Panic {
        after: When,
    },
    /// Nothing is answered, not even pings and close frames; ends with RST when the client is gone or the time is up.
    Silent {
        reads: bool,
        lasts: Duration,
    },
    /// Without a rate it reads as fast as it can: the reader that a slow one is compared with.
    Slow {
        bytes_per_second: Option<u32>,
    },
    Flood {
        count: u32,
        size: usize,
        kind: Kind,
    },
    /// Bytes on the wire that need not be a frame, or a text that need not be UTF-8.
    Raw {
        after: When,
        bytes: Bytes,
    },
    Text {
        after: When,
        bytes: Bytes,
    },
}

/// The moment at which a fault happens.
#[derive(Clone, Copy, Debug)]
pub(crate) enum When {
    After(Duration),
    /// As the first message arrives, which is not answered: the client has certainly seen the socket open by then.
    FirstMessage,
}

/// What a flood is made of.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    Text,
    Binary,
}

impl Fault {
    /// Those that open a socket first; `stall` and `refuse` do not.
    pub(crate) const KINDS: [&str; 9] = ["close", "reset", "drop", "panic", "silent", "slow", "flood", "raw", "text"];

    pub(crate) fn new(kind: &str, query: &mut Query, max_message: usize) -> Result<Self, BadQuery> {
        Ok(match kind {
            "close" => Self::close(query)?,
            "reset" => Self::Reset { after: when(query)? },
            "drop" => Self::Drop { after: when(query)? },
            "panic" => Self::Panic { after: when(query)? },
            "silent" => Self::Silent {
                reads: query.one_of("read", &["on", "off"])? != Some("off"),
                lasts: query.millis("after")?.unwrap_or(LONGEST_WAIT),
            },
            "slow" => Self::Slow { bytes_per_second: query.number("rate", 1..=u32::MAX)? },
            "flood" => Self::Flood {
                count: query.number("count", 0..=u32::MAX)?.unwrap_or(1000),
                size: query.number("size", 0..=max_message)?.unwrap_or(1024),
                kind: match query.one_of("kind", &["text", "binary"])? {
                    Some("text") => Kind::Text,
                    Some(_) | None => Kind::Binary,
                },
            },
            "raw" => Self::Raw { after: when(query)?, bytes: hex(query)? },
            "text" => Self::Text { after: when(query)?, bytes: hex(query)? },
            other => return Err(BadQuery(format!("there is no fault called {other:?}"))),
        })
    }

    pub(crate) async fn serve(self, socket: &mut Socket) -> Ending {
        match self {
            Self::Close { after, code, reason } => meanwhile(socket, after, Ending::Close { code, reason }).await,
            Self::Reset { after } => meanwhile(socket, after, Ending::Reset).await,
            Self::Drop { after } => meanwhile(socket, after, Ending::Drop).await,
            Self::Panic { after } => {
                if echo_until(socket, after).await {
                    // a panic like any other, but for the report on stderr: this one is no news
                    std::panic::resume_unwind(Box::new("asked for by /ws/fault/panic"));
                }
                Ending::Over
            }
            Self::Silent { reads, lasts } => stay_silent(socket, reads, lasts).await,
            Self::Slow { bytes_per_second } => read_slowly(socket, bytes_per_second).await,
            Self::Flood { count, size, kind } => flood(socket, count, size, kind).await,
            Self::Raw { after, bytes } => {
                if echo_until(socket, after).await {
                    socket.queue_raw(&bytes);
                    while socket.receive().await.is_some() {}
                }
                Ending::Over
            }
            Self::Text { after, bytes } => {
                if echo_until(socket, after).await && socket.send(Payload::Text(bytes)).await {
                    while socket.receive().await.is_some() {}
                }
                Ending::Over
            }
        }
    }

    /// Compressed, a slow reader would hardly be slow, and a flood would measure zlib.
    pub(crate) fn likes_deflate(&self) -> bool {
        !matches!(self, Self::Slow { .. } | Self::Flood { .. })
    }

    fn close(query: &mut Query) -> Result<Self, BadQuery> {
        let after = when(query)?;
        let code = query.number("code", 0..=u16::MAX)?;
        let reason = query.text("reason")?.unwrap_or_default();
        if reason.len() > LONGEST_REASON {
            return Err(BadQuery(format!("`reason` may have {LONGEST_REASON} bytes, not {}", reason.len())));
        }
        if code.is_none() && !reason.is_empty() {
            return Err(BadQuery("a `reason` needs a `code`: a close frame has both or none".to_owned()));
        }
        Ok(Self::Close { after, code, reason })
    }
}

fn when(query: &mut Query) -> Result<When, BadQuery> {
    Ok(match query.millis_or("after", "message")? {
        Some(MillisOr::Word) => When::FirstMessage,
        Some(MillisOr::Millis(wait)) => When::After(wait),
        None => When::After(Duration::ZERO),
    })
}

fn hex(query: &mut Query) -> Result<Bytes, BadQuery> {
    let text = query.text("bytes")?.unwrap_or_default();
    let digits: Option<Vec<u8>> =
        text.chars().map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect();
    match digits {
        Some(digits) if !digits.is_empty() && digits.len() % 2 == 0 => {
            Ok(digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect())
        }
        Some(_) | None => Err(BadQuery("`bytes` must be pairs of hexadecimal digits".to_owned())),
    }
}

async fn meanwhile(socket: &mut Socket, after: When, then: Ending) -> Ending {
    if echo_until(socket, after).await { then } else { Ending::Over }
}

/// False when the client left first.
async fn echo_until(socket: &mut Socket, when: When) -> bool {
    match when {
        When::After(Duration::ZERO) => true,
        When::After(wait) => {
            let until = Instant::now() + wait;
            let echoing = crate::endpoint::echo(socket);
            tokio::select! {
                _ = echoing => false,
                () = sleep_until(until) => true,
            }
        }
        When::FirstMessage => socket.receive().await.is_some(),
    }
}

async fn stay_silent(socket: &mut Socket, reads: bool, lasts: Duration) -> Ending {
    socket.manners = Manners::Mute;
    let silence = async {
        if reads {
            while socket.receive().await.is_some() {}
            if let Some(Over::Closed(_) | Over::Broken(_)) = socket.over {
                socket.discard_rest().await; // it said goodbye and waits for an answer that does not come
            }
        } else {
            let mut look = interval(LOOKS_WHETHER_IT_LEFT);
            while !socket.wire().has_been_left() {
                look.tick().await;
            }
        }
    };
    let _ = timeout(lasts, silence).await;
    Ending::Reset
}

/// Counts what it reads, and tells on "count?", or in the reason that answers a close.
async fn read_slowly(socket: &mut Socket, bytes_per_second: Option<u32>) -> Ending {
    if let Some(bytes_per_second) = bytes_per_second {
        socket.wire().read_slowly(bytes_per_second);
    }
    let mut count = Count::default();
    while let Some(payload) = socket.receive().await {
        let asks = matches!(&payload, Payload::Text(text) if text.as_ref() == b"count?");
        if !asks {
            count.add(&payload);
        } else if !socket.send_text(count.told()).await {
            break;
        }
    }
    Ending::Reply(count.told())
}

/// Messages carry their number, from 0, in the first four bytes (little-endian) or as decimal digits.
async fn flood(socket: &mut Socket, count: u32, size: usize, kind: Kind) -> Ending {
    for number in 0..count {
        let payload = match kind {
            Kind::Binary => {
                let mut bytes = vec![0; size];
                let marked = size.min(4);
                bytes[..marked].copy_from_slice(&number.to_le_bytes()[..marked]);
                Payload::Binary(bytes.into())
            }
            Kind::Text => {
                let mut text = format!("{number:.<size$}");
                text.truncate(size);
                Payload::Text(text.into())
            }
        };
        if !socket.has_room().await {
            return Ending::Over;
        }
        // a client that closes need not wait for the rest
        if let Some(None) = socket.receive().now_or_never() {
            return Ending::Over;
        }
        if !socket.send(payload).await {
            return Ending::Over;
        }
    }
    Ending::close(1000, "")
}

#[derive(Debug, Default)]
struct Count {
    messages: u64,
    bytes: u64,
    last: Option<u32>,
    out_of_order: bool,
}

impl Count {
    fn add(&mut self, payload: &Payload) {
        let (Payload::Text(bytes) | Payload::Binary(bytes)) = payload;
        self.messages += 1;
        self.bytes += bytes.len() as u64;
        if let (Payload::Binary(_), Some(mark)) = (payload, bytes.first_chunk::<4>()) {
            let number = u32::from_le_bytes(*mark);
            let follows = self.last.is_none_or(|last| last.wrapping_add(1) == number);
            self.out_of_order |= !follows;
            self.last = Some(number);
        }
    }

    fn told(&self) -> String {
        let Self { messages, bytes, out_of_order, .. } = self;
        format!(r#"{{"messages":{messages},"bytes":{bytes},"inOrder":{}}}"#, !out_of_order)
    }
}

/// RFC 6455 §5.5: a control frame carries at most 125 bytes, and the code takes two.
const LONGEST_REASON: usize = 123;
/// A quarter of a second: a test that counts sockets need not wait longer.
const LOOKS_WHETHER_IT_LEFT: Duration = Duration::from_millis(250);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_count_fits_a_close_reason_however_much_was_read() {
        let count = Count { messages: u64::MAX, bytes: u64::MAX, last: None, out_of_order: true };
        assert!(count.told().len() <= LONGEST_REASON);
    }

    #[test]
    fn numbers_that_do_not_follow_each_other_are_out_of_order() {
        let told = |numbers: &[u32]| {
            let mut count = Count::default();
            for number in numbers {
                count.add(&Payload::Binary(Bytes::copy_from_slice(&number.to_le_bytes())));
            }
            count.told()
        };
        assert_eq!(told(&[7, 8, 9]), r#"{"messages":3,"bytes":12,"inOrder":true}"#);
        assert_eq!(told(&[0, 2]), r#"{"messages":2,"bytes":8,"inOrder":false}"#);
    }

    #[test]
    fn hex_is_pairs_of_digits() {
        let parsed = |raw| hex(&mut Query::parse(Some(raw)));
        assert_eq!(parsed("bytes=c3FF").expect("hex").as_ref(), [0xc3, 0xff]);
        assert!(parsed("bytes=c3f").is_err());
        assert!(parsed("bytes=zz").is_err());
        assert!(parsed("").is_err());
    }
}
