//! What lies between the browser and the server?
//!
//! Frames leave the browser piece by piece, at the network's speed, and arrive in order, as TCP has it. A link may stall
//! (nothing passes and nobody is told), be reset (both are told), or stay half open.

use everwire::engine::{CloseFrame, CloseInfo, Input, SocketId, Span};

use crate::data::Data;
use crate::world::{Happening, World};

/// The weather.
#[derive(Debug)]
pub(crate) struct Network {
    pub(crate) latency: Span,
    pub(crate) jitter: Span,
    /// Bytes in a second, from the browser.
    pub(crate) bandwidth: u64,
    pub(crate) weather: Weather,
    /// Links pass nothing, and nobody is told.
    pub(crate) is_stalled: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weather {
    Fine,
    /// Handshakes go out and nothing comes back.
    Useless,
    /// What was open is dead, and handshakes fail after a while: a captive portal that answers.
    Captive,
    /// Connecting fails at once.
    Down,
}

impl Default for Network {
    fn default() -> Self {
        let (latency, jitter) = (Span::millis(30), Span::millis(20));
        Self { latency, jitter, bandwidth: 1_000_000, weather: Weather::Fine, is_stalled: false }
    }
}

/// A frame on the wire.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Frame {
    Data(Data),
    Ping,
    Auth { token: u64 },
    Close { code: Option<u16> },
}

impl Frame {
    pub(crate) fn bytes(&self) -> u64 {
        match self {
            Frame::Data(data) => data.bytes(),
            Frame::Ping => 4,
            Frame::Auth { .. } => 40,
            Frame::Close { .. } => 0, // the browser does not count it
        }
    }
}

/// A socket, from both ends.
#[derive(Debug)]
pub(crate) struct Link {
    pub(crate) socket: SocketId,
    pub(crate) state: LinkState,
    /// The page was told that it is open: until then it reads nothing of it.
    pub(crate) is_known_open: bool,
    /// The server still has it.
    pub(crate) is_served: bool,
    /// The server forgot it while the machine slept: the first word to it is answered by a reset.
    pub(crate) is_forgotten: bool,
    /// The token in the handshake.
    pub(crate) token: Option<u64>,
    /// The user's messages that it was handed.
    pub(crate) handed: Vec<u64>,
    /// Those that the server has of it.
    pub(crate) delivered: Vec<u64>,
    /// What the browser holds: its first frame may have left in part.
    held: std::collections::VecDeque<(Frame, u64)>,
    pub(crate) buffered: u64,
    /// What waited for the stall to end, each way.
    to_server: Vec<Frame>,
    to_page: Vec<Frame>,
    /// When the last frame that is on its way arrives, each way: none overtakes another.
    server_due: everwire::engine::Instant,
    page_due: everwire::engine::Instant,
    /// Which `Leaves` counts.
    turn: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LinkState {
    Connecting,
    Open,
    /// The page called close(); what it holds still leaves.
    Closing,
    /// The page has had its close event.
    Closed,
}

impl Link {
    /// The user's messages that the browser holds, and how many bytes of each.
    pub(crate) fn held(&self) -> impl Iterator<Item = (u64, u64)> {
        self.held.iter().filter_map(|(frame, left)| match frame {
            Frame::Data(Data::App { serial, .. }) => Some((*serial, *left)),
            Frame::Data(Data::Pong | Data::Reply { .. }) | Frame::Ping | Frame::Auth { .. } | Frame::Close { .. } => {
                None
            }
        })
    }
}

impl World {
    /// The browser begins a handshake.
    pub(crate) fn connect(&mut self, socket: SocketId, token: Option<u64>) {
        let link = self.links.len();
        self.links.push(Link {
            socket,
            state: LinkState::Connecting,
            is_known_open: false,
            is_served: false,
            is_forgotten: false,
            token,
            handed: vec![],
            delivered: vec![],
            held: Default::default(),
            buffered: 0,
            to_server: vec![],
            to_page: vec![],
            server_due: self.now,
            page_due: self.now,
            turn: 0,
        });
        match self.network.weather {
            Weather::Fine if !self.network.is_stalled => {
                let way = self.way();
                self.after(way, Happening::Knocks { link });
            }
            Weather::Captive => {
                let wait = self.chance.between(Span::millis(100), Span::secs(20));
                self.after(wait, Happening::Breaks { link });
            }
            Weather::Fine | Weather::Useless => {} // nobody hears it, and nobody says so
            Weather::Down => self.after(Span::millis(2), Happening::Breaks { link }),
        }
    }

    /// The browser is handed a frame.
    pub(crate) fn hold(&mut self, link: usize, frame: Frame) {
        let it = &mut self.links[link];
        let bytes = frame.bytes();
        if let Frame::Data(Data::App { serial, .. }) = frame {
            it.handed.push(serial);
        }
        it.buffered += bytes;
        if it.state == LinkState::Closed {
            return; // it stays in bufferedAmount for ever
        }
        it.held.push_back((frame, bytes));
        if it.held.len() == 1 {
            self.next_piece(link);
        }
    }

