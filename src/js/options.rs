//! What did a JavaScript caller ask for? options.js reads it, field by field, and has the same list in the same order.

use super::row::Row;
use crate::engine::{
    AuthOptions, HeartbeatOptions, LimitOptions, Options, Overflow, QueueOptions, SessionOptions, Span, Via,
};

/// The options that the row holds: not a number where nothing was said, and in range, options.js has seen to it.
pub(super) fn read(row: &mut Row) -> Options {
    let mut options = Options::default();
    let is_drop_in = row.next_flag();
    if is_drop_in {
        // nothing but what is asked for
        options.queue = QueueOptions { max_messages: u64::MAX, max_bytes: u64::MAX, ..QueueOptions::default() };
    }

    let is_on = row.next_flag();
    let mut reconnect = options.reconnect.take().unwrap_or_default();
    row.span(&mut reconnect.min_delay);
    if !row.span(&mut reconnect.max_delay) {
        reconnect.max_delay = reconnect.max_delay.max(reconnect.min_delay); // a long minimum alone is no contradiction
    }
    reconnect.factor = row.next_if_any().unwrap_or(reconnect.factor);
    let attempts = row.next();
    if attempts <= f64::from(u32::MAX) {
        reconnect.attempts = Some(attempts as u32); // `as` makes 0 of less, which is refused with it; more is without end
    }
    row.span(&mut reconnect.stable_after);
    reconnect.ask = row.next_flag();
    if is_on {
        options.reconnect = Some(reconnect);
    } else if is_drop_in {
        // a bare socket is as patient as the browser
        (options.connect_timeout, options.close_timeout) = (Span::micros(u64::MAX), Span::micros(u64::MAX));
    }

    let is_on = row.next_flag();
    let mut auth = AuthOptions::via(if row.next_flag() { Via::Message } else { Via::Handshake });
    row.span(&mut auth.timeout);
    row.span(&mut auth.refresh_before);
    options.auth = is_on.then_some(auth);

    let is_on = row.next_flag();
    let mut heartbeat = HeartbeatOptions::default();
    row.span(&mut heartbeat.interval);
    row.span(&mut heartbeat.timeout);
    options.heartbeat = is_on.then_some(heartbeat);

    let is_on = row.next_flag();
    let mut limit = LimitOptions::default();
    row.count(&mut limit.high_water);
    limit.low_water = row.next_if_any().map(|low| low as u64);
    limit.poll_interval = row.next_if_any().map(|micros| Span::micros(micros as u64));
    limit.messages_per_second = row.next_if_any();
    limit.bytes_per_second = row.next_if_any();
    row.count(&mut limit.burst);
    row.count(&mut limit.burst_bytes);
    options.limit = is_on.then_some(limit);

    if row.next_flag() {
        options.queue = QueueOptions::default();
    }
    row.count(&mut options.queue.max_messages);
    row.count(&mut options.queue.max_bytes);
    options.queue.overflow = match row.next() as u8 {
        1 => Overflow::DropOldest,
        2 => Overflow::DropNewest,
        _ => Overflow::Reject,
    };

    let is_on = row.next_flag();
    let required = row.next_flag();
    options.session = is_on.then_some(SessionOptions { required });

    options.places = row.next_whole() as usize;
    row.span(&mut options.connect_timeout);
    row.span(&mut options.connect_timeout_after_failure);
    row.span(&mut options.close_timeout);
    options
}

/// The same, with every default in its place: each layer by whether there is one, and then its options.
pub(super) fn write(options: &Options, row: &mut Row) {
    let reconnect = options.reconnect.clone().unwrap_or_default();
    row.put_flag(options.reconnect.is_some());
    row.put_span(reconnect.min_delay);
    row.put_span(reconnect.max_delay);
    row.put(reconnect.factor);
    row.put(reconnect.attempts.map_or(f64::NAN, f64::from));
    row.put_span(reconnect.stable_after);
    row.put_flag(reconnect.ask);

    let auth = options.auth.clone().unwrap_or(AuthOptions::via(Via::Handshake));
    row.put_flag(options.auth.is_some());
    row.put_flag(auth.via == Via::Message);
    row.put_span(auth.timeout);
    row.put_span(auth.refresh_before);

    let heartbeat = options.heartbeat.clone().unwrap_or_default();
    row.put_flag(options.heartbeat.is_some());
    row.put_span(heartbeat.interval);
    row.put_span(heartbeat.timeout);

    let limit = options.limit.clone().unwrap_or_default();
    row.put_flag(options.limit.is_some());
    row.put_whole(limit.high_water);
    row.put(limit.low_water.map_or(f64::NAN, |low| low as f64));
    row.put(limit.poll_interval.map_or(f64::NAN, |span| span.as_micros() as f64));
    row.put(limit.messages_per_second.unwrap_or(f64::NAN));
    row.put(limit.bytes_per_second.unwrap_or(f64::NAN));
    row.put_whole(limit.burst);
    row.put_whole(limit.burst_bytes);

    row.put_flag(true);
    row.put_whole(options.queue.max_messages);
    row.put_whole(options.queue.max_bytes);
    row.put(match options.queue.overflow {
        Overflow::Reject => 0.0,
        Overflow::DropOldest => 1.0,
        Overflow::DropNewest => 2.0,
    });

    row.put_flag(options.session.is_some());
    row.put_flag(options.session.is_some_and(|session| session.required));

    row.put_flag(true);
    row.put_whole(options.places as u64);
    row.put_span(options.connect_timeout);
    row.put_span(options.connect_timeout_after_failure);
    row.put_span(options.close_timeout);
}

impl Row {
    fn count(&mut self, count: &mut u64) {
        *count = self.next_if_any().map_or(*count, |given| given as u64); // `as` saturates
    }

    /// Whether it was given.
    fn span(&mut self, into: &mut Span) -> bool {
        let given = self.next_if_any();
        *into = given.map_or(*into, |micros| Span::micros(micros as u64));
        given.is_some()
    }

    fn put_span(&mut self, span: Span) {
        self.put_whole(span.as_micros());
    }
}
