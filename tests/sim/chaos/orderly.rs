//! What does a page say that keeps the contract? Every order is answered as a browser would, and anything else happens
//! in between.

use std::collections::VecDeque;

use everwire::engine::{
    AskId, CloseFrame, FlushId, Frame, Input, Instant, Judgement, Kind, MessageId, Output, Question, SendOptions,
    SocketId, Span, Wake,
};

use super::parcel::Parcel;
use super::session::{Said, Talk};
use super::wild::{advice, close};
use crate::random::Random;

/// A page with its sockets, its user and its clock.
#[derive(Debug)]
pub(super) struct Orderly {
    random: Random,
    habits: Habits,
    left: u64,
    now: u64,
    deadline: Option<u64>,
    sockets: Vec<Socket>,
    /// To be answered at once, in this order.
    answers: VecDeque<Answer>,
    /// Its bufferedAmount was read because a fact about it is told next.
    read: Option<SocketId>,
    asks: Vec<AskId>,
    message: u64,
    flush: u64,
    serial: u64,
}

/// What is so for the whole session.
#[derive(Debug)]
struct Habits {
    /// Bytes a millisecond; 0: nothing ever leaves.
    drains: u64,
    /// Its bufferedAmount is always 0, as WebKit's mostly is.
    counts_nothing: bool,
    /// A handshake succeeds so often, in percent.
    opens: u64,
    /// Of a hundred facts about an open socket so many are its end.
    closes: u64,
    /// Of a hundred wishes so many are to close for good.
    leaves: u64,
    /// Of a hundred answers so many have a wish of a listener before them.
    interrupts: u64,
    /// The largest usual message.
    size: u64,
    /// How long it takes at most to answer an order, in microseconds: measuring a long text is not for nothing.
    hesitates: u64,
}

#[derive(Debug)]
struct Socket {
    id: SocketId,
    is_open: bool,
    /// A close was ordered.
    is_closing: bool,
    buffered: u64,
    reported: u64,
}

#[derive(Debug)]
enum Answer {
    Take { socket: SocketId, bytes: u64, may_refuse: bool },
    Judge { socket: SocketId, data: Parcel, question: Question },
    Advise { socket: SocketId },
}

impl Orderly {
    pub(super) fn new(mut random: Random) -> Self {
        let habits = Habits {
            drains: random.pick(&[0, 1, 20, 1_000, 100_000]),
            counts_nothing: random.chance(10),
            opens: random.pick(&[30, 80, 95]),
            closes: random.pick(&[1, 5, 20]),
            leaves: random.pick(&[0, 1, 1, 5]),
            interrupts: random.pick(&[0, 0, 5, 20]),
            size: random.pick(&[3, 60, 600]),
            hesitates: random.pick(&[0, 0, 2_000]),
        };
        let left = random.pick(&[30, 100, 250]);
        Self {
            random,
            habits,
            left,
            now: 0,
            deadline: None,
            sockets: Vec::new(),
            answers: VecDeque::new(),
            read: None,
            asks: Vec::new(),
            message: 0,
            flush: 0,
            serial: 0,
        }
    }

    fn answer(&mut self, answer: Answer) -> Input<Parcel> {
        match answer {
            Answer::Take { socket, bytes, may_refuse } => {
                if may_refuse && self.random.chance(3) {
                    return Input::NotTransmitted { socket };
                }
                let bytes = if self.habits.counts_nothing { 0 } else { bytes };
                if let Some(socket) = self.sockets.iter_mut().find(|it| it.id == socket) {
                    (socket.buffered, socket.reported) = (socket.buffered + bytes, socket.reported + bytes);
                }
                Input::Transmitted { socket, bytes }
            }
            Answer::Judge { socket, data, question } => {
                let verdict = match self.random.below(10) {
                    0..=4 if question.reply => Judgement::Accepted,
                    5 if question.reply => Judgement::Refused,
                    6..=8 if question.pong => Judgement::Pong,
                    _ => Judgement::Message,
                };
                Input::Judged { socket, data, verdict }
            }
            Answer::Advise { socket } => Input::Advised { socket, advice: advice(&mut self.random) },
        }
    }