    /// The page closes a socket.
    pub(crate) fn close(&mut self, socket: SocketId, frame: Option<CloseFrame>) {
        let Some(link) = self.link_of(socket) else {
            self.page.looking.retain(|&other| other != socket); // its address is no longer wanted
            return;
        };
        match self.links[link].state {
            LinkState::Connecting => self.after(Span::millis(1), Happening::Breaks { link }),
            LinkState::Open => {
                self.links[link].state = LinkState::Closing;
                self.hold(link, Frame::Close { code: frame.map(|frame| frame.code().get()) });
            }
            LinkState::Closing | LinkState::Closed => {}
        }
    }

    /// The server sends a frame.
    pub(crate) fn send_to_page(&mut self, link: usize, frame: Frame) {
        if self.network.is_stalled {
            self.links[link].to_page.push(frame);
            return;
        }
        let due = (self.now + self.way()).max(self.links[link].page_due);
        self.links[link].page_due = due;
        self.after(due.since(self.now), Happening::ReachesPage { link, frame });
    }

    /// A piece of the first frame leaves the browser, unless it stalled since.
    pub(crate) fn leaves(&mut self, link: usize, turn: u64) {
        let it = &mut self.links[link];
        if it.turn != turn || it.state == LinkState::Closed || self.network.is_stalled {
            return;
        }
        let Some((_, left)) = it.held.front_mut() else { return };
        let piece = (*left).min(PIECE);
        *left -= piece;
        it.buffered -= piece;
        if it.is_forgotten {
            let way = self.way();
            self.after(way, Happening::Breaks { link });
            return;
        }
        let it = &mut self.links[link];
        let Some((_, left)) = it.held.front_mut() else { return };
        if *left == 0 {
            let (frame, _) = it.held.pop_front().expect("it is there");
            let due = (self.now + self.network.latency).max(self.links[link].server_due);
            self.links[link].server_due = due;
            self.after(due.since(self.now), Happening::ReachesServer { link, frame });
        }
        self.next_piece(link);
    }

    /// The link is broken, and the browser is told so.
    pub(crate) fn breaks(&mut self, link: usize) {
        self.page_closed(link, CloseInfo::ABNORMAL);
    }

    /// The page has its close event.
    pub(crate) fn page_closed(&mut self, link: usize, close: CloseInfo) {
        let it = &mut self.links[link];
        if it.state == LinkState::Closed {
            return;
        }
        it.state = LinkState::Closed;
        let unsent = if self.page.tells_buffered { it.buffered } else { 0 };
        self.tell(Input::Closed { socket: self.links[link].socket, close, unsent });
    }

    /// Nothing passes, and nobody is told.
    pub(crate) fn stall(&mut self) {
        self.note("network: stalls; nothing passes, nobody is told");
        self.network.is_stalled = true;
    }

    /// What was stalled goes on where it was.
    pub(crate) fn flow(&mut self) {
        self.note("network: flows");
        self.network.is_stalled = false;
        self.release();
    }

    /// From now on the network is like this.
    pub(crate) fn weather_is(&mut self, weather: Weather) {
        self.note(format!("network: {weather:?}"));
        self.network.weather = weather;
        self.network.is_stalled = matches!(weather, Weather::Useless | Weather::Captive);
        match weather {
            Weather::Fine => self.release(),
            Weather::Down => self.reset_all(),
            Weather::Useless | Weather::Captive => {}
        }
    }

    pub(crate) fn bandwidth_is(&mut self, bytes: u64) {
        self.note(format!("network: {bytes} bytes a second"));
        self.network.bandwidth = bytes;
    }

    /// The link of a socket, if it was made.
    pub(crate) fn link_of(&self, socket: SocketId) -> Option<usize> {
        self.links.iter().rposition(|link| link.socket == socket)
    }

    /// From one end to the other.
    pub(crate) fn way(&mut self) -> Span {
        let Network { latency, jitter, .. } = self.network;
        self.chance.between(latency, Span::micros(latency.as_micros() + jitter.as_micros()))
    }

    /// Every link breaks, and both ends know.
    pub(crate) fn reset_all(&mut self) {
        self.note("network: every link is reset");
        for link in 0..self.links.len() {
            if self.links[link].state != LinkState::Closed {
                self.links[link].is_served = false;
                self.after(Span::millis(1), Happening::Breaks { link });
            }
        }
    }

    /// After a stall everything goes on where it was.
    fn release(&mut self) {
        for link in 0..self.links.len() {
            self.next_piece(link);
            for frame in std::mem::take(&mut self.links[link].to_page) {
                self.send_to_page(link, frame);
            }
            for frame in std::mem::take(&mut self.links[link].to_server) {
                self.reaches_server(link, frame);
            }
        }
    }

    /// The frame arrives, unless the network stalls meanwhile: then it waits.
    pub(crate) fn is_held_up(&mut self, link: usize, frame: &Frame) -> bool {
        if self.network.is_stalled {
            self.links[link].to_server.push(frame.clone());
        }
        self.network.is_stalled
    }

    fn next_piece(&mut self, link: usize) {
        let it = &mut self.links[link];
        it.turn += 1;
        let turn = it.turn;
        if let Some((_, left)) = it.held.front() {
            let micros = (*left).min(PIECE) * 1_000_000 / self.network.bandwidth;
            self.after(Span::micros(micros), Happening::Leaves { link, turn });
        }
    }
}

/// What a browser moves at a time.
const PIECE: u64 = 16 << 10;
