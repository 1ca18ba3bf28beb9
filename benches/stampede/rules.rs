//! After how long does each library try again?
//!
//! Everwire's is its own engine. The others are written from what their documentation says, with their defaults.

use super::server::Time;
use everwire::engine::{
    Client, CloseInfo, Event, Input, Instant, Kind, Options, Output, Payload, ReconnectOptions, SocketId, Span,
};

/// A client whose connection was lost.
pub(super) trait Rule {
    /// It was lost, or an attempt was refused.
    fn failed(&mut self, now: Time);
    /// When it wants to be asked, if it has not given up.
    fn next(&self) -> Option<Time>;
    /// It is time: whether it tries.
    fn attempts(&mut self, now: Time) -> bool;
}

pub(super) type Make = fn(u64) -> Box<dyn Rule>;

pub(super) const ALL: [(&str, Make); 7] = [
    ("Everwire", |seed| Box::new(Everwire::connected(seed, ReconnectOptions::default()))),
    ("Everwire, minDelay: 2000", |seed| {
        let min_delay = Span::secs(2);
        Box::new(Everwire::connected(seed, ReconnectOptions { min_delay, ..ReconnectOptions::default() }))
    }),
    ("reconnecting-, partysocket", |seed| {
        // README, "Available options": minReconnectionDelay 1000 + Math.random() * 4000, maxReconnectionDelay 10000,
        // reconnectionDelayGrowFactor 1.3. The first is drawn once for a page. partysocket's README has the same.
        let first = 1_000.0 + 4_000.0 * Random(seed).unit();
        Steps::boxed(seed, move |_, failures| Some((first * 1.3_f64.powi(failures)).min(10_000.0)))
    }),
    ("socket.io", |seed| {
        // Client options: reconnectionDelay 1000, doubled each time, reconnectionDelayMax 5000, randomizationFactor 0.5:
        // "the reconnection delay … randomly between" half of it more and half of it less.
        Steps::boxed(seed, |random, failures| {
            let delay = 1_000.0 * 2.0_f64.powi(failures.min(30));
            Some((delay * (0.5 + random.unit())).min(5_000.0))
        })
    }),
    ("Phoenix", |seed| {
        // Phoenix.Socket, reconnectAfterMs: [10, 50, 100, 150, 200, 250, 500, 1000, 2000][tries - 1] || 5000
        const STEPS: [f64; 9] = [10.0, 50.0, 100.0, 150.0, 200.0, 250.0, 500.0, 1_000.0, 2_000.0];
        Steps::boxed(seed, |_, failures| Some(STEPS.get(failures as usize).copied().unwrap_or(5_000.0)))
    }),
    ("SignalR", |seed| {
        // withAutomaticReconnect(): "waits 0, 2, 10, and 30 seconds respectively before trying each reconnect attempt,
        // stopping after four failed attempts"
        const STEPS: [f64; 4] = [0.0, 2_000.0, 10_000.0, 30_000.0];
        Steps::boxed(seed, |_, failures| STEPS.get(failures as usize).copied())
    }),
    ("a second, each time", |seed| {
        // setTimeout(connect, 1000) in onclose, as most pages have it
        Steps::boxed(seed, |_, _| Some(1_000.0))
    }),
];

/// Those which count failures: milliseconds until the next attempt, after so many failed ones.
struct Steps<F> {
    random: Random,
    failures: i32,
    delay: F,
    next: Option<Time>,
}

impl<F: FnMut(&mut Random, i32) -> Option<f64> + 'static> Steps<F> {
    fn boxed(seed: u64, delay: F) -> Box<dyn Rule> {
        Box::new(Self { random: Random(seed), failures: 0, delay, next: None })
    }
}

impl<F: FnMut(&mut Random, i32) -> Option<f64>> Rule for Steps<F> {
    fn failed(&mut self, now: Time) {
        let delay = (self.delay)(&mut self.random, self.failures);
        self.failures += 1;
        self.next = delay.map(|milliseconds| now + (milliseconds * 1_000.0) as Time);
    }

    fn next(&self) -> Option<Time> {
        self.next
    }

    fn attempts(&mut self, _: Time) -> bool {
        true
    }
}

/// The engine that browsers run.
struct Everwire {
    client: Client<Nothing>,
    socket: SocketId,
}

/// Nobody sends anything.
#[derive(Debug, Clone)]
struct Nothing;

impl Payload for Nothing {
    fn kind(&self) -> Kind {
        Kind::Text
    }

    fn size(&self) -> u64 {
        0
    }
}

impl Everwire {
    /// For a minute already: it is stable.
    fn connected(seed: u64, reconnect: ReconnectOptions) -> Self {
        let options = Options { reconnect: Some(reconnect), ..Options::default() };
        let config = options.parse().expect("the defaults hold together");
        let mut this = Self { client: Client::new(config, seed), socket: SocketId(0) };
        this.say(Input::Connect, Instant::from_micros(0));
        this.say(Input::Opened { socket: this.socket }, Instant::from_micros(0));
        this
    }

    /// Whether it opens a socket.
    fn say(&mut self, input: Input<Nothing>, now: Instant) -> bool {
        self.client.handle(input, now);
        let mut opens = false;
        while let Some(output) = self.client.poll() {
            match output {
                Output::Open { socket, .. } => {
                    self.socket = socket;
                    opens = true;
                }
                Output::Tell(Event::Closed { .. }) => unreachable!("it never gives up by itself"),
                Output::Tell(_) => {}
                Output::Transmit { .. }
                | Output::Close { .. }
                | Output::FetchToken { .. }
                | Output::CancelToken { .. }
                | Output::Judge { .. }
                | Output::AskRetry { .. }
                | Output::Aim { .. } => unreachable!("nothing is sent, and nobody is asked"),
            }
        }
        opens
    }
}

/// The engine's time begins a minute before the server stops.
const MINUTE: Time = 60_000_000;

impl Rule for Everwire {
    fn failed(&mut self, now: Time) {
        let closed = Input::Closed { socket: self.socket, close: CloseInfo::ABNORMAL, unsent: 0 };
        self.say(closed, Instant::from_micros(MINUTE + now));
    }

    fn next(&self) -> Option<Time> {
        self.client.deadline().map(|(at, _)| at.as_micros().saturating_sub(MINUTE))
    }

    fn attempts(&mut self, now: Time) -> bool {
        self.say(Input::Elapsed, Instant::from_micros(MINUTE + now))
    }
}

/// SplitMix64 (Steele, Lea, Flood, 2014).
struct Random(u64);

impl Random {
    /// From 0 up to 1.
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}
