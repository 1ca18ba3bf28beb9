//! What is true at this line of a session? Read off the transcript alone, as plainly as can be.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use everwire::engine::{
    AskId, ClientState, Event, Frame, Input, Instant, MessageId, Options, Output, Payload, SocketId, Wake,
};

use crate::transcript::Line;

/// All that the laws share.
#[derive(Debug)]
pub(crate) struct Model<P> {
    /// The latest time that was told.
    pub(crate) now: Instant,
    /// What the engine was told last.
    pub(crate) said: Option<Input<P>>,
    /// What it wanted after the last drain.
    pub(crate) deadline: Option<(Instant, Wake)>,
    /// What the user believes.
    pub(crate) state: ClientState,
    /// The user closed it.
    pub(crate) is_disconnected: bool,
    /// `Event::Closed` was told.
    pub(crate) is_closed: bool,
    /// In the order of their `Open`.
    pub(crate) sockets: Vec<Socket>,
    /// What was accepted, ever.
    pub(crate) messages: HashMap<MessageId, Message<P>>,
    pub(crate) latest: Option<MessageId>,
    /// Accepted and neither handed over nor dropped, or come back; and what each occupies.
    pub(crate) waiting: BTreeMap<MessageId, u64>,
    pub(crate) waiting_bytes: u128,
    /// Accepted, and its promise is open.
    pub(crate) unsettled: BTreeSet<MessageId>,
    /// Handed over and not come back, in that order.
    pub(crate) sent: Vec<MessageId>,
    /// What the token provider is asked.
    pub(crate) ask: Option<AskId>,
    /// What `shouldRetry` is asked about.
    pub(crate) deciding: Option<SocketId>,
    /// Lost messages come back at all.
    reconnects: bool,
}

#[derive(Debug)]
pub(crate) struct Message<P> {
    pub(crate) data: P,
    pub(crate) is_volatile: bool,
    /// From then on it is not worth sending.
    pub(crate) expires: Option<Instant>,
    /// The browser took it.
    pub(crate) is_transmitted: bool,
}

#[derive(Debug)]
pub(crate) struct Socket {
    pub(crate) id: SocketId,
    pub(crate) life: Life,
    /// The server took our credential.
    pub(crate) is_accepted: bool,
    /// What was handed to it and not refused, in order.
    pub(crate) handed: Vec<Handed>,
    /// So many of these were answered.
    pub(crate) answered: usize,
    /// So many others were refused.
    pub(crate) refused: usize,
    /// So many messages were handed to it, ever.
    pub(crate) messages: u64,
    /// So many pings were handed to it.
    pub(crate) pings: usize,
    /// Its bufferedAmount: the last reading, and what the browser took since.
    pub(crate) level: u64,
}

/// In order of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Life {
    Connecting,
    Open,
    /// The user's close is ordered; its facts count to the end.
    Closing,
    /// Closed by order while the client goes on. `may_return`: no later socket was handed a message yet.
    GivenUp {
        may_return: bool,
    },
    Ended,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Handed {
    /// `None`: a ping or a credential.
    pub(crate) message: Option<MessageId>,
    /// `None`: not answered yet.
    pub(crate) bytes: Option<u64>,
    /// So many pings were handed over before.
    pub(crate) pings: usize,
}

impl<P: Payload> Model<P> {
    pub(crate) fn new(config: &Options) -> Self {
        Self {
            now: Instant::default(),
            said: None,
            deadline: None,
            state: ClientState::Connecting,
            is_disconnected: false,
            is_closed: false,
            sockets: Vec::new(),
            messages: HashMap::new(),
            latest: None,
            waiting: BTreeMap::new(),
            waiting_bytes: 0,
            unsettled: BTreeSet::new(),
            sent: Vec::new(),
            ask: None,
            deciding: None,
            reconnects: config.reconnect.is_some(),
        }
    }

    /// The one socket whose facts count.
    pub(crate) fn current(&self) -> Option<&Socket> {
        let counts = |socket: &&Socket| matches!(socket.life, Life::Connecting | Life::Open | Life::Closing);
        self.sockets.last().filter(counts).filter(|_| !self.is_closed)
    }

    pub(crate) fn socket(&self, id: SocketId) -> Option<&Socket> {
        self.sockets.iter().rev().find(|socket| socket.id == id)
    }

