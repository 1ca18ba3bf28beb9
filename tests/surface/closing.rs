//! What does each close code lead to, as the engine decides it?
//!
//! Asked of the engine itself, code by code: a server closes a connection that was open, and again the next one.

use std::fmt::Write;

use everwire::engine::{
    AuthOptions, Client, CloseCode, CloseInfo, Event, Input, Instant, Kind, Options, Output, Payload, SocketId, Via,
};

/// Consecutive codes with the same consequences share a line.
pub(crate) fn table() -> String {
    let mut text = String::from(HEAD);
    for (title, signs_in) in [("without auth", false), ("with auth", true)] {
        let _ = writeln!(text, "\n{title}"); // writing into a string cannot fail
        let mut rows: Vec<(u16, u16, String)> = Vec::new();
        for code in 1000..=4999 {
            let then = consequence(code, signs_in);
            match rows.last_mut() {
                Some((_, last, same)) if *same == then => *last = code,
                _ => rows.push((code, code, then)),
            }
        }
        for (first, last, then) in rows {
            let codes = if first == last { first.to_string() } else { format!("{first}-{last}") };
            let _ = writeln!(text, "    {codes:<9}  {then}");
        }
    }
    text
}

const HEAD: &str = "\
What follows when a server closes with a code a connection that was open; made by `cargo test --package
everwire-surface`. Then the same of the connection that comes after it, where one does.
";

/// What is said after the first close and, if a connection follows, after the second.
fn consequence(code: u16, signs_in: bool) -> String {
    let mut session = Session::opened(signs_in);
    let first = session.lost(code);
    if session.is_over {
        return first;
    }
    let between = session.waited_and_opened();
    let second = session.lost(code);
    if between.is_empty() && first == second { first } else { format!("{first}, {between}; again: {second}") }
}

/// A client whose reconnect layer has its defaults, over a peer that accepts and a provider that answers.
struct Session {
    client: Client<Nothing>,
    now: Instant,
    socket: SocketId,
    is_over: bool,
    told: Vec<String>,
}

impl Session {
    fn opened(signs_in: bool) -> Session {
        let auth = signs_in.then(|| AuthOptions::via(Via::Handshake));
        let config = Options { auth, ..Options::default() }.parse().expect("the defaults hold together");
        let now = Instant::from_micros(1_000_000);
        let client = Client::new(config, 1);
        let mut session = Session { client, now, socket: SocketId(0), is_over: false, told: Vec::new() };
        session.say(Input::Connect);
        session.say(Input::Opened { socket: session.socket });
        session.told.clear(); // how it came to be open
        session
    }

    fn lost(&mut self, code: u16) -> String {
        let close = CloseInfo { code: CloseCode::from(code), reason: String::new(), clean: true };
        self.say(Input::Closed { socket: self.socket, close, unsent: 0 });
        self.told()
    }

    fn waited_and_opened(&mut self) -> String {
        let lost = self.socket;
        while self.socket == lost {
            let (due, _) = self.client.deadline().expect("it goes on by itself");
            self.now = due;
            self.say(Input::Elapsed);
        }
        self.say(Input::Opened { socket: self.socket });
        self.told()
    }

    /// Since it was last asked.
    fn told(&mut self) -> String {
        std::mem::take(&mut self.told).join(", ")
    }

    fn say(&mut self, input: Input<Nothing>) {
        self.client.handle(input, self.now);
        while let Some(output) = self.client.poll() {
            match output {
                Output::Open { socket, .. } => self.socket = socket,
                Output::FetchToken { ask, reason, .. } => {
                    self.told.push(format!("asks for a token ({reason:?})"));
                    self.client.handle(Input::Token { ask, expires: None }, self.now);
                }
                Output::Tell(event) => self.hear(event),
                Output::Transmit { .. } | Output::Close { .. } | Output::CancelToken { .. } | Output::Aim { .. } => {}
                Output::Judge { .. } | Output::AskRetry { .. } => panic!("nobody is there to be asked"),
            }
        }
    }

    fn hear(&mut self, event: Event<Nothing>) {
        match event {
            Event::Down { will_retry, .. } => self.told.push(format!("down (willRetry {will_retry})")),
            Event::Retry { delay, .. } => {
                // by the options' defaults: half of maxDelay is more than any usual wait this early
                let how = if delay.as_micros() > 10_000_000 { "later" } else { "soon" };
                self.told.push(format!("retry {how}"));
            }
            Event::Error(error) => self.told.push(format!("error {}", error.code())),
            Event::Closed(_) => {
                self.is_over = true;
                self.told.push("close".to_owned());
            }
            Event::State(_) | Event::Open { .. } | Event::Message(_) | Event::Settled { .. } => {}
            Event::Dropped { .. } | Event::Drain | Event::Flushed { .. } | Event::Gap { .. } => {}
        }
    }
}

/// No message is sent in these sessions.
#[derive(Debug, Clone, PartialEq)]
enum Nothing {}

impl Payload for Nothing {
    fn kind(&self) -> Kind {
        match *self {}
    }

    fn size(&self) -> u64 {
        match *self {}
    }
}
