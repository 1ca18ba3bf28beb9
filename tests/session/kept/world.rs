//! The engine's client, a server with the engine's room, and sockets between them that fail in every way.

use std::collections::{BTreeSet, VecDeque};

use everwire::engine::{
    Client, ClientState, CloseFrame, CloseInfo, DropReason, Event, Frame, Heard, Input, Instant, LimitOptions,
    MessageId, Options, Output, ReconnectOptions, Said, SendOptions, SessionOptions, SocketId, Span,
};

use super::server::Server;
use crate::random::Random;
use crate::world::Note;

/// What travels. Which session is meant, the page knows, and the engine does not.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Wire {
    Message(Note),
    Hello {
        session: Option<u64>,
        socket: u64,
        received: u64,
    },
    Said(Said),
    Ping,
    Heard(Heard),
    /// The id of a welcome, before it.
    Id(u64),
    Close(u16),
}

pub(super) struct Line {
    pub(super) socket: SocketId,
    pub(super) is_open: bool,
    pub(super) to_server: VecDeque<Wire>,
    pub(super) to_client: VecDeque<Wire>,
    /// The client has left it, and the server does not know yet.
    is_left: bool,
}

impl Line {
    /// What the browser holds.
    fn buffered(&self) -> u64 {
        self.to_server.iter().map(bytes).sum()
    }
}

fn bytes(wire: &Wire) -> u64 {
    if let Wire::Message(note) = wire { note.0 % 50 } else { 30 }
}

/// What the application was told, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    Note(u64),
    Gap(u64),
    /// Nobody knows what came after.
    End,
}

#[derive(Default)]
pub(super) struct App {
    pub(super) sent: u64,
    /// Whose promise waits for the server.
    pub(super) wants_acknowledgement: BTreeSet<u64>,
    pub(super) kept: BTreeSet<u64>,
    pub(super) broken: BTreeSet<u64>,
    pub(super) dropped: Vec<(u64, DropReason)>,
    pub(super) told: Vec<Told>,
    pub(super) opens: Vec<Option<bool>>,
    pub(super) errors: Vec<&'static str>,
    pub(super) closed: Option<CloseInfo>,
}

pub(super) struct World {
    pub(super) random: Random,
    now: Instant,
    client: Client<Note>,
    pub(super) app: App,
    pub(super) server: Server,
    offers: bool,
    /// The page's: the id of its session.
    pub(super) session: Option<u64>,
    lines: Vec<Line>,
    pub(super) faults: u64,
    /// It was open when it was closed.
    pub(super) says_bye: bool,
    /// Not only told by the application's own end.
    pub(super) sessions_lost: bool,
}

impl World {
    pub(super) fn new(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let limit = LimitOptions { high_water: random.up_to(200), ..LimitOptions::default() };
        let reconnect = ReconnectOptions { max_delay: Span::secs(2), ..ReconnectOptions::default() };
        let options = Options {
            reconnect: Some(reconnect),
            limit: random.once_in(2).then_some(limit),
            session: Some(SessionOptions { required: true }),
            ..Options::default()
        };
        let server = Server::new(&mut random);
        let mut world = Self {
            client: Client::new(options.parse().expect("they hold together"), seed),
            random,
            now: Instant::from_micros(0),
            app: App::default(),
            server,
            offers: false,
            session: None,
            lines: Vec::new(),
            faults: 0,
            says_bye: false,
            sessions_lost: false,
        };
        world.say(Input::Connect);
        world
    }

    // ── what may happen ──

    pub(super) fn client_says(&mut self) {
        self.app.sent += 1;
        let number = self.app.sent;
        let acknowledged = self.random.once_in(3);
        if acknowledged {
            self.app.wants_acknowledgement.insert(number);
        }
        let options = SendOptions { acknowledged, ..SendOptions::default() };
        self.say(Input::Send { id: MessageId(number), data: Note(number), options });
    }

    pub(super) fn server_says(&mut self) {
        self.server.says(&mut self.random, &mut self.lines);
    }

    /// Time passes, with the engine's timer at its time.
    pub(super) fn pass_time(&mut self, most: Span) {
        let until = self.now + self.random.between(Span::ZERO, most);
        while let Some((at, _)) = self.client.deadline().filter(|(at, _)| *at <= until) {
            self.now = self.now.max(at);
            self.say(Input::Elapsed);
        }
        self.now = until;
        self.server.acknowledge(self.now, &mut self.lines);
    }

