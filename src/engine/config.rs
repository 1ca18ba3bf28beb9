//! What was asked for? Parsed once; inside the engine nothing is checked again.

use std::fmt;

use super::time::Span;
use super::words::sentence;

/// What a caller writes: every option, with its default. [`Options::parse`] makes a [`Config`] of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// `None`: the first close is the last.
    pub reconnect: Option<ReconnectOptions>,
    /// `None`: nobody signs in.
    pub auth: Option<AuthOptions>,
    /// `None`: a browser cannot send ping frames, so the server must know the message.
    pub heartbeat: Option<HeartbeatOptions>,
    /// `None`: all goes to the browser at once.
    pub limit: Option<LimitOptions>,
    /// How much may wait, and what gives way.
    pub queue: QueueOptions,
    /// `None`: what is lost with a socket is told, and not made good.
    pub session: Option<SessionOptions>,
    /// How many addresses there are, to be tried in turn. 1.
    pub places: usize,
    /// One attempt may take this long; grows with the attempts up to three times.
    /// 10 s: a TLS handshake over a poor mobile link takes three to five.
    pub connect_timeout: Span,
    /// The attempts that follow a failed one in its row may each take at least this long. 0 s; in Firefox the web layer
    /// makes it 20 s, since that browser waits by itself, up to 17 s, before it even tries.
    pub connect_timeout_after_failure: Span,
    /// After the user's close: the close event comes at the latest then, as 1006. 5 s: a close handshake is one round
    /// trip, and a page that is left has little more time.
    pub close_timeout: Span,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            reconnect: Some(ReconnectOptions::default()),
            auth: None,
            heartbeat: None,
            limit: Some(LimitOptions::default()),
            queue: QueueOptions::default(),
            session: None,
            places: 1,
            connect_timeout: Span::secs(10),
            connect_timeout_after_failure: Span::ZERO,
            close_timeout: Span::secs(5),
        }
    }
}

/// When to try again.
#[derive(Debug, Clone, PartialEq)]
pub struct ReconnectOptions {
    /// Attempt n waits a random time in [0, min(`max_delay`, `min_delay` · `factor`ⁿ)]. 500 ms: a restart is over in
    /// one or two seconds.
    pub min_delay: Span,
    /// 30 s: what a user still waits for; at a thousand clients that is 66 attempts a second on average.
    pub max_delay: Span,
    /// 2: doubling, the usual.
    pub factor: f64,
    /// Attempts in a row, the first connection's too. `None`: without end.
    pub attempts: Option<u32>,
    /// A connection that lasted this long starts the count again. 5 s: a flapping server otherwise looks healthy.
    pub stable_after: Span,
    /// Whether there is a `shouldRetry` to ask. No.
    pub ask: bool,
}

impl Default for ReconnectOptions {
    fn default() -> Self {
        Self {
            min_delay: Span::millis(500),
            max_delay: Span::secs(30),
            factor: 2.0,
            attempts: None,
            stable_after: Span::secs(5),
            ask: false,
        }
    }
}

/// Whether what is lost with a socket is made good: PROTOCOL.md.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SessionOptions {
    /// A server that does not speak `everwire.1` is not connected to. No.
    pub required: bool,
}

/// How to sign in.
#[derive(Debug, Clone, PartialEq)]
pub struct AuthOptions {
    /// What carries the token.
    pub via: Via,
    /// For the token and for the reply, each. 10 s, as for connecting.
    pub timeout: Span,
    /// A token is renewed this long before it expires. 30 s: three times what the provider may take.
    pub refresh_before: Span,
}

impl AuthOptions {
    /// The defaults, and the one thing that has none.
    pub fn via(via: Via) -> Self {
        Self { via, timeout: Span::secs(10), refresh_before: Span::secs(30) }
    }
}

/// What carries the token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Via {
    /// The handshake: a subprotocol or the URL's query. Whether it was accepted is seen by what the server does next.
    Handshake,
    /// The first message. The server replies.
    Message,
}

/// How to see that the peer is there.
#[derive(Debug, Clone, PartialEq)]
pub struct HeartbeatOptions {
    /// Silence before asking. 25 s: mobile carriers drop idle NAT bindings at about 30.
    pub interval: Span,
    /// Silence after asking before the socket is given up. 10 s.
    pub timeout: Span,
}

