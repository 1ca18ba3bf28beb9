//! How are the laws themselves tried? By small sessions made by hand: each breaks one law, and it must be named.

use everwire::engine::{
    ClientState, Event, Frame, Input, Instant, Kind, MessageId, Options, Output, Payload, SendOptions, SocketId,
};

use super::{Broken, check};
use crate::transcript::{Line, Transcript};

/// A message of three bytes; the number tells it from the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Word(u64);

impl Payload for Word {
    fn kind(&self) -> Kind {
        Kind::Binary
    }

    fn size(&self) -> u64 {
        3
    }
}

pub(super) fn data(number: u64) -> Word {
    Word(number)
}

pub(super) fn at(micros: u64) -> Instant {
    Instant::from_micros(micros)
}

/// These lines, all at time 0.
pub(super) fn session(lines: Vec<Line<Word>>) -> Transcript<Word> {
    Transcript { lines: lines.into_iter().map(|line| (at(0), line)).collect() }
}

/// These lines, after a socket 0 was opened and the user told so. Line 0 is the first of these.
pub(super) fn live(lines: Vec<Line<Word>>) -> Transcript<Word> {
    let mut all = opening();
    all.extend(lines);
    session(all)
}

fn opening() -> Vec<Line<Word>> {
    let socket = SocketId(0);
    vec![
        Line::In(Input::Connect),
        Line::Out(Output::Open { socket, attempt: 0 }),
        Line::In(Input::Opened { socket }),
        tell(Event::State(ClientState::Open)),
        tell(Event::Open { attempt: 0, reconnected: false, resumed: None }),
        Line::World("here the session begins".to_owned()),
    ]
}

pub(super) fn tell(event: Event<Word>) -> Line<Word> {
    Line::Out(Output::Tell(event))
}

pub(super) fn send(number: u64) -> Line<Word> {
    Line::In(Input::Send { id: MessageId(number), data: data(number), options: SendOptions::default() })
}

pub(super) fn message(socket: u64, number: u64) -> Line<Word> {
    let frame = Frame::Message { id: MessageId(number), data: data(number) };
    Line::Out(Output::Transmit { socket: SocketId(socket), frame })
}

pub(super) fn transmitted(socket: u64, bytes: u64) -> Line<Word> {
    Line::In(Input::Transmitted { socket: SocketId(socket), bytes })
}

/// The law that is broken, and the line, without those that only open the socket.
pub(super) fn broken(transcript: &Transcript<Word>) -> Option<(&'static str, usize)> {
    broken_with(&Options::default(), transcript)
}

pub(super) fn broken_with(options: &Options, transcript: &Transcript<Word>) -> Option<(&'static str, usize)> {
    let begins = transcript.lines.iter().position(|(_, line)| matches!(line, Line::World(_)));
    let skipped = begins.map_or(0, |begins| begins + 1);
    let Broken { law, line, .. } = check(transcript, options).err()?;
    Some((law, line - skipped))
}
