//! The one conductor: what happens next, when something has happened?
//!
//! The rooms (backoff, auth, heartbeat, limiter, outbox, flight) know nothing of each other; here they meet.
//! `life` keeps the connection, `sequel` says what follows a loss, `credential` signs in, `traffic` moves messages, `passing` says which may
//! move without it, `resuming` goes on with a session.

mod credential;
mod life;
mod passing;
mod resuming;
mod sequel;
mod traffic;

use std::collections::VecDeque;

use super::auth::Auth;
use super::backoff::Backoff;
use super::config::Config;
use super::flight::Flight;
use super::heartbeat::Heartbeat;
use super::limiter::Limiter;
use super::outbox::{Dropped, Outbox};
use super::places::Places;
use super::resumption::Resumption;
use super::rng::Rng;
use super::state::State;
use super::time::{Instant, Span};
use super::vocabulary::{AskId, ClientState, Event, FlushId, Input, MessageId, Output, Payload, SocketId, Wake};

/// A connection that is kept: every decision, and nothing else.
///
/// Tell it what happens with [`handle`](Self::handle), then do what [`poll`](Self::poll) says until it says nothing
/// more, then say [`Input::Elapsed`] at the latest at [`deadline`](Self::deadline). It takes any input in any state and
/// never fails; it has no clock and no chance of its own, so the same inputs give the same outputs.
///
/// ```
/// use everwire::engine::{Client, Event, Input, Instant, Kind, Options, Output, Payload};
///
/// #[derive(Clone)]
/// struct Text(&'static str);
///
/// impl Payload for Text {
///     fn kind(&self) -> Kind {
///         Kind::Text
///     }
///     fn size(&self) -> u64 {
///         2 * self.0.encode_utf16().count() as u64
///     }
/// }
///
/// let mut client = Client::<Text>::new(Options::default().parse().unwrap(), 42);
/// let now = Instant::from_micros(0);
/// client.handle(Input::Connect, now);
/// let Some(Output::Open { socket, attempt: 0 }) = client.poll() else { panic!("it opens a socket") };
/// client.handle(Input::Opened { socket }, now);
/// let news: Vec<_> = std::iter::from_fn(|| client.poll()).collect();
/// assert!(news.iter().any(|output| matches!(output, Output::Tell(Event::Open { reconnected: false, .. }))));
/// ```
#[derive(Debug)]
pub struct Client<P> {
    config: Config,
    now: Instant,
    rng: Rng,
    state: State,
    outputs: VecDeque<Output<P>>,

    /// `None`: the first loss is the end.
    backoff: Option<Backoff>,
    auth: Option<Auth>,
    heartbeat: Option<Heartbeat>,
    /// `None`: none is wished for.
    session: Option<Resumption<P>>,
    places: Places,
    limiter: Limiter,
    outbox: Outbox<P>,
    /// What was handed to the current socket.
    flight: Flight<P>,
    /// What a socket that was given up still held. Its own close may tell that some of it never left; with the first
    /// message handed to another socket that is of no use any more, since order is kept.
    given_up: Option<(SocketId, Flight<P>)>,

    /// When the limits let the next message go, or bufferedAmount is worth a look; only while something waits for it.
    next_go: Option<Instant>,
    /// A message had to wait for the limits: `drain` is owed.
    is_held_up: bool,
    /// Each flush that is under way, and the last message that it is about.
    flushes: VecDeque<(FlushId, Option<MessageId>)>,
    /// The first of what a loss left in doubt, until a flush has told of it.
    in_doubt: Option<MessageId>,
    /// The highest number of a message so far.
    latest: Option<MessageId>,
    /// The browser says that there is no network.
    is_offline: bool,
    /// The page's timers may fire once a minute.
    is_hidden: bool,

    next_socket: SocketId,
    next_ask: AskId,
    stats: Stats,
    /// Empty between two inputs; kept for its memory.
    dropped: Dropped<P>,
}

