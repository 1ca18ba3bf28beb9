//! What does somebody say who keeps no contract? Any input in any state at any time: stale and made-up ids, answers
//! missing, doubled and out of order, time that runs backward, numbers from where arithmetic ends.

use everwire::engine::{
    Advice, AskId, CloseCode, CloseFrame, CloseInfo, FlushId, Frame, Input, Instant, Judgement, Kind, MessageId,
    Output, SendOptions, SocketId, Span, Wake,
};

use super::parcel::Parcel;
use super::session::{Said, Talk};
use crate::random::Random;

/// He answers some of what he hears, and makes up the rest.
#[derive(Debug)]
pub(super) struct Wild {
    random: Random,
    left: u64,
    now: u64,
    deadline: Option<u64>,
    sockets: Vec<SocketId>,
    asks: Vec<AskId>,
    /// What would be the answer to what he heard last.
    answers: Vec<Input<Parcel>>,
    message: u64,
    serial: u64,
    ends_time: bool,
}

impl Wild {
    pub(super) fn new(mut random: Random) -> Self {
        let left = random.pick(&[20, 60, 200]);
        let ends_time = random.chance(10);
        Self {
            random,
            left,
            now: 0,
            deadline: None,
            sockets: Vec::new(),
            asks: Vec::new(),
            answers: Vec::new(),
            message: 0,
            serial: 0,
            ends_time,
        }
    }

    fn some_instant(&mut self) -> Instant {
        let next = match self.random.below(20) {
            0..=5 => self.now,
            6..=8 => self.now.saturating_add(self.random.below(2_000)),
            9..=10 => self.now.saturating_add(self.random.below(3_000_000)),
            11..=13 => self.deadline.unwrap_or(self.now),
            14 => self.deadline.map_or(self.now, |at| at.saturating_sub(1)),
            15 => self.deadline.map_or(self.now, |at| at.saturating_add(self.random.below(100_000_000))),
            16 => return Instant::from_micros(self.random.up_to(self.now)), // backward
            17 => return Instant::from_micros(0),
            18 => self.now.saturating_add(self.random.below(4_000_000_000)),
            _ if self.ends_time && self.left < 15 => self.random.extreme(),
            _ => self.now,
        };
        self.now = self.now.max(next);
        Instant::from_micros(next)
    }

    fn anything(&mut self) -> Input<Parcel> {
        let socket = self.socket();
        match self.random.below(30) {
            0 => Input::Connect,
            1..=5 => self.send(),
            6 => Input::TakeBack(self.known_message()),
            7 => Input::Flush(FlushId(self.random.below(5))),
            8 if self.random.chance(15) => Input::Disconnect(self.frame()),
            8..=9 => Input::Elapsed,
            10 => Input::Woke,
            11 => Input::NotOpened { socket },
            12..=13 => Input::Opened { socket },
            14 => Input::Received { socket, data: self.parcel() },
            15 => Input::Judged { socket, data: self.parcel(), verdict: self.verdict() },
            16..=17 => Input::Transmitted { socket, bytes: self.bytes() },
            18 => Input::NotTransmitted { socket },
            19..=20 => Input::Buffered { socket, bytes: self.bytes() },
            21 => Input::Closed { socket, close: close(&mut self.random), unsent: self.bytes() },
            22 => Input::Advised { socket, advice: advice(&mut self.random) },
            23 => Input::Token { ask: self.ask(), expires: self.expiry() },
            24 => Input::NoToken { ask: self.ask() },
            25 => Input::Online,
            26 => Input::Offline,
            27 => self.random.pick(&[Input::Visible, Input::Hidden]),
            28 => Input::Resumed,
            _ => Input::Restored,
        }
    }

    fn send(&mut self) -> Input<Parcel> {
        let id = match self.random.below(40) {
            0 => self.random.below(self.message + 1), // one that was there
            1 if self.left < 5 => self.random.extreme(),
            _ => {
                self.message += 1 + self.random.below(2);
                self.message
            }
        };
        let ttl = self.random.chance(25).then(|| Span::micros(self.random.extreme()));
        let options = SendOptions { ttl, volatile: self.random.chance(15), ..SendOptions::default() };
        Input::Send { id: MessageId(id), data: self.parcel(), options }
    }

    fn parcel(&mut self) -> Parcel {
        self.serial += 1;
        let kind = self.random.pick(&[Kind::Text, Kind::Binary]);
        Parcel { serial: self.serial, kind, size: self.bytes(), wire: 0, purse: None }
    }