impl Default for HeartbeatOptions {
    fn default() -> Self {
        Self { interval: Span::secs(25), timeout: Span::secs(10) }
    }
}

/// How fast to hand over. Pings and credentials do not wait, but the rates count them.
#[derive(Debug, Clone, PartialEq)]
pub struct LimitOptions {
    /// Nothing more goes to the browser while its bufferedAmount is above this. 4 MiB: less costs speed in Firefox.
    /// 0: only when it is empty.
    pub high_water: u64,
    /// Sending goes on once bufferedAmount is at or under this. `None`: half of `high_water`.
    pub low_water: Option<u64>,
    /// Look at bufferedAmount every so often. `None`: when its recent rate says that it is worth it.
    pub poll_interval: Option<Span>,
    /// `None`: any number.
    pub messages_per_second: Option<f64>,
    /// `None`: any number. UTF-8 bytes.
    pub bytes_per_second: Option<f64>,
    /// Messages that may go at once under `messages_per_second`. 1.
    pub burst: u64,
    /// Bytes that may go at once under `bytes_per_second`; a larger message goes into debt. 64 KiB.
    pub burst_bytes: u64,
}

impl Default for LimitOptions {
    fn default() -> Self {
        Self {
            high_water: 4 << 20,
            low_water: None,
            poll_interval: None,
            messages_per_second: None,
            bytes_per_second: None,
            burst: 1,
            burst_bytes: 64 << 10,
        }
    }
}

/// What may wait, not yet handed to the browser.
#[derive(Debug, Clone, PartialEq)]
pub struct QueueOptions {
    /// 10 000: minutes of a busy chat.
    pub max_messages: u64,
    /// 16 MiB, as [`Payload::size`](super::vocabulary::Payload::size) counts them.
    pub max_bytes: u64,
    /// What happens to one too many.
    pub overflow: Overflow,
}

impl Default for QueueOptions {
    fn default() -> Self {
        Self { max_messages: 10_000, max_bytes: 16 << 20, overflow: Overflow::Reject }
    }
}

/// What gives way when the queue is full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(target_arch = "wasm32", non_exhaustive)] // where it is API; here the tests look at each
pub enum Overflow {
    /// The new message. What was accepted stays, even when messages come back from a lost socket to a full queue.
    Reject,
    /// What has waited longest.
    DropOldest,
    /// What came last: the new message, or, when messages come back from a lost socket, the end of the queue.
    DropNewest,
}

/// Options that hold together. The engine reads them and checks nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    pub(super) reconnect: Option<ReconnectOptions>,
    pub(super) auth: Option<AuthOptions>,
    pub(super) heartbeat: Option<HeartbeatOptions>,
    pub(super) limit: Limit,
    pub(super) queue: QueueOptions,
    pub(super) session: Option<SessionOptions>,
    pub(super) places: usize,
    pub(super) connect_timeout: Span,
    pub(super) connect_timeout_after_failure: Span,
    pub(super) close_timeout: Span,
}

/// The limits, as the limiter wants them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Limit {
    pub(super) high_water: u64,
    pub(super) low_water: u64,
    pub(super) poll_interval: Option<Span>,
    pub(super) messages: Option<Rate>,
    pub(super) bytes: Option<Rate>,
}

/// So many units may go at once, and one more each period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rate {
    pub(super) burst: u64,
    /// In picoseconds, so that a gigabyte a second is a whole number. Rounded up: never more than was asked for.
    pub(super) period: u64,
}

impl Limit {
    /// What nobody limits.
    pub(super) const NONE: Self =
        Self { high_water: u64::MAX, low_water: u64::MAX, poll_interval: None, messages: None, bytes: None };
}

