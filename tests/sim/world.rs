//! What happens when? One clock, one queue of what is to come, and everybody's part in it.
//!
//! A world is made from a seed and a plan, and runs in virtual time: it jumps from one thing that happens to the next.
//! `network` carries frames, `page` is the browser, `server` is the other end, `user` is the application.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use everwire::engine::{Client, Input, Instant, Options, Output, SendOptions, SocketId, Span, Wake};

use crate::data::Data;
use crate::network::{Frame, Link, Network, Weather};
use crate::page::Page;
use crate::random::Random;
use crate::server::Server;
use crate::transcript::{Line, Transcript};
use crate::user::User;

/// What is to come.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Happening {
    /// The page's timer, if it was not set anew since.
    Timer { set: u64 },
    /// The page's socket, or a token provider, or another callback, has something to say.
    Fact(Input<Data>),
    /// A piece of what the browser holds leaves it.
    Leaves { link: usize, turn: u64 },
    /// A frame reaches the server.
    ReachesServer { link: usize, frame: Frame },
    /// A frame reaches the browser.
    ReachesPage { link: usize, frame: Frame },
    /// The provider of the address has answered.
    Addressed { socket: SocketId, found: bool },
    /// A handshake reaches the server.
    Knocks { link: usize },
    /// The token of a link may have expired, by the server's clock.
    Expires { link: usize },
    /// The network tells the browser that the link is broken.
    Breaks { link: usize },
    /// Something that the plan has in store.
    Turn(Turn),
}

/// What happens to the world, by plan.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Turn {
    // the network
    Stall,
    Flow,
    ResetAll,
    NetworkDown,
    NetworkUseless,
    NetworkCaptive,
    NetworkUp,
    Bandwidth(u64),
    // the server
    Restart {
        code: u16,
        takes: Span,
    },
    ServerUp,
    CloseAll {
        code: u16,
    },
    Flap {
        lives: Option<Span>,
    },
    Silence(bool),
    Flood {
        messages: u64,
    },
    Revoke,
    // the page
    Hide,
    Show,
    Freeze,
    Resume,
    Sleep,
    Wake,
    Leave,
    Return,
    /// The browser's own opinion of the network, right or wrong.
    Says {
        online: bool,
    },
    // the user
    Send {
        messages: u64,
        bytes: u64,
    },
    SendWith {
        ttl: Option<Span>,
        volatile: bool,
    },
    TakeBack,
    Flush,
    Connect,
    Disconnect {
        code: Option<u16>,
    },
}

/// Everything there is.
pub(crate) struct World {
    pub(crate) now: Instant,
    pub(crate) chance: Random,
    pub(crate) client: Client<Data>,
    pub(crate) network: Network,
    pub(crate) links: Vec<Link>,
    pub(crate) page: Page,
    pub(crate) server: Server,
    pub(crate) user: User,
    pub(crate) transcript: Transcript<Data>,
    /// What somebody outside the engine saw that must not be.
    pub(crate) wrong: Vec<String>,
    /// Nothing befalls anybody any more.
    pub(crate) is_calm: bool,
    queue: BinaryHeap<Reverse<(Instant, u64)>>,
    /// By their number, which says what was put in first.
    happenings: Vec<Option<Happening>>,
}

impl World {
    pub(crate) fn new(options: &Options, seed: u64) -> Self {
        let config = options.clone().parse().expect("options that hold together");
        Self {
            now: Instant::from_micros(1_000_000),
            chance: Random::new(!seed), // not the engine's own: the two must not march in step
            client: Client::new(config, seed),
            network: Network::default(),
            links: vec![],
            page: Page::default(),
            server: Server::new(options),
            user: User::default(),
            transcript: Transcript::default(),
            wrong: vec![],
            is_calm: false,
            queue: BinaryHeap::new(),
            happenings: vec![],
        }
    }

    /// Something will happen after so long.
    pub(crate) fn after(&mut self, span: Span, happening: Happening) {
        self.queue.push(Reverse((self.now + span, self.happenings.len() as u64)));
        self.happenings.push(Some(happening));
    }

    /// The plan has this in store.
    pub(crate) fn plan(&mut self, span: Span, turn: Turn) {
        self.after(span, Happening::Turn(turn));
    }

