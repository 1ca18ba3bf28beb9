//! What is said to the engine, and what does it say? Data without logic.
//!
//! Inputs are facts ("this happened") and wishes ("please"); outputs are orders ("do this") and news ("tell the
//! user"). So a session is a list: it can be printed, compared and replayed.

use super::closing::{CloseCode, CloseFrame};
use super::error::Error;
use super::session::Terms;
use super::time::{Instant, Span};

/// Which socket. Each attempt to connect has its own, and none is used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SocketId(pub u64);

/// Which message. The caller numbers them, each higher than the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageId(pub u64);

/// Which flush. The caller numbers them, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FlushId(pub u64);

/// Which question to the token provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AskId(pub u64);

/// What is sent and received. The engine asks it only for its kind and its size, and never looks inside.
///
/// A clone must be cheap: one is kept of what was handed over and may have to be sent again.
pub trait Payload: Clone {
    /// Text or binary?
    fn kind(&self) -> Kind;
    /// What it occupies here: bytes, or UTF-16 units × 2 for text.
    fn size(&self) -> u64;
}

/// A WebSocket message is one of these (RFC 6455 §5.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Counted in UTF-8 on the wire and in UTF-16 in memory.
    Text,
    /// Counted in bytes everywhere.
    Binary,
}

/// What the engine is told. It takes any of them at any time.
#[derive(Debug, Clone, PartialEq)]
pub enum Input<P> {
    // ── wishes ──
    /// Connect now: the first time, instead of waiting any longer, or by a new socket in place of the one there is.
    Connect,
    /// Send this. A number that is not higher than all before is inert.
    Send { id: MessageId, data: P, options: SendOptions },
    /// Do not send this after all, if it is still waiting.
    TakeBack(MessageId),
    /// Say when everything that was accepted up to now has left the browser.
    Flush(FlushId),
    /// Close for good. `None` says an empty close frame (what the drop-in's `close()` does).
    Disconnect(Option<CloseFrame>),

    // ── facts about time ──
    /// Time has passed; usually a deadline has come.
    Elapsed,
    /// The machine slept, and does so no longer. Told before `Elapsed`: a deadline that was slept through is no verdict on
    /// anybody.
    Woke,

    // ── facts about a socket ──
    /// It could not even be made: the constructor threw, or a provider of its address did.
    NotOpened { socket: SocketId },
    /// The handshake is done.
    Opened { socket: SocketId },
    /// Its server speaks `everwire.1`. Told before `Opened`.
    Agreed { socket: SocketId },
    /// A control frame arrived; or a text that wants to be one and is not ([`Heard::Nonsense`]).
    Control { socket: SocketId, heard: Heard },
    /// A message arrived.
    Received { socket: SocketId, data: P },
    /// The answer to [`Output::Judge`].
    Judged { socket: SocketId, data: P, verdict: Judgement },
    /// The answer to [`Output::Transmit`], in the same order: the browser took it, and counts it as so many bytes.
    Transmitted { socket: SocketId, bytes: u64 },
    /// The other answer: there was nothing to send (a callback threw), or the browser would not have it.
    NotTransmitted { socket: SocketId },
    /// Its bufferedAmount. Told before every other fact while a socket is open, but for the answers to orders, which come
    /// first of all.
    Buffered { socket: SocketId, bytes: u64 },
    /// The browser's own close event. `unsent`: its last bufferedAmount, the bytes that certainly never left;
    /// 0 where the browser cannot tell.
    Closed { socket: SocketId, close: CloseInfo, unsent: u64 },
    /// The answer to [`Output::AskRetry`]. `None` leaves it to the table of close codes.
    Advised { socket: SocketId, advice: Option<Advice> },

    // ── facts about the token ──
    /// The provider gave one; the caller keeps it, the engine only wants to know how long it is good for.
    Token { ask: AskId, expires: Option<Instant> },
    /// The provider threw or rejected.
    NoToken { ask: AskId },

    // ── facts about the page ──
    /// The browser says that there is a network. A hint, never the truth.
    Online,
    /// The browser says that there is none. A hint as well.
    Offline,
    /// The page can be seen.
    Visible,
    /// The page cannot be seen: its timers may fire once a minute.
    Hidden,
    /// The page was frozen and goes on.
    Resumed,
    /// The page came back from the back-forward cache: its socket may be dead and say that it is open.
    Restored,
}