/// What was counted since the client was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stats {
    /// Sockets that were to be opened.
    pub attempts: u64,
    /// Sockets that were ready for messages.
    pub connects: u64,
    /// Messages that the browser took; one that was sent again counts again.
    pub messages_sent: u64,
    /// Messages that the user was given.
    pub messages_received: u64,
    /// The bytes of the messages that the browser took.
    pub bytes_sent: u64,
    /// What the messages that the user was given occupy, as [`Payload::size`] counts it.
    pub bytes_received: u64,
    /// Messages that wait.
    pub queued_messages: u64,
    /// What they occupy, as [`Payload::size`] counts it.
    pub queued_bytes: u64,
    /// From a ping to its answer, the latest.
    pub round_trip: Option<Span>,
    /// Since when there is a connection.
    pub connected_since: Option<Instant>,
}

impl<P: Payload> Client<P> {
    /// Nothing happens before [`Input::Connect`]. All chance comes from the seed.
    pub fn new(config: Config, seed: u64) -> Self {
        Self {
            now: Instant::default(),
            rng: Rng::new(seed),
            state: State::Fresh,
            outputs: VecDeque::new(),
            backoff: config.reconnect.as_ref().map(Backoff::new),
            auth: config.auth.as_ref().map(Auth::new),
            heartbeat: config.heartbeat.as_ref().map(Heartbeat::new),
            session: config.session.map(Resumption::new),
            places: Places::new(config.places),
            limiter: Limiter::new(config.limit),
            outbox: Outbox::new(&config.queue),
            flight: Flight::new(config.reconnect.is_some()),
            given_up: None,
            next_go: None,
            is_held_up: false,
            flushes: VecDeque::new(),
            in_doubt: None,
            latest: None,
            is_offline: false,
            is_hidden: false,
            next_socket: SocketId(0),
            next_ask: AskId(0),
            stats: Stats::default(),
            dropped: Dropped::default(),
            config,
        }
    }

    /// Takes anything at any time, and never fails. A time before the latest is taken as the latest.
    ///
    /// What happened comes first, then what is due by now, then what may be sent by now: so a message that arrives late
    /// still beats the deadline that it missed, and nothing is handed to a socket that is given up in the same breath.
    pub fn handle(&mut self, input: Input<P>, now: Instant) {
        self.now = self.now.max(now);
        match input {
            Input::Connect => self.connect(),
            Input::Send { id, data, options } => self.send(id, data, options),
            Input::TakeBack(id) => self.take_back(id),
            Input::Flush(id) => self.flush(id),
            Input::Disconnect(frame) => self.disconnect(frame),

            Input::Elapsed => {} // the deadlines below are all that it is about
            Input::Woke => self.on_return(Return::Woke),

            Input::NotOpened { socket } => self.on_not_opened(socket),
            Input::Opened { socket } => self.on_opened(socket),
            Input::Agreed { socket } => self.on_agreed(socket),
            Input::Control { socket, heard } => self.on_control(socket, heard),
            Input::Received { socket, data } => self.on_received(socket, data),
            Input::Judged { socket, data, verdict } => self.on_judged(socket, data, verdict),
            Input::Transmitted { socket, bytes } => self.on_transmitted(socket, bytes),
            Input::NotTransmitted { socket } => self.on_not_transmitted(socket),
            Input::Buffered { socket, bytes } => self.on_buffered(socket, bytes),
            Input::Closed { socket, close, unsent } => self.on_closed(socket, close, unsent),
            Input::Advised { socket, advice } => self.on_advised(socket, advice),

            Input::Token { ask, expires } => self.on_token(ask, expires),
            Input::NoToken { ask } => self.on_no_token(ask),

            Input::Online => self.on_online(),
            Input::Offline => self.is_offline = true,
            Input::Visible => {
                self.is_hidden = false;
                self.on_return(Return::Seen);
            }
            Input::Hidden => self.is_hidden = true,
            Input::Resumed => self.on_return(Return::Seen),
            Input::Restored => self.on_return(Return::Restored),
        }
        self.meet_deadlines();
        self.send_what_may_go();
        self.tell_of_flushes();
        self.plan_next_look();
    }

    /// The next thing to do or to tell. Drain it to `None` after each input.
    pub fn poll(&mut self) -> Option<Output<P>> {
        self.outputs.pop_front()
    }

