//! How does the shortest possible caller drive the engine? For what counts time or memory, and wants nothing else counted.

use everwire::engine::{
    Client, Event, Frame, Input, Instant, Judgement, Kind, LimitOptions, MessageId, Options, Output, Payload,
    QueueOptions, SendOptions, SocketId, Span,
};

/// Text of so many bytes, all ASCII: a payload without memory of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Note(pub(crate) u64);

impl Payload for Note {
    fn kind(&self) -> Kind {
        Kind::Text
    }

    fn size(&self) -> u64 {
        self.0 * 2
    }
}

/// One message at a time, and room for as many as wait.
pub(crate) fn when_empty() -> Options {
    Options {
        limit: Some(LimitOptions { high_water: 0, ..LimitOptions::default() }),
        queue: QueueOptions { max_messages: u64::MAX, max_bytes: u64::MAX, ..QueueOptions::default() },
        ..Options::default()
    }
}

/// Both rates, and more room in them than is ever needed.
pub(crate) fn within_rates() -> Options {
    let limit = LimitOptions {
        messages_per_second: Some(1e9),
        bytes_per_second: Some(1e12),
        burst: 1_000,
        ..LimitOptions::default()
    };
    Options { limit: Some(limit), ..Options::default() }
}

/// An engine with an open socket, and a browser that takes everything.
pub(crate) struct Caller {
    client: Client<Note>,
    socket: SocketId,
    now: Instant,
    next: MessageId,
    options: SendOptions,
    /// Messages that the engine handed over.
    pub(crate) transmitted: u64,
    /// Promises that were settled with success.
    pub(crate) settled: u64,
    /// Messages that the user was given.
    pub(crate) delivered: u64,
}

impl Caller {
    /// Connected, with so many messages waiting.
    pub(crate) fn connected(options: Options, queued: u64) -> Self {
        let config = options.parse().expect("options that hold together");
        let mut caller = Self {
            client: Client::new(config, 1),
            socket: SocketId(0),
            now: Instant::from_micros(1),
            next: MessageId(0),
            options: SendOptions::default(),
            transmitted: 0,
            settled: 0,
            delivered: 0,
        };
        caller.say(Input::Connect);
        caller.say(Input::Opened { socket: caller.socket });
        if queued > 0 {
            caller.send(Note(32)); // fills the browser's buffer, so that the others wait
        }
        for _ in 0..queued {
            caller.send(Note(32));
        }
        assert_eq!(caller.client.stats().queued_messages, queued);
        caller
    }

    /// From now on messages have a ttl; it never comes to pass.
    pub(crate) fn with_ttl(mut self) -> Self {
        self.options.ttl = Some(Span::secs(3_600));
        self
    }

    /// One more is sent, and a microsecond later the browser's buffer is empty: one message goes to the browser, which
    /// is this one if none waited.
    pub(crate) fn one_sent(&mut self, note: Note) {
        self.send(note);
        self.now = self.now + Span::micros(1);
        self.say(Input::Buffered { socket: self.socket, bytes: 0 });
    }

    /// One that arrives.
    pub(crate) fn one_received(&mut self, note: Note) {
        self.say(Input::Received { socket: self.socket, data: note });
    }

    fn send(&mut self, data: Note) {
        let id = self.next;
        self.next = MessageId(id.0 + 1);
        self.say(Input::Send { id, data, options: self.options });
    }

    fn say(&mut self, input: Input<Note>) {
        self.client.handle(input, self.now);
        while let Some(output) = self.client.poll() {
            self.carry_out(output);
        }
    }

    fn carry_out(&mut self, output: Output<Note>) {
        match output {
            Output::Transmit { socket, frame } => {
                let bytes = match frame {
                    Frame::Message { data, .. } => {
                        self.transmitted += 1;
                        data.0
                    }
                    Frame::Ping | Frame::Auth | Frame::Control(_) => 4,
                };
                self.client.handle(Input::Transmitted { socket, bytes }, self.now);
            }
            Output::Judge { socket, data, .. } => {
                self.client.handle(Input::Judged { socket, data, verdict: Judgement::Message }, self.now);
            }
            Output::Tell(Event::Settled { outcome, .. }) => self.settled += u64::from(outcome.is_ok()),
            Output::Tell(Event::Message(_)) => self.delivered += 1,
            Output::Tell(Event::State(_) | Event::Open { .. } | Event::Drain) => {}
            Output::Open { socket, .. } => self.socket = socket,
            Output::Close { .. }
            | Output::FetchToken { .. }
            | Output::CancelToken { .. }
            | Output::AskRetry { .. }
            | Output::Aim { .. }
            | Output::Tell(_) => panic!("not in a calm session: {output:?}"),
        }
    }
}