/// How to send one message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SendOptions {
    /// Not worth sending after this long.
    pub ttl: Option<Span>,
    /// Only if it can go now.
    pub volatile: bool,
    /// Its promise is kept when the server has acknowledged it, in a session, and not when the browser took it.
    pub acknowledged: bool,
}

/// What a control frame of the server's says (PROTOCOL.md). Which session it is about, the caller knows: the id never
/// comes here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// The answer to hello.
    Welcome(Welcomed),
    /// So many of our messages it has.
    Ack(u64),
    /// Its messages from and to these numbers cannot be given any more.
    Gap(u64, u64),
    Ping,
    Pong,
    /// Our credential is accepted.
    Authenticated,
    /// This socket will close: come back after so long, and where, if that is one of our addresses.
    Bye(Span, Option<usize>),
    /// No frame of the protocol, or one that contradicts what the caller knows.
    Nonsense,
}

/// What `welcome` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Welcomed {
    /// It is the session that was asked for, by its id.
    pub resumed: bool,
    /// So many of our messages the server has.
    pub received: u64,
    /// So long it outlives its socket.
    pub window: Span,
    /// So many messages, and bytes of them, may be unacknowledged at most.
    pub most: (u64, u64),
    /// When to acknowledge.
    pub terms: Terms,
}

/// What a control frame of ours says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// A new session.
    Hello,
    /// The one there is: the how many-th socket for it this is, and how many of the server's messages we have.
    Again(u64, u64),
    /// So many we have.
    Ack(u64),
    Pong,
    /// For good.
    Bye,
}

/// What may pass without a question ([`Client::way`](super::Client::way)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Way {
    /// A message without options may be handed to the browser while its bufferedAmount is at most this. One after which it
    /// is more is the last; and so is the 64th, and one that makes it 256 KiB or would make it more.
    pub up_to: Option<u64>,
    /// What becomes of a message that arrives.
    pub arrivals: Arrivals,
}

/// What becomes of a message that arrives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Arrivals {
    /// That is to be asked.
    #[default]
    Asked,
    /// The user is given it.
    Delivered,
    /// The caller asks whether it is a pong, and if not the user is given it.
    DeliveredUnlessPong,
}

/// What a message turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judgement {
    /// The server's reply to our credential: accepted.
    Accepted,
    /// The server's reply to our credential: refused.
    Refused,
    /// The answer to a ping.
    Pong,
    /// None of these: the user's.
    Message,
}

/// What `shouldRetry` said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Advice {
    /// Try again, after the usual wait.
    Retry,
    /// Try again after exactly this long.
    RetryAfter(Span),
    /// Do not.
    Stop,
}

/// How a socket ended: what the browser's CloseEvent says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CloseInfo {
    /// Why.
    pub code: CloseCode,
    /// In the peer's words.
    pub reason: String,
    /// Both sides said that they close.
    pub clean: bool,
}

impl CloseInfo {
    /// Nobody said anything: what a broken link, a failed handshake and a socket that we gave up look like.
    pub const ABNORMAL: Self = Self { code: CloseCode::ABNORMAL, reason: String::new(), clean: false };
}

/// What the engine says.
#[derive(Debug, Clone, PartialEq)]
pub enum Output<P> {
    // ── orders ──
    /// The next `Open` goes to this one of several addresses, and offers `everwire.1` or does not. Where neither sessions nor
    /// several addresses were asked for, nothing is said.
    Aim { place: usize, offers_session: bool },
    /// Find out the address, make a socket and begin. Answered by `Opened`, `Closed` or `NotOpened`.
    Open { socket: SocketId, attempt: u32 },
    /// Hand this to the browser. Answered by `Transmitted` or `NotTransmitted`.
    Transmit { socket: SocketId, frame: Frame<P> },
    /// Close it; also an attempt whose socket is not made yet. Nothing is transmitted on it any more.
    Close { socket: SocketId, frame: Option<CloseFrame> },
    /// Ask the token provider. Answered by `Token` or `NoToken`.
    FetchToken { ask: AskId, reason: TokenReason, attempt: u32 },
    /// Its answer is no longer wanted.
    CancelToken { ask: AskId },
    /// Ask the callbacks what this is. Answered by `Judged`, in the same order.
    Judge { socket: SocketId, data: P, question: Question },
    /// Ask `shouldRetry`. Answered by `Advised`.
    AskRetry { socket: SocketId, close: CloseInfo, attempt: u32 },