    /// Whether it is about something that is not, or not any more; then it changes nothing.
    pub(crate) fn is_inert(&self, input: &Input<P>) -> bool {
        let current = |id: SocketId| self.current().filter(|socket| socket.id == id);
        match input {
            Input::Opened { socket } => current(*socket).is_none_or(|socket| socket.life != Life::Connecting),
            Input::NotOpened { socket } => {
                current(*socket).is_none_or(|socket| socket.life == Life::Open && !self.is_disconnected)
            }
            Input::Received { socket, .. } | Input::Judged { socket, .. } | Input::Buffered { socket, .. } => {
                current(*socket).is_none()
            }
            Input::Agreed { .. } | Input::Control { .. } => true, // where no session is wished for
            Input::Transmitted { socket, .. } | Input::NotTransmitted { socket } => {
                let counts = current(*socket).or(self.socket(*socket).filter(|_| self.may_return(*socket)));
                counts.is_none_or(|socket| !socket.owes_answers())
            }
            Input::Closed { socket, .. } => current(*socket).is_none() && !self.may_return(*socket),
            Input::Advised { socket, .. } => self.deciding != Some(*socket),
            Input::Token { ask, .. } | Input::NoToken { ask } => self.ask != Some(*ask),
            Input::Send { id, .. } => self.latest.is_some_and(|latest| *id <= latest),
            Input::Connect
            | Input::TakeBack(_)
            | Input::Flush(_)
            | Input::Disconnect(_)
            | Input::Elapsed
            | Input::Woke
            | Input::Online
            | Input::Offline
            | Input::Visible
            | Input::Hidden
            | Input::Resumed
            | Input::Restored => false,
        }
    }

    /// The one exception: a socket that was given up, whose own close may still say what never left.
    fn may_return(&self, id: SocketId) -> bool {
        let may = |socket: &Socket| socket.life == Life::GivenUp { may_return: true };
        self.reconnects && !self.is_disconnected && !self.is_closed && self.socket(id).is_some_and(may)
    }

    /// The line is heard: from now on it is true.
    pub(crate) fn hear(&mut self, at: Instant, line: &Line<P>) {
        match line {
            Line::In(input) => {
                self.now = self.now.max(at);
                self.on_input(input);
                self.said = Some(input.clone());
            }
            Line::Out(output) => self.on_output(output),
            Line::Deadline(deadline) => self.deadline = *deadline,
            Line::World(_) => {}
        }
    }

    fn on_input(&mut self, input: &Input<P>) {
        let is_inert = self.is_inert(input);
        match input {
            Input::Send { id, data, options } if !is_inert => {
                self.latest = Some(*id);
                let expires = options.ttl.map(|ttl| self.now + ttl);
                let message =
                    Message { data: data.clone(), is_volatile: options.volatile, expires, is_transmitted: false };
                self.messages.insert(*id, message);
                self.unsettled.insert(*id);
                self.wait(*id);
            }
            Input::Disconnect(_) => self.is_disconnected = true,
            Input::Opened { socket } if !is_inert => self.change(*socket, |socket| socket.life = Life::Open),
            Input::NotOpened { socket } if !is_inert => self.change(*socket, |socket| socket.life = Life::Ended),
            Input::Judged { socket, verdict: everwire::engine::Judgement::Accepted, .. } if !is_inert => {
                self.change(*socket, |socket| socket.is_accepted |= socket.life == Life::Open);
            }
            // what the browser did, it did, whether or not the engine still cares
            Input::Transmitted { socket, bytes } => self.on_transmitted(*socket, *bytes),
            Input::NotTransmitted { socket } => self.on_not_transmitted(*socket),
            Input::Buffered { socket, bytes } => self.change(*socket, |socket| socket.level = *bytes),
            Input::Closed { socket, unsent, .. } => {
                if !is_inert && self.reconnects {
                    self.take_back_what_never_left(*socket, *unsent);
                }
                self.change(*socket, |socket| socket.life = Life::Ended);
            }
            Input::Advised { .. } if !is_inert => self.deciding = None,
            Input::Token { .. } | Input::NoToken { .. } if !is_inert => self.ask = None,
            Input::Send { .. }
            | Input::Opened { .. }
            | Input::NotOpened { .. }
            | Input::Judged { .. }
            | Input::Advised { .. }
            | Input::Token { .. }
            | Input::NoToken { .. }
            | Input::Connect
            | Input::TakeBack(_)
            | Input::Flush(_)
            | Input::Elapsed
            | Input::Woke
            | Input::Received { .. }
            | Input::Online
            | Input::Offline
            | Input::Visible
            | Input::Hidden
            | Input::Resumed
            | Input::Restored
            | Input::Agreed { .. }
            | Input::Control { .. } => {}
        }
    }

    fn on_output(&mut self, output: &Output<P>) {
        match output {
            Output::Open { socket, .. } => {
                self.deciding = None;
                self.sockets.push(Socket {
                    id: *socket,
                    life: Life::Connecting,
                    is_accepted: false,
                    handed: Vec::new(),
                    answered: 0,
                    refused: 0,
                    messages: 0,
                    pings: 0,
                    level: 0,
                });
            }
            Output::Transmit { socket, frame } => self.on_transmit(*socket, frame),
            Output::Close { socket, .. } => {
                let life = if self.is_disconnected { Life::Closing } else { Life::GivenUp { may_return: true } };
                self.change(*socket, |socket| socket.life = life);
            }
            Output::FetchToken { ask, .. } => (self.ask, self.deciding) = (Some(*ask), None),
            Output::CancelToken { .. } => self.ask = None,
            Output::AskRetry { socket, .. } => self.deciding = Some(*socket),
            Output::Tell(Event::State(state)) => self.state = *state,
            Output::Tell(Event::Settled { id, .. }) => {
                self.unsettled.remove(id);
            }
            Output::Tell(Event::Dropped { id, .. }) => self.no_longer_waits(*id),
            Output::Tell(Event::Closed(_)) => (self.is_closed, self.deciding, self.ask) = (true, None, None),
            Output::Judge { .. }
            | Output::Aim { .. }
            | Output::Tell(
                Event::Open { .. }
                | Event::Message(_)
                | Event::Down { .. }
                | Event::Retry { .. }
                | Event::Error(_)
                | Event::Drain
                | Event::Gap { .. }
                | Event::Flushed { .. },
            ) => {}
        }
    }