    /// The next that one end hears of the other.
    pub(super) fn deliver(&mut self) {
        let at = self.random.below(self.lines.len() as u64) as usize;
        let Some(line) = self.lines.get_mut(at) else { return };
        let socket = line.socket;
        if !line.is_open && !line.is_left {
            line.is_open = true;
            if self.offers {
                self.say(Input::Agreed { socket });
            }
            return self.say(Input::Opened { socket });
        }
        if self.random.once_in(2) {
            match self.lines[at].to_server.pop_front() {
                Some(Wire::Close(code)) => self.end(at, code, true),
                Some(wire) => {
                    if let Some(code) = self.server.hears(socket, wire, self.now, &mut self.lines) {
                        self.end(at, code, true);
                    }
                }
                None if self.lines[at].is_left => drop(self.lines.remove(at)),
                None => {}
            }
        } else if !self.lines[at].is_left
            && let Some(wire) = self.lines[at].to_client.pop_front()
        {
            self.client_hears(at, wire);
        }
    }

    fn client_hears(&mut self, at: usize, wire: Wire) {
        let socket = self.lines[at].socket;
        match wire {
            Wire::Message(data) => self.say(Input::Received { socket, data }),
            Wire::Id(id) => {
                self.session = Some(id);
                self.client_hears_next(at);
            }
            Wire::Heard(heard) => self.say(Input::Control { socket, heard }),
            Wire::Close(code) => self.end(at, code, true),
            Wire::Hello { .. } | Wire::Said(_) | Wire::Ping => unreachable!("a client's"),
        }
    }

    fn client_hears_next(&mut self, at: usize) {
        if let Some(wire) = self.lines[at].to_client.pop_front() {
            self.client_hears(at, wire);
        }
    }

    /// The line is gone, for both.
    fn end(&mut self, at: usize, code: u16, clean: bool) {
        let line = self.lines.remove(at);
        if line.is_left {
            return;
        }
        let unsent = line.buffered();
        let close = CloseInfo { code: code.into(), reason: String::new(), clean };
        self.say(Input::Closed { socket: line.socket, close, unsent });
    }

    pub(super) fn cut(&mut self) {
        if !self.lines.is_empty() {
            self.faults += 1;
            let at = self.random.below(self.lines.len() as u64) as usize;
            self.end(at, 1006, false);
        }
    }

    /// The client's side is gone; what it had handed over is still read.
    pub(super) fn half_cut(&mut self) {
        let Some(line) = self.lines.iter_mut().find(|line| !line.is_left) else { return };
        self.faults += 1;
        line.is_left = true;
        let (socket, close) = (line.socket, CloseInfo::ABNORMAL);
        let all_left = CloseInfo { clean: false, ..close };
        self.say(Input::Closed { socket, close: all_left, unsent: 0 });
    }

    /// The user wants another socket: the old one goes on being read.
    pub(super) fn reconnect(&mut self) {
        self.say(Input::Connect);
    }

    /// A restart, announced or not; without a store all sessions are gone.
    pub(super) fn restart_server(&mut self, has_store: bool, says_bye: bool) {
        self.faults += 1;
        if says_bye {
            for line in self.lines.iter_mut().filter(|line| line.is_open) {
                line.to_client.push_back(Wire::Heard(Heard::Bye(Span::secs(1), None)));
            }
            self.server.acknowledge(self.now, &mut self.lines);
            for at in 0..self.lines.len() {
                while self.lines.get(at).is_some_and(|line| !line.is_left && !line.to_client.is_empty()) {
                    self.client_hears_next(at);
                }
            }
        }
        while !self.lines.is_empty() {
            self.end(0, if says_bye { 1012 } else { 1006 }, says_bye);
        }
        self.sessions_lost |= self.server.restart(has_store);
    }

    pub(super) fn disconnect(&mut self) {
        self.says_bye = self.client.state() == ClientState::Open;
        self.say(Input::Disconnect(Some(CloseFrame::NORMAL)));
    }