    // ── news ──
    /// Tell the user.
    Tell(Event<P>),
}

/// What is handed to the browser.
#[derive(Debug, Clone, PartialEq)]
pub enum Frame<P> {
    /// The user's.
    Message { id: MessageId, data: P },
    /// Are you there?
    Ping,
    /// The credential.
    Auth,
    /// What belongs to the session. (In one, so do ping and credential.)
    Control(Said),
}

/// What may a message be, other than the user's?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Question {
    /// The reply to a credential: one is awaited.
    pub reply: bool,
    /// The answer to a ping: there is a heartbeat.
    pub pong: bool,
}

/// Why the token provider is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(target_arch = "wasm32", non_exhaustive)] // where it is API; here the tests look at each
pub enum TokenReason {
    /// There is none yet.
    First,
    /// It has expired, or soon will.
    Expiring,
    /// The server refused it, or may have: a handshake that fails says no more.
    Refused,
}

/// What the user is told.
#[derive(Debug, Clone, PartialEq)]
pub enum Event<P> {
    /// It is another of the five states now.
    State(ClientState),
    /// A socket is ready for messages: authenticated, where that is asked for. `resumed`: whether the session goes on, where
    /// one was asked for.
    Open { attempt: u32, reconnected: bool, resumed: Option<bool> },
    /// Messages of the server's will not come: so many of them were received, and so many are missing after those; `None`:
    /// how many, nobody knows, since the session is over.
    Gap { received: u64, missed: Option<u64> },
    /// A message for the user.
    Message(P),
    /// A socket that was open is lost.
    Down { close: CloseInfo, will_retry: bool, unconfirmed: Unconfirmed },
    /// The next attempt is so far away.
    Retry { attempt: u32, delay: Span },
    /// Something went wrong; the client goes on unless `Closed` follows.
    Error(Error),
    /// The promise of a message: it was handed to the browser, or will not be. Exactly once for each.
    Settled { id: MessageId, outcome: Result<(), DropReason> },
    /// A message will not be sent (again).
    Dropped { id: MessageId, data: P, reason: DropReason },
    /// After sending was held up: nothing waits, and the browser's buffer is at or under the low mark.
    Drain,
    /// The end of a flush: all of it left, or that cannot be known any more. What a loss left in doubt is told by the
    /// flushes that were under way, or by the first that is asked for afterwards.
    Flushed { id: FlushId, complete: bool },
    /// Closed for good.
    Closed(CloseInfo),
}

/// What had left the browser and nothing confirms: since the last pong, or since the socket opened. In a session, what the
/// server has not acknowledged; it is sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(target_arch = "wasm32", non_exhaustive)] // where it is API; here the tests look at each
pub struct Unconfirmed {
    /// How many messages.
    pub messages: u64,
    /// Their bytes, as the browser counts them; in a session, two for a UTF-16 unit of text.
    pub bytes: u64,
}

/// Why a message will not be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(target_arch = "wasm32", non_exhaustive)] // where it is API; here the tests look at each
pub enum DropReason {
    /// The queue is full.
    Overflow,
    /// It waited longer than its ttl.
    Expired,
    /// It was to go at once or not at all.
    Volatile,
    /// It was taken back.
    Aborted,
    /// The client closed.
    Closed,
    /// The browser would not take it.
    Unsendable,
    /// It was sent, and its session ended before the server acknowledged it: it may have arrived.
    Unconfirmed,
}

/// What a user sees of the life of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientState {
    /// An attempt is under way: token, handshake or sign-in.
    Connecting,
    /// Ready for messages.
    Open,
    /// The next attempt is to come.
    Waiting,
    /// The user closed it; the socket is not gone yet.
    Closing,
    /// For good.
    Closed,
}

/// Whose deadline is the next? For the trace, and for whoever wonders why a timer runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wake {
    /// The token provider must have answered.
    Token,
    /// The handshake must be done.
    Handshake,
    /// The server must have replied to the credential.
    Reply,
    /// The next attempt begins.
    Retry,
    /// The close handshake must be done.
    Close,
    /// The token is to be renewed.
    Renewal,
    /// The peer is to be asked, or must have answered.
    Heartbeat,
    /// The rates let the next message go, or bufferedAmount is worth a look.
    Limiter,
    /// A message that waits has outlived its ttl.
    Expiry,
    /// What was received in a session is to be acknowledged.
    Session,
}
