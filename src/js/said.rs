//! What does JavaScript say to the engine? engine.js has the same list, in the same order.

use super::parcel::{Forgotten, Parcel};
use super::row::Row;
use crate::engine::{
    Advice, AskId, CloseFrame, CloseInfo, FlushId, Heard, Input, Instant, Judgement, Kind, MessageId, SendOptions,
    SocketId, Span, Welcomed, session::Terms,
};

/// The input that the row holds.
pub(super) fn input(row: &mut Row, forgotten: &Forgotten) -> Input<Parcel> {
    match row.next() as u8 {
        0 => Input::Connect,
        1 => {
            let id = MessageId(row.next_whole());
            let data = arrived(row).numbered(id, forgotten);
            let options = SendOptions { ttl: span(row), volatile: row.next_flag(), acknowledged: row.next_flag() };
            Input::Send { id, data, options }
        }
        2 => Input::TakeBack(MessageId(row.next_whole())),
        3 => Input::Flush(FlushId(row.next_whole())),
        4 => {
            let code = row.next_if_any().map(|code| code as u16);
            // checked before: a client's by `Engines::check_close`, a drop-in's as the standard says; only that has no code
            Input::Disconnect(code.and_then(|code| CloseFrame::new(Some(code), &row.next_text()).ok()))
        }
        6 => Input::Woke,
        7 => Input::NotOpened { socket: socket(row) },
        8 => Input::Opened { socket: socket(row) },
        9 => Input::Received { socket: socket(row), data: arrived(row) },
        10 => Input::Judged {
            socket: socket(row),
            data: arrived(row),
            verdict: match row.next() as u8 {
                0 => Judgement::Accepted,
                1 => Judgement::Refused,
                2 => Judgement::Pong,
                _ => Judgement::Message,
            },
        },
        11 => Input::Transmitted { socket: socket(row), bytes: row.next_whole() },
        12 => Input::NotTransmitted { socket: socket(row) },
        13 => Input::Buffered { socket: socket(row), bytes: row.next_whole() },
        14 => {
            let socket = socket(row);
            let code = (row.next() as u16).into();
            let close = CloseInfo { code, reason: row.next_text(), clean: row.next_flag() };
            Input::Closed { socket, close, unsent: row.next_whole() }
        }
        15 => Input::Advised {
            socket: socket(row),
            advice: match row.next() as i8 {
                1 => Some(Advice::Retry),
                2 => Some(Advice::Stop),
                3 => Some(Advice::RetryAfter(Span::micros(row.next_whole()))),
                _ => None,
            },
        },
        16 => {
            let ask = AskId(row.next_whole());
            Input::Token { ask, expires: row.next_if_any().map(|at| Instant::from_micros(at as u64)) }
        }
        17 => Input::NoToken { ask: AskId(row.next_whole()) },
        18 => Input::Online,
        19 => Input::Offline,
        20 => Input::Visible,
        21 => Input::Hidden,
        22 => Input::Resumed,
        23 => Input::Restored,
        24 => Input::Agreed { socket: socket(row) },
        25 => Input::Control { socket: socket(row), heard: heard(row) },
        _ => Input::Elapsed,
    }
}

/// Each has its own of these numbers, in the units of PROTOCOL.md.
fn heard(row: &mut Row) -> Heard {
    let kind = row.next() as u8;
    let resumed = row.next_flag();
    let mut numbers = [0; 11];
    for number in &mut numbers {
        *number = row.next_whole();
    }
    let [received, from, to, window, most, most_bytes, ack, ack_bytes, ack_after, after, place] = numbers;
    match kind {
        1 => Heard::Welcome(Welcomed {
            resumed,
            received,
            window: Span::secs(window),
            most: (most, most_bytes),
            terms: Terms { messages: ack, bytes: ack_bytes, after: Span::millis(ack_after) },
        }),
        2 => Heard::Ack(received),
        3 => Heard::Gap(from, to),
        4 => Heard::Ping,
        5 => Heard::Pong,
        6 => Heard::Authenticated,
        7 => Heard::Bye(Span::secs(after), place.checked_sub(1).map(|place| place as usize)), // from 1
        _ => Heard::Nonsense,
    }
}

fn socket(row: &mut Row) -> SocketId {
    SocketId(row.next_whole())
}

fn span(row: &mut Row) -> Option<Span> {
    row.next_if_any().map(|micros| Span::micros(micros as u64))
}

fn kind(row: &mut Row) -> Kind {
    if row.next_flag() { Kind::Binary } else { Kind::Text }
}

pub(super) fn arrived(row: &mut Row) -> Parcel {
    Parcel::arrived(kind(row), row.next_whole())
}