    /// Lets so much time pass.
    pub(crate) fn run(&mut self, span: Span) {
        let end = self.now + span;
        while let Some(&Reverse((at, number))) = self.queue.peek()
            && at <= end
        {
            self.queue.pop();
            self.now = at;
            let happening = self.happenings[number as usize].take().expect("each happens once");
            self.happens(happening);
        }
        self.now = end;
    }

    /// Something happens now, by plan.
    pub(crate) fn turn(&mut self, turn: Turn) {
        self.takes_turn(turn);
    }

    /// For the story.
    pub(crate) fn note(&mut self, what: impl Into<String>) {
        self.transcript.lines.push((self.now, Line::World(what.into())));
    }

    fn happens(&mut self, happening: Happening) {
        match happening {
            Happening::Timer { set } => self.timer_fires(set),
            Happening::Fact(fact) => self.tell(fact),
            Happening::Leaves { link, turn } => self.leaves(link, turn),
            Happening::ReachesServer { link, frame } => self.reaches_server(link, frame),
            Happening::ReachesPage { link, frame } => self.reaches_page(link, frame),
            Happening::Addressed { socket, found } => self.addressed(socket, found),
            Happening::Expires { link } => self.token_expires(link),
            Happening::Knocks { link } => self.knocks(link),
            Happening::Breaks { link } => self.breaks(link),
            Happening::Turn(_) if self.is_calm => {}
            Happening::Turn(turn) => self.takes_turn(turn),
        }
    }

    fn takes_turn(&mut self, turn: Turn) {
        match turn {
            Turn::Send { .. }
            | Turn::SendWith { .. }
            | Turn::TakeBack
            | Turn::Flush
            | Turn::Connect
            | Turn::Disconnect { .. }
                if self.page.is_away() => {} // no script runs, so nobody can wish for anything
            Turn::Stall => self.stall(),
            Turn::Flow => self.flow(),
            Turn::ResetAll => self.reset_all(),
            Turn::NetworkDown => self.weather_is(Weather::Down),
            Turn::NetworkUseless => self.weather_is(Weather::Useless),
            Turn::NetworkCaptive => self.weather_is(Weather::Captive),
            Turn::NetworkUp => self.weather_is(Weather::Fine),
            Turn::Bandwidth(bytes) => self.bandwidth_is(bytes),
            Turn::Restart { code, takes } => self.restart(code, takes),
            Turn::ServerUp => self.server_is_up(),
            Turn::CloseAll { code } => self.close_all(code),
            Turn::Flap { lives } => self.flap(lives),
            Turn::Silence(is_silent) => self.silence(is_silent),
            Turn::Flood { messages } => self.flood(messages),
            Turn::Revoke => self.revoke(),
            Turn::Hide => self.hide(true),
            Turn::Show => self.hide(false),
            Turn::Freeze => self.freeze(),
            Turn::Resume => self.resume(),
            Turn::Sleep => self.sleep(),
            Turn::Wake => self.wake(),
            Turn::Leave => self.leave(),
            Turn::Return => self.come_back(),
            Turn::Says { online } => self.browser_says(online),
            Turn::Send { messages, bytes } => self.sends_many(messages, bytes),
            Turn::SendWith { ttl, volatile } => {
                self.sends(100, SendOptions { ttl, volatile, ..SendOptions::default() })
            }
            Turn::TakeBack => self.takes_back(),
            Turn::Flush => self.flushes(),
            Turn::Connect => self.tell(Input::Connect),
            Turn::Disconnect { code } => self.disconnects(code),
        }
    }

    /// Tells the engine, and does what it says, and tells what came of it, until it says nothing more.
    pub(crate) fn pump(&mut self, input: Input<Data>) {
        let mut answers = VecDeque::from([input]);
        while let Some(input) = answers.pop_front() {
            self.transcript.lines.push((self.now, Line::In(input.clone())));
            self.client.handle(input, self.now);
            let outputs: Vec<Output<Data>> = std::iter::from_fn(|| self.client.poll()).collect();
            self.transcript.lines.extend(outputs.iter().cloned().map(|output| (self.now, Line::Out(output))));
            self.transcript.lines.push((self.now, Line::Deadline(self.client.deadline())));
            for output in outputs {
                answers.extend(self.carry_out(output));
            }
        }
        self.set_timer();
    }

    /// The engine's own next deadline.
    pub(crate) fn deadline(&self) -> Option<(Instant, Wake)> {
        self.client.deadline()
    }
}
