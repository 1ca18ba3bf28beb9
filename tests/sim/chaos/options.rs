//! Which options does a session have? Small enough to be reached, or as extreme as `parse` lets through.

use everwire::engine::{
    AuthOptions, HeartbeatOptions, LimitOptions, Options, Overflow, QueueOptions, ReconnectOptions, Span, Via,
};

use crate::random::Random;

/// Such as somebody might write, with bounds that a short session reaches.
pub(super) fn sensible(random: &mut Random) -> Options {
    loop {
        let options = Options {
            reconnect: (!random.chance(12)).then(|| reconnect(random)),
            auth: random.chance(55).then(|| auth(random)),
            heartbeat: random
                .chance(50)
                .then(|| HeartbeatOptions { interval: some_time(random), timeout: some_time(random) }),
            limit: (!random.chance(15)).then(|| limit(random)),
            queue: QueueOptions {
                max_messages: random.pick(&[0, 1, 3, 20, 10_000, 10_000]),
                max_bytes: random.pick(&[0, 10, 300, 5_000, 16 << 20, 16 << 20]),
                overflow: random.pick(&[Overflow::Reject, Overflow::DropOldest, Overflow::DropNewest]),
            },
            session: None,
            places: random.pick(&[1, 1, 3]),
            connect_timeout: some_time(random),
            connect_timeout_after_failure: random.pick(&[Span::ZERO, Span::secs(20)]),
            close_timeout: random.pick(&[Span::ZERO, Span::millis(10), Span::secs(5)]),
        };
        if options.clone().parse().is_ok() {
            return options;
        }
    }
}

/// The same, with numbers from where arithmetic ends.
pub(super) fn extreme(random: &mut Random) -> Options {
    loop {
        let mut options = sensible(random);
        let mut maybe = |span: &mut Span| {
            if random.chance(30) {
                *span = Span::micros(random.extreme());
            }
        };
        maybe(&mut options.connect_timeout);
        maybe(&mut options.connect_timeout_after_failure);
        maybe(&mut options.close_timeout);
        if let Some(reconnect) = &mut options.reconnect {
            maybe(&mut reconnect.min_delay);
            maybe(&mut reconnect.max_delay);
            maybe(&mut reconnect.stable_after);
        }
        if let Some(auth) = &mut options.auth {
            maybe(&mut auth.timeout);
            maybe(&mut auth.refresh_before);
        }
        if let Some(heartbeat) = &mut options.heartbeat {
            maybe(&mut heartbeat.interval);
            maybe(&mut heartbeat.timeout);
        }
        if let Some(reconnect) = options.reconnect.as_mut().filter(|_| random.chance(30)) {
            reconnect.factor = random.pick(&[1.0, 1e300, f64::MAX, 1.0 + f64::EPSILON]);
            reconnect.attempts = random.pick(&[None, Some(1), Some(u32::MAX)]);
        }
        if let Some(limit) = options.limit.as_mut().filter(|_| random.chance(40)) {
            limit.high_water = random.extreme();
            limit.low_water = random.chance(50).then(|| random.extreme());
            limit.poll_interval = random.chance(30).then(|| Span::micros(random.extreme()));
            limit.messages_per_second = random.pick(&[None, Some(1e-300), Some(f64::INFINITY), Some(1e12), Some(1e-6)]);
            limit.bytes_per_second = random.pick(&[None, Some(1e-300), Some(f64::INFINITY), Some(1e12), Some(1e-6)]);
            limit.burst = random.extreme();
            limit.burst_bytes = random.extreme();
        }
        if random.chance(30) {
            (options.queue.max_messages, options.queue.max_bytes) = (random.extreme(), random.extreme());
        }
        if options.clone().parse().is_ok() {
            return options;
        }
    }
}

fn reconnect(random: &mut Random) -> ReconnectOptions {
    ReconnectOptions {
        min_delay: random.pick(&[Span::ZERO, Span::millis(1), Span::millis(500)]),
        max_delay: random.pick(&[Span::millis(1), Span::millis(800), Span::secs(30)]),
        factor: random.pick(&[1.0, 1.5, 2.0, 10.0]),
        attempts: random.pick(&[None, None, None, Some(1), Some(2), Some(5)]),
        stable_after: random.pick(&[Span::ZERO, Span::millis(20), Span::secs(5)]),
        ask: random.chance(35),
    }
}

fn auth(random: &mut Random) -> AuthOptions {
    AuthOptions {
        via: random.pick(&[Via::Handshake, Via::Message]),
        timeout: some_time(random),
        refresh_before: random.pick(&[Span::ZERO, Span::secs(1), Span::secs(30)]),
    }
}

fn limit(random: &mut Random) -> LimitOptions {
    let high_water = random.pick(&[0, 1, 50, 500, 4 << 20]);
    LimitOptions {
        high_water,
        low_water: random.chance(50).then(|| random.up_to(high_water)),
        poll_interval: random.chance(25).then(|| Span::millis(1 + random.below(50))),
        messages_per_second: random.pick(&[None, None, Some(1.0), Some(10.0), Some(333.0), Some(1e4), Some(1e6)]),
        bytes_per_second: random.pick(&[None, None, Some(10.0), Some(777.0), Some(1e5), Some(3e6)]),
        burst: 1 + random.below(6),
        burst_bytes: random.pick(&[1, 10, 100, 65_536]),
    }
}

fn some_time(random: &mut Random) -> Span {
    random.pick(&[Span::millis(3), Span::millis(200), Span::secs(2), Span::secs(10), Span::secs(25)])
}
