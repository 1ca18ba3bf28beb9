//! What did a JavaScript caller ask for?
//!
//! options.js reads it, field by field, and hands over numbers: in this order, and not a number where nothing was said.

use web_sys::BinaryType;

use crate::engine::{AuthOptions, HeartbeatOptions, LimitOptions, Options, Overflow, QueueOptions, Span, Via};
use crate::web::{Carriage, Carrier, patience_after_failure};

/// Everything that `new Client(url, options)` and `WebSocket.with(options)` take, but for what `Asked` knows.
#[derive(Debug)]
pub(super) struct ClientOptions {
    pub(super) engine: Options,
    pub(super) carriage: Option<Carriage>,
    pub(super) binary_type: BinaryType,
    pub(super) has_trace: bool,
}

impl ClientOptions {
    pub(super) fn read(numbers: &[f64], name: String) -> Self {
        let mut said = Said(numbers.iter());
        let mut engine = Options::default();
        let is_drop_in = said.is_on();
        if is_drop_in {
            // nothing but what is asked for
            engine.queue = QueueOptions { max_messages: u64::MAX, max_bytes: u64::MAX, ..QueueOptions::default() };
        }

        let is_on = said.is_on();
        let mut reconnect = engine.reconnect.take().unwrap_or_default();
        said.span(&mut reconnect.min_delay);
        if !said.span(&mut reconnect.max_delay) {
            reconnect.max_delay = reconnect.max_delay.max(reconnect.min_delay); // a long minimum alone is no contradiction
        }
        said.number(&mut reconnect.factor);
        let attempts = said.next();
        if attempts <= f64::from(u32::MAX) {
            reconnect.attempts = Some(attempts as u32); // `as` makes 0 of less, which is refused with it; more is without end
        }
        said.span(&mut reconnect.stable_after);
        reconnect.ask = said.is_on();
        if is_on {
            engine.reconnect = Some(reconnect);
        } else if is_drop_in {
            // a bare socket is as patient as the browser
            (engine.connect_timeout, engine.close_timeout) = (Span::micros(u64::MAX), Span::micros(u64::MAX));
        }

        let carrier = match said.next() {
            0.0 => Some(Carrier::Protocol { name }),
            1.0 => Some(Carrier::Query { name }),
            2.0 => Some(Carrier::Message),
            _ => None,
        };
        let via = if carrier == Some(Carrier::Message) { Via::Message } else { Via::Handshake };
        let mut auth = AuthOptions::via(via);
        said.span(&mut auth.timeout);
        said.span(&mut auth.refresh_before);
        engine.auth = carrier.is_some().then_some(auth);
        let insecure = said.is_on();
        let carriage = carrier.map(|carrier| Carriage { carrier, insecure });

        let is_on = said.is_on();
        let mut heartbeat = HeartbeatOptions::default();
        said.span(&mut heartbeat.interval);
        said.span(&mut heartbeat.timeout);
        engine.heartbeat = is_on.then_some(heartbeat);

        let is_on = said.is_on();
        let mut limit = LimitOptions::default();
        said.count(&mut limit.high_water);
        limit.low_water = said.if_any().map(|low| low as u64);
        limit.poll_interval = said.if_any().map(span);
        limit.messages_per_second = said.if_any();
        limit.bytes_per_second = said.if_any();
        said.count(&mut limit.burst);
        said.count(&mut limit.burst_bytes);
        engine.limit = is_on.then_some(limit);

        if said.is_on() {
            engine.queue = QueueOptions::default();
        }
        said.count(&mut engine.queue.max_messages);
        said.count(&mut engine.queue.max_bytes);
        engine.queue.overflow = match said.next() {
            1.0 => Overflow::DropOldest,
            2.0 => Overflow::DropNewest,
            _ => Overflow::Reject,
        };

        said.span(&mut engine.connect_timeout);
        said.span(&mut engine.close_timeout);
        engine.connect_timeout_after_failure = patience_after_failure();
        let binary_type = if said.is_on() { BinaryType::Blob } else { BinaryType::Arraybuffer };
        Self { engine, carriage, binary_type, has_trace: said.is_on() }
    }
}

/// The numbers that have not been read yet. They are in range: options.js has seen to it.
struct Said<'a>(std::slice::Iter<'a, f64>);

impl Said<'_> {
    fn next(&mut self) -> f64 {
        self.0.next().copied().unwrap_or(f64::NAN)
    }

    fn if_any(&mut self) -> Option<f64> {
        Some(self.next()).filter(|number| !number.is_nan())
    }

    fn is_on(&mut self) -> bool {
        self.next() == 1.0
    }

    fn number(&mut self, number: &mut f64) {
        *number = self.if_any().unwrap_or(*number);
    }

    fn count(&mut self, count: &mut u64) {
        *count = self.if_any().map_or(*count, |given| given as u64); // `as` saturates
    }

    /// Whether it was given.
    fn span(&mut self, into: &mut Span) -> bool {
        let given = self.if_any();
        *into = given.map_or(*into, span);
        given.is_some()
    }
}

/// Of milliseconds.
pub(super) fn span(millis: f64) -> Span {
    Span::micros((millis * 1_000.0).ceil() as u64) // `as` saturates
}