impl Options {
    /// Checks that the options hold together.
    ///
    /// # Errors
    /// The first option that does not, by its path in the JavaScript contract, and what it must be.
    pub fn parse(self) -> Result<Config, ConfigError> {
        let limit = self.limit.map_or(Ok(Limit::NONE), LimitOptions::parse)?;
        if let Some(reconnect) = &self.reconnect {
            let ReconnectOptions { min_delay, max_delay, factor, attempts, stable_after: _, ask: _ } = *reconnect;
            must(max_delay >= min_delay, "reconnect.maxDelay", "at least reconnect.minDelay")?;
            must(factor.is_finite() && factor >= 1.0, "reconnect.factor", "a number of at least 1")?;
            must(attempts != Some(0), "reconnect.attempts", "at least 1")?;
        }
        if let Some(auth) = &self.auth {
            must(auth.timeout > Span::ZERO, "auth.timeout", "more than 0")?;
        }
        if let Some(heartbeat) = &self.heartbeat {
            must(heartbeat.interval > Span::ZERO, "heartbeat.interval", "more than 0")?;
            must(heartbeat.timeout > Span::ZERO, "heartbeat.timeout", "more than 0")?;
        }
        must(self.session.is_none() || self.reconnect.is_some(), "session", "off where reconnect is off")?;
        must(self.places > 0, "url", "at least one")?;
        must(self.connect_timeout > Span::ZERO, "connectTimeout", "more than 0")?;
        Ok(Config {
            reconnect: self.reconnect,
            auth: self.auth,
            heartbeat: self.heartbeat,
            limit,
            queue: self.queue,
            session: self.session,
            places: self.places,
            connect_timeout: self.connect_timeout,
            connect_timeout_after_failure: self.connect_timeout_after_failure,
            close_timeout: self.close_timeout,
        })
    }
}

impl LimitOptions {
    fn parse(self) -> Result<Limit, ConfigError> {
        let low_water = self.low_water.unwrap_or(self.high_water / 2);
        must(low_water <= self.high_water, "limit.lowWater", "at most limit.highWater")?;
        must(self.poll_interval != Some(Span::ZERO), "limit.pollInterval", "more than 0")?;
        must(self.burst > 0, "limit.burst", "at least 1")?;
        must(self.burst_bytes > 0, "limit.burstBytes", "at least 1")?;
        Ok(Limit {
            high_water: self.high_water,
            low_water,
            poll_interval: self.poll_interval,
            messages: rate(self.messages_per_second, self.burst, "limit.messagesPerSecond")?,
            bytes: rate(self.bytes_per_second, self.burst_bytes, "limit.bytesPerSecond")?,
        })
    }
}

fn rate(per_second: Option<f64>, burst: u64, path: &'static str) -> Result<Option<Rate>, ConfigError> {
    let Some(per_second) = per_second else { return Ok(None) };
    must(per_second > 0.0, path, "more than 0")?;
    // `as` saturates: the slowest rate is one unit in 213 days, the fastest one in a picosecond
    let period = ((1e12 / per_second).ceil() as u64).max(1);
    Ok(Some(Rate { burst, period }))
}

fn must(holds: bool, path: &'static str, must: &'static str) -> Result<(), ConfigError> {
    if holds { Ok(()) } else { Err(ConfigError { path, must }) }
}

/// An option that does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConfigError {
    /// Which one, as the JavaScript contract names it: `reconnect.factor`.
    pub path: &'static str,
    /// What it must be.
    pub must: &'static str,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence())
    }
}

impl ConfigError {
    /// For people.
    pub(crate) fn sentence(&self) -> String {
        sentence(&[self.path, " must be ", self.must])
    }
}

impl std::error::Error for ConfigError {}

#[cfg(test)]
mod tests {
    use super::*;