    /// Time passes, mostly up to the next deadline at most; what is in the browsers' buffers goes on leaving.
    fn pass_time(&mut self) -> bool {
        let next = match self.random.below(100) {
            0..=29 => self.now,
            30..=59 => self.now + self.random.below(5_000),
            60..=74 => self.now + self.random.below(1_000_000),
            75..=92 => self.deadline.unwrap_or(self.now),
            93..=97 => self.now + self.random.below(20_000_000),
            _ => self.now + self.random.below(600_000_000),
        };
        let is_punctual = self.random.chance(85);
        let next = self.deadline.filter(|at| is_punctual && *at < next).unwrap_or(next).min(END);
        let passed = next - self.now;
        for socket in self.sockets.iter_mut().filter(|_| !self.random.chance(20)) {
            let left = (u128::from(passed) * u128::from(self.habits.drains) / 1_000).min(u128::from(socket.buffered));
            socket.buffered -= left as u64;
        }
        self.now = next;
        self.deadline.is_some_and(|at| at <= next)
    }

    fn wish(&mut self) -> Input<Parcel> {
        match self.random.below(100) {
            n if n < self.habits.leaves => {
                let frame = self.random.pick(&[None, Some(CloseFrame::NORMAL)]);
                Input::Disconnect(frame)
            }
            n if n < self.habits.leaves + 3 => Input::Connect,
            90..=94 => {
                let latest = self.random.below(4);
                Input::TakeBack(MessageId(self.message.saturating_sub(latest)))
            }
            95..=99 => {
                self.flush += 1;
                Input::Flush(FlushId(self.flush))
            }
            _ => self.send(),
        }
    }

    fn send(&mut self) -> Input<Parcel> {
        self.message += 1;
        let ttl = self.random.chance(20).then(|| Span::micros(self.random.below(3_000_000)));
        let options = SendOptions { ttl, volatile: self.random.chance(15), ..SendOptions::default() };
        Input::Send { id: MessageId(self.message), data: self.parcel(), options }
    }

    fn parcel(&mut self) -> Parcel {
        self.serial += 1;
        let kind = self.random.pick(&[Kind::Text, Kind::Binary]);
        let units = match self.random.below(10) {
            0..=1 => 0,
            2 => self.random.up_to(self.habits.size * 10),
            _ => self.random.up_to(self.habits.size),
        };
        let (size, wire) = match kind {
            Kind::Text => (units * 2, units + self.random.up_to(units * 2)),
            Kind::Binary => (units, units),
        };
        Parcel { serial: self.serial, kind, size, wire, purse: None }
    }

    fn page_fact(&mut self) -> Input<Parcel> {
        self.random.pick(&[
            Input::Woke,
            Input::Online,
            Input::Offline,
            Input::Visible,
            Input::Hidden,
            Input::Resumed,
            Input::Restored,
        ])
    }

    /// What a socket does next; a reading comes before it, if there is something new to read.
    fn socket_fact(&mut self) -> Option<Input<Parcel>> {
        let was_read = self.read.take().and_then(|id| self.sockets.iter().position(|socket| socket.id == id));
        let count = self.sockets.len() as u64;
        let which = match was_read {
            Some(which) => which,
            None if self.random.chance(70) => count.checked_sub(1)? as usize,
            None => self.random.below(count) as usize,
        };
        let Socket { id: socket, is_open, is_closing, buffered, reported } = *self.sockets.get(which)?;
        if is_open && was_read.is_none() && (self.random.chance(30) || buffered != reported && self.random.chance(90)) {
            self.sockets[which].reported = buffered;
            self.read = self.random.chance(70).then_some(socket);
            return Some(Input::Buffered { socket, bytes: buffered });
        }
        let ends = if is_closing { 25 } else { self.habits.closes };
        if !is_open && self.random.chance(self.habits.opens) && !(is_closing && self.random.chance(80)) {
            self.sockets[which].is_open = true;
            Some(Input::Opened { socket })
        } else if !is_open && self.random.chance(40) {
            self.sockets.remove(which);
            Some(Input::NotOpened { socket })
        } else if !is_open || self.random.chance(ends) {
            self.sockets.remove(which);
            let unsent = if self.random.chance(90) { buffered } else { self.random.up_to(buffered) };
            Some(Input::Closed { socket, close: close(&mut self.random), unsent })
        } else {
            Some(Input::Received { socket, data: self.parcel() })
        }
    }

