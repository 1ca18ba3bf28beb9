//! Is the engine the same, whether each message was asked about or passed and was told of later?
//!
//! Two engines live the same life: one is asked about everything, the other by the rules of `Client::way`. Whenever the
//! second is told what passed, they must not differ in anything.

use everwire::engine::{
    Advice, Arrivals, AuthOptions, Client, CloseInfo, Event, FlushId, Frame, HeartbeatOptions, Input, Instant,
    Judgement, Kind, LimitOptions, MessageId, Options, Output, Payload, ReconnectOptions, SendOptions, SocketId, Span,
    Via,
};

use crate::random::Random;

const LIVES: u64 = 1_500;

#[test]
fn what_passed_counts_as_if_it_had_been_asked_about() {
    let mut passed = 0;
    for seed in 0..LIVES {
        let mut life = Life::new(seed);
        for _ in 0..300 {
            life.go_on();
        }
        life.compare();
        passed += life.passed_at_all;
    }
    assert!(passed > LIVES * 50, "{passed} messages passed: too few to say anything");
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Note {
    size: u64,
    is_pong: bool,
}

impl Payload for Note {
    fn kind(&self) -> Kind {
        Kind::Text
    }

    fn size(&self) -> u64 {
        self.size
    }
}

#[derive(Debug)]
enum Passed {
    Received { data: Note, is_pong: bool },
    Sent { id: MessageId, data: Note, before: u64, bytes: u64 },
}

struct Life {
    seed: u64,
    random: Random,
    now: Instant,
    asked: Client<Note>,
    passing: Client<Note>,
    /// What has passed and was not told of, and when.
    passed: Vec<(Passed, Instant)>,
    passed_at_all: u64,
    /// While so much is in the browser, one more may pass.
    up_to: Option<u64>,
    socket: Option<SocketId>,
    is_open: bool,
    buffered: u64,
    next_message: u64,
}

impl Life {
    fn new(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let limit = LimitOptions { high_water: random.pick(&[0, 100, 5_000, 1 << 22]), ..LimitOptions::default() };
        let rated = LimitOptions { messages_per_second: Some(100.0), burst: 5, ..limit.clone() };
        let reconnect = ReconnectOptions { ask: random.once_in(4), ..ReconnectOptions::default() };
        let options = Options {
            reconnect: random.chance(70).then_some(reconnect),
            auth: random.once_in(3).then(|| AuthOptions::via(Via::Message)),
            heartbeat: random.once_in(2).then(HeartbeatOptions::default),
            limit: random.pick(&[None, Some(limit.clone()), Some(limit.clone()), Some(limit), Some(rated)]),
            ..Options::default()
        };
        let engine = || Client::new(options.clone().parse().expect("nothing is wrong with them"), seed);
        let (asked, passing) = (engine(), engine());
        let mut life = Self {
            seed,
            random,
            now: Instant::from_micros(0),
            asked,
            passing,
            passed: Vec::new(),
            passed_at_all: 0,
            up_to: None,
            socket: None,
            is_open: false,
            buffered: 0,
            next_message: 0,
        };
        life.say(Input::Connect);
        life
    }

    fn go_on(&mut self) {
        let longest = self.random.pick(&[0, 100, 10_000, 1_000_000, 20_000_000]);
        self.now = self.now + Span::micros(self.random.up_to(longest));
        self.buffered -= self.random.up_to(self.buffered);
        if self.deadline().is_some_and(|at| at <= self.now) {
            return self.say(Input::Elapsed);
        }
        match (self.random.below(40), self.socket.filter(|_| self.is_open)) {
            (0..15, _) => self.send(),
            (15..33, Some(socket)) => self.receive(socket),
            (33, Some(socket)) => self.lose(socket),
            (34, _) => self.say(Input::Flush(FlushId(self.next_message))),
            (35, _) => self.say(Input::Elapsed),
            (36, _) => {
                let fact =
                    self.random.pick(&[Input::Woke, Input::Hidden, Input::Visible, Input::Offline, Input::Online]);
                self.say(fact);
            }
            (37, _) => self.say(Input::TakeBack(MessageId(self.next_message / 2))),
            _ => {}
        }
    }

    fn deadline(&self) -> Option<Instant> {
        self.passing.deadline().map(|(at, _)| at)
    }

    // ── the user ──

    fn send(&mut self) {
        let data = Note { size: self.random.pick(&[0, 2, 64, 2_000]), is_pong: false };
        let ttl = self.random.once_in(10).then(|| Span::millis(50));
        let options = SendOptions { ttl, volatile: self.random.once_in(10), ..SendOptions::default() };
        let id = MessageId(self.next_message);
        self.next_message += 1;
        let may_pass = options == SendOptions::default() && self.up_to.is_some_and(|most| self.buffered <= most);
        let Some(socket) = self.socket.filter(|_| may_pass) else { return self.say(Input::Send { id, data, options }) };
        let (before, bytes) = (self.buffered, self.browser_takes(data));
        self.up_to = self.up_to.filter(|most| self.buffered <= *most);
        self.asked.handle(Input::Buffered { socket, bytes: before }, self.now);
        self.asked.handle(Input::Send { id, data, options }, self.now);
        assert_eq!(
            self.asked.poll(),
            Some(Output::Transmit { socket, frame: Frame::Message { id, data } }),
            "{}",
            self.seed
        );
        self.asked.handle(Input::Transmitted { socket, bytes }, self.now);
        assert_eq!(self.asked.poll(), Some(Output::Tell(Event::Settled { id, outcome: Ok(()) })), "{}", self.seed);
        assert_eq!(self.asked.poll(), None, "{}", self.seed);
        self.passes(Passed::Sent { id, data, before, bytes });
    }

    fn browser_takes(&mut self, data: Note) -> u64 {
        let bytes = data.size / 2;
        self.buffered += bytes;
        bytes
    }

    // ── the server ──

    fn receive(&mut self, socket: SocketId) {
        let data = Note { size: self.random.pick(&[0, 2, 64, 2_000]), is_pong: self.random.once_in(5) };
        let is_pong = match self.passing.way().arrivals {
            Arrivals::Asked => return self.say(Input::Received { socket, data }),
            Arrivals::Delivered => false,
            Arrivals::DeliveredUnlessPong => data.is_pong,
        };
        self.asked.handle(Input::Received { socket, data }, self.now);
        let mut output = self.asked.poll();
        if let Some(Output::Judge { question, .. }) = output {
            assert!(!question.reply, "seed {}: what may be the reply is asked about", self.seed);
            let verdict = if is_pong { Judgement::Pong } else { Judgement::Message };
            self.asked.handle(Input::Judged { socket, data, verdict }, self.now);
            output = self.asked.poll();
        }
        assert_eq!(output, (!is_pong).then_some(Output::Tell(Event::Message(data))), "{}", self.seed);
        assert_eq!(self.asked.poll(), None, "{}", self.seed);
        self.passes(Passed::Received { data, is_pong });
    }

    fn lose(&mut self, socket: SocketId) {
        let unsent = self.random.up_to(self.buffered);
        let close = CloseInfo { clean: self.random.once_in(2), ..CloseInfo::ABNORMAL };
        self.say(Input::Closed { socket, close, unsent });
    }

    // ── the pump ──

    fn passes(&mut self, passed: Passed) {
        self.passed.push((passed, self.now));
        self.passed_at_all += 1;
        if self.random.once_in(20) {
            self.compare();
        }
    }

    /// The second engine is told what passed; now there is no difference.
    fn compare(&mut self) {
        for (passed, at) in self.passed.drain(..) {
            match passed {
                Passed::Received { data, is_pong } => self.passing.on_delivered(data, is_pong, at),
                Passed::Sent { id, data, before, bytes } => self.passing.on_handed_over(id, data, before, bytes, at),
            }
        }
        assert_eq!(format!("{:?}", self.passing), format!("{:?}", self.asked), "seed {}", self.seed);
    }

    /// To both, with what the browser holds before it; and all that they order is done.
    fn say(&mut self, input: Input<Note>) {
        self.compare();
        let mut inputs = Vec::new();
        if let Some(socket) = self.socket.filter(|_| self.is_open) {
            inputs.push(Input::Buffered { socket, bytes: self.buffered });
        }
        inputs.push(input);
        while !inputs.is_empty() {
            let input = inputs.remove(0);
            self.asked.handle(input.clone(), self.now);
            self.passing.handle(input, self.now);
            loop {
                let output = self.asked.poll();
                assert_eq!(self.passing.poll(), output, "seed {}", self.seed);
                let Some(output) = output else { break };
                let answer = self.carry_out(output);
                inputs.splice(0..0, answer);
            }
        }
        self.up_to = self.passing.way().up_to;
    }

    fn carry_out(&mut self, output: Output<Note>) -> Option<Input<Note>> {
        match output {
            Output::Open { socket, .. } => {
                (self.socket, self.is_open, self.buffered) = (Some(socket), false, 0);
                if self.random.once_in(6) {
                    return Some(Input::NotOpened { socket });
                }
                self.is_open = true;
                Some(Input::Opened { socket })
            }
            Output::Transmit { socket, frame } => {
                let data = match frame {
                    Frame::Message { data, .. } => data,
                    Frame::Ping | Frame::Auth | Frame::Control(_) => Note { size: 8, is_pong: false },
                };
                if self.random.once_in(30) {
                    return Some(Input::NotTransmitted { socket });
                }
                Some(Input::Transmitted { socket, bytes: self.browser_takes(data) })
            }
            Output::Close { .. } => {
                self.is_open = false;
                None
            }
            Output::Aim { .. } => None,
            Output::FetchToken { ask, .. } => Some(Input::Token { ask, expires: Some(self.now + Span::secs(40)) }),
            Output::Judge { socket, data, question } => {
                let verdict = match (question.reply, data.is_pong) {
                    (true, _) => Judgement::Accepted,
                    (false, true) => Judgement::Pong,
                    (false, false) => Judgement::Message,
                };
                Some(Input::Judged { socket, data, verdict })
            }
            Output::AskRetry { socket, .. } => Some(Input::Advised { socket, advice: Some(Advice::Retry) }),
            Output::Tell(Event::State(_)) => None,
            Output::Tell(Event::Closed(_)) => {
                self.is_open = false;
                None
            }
            Output::CancelToken { .. } | Output::Tell(_) => None,
        }
    }
}
