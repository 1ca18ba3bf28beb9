//! What does the conductor answer? Each test is a dialogue: what it is told, and everything that it says.

mod credential;
mod flush;
mod life;
mod renewal;
mod resuming;
mod returns;
mod traffic;

use super::*;
use crate::engine::closing::CloseFrame;
use crate::engine::config::{AuthOptions, HeartbeatOptions, LimitOptions, Options, ReconnectOptions, Via};
use crate::engine::vocabulary::{CloseInfo, Frame, Judgement, Kind, Payload, Question, SendOptions, Unconfirmed};

/// A word; all ASCII, so that it has as many bytes on the wire as letters.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Word(&'static str);

impl Payload for Word {
    fn kind(&self) -> Kind {
        Kind::Binary
    }
    fn size(&self) -> u64 {
        self.0.len() as u64
    }
}

/// A client, and the clock that it is told.
struct Talk {
    client: Client<Word>,
    now: Instant,
    next: u64,
}

impl Talk {
    fn new(options: Options) -> Self {
        let config = options.parse().expect("options that hold together");
        Self { client: Client::new(config, 1), now: Instant::from_micros(0), next: 0 }
    }

    /// One that is open.
    fn live(options: Options) -> Self {
        let mut talk = Self::new(options);
        talk.say(Input::Connect);
        talk.opened(0);
        assert_eq!(talk.client.state(), ClientState::Open);
        talk
    }

    /// All that it says to this, in short.
    fn say(&mut self, input: Input<Word>) -> Vec<String> {
        self.client.handle(input, self.now);
        std::iter::from_fn(|| self.client.poll()).map(|output| short(&output)).collect()
    }

    fn wait(&mut self, span: Span) -> Vec<String> {
        self.now = self.now + span;
        self.say(Input::Elapsed)
    }

    /// Time passes up to its next deadline.
    fn until_deadline(&mut self) -> Vec<String> {
        self.now = self.client.deadline().expect("it waits for something").0;
        self.say(Input::Elapsed)
    }

    /// When its next deadline is, from now, and whose.
    fn next(&self) -> Option<(Span, Wake)> {
        self.client.deadline().map(|(at, wake)| (at.since(self.now), wake))
    }

    /// How long the peer still has.
    fn patience(&self) -> Span {
        let heartbeat = self.client.heartbeat.as_ref().expect("there is one");
        heartbeat.deadline().expect("there is a socket").since(self.now)
    }

    fn opened(&mut self, socket: u64) -> Vec<String> {
        self.say(Input::Opened { socket: SocketId(socket) })
    }

    fn closed(&mut self, socket: u64, code: u16) -> Vec<String> {
        self.closed_with(socket, code, 0)
    }

    fn closed_with(&mut self, socket: u64, code: u16, unsent: u64) -> Vec<String> {
        let close = CloseInfo { code: code.into(), reason: String::new(), clean: code != 1006 };
        self.say(Input::Closed { socket: SocketId(socket), close, unsent })
    }

    fn send(&mut self, word: &'static str) -> Vec<String> {
        self.send_with(word, SendOptions::default())
    }

    fn send_with(&mut self, word: &'static str, options: SendOptions) -> Vec<String> {
        self.next += 1;
        self.say(Input::Send { id: MessageId(self.next), data: Word(word), options })
    }

    fn transmitted(&mut self, socket: u64, bytes: u64) -> Vec<String> {
        self.say(Input::Transmitted { socket: SocketId(socket), bytes })
    }

    /// Sends a word that goes at once, and has the browser take it.
    fn hand_over(&mut self, socket: u64, word: &'static str) {
        assert_eq!(self.send(word), [format!("transmit {socket} {word}")]);
        self.transmitted(socket, word.len() as u64);
    }

    fn buffered(&mut self, socket: u64, bytes: u64) -> Vec<String> {
        self.say(Input::Buffered { socket: SocketId(socket), bytes })
    }

    fn received(&mut self, socket: u64, word: &'static str) -> Vec<String> {
        self.say(Input::Received { socket: SocketId(socket), data: Word(word) })
    }

    fn judged(&mut self, socket: u64, verdict: Judgement) -> Vec<String> {
        self.say(Input::Judged { socket: SocketId(socket), data: Word("it"), verdict })
    }

    fn token(&mut self, ask: u64, expires: Option<Span>) -> Vec<String> {
        let expires = expires.map(|span| self.now + span);
        self.say(Input::Token { ask: AskId(ask), expires })
    }
}