    fn on_transmit(&mut self, socket: SocketId, frame: &Frame<P>) {
        let message = match frame {
            Frame::Message { id, .. } => Some(*id),
            Frame::Ping | Frame::Auth | Frame::Control(_) => None,
        };
        self.change(socket, |socket| {
            socket.handed.push(Handed { message, bytes: None, pings: socket.pings });
            socket.messages += u64::from(message.is_some());
            socket.pings += usize::from(matches!(frame, Frame::Ping));
        });
        let Some(id) = message else { return };
        self.no_longer_waits(id);
        self.sent.push(id);
        for earlier in self.sockets.iter_mut().rev().filter(|earlier| earlier.id != socket) {
            match &mut earlier.life {
                Life::GivenUp { may_return: false } => break, // and all before it
                Life::GivenUp { may_return } => *may_return = false,
                Life::Connecting | Life::Open | Life::Closing | Life::Ended => {}
            }
        }
    }

    fn on_transmitted(&mut self, socket: SocketId, bytes: u64) {
        let mut message = None;
        self.change(socket, |socket| {
            let Some(handed) = socket.handed.get_mut(socket.answered) else { return }; // an answer to no order
            handed.bytes = Some(bytes);
            message = handed.message;
            socket.answered += 1;
            socket.level = socket.level.saturating_add(bytes);
        });
        if let Some(message) = message.and_then(|id| self.messages.get_mut(&id)) {
            message.is_transmitted = true;
        }
    }

    fn on_not_transmitted(&mut self, socket: SocketId) {
        let mut message = None;
        self.change(socket, |socket| {
            if socket.answered < socket.handed.len() {
                message = socket.handed.remove(socket.answered).message;
                socket.refused += 1;
            }
        });
        if let Some(at) = message.and_then(|id| self.sent.iter().rposition(|&sent| sent == id)) {
            self.sent.remove(at);
        }
    }

    /// The last `unsent` bytes never left the browser, and with them every message that lies wholly within. Neither did
    /// what the browser never answered for. An empty message is claimed only behind bytes that never left.
    fn take_back_what_never_left(&mut self, socket: SocketId, mut unsent: u64) {
        let Some(socket) = self.sockets.iter_mut().rev().find(|it| it.id == socket) else { return };
        let mut back = Vec::new();
        while let Some(last) = socket.handed.last() {
            match last.bytes {
                None => {}
                Some(bytes) if unsent > 0 && bytes <= unsent => unsent -= bytes,
                Some(_) => break,
            }
            back.extend(last.message);
            socket.handed.pop();
        }
        socket.answered = socket.answered.min(socket.handed.len());
        for id in back {
            if let Some(at) = self.sent.iter().rposition(|&sent| sent == id) {
                self.sent.remove(at);
            }
            self.wait(id);
        }
    }

    fn wait(&mut self, id: MessageId) {
        let Some(message) = self.messages.get(&id) else { return };
        let size = message.data.size();
        if self.waiting.insert(id, size).is_none() {
            self.waiting_bytes += u128::from(size);
        }
    }

    fn no_longer_waits(&mut self, id: MessageId) {
        if let Some(size) = self.waiting.remove(&id) {
            self.waiting_bytes -= u128::from(size);
        }
    }

    fn change(&mut self, id: SocketId, change: impl FnOnce(&mut Socket)) {
        if let Some(socket) = self.sockets.iter_mut().rev().find(|socket| socket.id == id) {
            change(socket);
        }
    }
}

impl Socket {
    /// Not answered yet.
    pub(crate) fn owes_answers(&self) -> bool {
        self.answered < self.handed.len()
    }

    /// What may still be in the browser: what lies, if only in part, within its last `level` bytes, and what was not
    /// answered yet. An empty message at the edge may be on either side.
    pub(crate) fn not_left(&self) -> impl Iterator<Item = &Handed> {
        let mut behind = 0_u64;
        self.handed.iter().rev().take_while(move |handed| {
            let Some(bytes) = handed.bytes else { return true };
            let is_in = behind < self.level || (bytes == 0 && behind == self.level);
            behind = behind.saturating_add(bytes);
            is_in
        })
    }
}
