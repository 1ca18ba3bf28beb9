//! What does the server do?

use std::collections::BTreeMap;

use everwire::engine::{CloseInfo, Instant, Options, Span, Via};

use crate::data::Data;
use crate::network::{Frame, LinkState};
use crate::world::{Happening, Turn, World};

/// The other end: it takes connections, checks tokens, answers pings, keeps what it received.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) is_up: bool,
    /// It answers nothing, not even pings.
    pub(crate) is_silent: bool,
    /// How long it lets a connection live.
    flap: Option<Span>,
    /// What carries the token, if it wants one.
    via: Option<Via>,
    /// It ends a connection when its token expires.
    pub(crate) is_strict: bool,
    /// The latest token that each link came with, or renewed.
    token_of: BTreeMap<usize, u64>,
    /// Each token that was given out, and until when it is good.
    tokens: BTreeMap<u64, Instant>,
    /// How long a new one is good.
    pub(crate) token_life: Span,
    /// It accepts none.
    pub(crate) refuses_all: bool,
    /// Each message that arrived: its serial, in order.
    pub(crate) received: Vec<u64>,
    /// When connections were taken.
    pub(crate) accepted: Vec<Instant>,
    /// When somebody knocked, taken or not.
    pub(crate) knocked: Vec<Instant>,
    /// Links that have signed in.
    signed_in: Vec<usize>,
    /// How often it refused a token, in whatever way.
    pub(crate) refusals: u64,
    next_serial: u64,
}

impl Server {
    pub(crate) fn new(options: &Options) -> Self {
        Self {
            is_up: true,
            is_silent: false,
            flap: None,
            via: options.auth.as_ref().map(|auth| auth.via),
            is_strict: false,
            token_of: BTreeMap::new(),
            tokens: BTreeMap::new(),
            token_life: Span::secs(300),
            refuses_all: false,
            received: vec![],
            accepted: vec![],
            knocked: vec![],
            signed_in: vec![],
            refusals: 0,
            next_serial: 1_000_000,
        }
    }

    /// A new token, and until when it is good.
    pub(crate) fn give_token(&mut self, now: Instant) -> (u64, Instant) {
        let token = self.tokens.len() as u64;
        self.tokens.insert(token, now + self.token_life);
        (token, now + self.token_life)
    }

    pub(crate) fn is_good(&self, token: Option<u64>, now: Instant) -> bool {
        !self.refuses_all && token.and_then(|token| self.tokens.get(&token)).is_some_and(|&until| now < until)
    }
}

impl World {
    /// A handshake arrives.
    pub(crate) fn knocks(&mut self, link: usize) {
        self.server.knocked.push(self.now);
        if self.links[link].state != LinkState::Connecting {
            return; // given up meanwhile
        }
        if !self.server.is_up {
            self.note("server: refuses the handshake, it is not up");
            let way = self.way();
            self.after(way, Happening::Breaks { link });
            return;
        }
        if self.server.via == Some(Via::Handshake) && !self.server.is_good(self.links[link].token, self.now) {
            self.server.refusals += 1;
            // half of all servers answer 401, which a page sees as 1006; the others take the connection and close it
            if self.chance.once_in(2) {
                self.note("server: refuses the handshake, the token is no good");
                let way = self.way();
                self.after(way, Happening::Breaks { link });
                return;
            }
            self.accept(link);
            self.server_closes(link, 4401);
            return;
        }
        self.accept(link);
        if let (Some(Via::Handshake), Some(token)) = (self.server.via, self.links[link].token) {
            self.remembers(link, token);
        }
        if let Some(lives) = self.server.flap {
            self.after(lives, Happening::ReachesServer { link, frame: Frame::Close { code: Some(FLAP) } });
        }
    }

    /// A frame arrives.
    pub(crate) fn reaches_server(&mut self, link: usize, frame: Frame) {
        if self.is_held_up(link, &frame) || !self.links[link].is_served {
            return;
        }
        match frame {
            Frame::Data(Data::App { serial, .. }) => {
                if self.server.via == Some(Via::Message) && !self.server.signed_in.contains(&link) {
                    self.wrong.push(format!("message {serial} came to the server before a token that it accepts"));
                }
                self.server.received.push(serial);
                self.links[link].delivered.push(serial);
            }
            Frame::Data(Data::Pong | Data::Reply { .. }) => unreachable!("the page sends neither"),
            Frame::Ping if self.server.is_silent => {}
            Frame::Ping => self.send_to_page(link, Frame::Data(Data::Pong)),
            Frame::Auth { token } => {
                let accepted = self.server.is_good(Some(token), self.now);
                self.note(format!("server: {} token {token}", if accepted { "accepts" } else { "refuses" }));
                if accepted {
                    self.server.signed_in.push(link);
                    self.remembers(link, token);
                } else {
                    self.server.refusals += 1;
                }
                if !self.server.is_silent {
                    self.send_to_page(link, Frame::Data(Data::Reply { accepted }));
                }
            }
            Frame::Close { code: Some(FLAP) } => self.server_closes(link, 1011),
            Frame::Close { code } => {
                self.links[link].is_served = false;
                if !self.server.is_silent {
                    self.send_to_page(link, Frame::Close { code });
                }
            }
        }
    }