    /// Nothing goes wrong any more.
    pub(super) fn calm_down(&mut self) {
        for _ in 0..50_000 {
            self.pass_time(Span::millis(100));
            self.deliver();
            let is_quiet = self.lines.iter().all(|line| line.to_server.is_empty() && line.to_client.is_empty());
            let all_known = self.server.is_at_rest(self.session) && self.client.stats().queued_messages == 0;
            let is_at_rest = self.client.state() == ClientState::Open && self.is_all_settled();
            if is_quiet && (self.app.closed.is_some() || all_known && is_at_rest) {
                return;
            }
        }
        panic!("it never becomes quiet: {:?}", self.client.state());
    }

    fn is_all_settled(&self) -> bool {
        (1..=self.app.sent).all(|number| self.app.kept.contains(&number) || self.app.broken.contains(&number))
    }

    // ── the page ──

    fn say(&mut self, input: Input<Note>) {
        let open = self.lines.iter().find(|line| line.is_open && !line.is_left);
        if let Some((socket, bytes)) = open.map(|line| (line.socket, line.buffered())) {
            self.client.handle(Input::Buffered { socket, bytes }, self.now);
        }
        self.client.handle(input, self.now);
        while let Some(output) = self.client.poll() {
            self.carry_out(output);
        }
        let deadline = self.client.deadline();
        assert!(deadline.is_none_or(|(at, _)| at > self.now), "{deadline:?} is not to come");
    }

    fn carry_out(&mut self, output: Output<Note>) {
        match output {
            Output::Aim { offers_session, .. } => self.offers = offers_session,
            Output::Open { socket, .. } => {
                for line in &mut self.lines {
                    line.is_left = true;
                }
                let (to_server, to_client) = (VecDeque::new(), VecDeque::new());
                self.lines.push(Line { socket, is_open: false, to_server, to_client, is_left: false });
            }
            Output::Transmit { socket, frame } => {
                let wire = match frame {
                    Frame::Message { data, .. } => Wire::Message(data),
                    Frame::Ping => Wire::Ping,
                    Frame::Auth => unreachable!("nobody signs in"),
                    Frame::Control(Said::Hello) => Wire::Hello { session: None, socket: 1, received: 0 },
                    Frame::Control(Said::Again(socket, received)) => {
                        Wire::Hello { session: self.session, socket, received }
                    }
                    Frame::Control(said) => Wire::Said(said),
                };
                let line = self.lines.iter_mut().find(|line| line.socket == socket && !line.is_left);
                let answer = match line {
                    Some(line) => {
                        assert!(line.is_open, "a browser throws at that");
                        let bytes = bytes(&wire);
                        line.to_server.push_back(wire);
                        Input::Transmitted { socket, bytes }
                    }
                    None => Input::NotTransmitted { socket },
                };
                self.client.handle(answer, self.now);
            }
            Output::Close { socket, frame } => {
                let code = frame.map_or(1005, |frame| frame.code().get());
                if let Some(line) = self.lines.iter_mut().find(|line| line.socket == socket) {
                    line.to_server.push_back(Wire::Close(code));
                }
            }
            Output::Tell(event) => self.hear(event),
            Output::FetchToken { .. } | Output::CancelToken { .. } | Output::Judge { .. } | Output::AskRetry { .. } => {
                unreachable!("nobody is asked in a session: {output:?}")
            }
        }
    }

    fn hear(&mut self, event: Event<Note>) {
        let app = &mut self.app;
        match event {
            Event::Message(note) => app.told.push(Told::Note(note.0)),
            Event::Gap { missed: Some(missed), .. } => app.told.push(Told::Gap(missed)),
            Event::Gap { missed: None, .. } => app.told.push(Told::End),
            Event::Open { resumed, .. } => app.opens.push(resumed),
            Event::Settled { id, outcome: Ok(()) } => {
                assert!(app.kept.insert(id.0) && !app.broken.contains(&id.0), "{id:?} is settled twice");
                if app.wants_acknowledgement.contains(&id.0) {
                    assert!(self.server.has_heard(id.0), "{id:?} is called acknowledged");
                }
            }
            Event::Settled { id, outcome: Err(_) } => {
                assert!(app.broken.insert(id.0) && !app.kept.contains(&id.0), "{id:?} is settled twice");
            }
            Event::Dropped { id, reason, .. } => app.dropped.push((id.0, reason)),
            Event::Error(error) => app.errors.push(error.code()),
            Event::Closed(close) => app.closed = Some(close),
            Event::State(_) | Event::Down { .. } | Event::Retry { .. } | Event::Drain | Event::Flushed { .. } => {}
        }
    }
}