    /// The path of the option that is refused.
    fn refused(options: Options) -> &'static str {
        options.parse().expect_err("must be refused").path
    }

    fn reconnect(change: impl FnOnce(&mut ReconnectOptions)) -> Options {
        let mut reconnect = ReconnectOptions::default();
        change(&mut reconnect);
        Options { reconnect: Some(reconnect), ..Options::default() }
    }

    fn limit(change: impl FnOnce(&mut LimitOptions)) -> Options {
        let mut limit = LimitOptions::default();
        change(&mut limit);
        Options { limit: Some(limit), ..Options::default() }
    }

    fn heartbeat(interval: Span, timeout: Span) -> Options {
        Options { heartbeat: Some(HeartbeatOptions { interval, timeout }), ..Options::default() }
    }

    #[test]
    fn the_defaults_are_those_of_the_contract() {
        let config = Options::default().parse().expect("the defaults hold together");
        let reconnect = config.reconnect.expect("a client reconnects by default");
        assert_eq!((reconnect.min_delay, reconnect.max_delay), (Span::millis(500), Span::millis(30_000)));
        assert_eq!((reconnect.factor, reconnect.attempts, reconnect.stable_after), (2.0, None, Span::millis(5_000)));
        assert_eq!((config.auth, config.heartbeat), (None, None));
        assert_eq!((config.limit.high_water, config.limit.low_water), (4 << 20, 2 << 20));
        assert_eq!((config.limit.messages, config.limit.bytes, config.limit.poll_interval), (None, None, None));
        assert_eq!((config.queue.max_messages, config.queue.max_bytes), (10_000, 16 << 20));
        assert_eq!(config.queue.overflow, Overflow::Reject);
        assert_eq!((config.connect_timeout, config.close_timeout), (Span::millis(10_000), Span::millis(5_000)));
        let heartbeat = HeartbeatOptions::default();
        assert_eq!((heartbeat.interval, heartbeat.timeout), (Span::millis(25_000), Span::millis(10_000)));
        let auth = AuthOptions::via(Via::Message);
        assert_eq!((auth.timeout, auth.refresh_before), (Span::millis(10_000), Span::millis(30_000)));
    }

    #[test]
    fn what_cannot_be_is_refused_by_its_path() {
        assert_eq!(refused(reconnect(|r| r.max_delay = Span::millis(499))), "reconnect.maxDelay");
        assert_eq!(refused(reconnect(|r| r.attempts = Some(0))), "reconnect.attempts");
        for factor in [0.999, f64::NAN, f64::INFINITY, -2.0] {
            assert_eq!(refused(reconnect(|r| r.factor = factor)), "reconnect.factor");
        }
        assert_eq!(refused(limit(|l| l.low_water = Some((4 << 20) + 1))), "limit.lowWater");
        assert_eq!(refused(limit(|l| l.poll_interval = Some(Span::ZERO))), "limit.pollInterval");
        assert_eq!(refused(limit(|l| l.burst = 0)), "limit.burst");
        assert_eq!(refused(limit(|l| l.burst_bytes = 0)), "limit.burstBytes");
        for rate in [0.0, -1.0, f64::NAN] {
            assert_eq!(refused(limit(|l| l.messages_per_second = Some(rate))), "limit.messagesPerSecond");
            assert_eq!(refused(limit(|l| l.bytes_per_second = Some(rate))), "limit.bytesPerSecond");
        }
        assert_eq!(refused(heartbeat(Span::ZERO, Span::secs(1))), "heartbeat.interval");
        assert_eq!(refused(heartbeat(Span::secs(1), Span::ZERO)), "heartbeat.timeout");
        assert_eq!(refused(Options { connect_timeout: Span::ZERO, ..Options::default() }), "connectTimeout");
        let auth = AuthOptions { timeout: Span::ZERO, ..AuthOptions::via(Via::Handshake) };
        assert_eq!(refused(Options { auth: Some(auth), ..Options::default() }), "auth.timeout");
    }

    #[test]
    fn what_is_just_right_is_taken() {
        for options in [
            reconnect(|r| (r.min_delay, r.max_delay) = (Span::secs(1), Span::secs(1))),
            reconnect(|r| (r.factor, r.attempts) = (1.0, Some(1))),
            limit(|l| (l.high_water, l.low_water) = (0, None)),
            limit(|l| (l.high_water, l.low_water) = (7, Some(7))),
            limit(|l| l.messages_per_second = Some(f64::INFINITY)),
            heartbeat(Span::micros(1), Span::micros(1)),
        ] {
            assert!(options.clone().parse().is_ok(), "{options:?}");
        }
    }

    #[test]
    fn a_rate_is_never_rounded_in_our_favour() {
        let period = |per_second| {
            let config = limit(|l| l.messages_per_second = Some(per_second)).parse().expect("a rate");
            config.limit.messages.expect("which was asked for").period
        };
        assert_eq!(period(1e9), 1_000);
        assert_eq!(period(3.0), 333_333_333_334);
        assert_eq!(period(f64::INFINITY), 1);
        assert_eq!(period(1e-30), u64::MAX);
    }

    #[test]
    fn without_limits_nothing_is_held_back() {
        let config = Options { limit: None, ..Options::default() }.parse().expect("no limits are fine");
        assert_eq!(config.limit, Limit::NONE);
    }

    #[test]
    fn an_error_says_what_to_write() {
        let error = limit(|l| l.burst = 0).parse().expect_err("no burst at all");
        assert_eq!(error.to_string(), "limit.burst must be at least 1");
    }
}