    /// It closes everything with this code and is away for so long.
    pub(crate) fn restart(&mut self, code: u16, takes: Span) {
        self.note(format!("server: restarts, back in {takes}"));
        self.close_all(code);
        self.server.is_up = false;
        self.plan(takes, Turn::ServerUp);
    }

    pub(crate) fn server_is_up(&mut self) {
        self.note("server: is up");
        self.server.is_up = true;
    }

    pub(crate) fn close_all(&mut self, code: u16) {
        self.note(format!("server: closes everything with {code}"));
        for link in self.served() {
            self.server.refusals += u64::from([1008, 3000, 4401].contains(&code));
            self.server_closes(link, code);
        }
    }

    /// From now on a connection lives no longer than this.
    pub(crate) fn flap(&mut self, lives: Option<Span>) {
        self.note(format!("server: lets connections live for {lives:?}"));
        self.server.flap = lives;
    }

    pub(crate) fn silence(&mut self, is_silent: bool) {
        self.note(if is_silent { "server: falls silent" } else { "server: answers again" });
        self.server.is_silent = is_silent;
    }

    pub(crate) fn flood(&mut self, messages: u64) {
        self.note(format!("server: sends {messages} messages"));
        for link in self.served() {
            for _ in 0..messages {
                self.server.next_serial += 1;
                let serial = self.server.next_serial;
                self.send_to_page(link, Frame::Data(Data::App { serial, bytes: 100 }));
            }
        }
    }

    /// A link is good as long as its token is.
    fn remembers(&mut self, link: usize, token: u64) {
        self.server.token_of.insert(link, token);
        let until = self.server.tokens.get(&token).copied().expect("it was given out");
        self.after(until.since(self.now), Happening::Expires { link });
    }

    /// It was not renewed in time: that is the end of it, if the server is strict.
    pub(crate) fn token_expires(&mut self, link: usize) {
        let token = self.server.token_of.get(&link).copied();
        if self.server.is_strict && self.links[link].is_served && !self.server.is_good(token, self.now) {
            self.note("server: closes with 4401, the token has expired");
            self.server.refusals += 1;
            self.server_closes(link, 4401);
        }
    }

    /// No token that was given out is good any more.
    pub(crate) fn revoke(&mut self) {
        self.note("server: revokes every token");
        self.server.tokens.values_mut().for_each(|until| *until = Instant::from_micros(0));
        self.close_all(4401);
    }

    /// The links that it serves.
    pub(crate) fn served(&self) -> Vec<usize> {
        (0..self.links.len()).filter(|&link| self.links[link].is_served).collect()
    }

    fn accept(&mut self, link: usize) {
        self.server.accepted.push(self.now);
        self.links[link].is_served = true;
        self.send_to_page(link, Frame::Ping); // in its place: the answer to the handshake
    }

    fn server_closes(&mut self, link: usize, code: u16) {
        self.links[link].is_served = false;
        self.send_to_page(link, Frame::Close { code: Some(code) });
    }

    /// A frame arrives at the browser.
    pub(crate) fn reaches_page(&mut self, link: usize, frame: Frame) {
        let socket = self.links[link].socket;
        match (self.links[link].state, frame) {
            (LinkState::Closed, _) => {}
            (LinkState::Connecting, Frame::Ping) => {
                self.links[link].state = LinkState::Open;
                self.tell(everwire::engine::Input::Opened { socket });
            }
            (LinkState::Open, Frame::Data(data)) => self.tell(everwire::engine::Input::Received { socket, data }),
            (_, Frame::Close { code }) => {
                let close = CloseInfo { code: code.unwrap_or(1005).into(), reason: String::new(), clean: true };
                self.page_closed(link, close);
            }
            (LinkState::Connecting | LinkState::Open | LinkState::Closing, _) => {} // close() was called: nothing is delivered
        }
    }
}

/// A note that the server makes to itself.
const FLAP: u16 = 1;