/// What is said, in a word or two.
fn short(output: &Output<Word>) -> String {
    let event = match output {
        Output::Aim { place, offers_session } => return format!("aim {place} offers {offers_session}"),
        Output::Open { socket, attempt } => return format!("open {} attempt {attempt}", socket.0),
        Output::Transmit { socket, frame } => {
            let what = match frame {
                Frame::Message { data, .. } => data.0.to_owned(),
                Frame::Ping => "(ping)".to_owned(),
                Frame::Auth => "(auth)".to_owned(),
                Frame::Control(said) => format!("({said:?})"),
            };
            return format!("transmit {} {what}", socket.0);
        }
        Output::Close { socket, frame } => {
            let code = frame.as_ref().map_or("nothing".to_owned(), |frame| frame.code().get().to_string());
            return format!("close {} {code}", socket.0);
        }
        Output::FetchToken { ask, reason, attempt } => return format!("fetch {} {reason:?} attempt {attempt}", ask.0),
        Output::CancelToken { ask } => return format!("cancel {}", ask.0),
        Output::Judge { socket, data, question: Question { reply, pong } } => {
            return format!("judge {} {} reply {reply} pong {pong}", socket.0, data.0);
        }
        Output::AskRetry { socket, close, attempt } => {
            return format!("ask {} {} attempt {attempt}", socket.0, close.code.get());
        }
        Output::Tell(event) => event,
    };
    match event {
        Event::State(state) => format!("{state:?}"),
        Event::Open { attempt, reconnected, resumed } => {
            let session = resumed.map_or(String::new(), |resumed| format!(" resumed {resumed}"));
            format!("Open! attempt {attempt} reconnected {reconnected}{session}")
        }
        Event::Gap { received, missed } => format!("gap after {received} of {missed:?}"),
        Event::Message(data) => format!("message {}", data.0),
        Event::Down { close, will_retry, unconfirmed: Unconfirmed { messages, bytes } } => {
            let then = if *will_retry { "and tries again" } else { "for good" };
            format!("down {} {then}, unconfirmed {messages} of {bytes}", close.code.get())
        }
        Event::Retry { attempt, .. } => format!("retry {attempt}"),
        Event::Error(error) => format!("error {}", error.code()),
        Event::Settled { id, outcome: Ok(()) } => format!("settled {}", id.0),
        Event::Settled { id, outcome: Err(reason) } => format!("broken {} {reason:?}", id.0),
        Event::Dropped { id, reason, .. } => format!("dropped {} {reason:?}", id.0),
        Event::Drain => "drain".to_owned(),
        Event::Flushed { id, complete } => format!("flushed {} {complete}", id.0),
        Event::Closed(close) => format!("Closed! {}", close.code.get()),
    }
}

fn reconnect(change: impl FnOnce(&mut ReconnectOptions)) -> Options {
    let mut reconnect = ReconnectOptions::default();
    change(&mut reconnect);
    Options { reconnect: Some(reconnect), ..Options::default() }
}

fn with_auth(via: Via) -> Options {
    Options { auth: Some(AuthOptions::via(via)), ..Options::default() }
}

fn with_heartbeat() -> Options {
    Options { heartbeat: Some(HeartbeatOptions::default()), ..Options::default() }
}

fn with_limit(change: impl FnOnce(&mut LimitOptions)) -> Options {
    let mut limit = LimitOptions::default();
    change(&mut limit);
    Options { limit: Some(limit), ..Options::default() }
}

/// Connected, with a token that is good for so long.
fn signed_in(via: Via, good_for: Span) -> Talk {
    signed_in_with(with_auth(via), good_for)
}

fn signed_in_with(options: Options, good_for: Span) -> Talk {
    let via = options.auth.as_ref().expect("it signs in").via;
    let mut talk = Talk::new(options);
    talk.say(Input::Connect);
    talk.token(0, Some(good_for));
    talk.opened(0);
    if via == Via::Message {
        talk.transmitted(0, 9);
        talk.judged(0, Judgement::Accepted);
    }
    assert_eq!(talk.client.state(), ClientState::Open);
    talk
}

fn marks(high_water: u64, low_water: u64) -> Options {
    with_limit(|limit| (limit.high_water, limit.low_water) = (high_water, Some(low_water)))
}

const NOTHING: [String; 0] = [];