    /// When to say [`Input::Elapsed`] at the latest, and whose wish that is. Never in the past once `poll` is drained.
    pub fn deadline(&self) -> Option<(Instant, Wake)> {
        let live = matches!(self.state, State::Live { .. });
        let mut first = None;
        let (at, wake) = self.state.deadline().unzip();
        note(&mut first, at, wake.unwrap_or(Wake::Retry));
        note(&mut first, self.auth.as_ref().and_then(Auth::deadline), Wake::Token);
        note(&mut first, self.renewal_deadline(), Wake::Renewal);
        note(&mut first, self.heartbeat.as_ref().filter(|_| live).and_then(Heartbeat::deadline), Wake::Heartbeat);
        note(&mut first, self.next_go, Wake::Limiter);
        note(&mut first, self.outbox.deadline(), Wake::Expiry);
        note(&mut first, self.ack_deadline(), Wake::Session);
        first
    }

    /// What a user sees of the connection's life.
    pub fn state(&self) -> ClientState {
        self.state.shown()
    }

    /// What was accepted and is not on the network yet: what waits here, as [`Payload::size`] counts it, and what waits
    /// in the browser.
    pub fn buffered_amount(&self) -> u64 {
        self.outbox.bytes().saturating_add(self.limiter.buffered())
    }

    /// What was counted.
    pub fn stats(&self) -> Stats {
        let connected_since = if let State::Live { since, .. } = self.state { Some(since) } else { None };
        Stats {
            queued_messages: self.outbox.messages(),
            queued_bytes: self.outbox.bytes(),
            round_trip: self.heartbeat.as_ref().and_then(Heartbeat::round_trip),
            connected_since,
            ..self.stats
        }
    }

    /// Everything whose time has come, one after the other: each moves its own deadline, or ends its state.
    fn meet_deadlines(&mut self) {
        while let Some((at, wake)) = self.deadline()
            && at <= self.now
        {
            match wake {
                Wake::Token => self.on_token_due(),
                Wake::Handshake => self.on_handshake_due(),
                Wake::Reply => self.on_reply_due(),
                Wake::Retry => self.attempt(),
                Wake::Close => self.on_close_late(),
                Wake::Renewal => self.renew(),
                Wake::Heartbeat => self.on_heartbeat_due(),
                Wake::Limiter => self.next_go = None, // sending is what follows
                Wake::Expiry => self.drop_expired(),
                Wake::Session => self.on_ack_due(),
            }
        }
    }

    #[inline(never)]
    fn order(&mut self, order: Output<P>) {
        self.outputs.push_back(order);
    }

    #[inline(never)]
    fn tell(&mut self, event: Event<P>) {
        self.outputs.push_back(Output::Tell(event));
    }

    fn enter(&mut self, state: State) {
        let before = self.state.shown();
        self.state = state;
        let after = self.state.shown();
        if before != after {
            self.tell(Event::State(after));
        }
    }
}

/// The earlier of the two, if the other one ever comes.
#[inline(never)] // it is said seven times
fn note(first: &mut Option<(Instant, Wake)>, at: Option<Instant>, wake: Wake) {
    if let Some(at) = at.filter(|&at| at < first.map_or(Instant::NEVER, |(first, _)| first)) {
        *first = Some((at, wake));
    }
}

/// How the page came back to life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Return {
    /// It is looked at again, or goes on after it was frozen.
    Seen,
    /// The machine slept.
    Woke,
    /// It was in the back-forward cache.
    Restored,
    /// There is a network again, or another one, if nobody had said that there was none.
    Online { was_offline: bool },
}

impl Return {
    /// Nothing ran meanwhile, here or in the network.
    fn was_away(self) -> bool {
        match self {
            Self::Woke | Self::Restored => true,
            Self::Seen | Self::Online { .. } => false,
        }
    }

    /// A peer may have forgotten us meanwhile.
    fn puts_socket_in_doubt(self) -> bool {
        match self {
            Self::Woke | Self::Restored | Self::Online { was_offline: true } => true,
            Self::Seen | Self::Online { was_offline: false } => false,
        }
    }
}

#[cfg(test)]
mod tests;