    fn bytes(&mut self) -> u64 {
        if self.random.chance(15) { self.random.extreme() } else { self.random.below(300) }
    }

    /// Mostly one that there was, mostly the latest.
    fn socket(&mut self) -> SocketId {
        match (self.random.below(10), self.sockets.last()) {
            (0, _) | (_, None) => SocketId(self.random.extreme()),
            (1..=2, Some(_)) => self.random.pick(&self.sockets),
            (_, Some(latest)) => *latest,
        }
    }

    fn ask(&mut self) -> AskId {
        match (self.random.below(10), self.asks.last()) {
            (0, _) | (_, None) => AskId(self.random.extreme()),
            (1..=2, Some(_)) => self.random.pick(&self.asks),
            (_, Some(latest)) => *latest,
        }
    }

    fn known_message(&mut self) -> MessageId {
        MessageId(if self.random.chance(5) { self.random.extreme() } else { self.random.up_to(self.message) })
    }

    fn verdict(&mut self) -> Judgement {
        self.random.pick(&[Judgement::Accepted, Judgement::Refused, Judgement::Pong, Judgement::Message])
    }

    fn expiry(&mut self) -> Option<Instant> {
        match self.random.below(4) {
            0 => None,
            1 => Some(Instant::from_micros(self.random.extreme())),
            _ => Some(Instant::from_micros(self.now.saturating_add(self.random.below(60_000_000)))),
        }
    }

    fn frame(&mut self) -> Option<CloseFrame> {
        self.random.pick(&[None, Some(CloseFrame::NORMAL)])
    }
}

impl Talk for Wild {
    fn says(&mut self) -> Option<Said> {
        self.left = self.left.checked_sub(1)?;
        let at = self.some_instant();
        let is_answer = !self.answers.is_empty() && self.random.chance(45);
        let input = if is_answer {
            let which = if self.random.chance(80) { 0 } else { self.random.below(self.answers.len() as u64) as usize };
            if self.random.chance(95) { self.answers.remove(which) } else { self.answers[which].clone() }
        } else {
            self.anything()
        };
        Some((at, input))
    }

    fn hears(&mut self, outputs: &[Output<Parcel>], deadline: Option<(Instant, Wake)>) {
        self.deadline = deadline.map(|(at, _)| at.as_micros());
        for output in outputs {
            let answer = match output {
                Output::Open { socket, .. } => {
                    self.sockets.push(*socket);
                    Input::Opened { socket: *socket }
                }
                Output::Transmit { socket, frame } => {
                    let bytes = match frame {
                        Frame::Message { data, .. } => data.size,
                        Frame::Ping | Frame::Auth | Frame::Control(_) => 4,
                    };
                    Input::Transmitted { socket: *socket, bytes }
                }
                Output::Close { socket, .. } => {
                    Input::Closed { socket: *socket, close: close(&mut self.random), unsent: self.random.below(300) }
                }
                Output::FetchToken { ask, .. } => {
                    self.asks.push(*ask);
                    Input::Token { ask: *ask, expires: self.expiry() }
                }
                Output::Judge { socket, data, .. } => {
                    Input::Judged { socket: *socket, data: data.clone(), verdict: self.verdict() }
                }
                Output::AskRetry { socket, .. } => Input::Advised { socket: *socket, advice: advice(&mut self.random) },
                Output::CancelToken { .. } | Output::Aim { .. } | Output::Tell(_) => continue,
            };
            self.answers.push(answer);
        }
    }
}

/// Any end; the ones that mean something more often.
pub(super) fn close(random: &mut Random) -> CloseInfo {
    let code = match random.below(12) {
        0..=4 => 1006,
        5 => 1012,
        6 => 1013,
        7 => random.pick(&[1000, 1001, 1005, 1011, 1014, 3008]),
        8 => random.pick(&[3000, 4401, 1008]),
        9 => random.pick(&[1002, 3003, 4403, 4500]),
        _ => random.below(1 << 16) as u16,
    };
    CloseInfo { code: CloseCode::from(code), reason: String::new(), clean: random.chance(50) }
}

/// What `shouldRetry` says.
pub(super) fn advice(random: &mut Random) -> Option<Advice> {
    match random.below(10) {
        0..=5 => None,
        6..=7 => Some(Advice::Retry),
        8 => Some(Advice::RetryAfter(Span::micros(if random.chance(80) {
            random.below(90_000_000)
        } else {
            random.extreme()
        }))),
        _ => Some(Advice::Stop),
    }
}