    fn token(&mut self) -> Option<Input<Parcel>> {
        let ask = self.asks.pop()?;
        if self.random.chance(20) {
            return Some(Input::NoToken { ask });
        }
        let expires = match self.random.below(10) {
            0..=2 => None,
            3 => Some(self.now.saturating_sub(self.random.below(100_000_000))),
            4..=6 => Some(self.now + self.random.below(90_000_000)),
            _ => Some(self.now + self.random.below(9_000_000_000)),
        };
        Some(Input::Token { ask, expires: expires.map(Instant::from_micros) })
    }
}

impl Talk for Orderly {
    fn says(&mut self) -> Option<Said> {
        let is_over = self.left == 0 && self.answers.is_empty();
        if is_over {
            return None;
        }
        self.left = self.left.saturating_sub(1);
        let input = if !self.answers.is_empty() {
            self.now = (self.now + self.random.up_to(self.habits.hesitates)).min(END);
            if self.left > 0 && self.random.chance(self.habits.interrupts) {
                self.wish() // of a listener
            } else {
                let answer = self.answers.pop_front().expect("there are some");
                self.answer(answer)
            }
        } else if self.read.is_some() {
            self.socket_fact().unwrap_or(Input::Elapsed)
        } else if self.serial == 0 && self.sockets.is_empty() && self.random.chance(90) {
            self.serial += 1; // so that it is said once
            Input::Connect
        } else {
            let is_due = self.pass_time();
            if is_due && self.random.chance(85) {
                Input::Elapsed
            } else {
                match self.random.below(100) {
                    0..=44 => self.socket_fact().unwrap_or(Input::Elapsed),
                    45..=54 => self.token().unwrap_or(Input::Elapsed),
                    55..=58 => self.page_fact(),
                    59..=62 => Input::Elapsed,
                    _ => self.wish(),
                }
            }
        };
        Some((Instant::from_micros(self.now), input))
    }

    fn hears(&mut self, outputs: &[Output<Parcel>], deadline: Option<(Instant, Wake)>) {
        self.deadline = deadline.map(|(at, _)| at.as_micros());
        for output in outputs {
            match output {
                Output::Open { socket, .. } => {
                    let id = *socket;
                    self.sockets.push(Socket { id, is_open: false, is_closing: false, buffered: 0, reported: 0 });
                }
                Output::Transmit { socket, frame } => {
                    let (bytes, may_refuse) = match frame {
                        Frame::Message { data, .. } => (data.wire, true),
                        Frame::Ping => (4, true),
                        Frame::Auth => (30, true),
                        Frame::Control(_) => unreachable!("no session is wished for"),
                    };
                    self.answers.push_back(Answer::Take { socket: *socket, bytes, may_refuse });
                }
                Output::Close { socket, .. } => {
                    for it in self.sockets.iter_mut().filter(|it| it.id == *socket) {
                        it.is_closing = true;
                    }
                }
                Output::FetchToken { ask, .. } => self.asks.push(*ask),
                Output::CancelToken { ask } => {
                    if self.random.chance(80) {
                        self.asks.retain(|it| it != ask); // otherwise it comes late
                    }
                }
                Output::Judge { socket, data, question } => {
                    let (socket, data) = (*socket, data.clone());
                    self.answers.push_back(Answer::Judge { socket, data, question: *question });
                }
                Output::AskRetry { socket, .. } => self.answers.push_back(Answer::Advise { socket: *socket }),
                Output::Aim { .. } | Output::Tell(_) => {}
            }
        }
    }
}

/// A century: an orderly session has no end of time.
const END: u64 = 100 * 365 * 24 * 3_600 * 1_000_000;
