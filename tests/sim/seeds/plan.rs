//! What is in store for a seed?

use everwire::engine::{
    Advice, AuthOptions, HeartbeatOptions, LimitOptions, Options, Overflow, QueueOptions, ReconnectOptions, Span, Via,
};

use crate::page::Provider;
use crate::random::Random;
use crate::world::{Turn, World};

/// How long they live, before the calm.
pub(super) const LENGTHS: [Span; 4] = [Span::secs(20), Span::secs(120), Span::secs(600), Span::secs(7_200)];

/// A client with options of its own, in a world of its own.
pub(super) fn world(seed: u64) -> (Options, World) {
    let mut chance = Random::new(seed ^ 0xABCD);
    let options = options(&mut chance);
    let mut world = World::new(&options, seed);
    world.network.latency = chance.between(Span::millis(1), Span::millis(300));
    world.network.jitter = chance.between(Span::ZERO, Span::millis(200));
    world.network.bandwidth = chance.pick(&[5_000, 100_000, 1_000_000, 100_000_000]);
    world.page.tells_buffered = !chance.once_in(5);
    world.page.hides_expiry = chance.once_in(3);
    world.page.clock_error = chance.pick(&[Span::ZERO, Span::ZERO, Span::secs(20), Span::secs(100_000)]);
    world.page.provider =
        chance.pick(&[Provider::Gives, Provider::Gives, Provider::Gives, Provider::Fails, Provider::Hangs]);
    world.page.advice = chance.pick(&[None, None, Some(Advice::Retry), Some(Advice::RetryAfter(Span::secs(3)))]);
    world.page.callbacks_throw = chance.once_in(8);
    world.page.address = chance.pick(&[
        None,
        None,
        None,
        Some(Provider::Gives),
        Some(Provider::Gives),
        Some(Provider::Fails),
        Some(Provider::Hangs),
    ]);
    world.page.is_moody = chance.once_in(6);
    world.user.reacts = chance.once_in(3);
    world.server.is_strict = chance.once_in(2);
    world.server.token_life = chance.pick(&[Span::secs(35), Span::secs(90), Span::secs(3_600)]);
    world.server.refuses_all = chance.once_in(12);
    if chance.once_in(10) {
        let turn = chance.pick(&[Turn::NetworkUseless, Turn::NetworkCaptive]);
        world.turn(turn);
    }
    (options, world)
}

/// Something befalls everybody.
pub(super) fn fate(world: &mut World) {
    let mut chance = world.chance.clone();
    let mut at = Span::ZERO;
    for _ in 0..chance.below(40) {
        at =
            Span::micros(at.as_micros() + chance.between(Span::ZERO, chance_of_pause(&mut chance.clone())).as_micros());
        blow(world, &mut chance, at);
    }
    if chance.once_in(4) {
        let code = chance.pick(&[None, Some(1000), Some(4001)]);
        world.plan(at, Turn::Disconnect { code });
    }
}

fn chance_of_pause(chance: &mut Random) -> Span {
    chance.pick(&[Span::millis(50), Span::secs(2), Span::secs(30), Span::secs(200)])
}

/// One of the things that happen, and what follows from it.
fn blow(world: &mut World, chance: &mut Random, at: Span) {
    let later = Span::micros(at.as_micros() + chance.between(Span::millis(1), Span::secs(90)).as_micros());
    let mut both = |first: Turn, second: Turn| {
        world.plan(at, first);
        world.plan(later, second);
    };
    match chance.below(24) {
        0 => both(Turn::Stall, Turn::Flow),
        1 => world.plan(at, Turn::ResetAll),
        2 => both(Turn::NetworkDown, Turn::NetworkUp),
        3 => both(chance.pick(&[Turn::NetworkUseless, Turn::NetworkCaptive]), Turn::NetworkUp),
        4 => both(Turn::Bandwidth(chance.pick(&[500, 20_000, 1_000_000])), Turn::Bandwidth(1_000_000)),
        5 => {
            let takes = chance.between(Span::millis(100), Span::secs(20));
            world.plan(at, Turn::Restart { code: chance.pick(&[1001, 1012, 1011, 1013]), takes });
        }
        6 => {
            let code = chance.pick(&[1005, 1011, 1013, 3000, 3008, 4000, 4401, 1008]);
            world.plan(at, Turn::CloseAll { code });
        }
        7 if chance.once_in(4) => world.plan(at, Turn::CloseAll { code: chance.pick(&[1000, 1003, 3003, 4403, 4500]) }),
        8 => both(Turn::Flap { lives: Some(chance.between(Span::ZERO, Span::secs(4))) }, Turn::Flap { lives: None }),
        9 => both(Turn::Silence(true), Turn::Silence(false)),
        10 => world.plan(at, Turn::Flood { messages: 1 + chance.below(50) }),
        11 => world.plan(at, Turn::Revoke),
        12 => both(Turn::Hide, Turn::Show),
        13 => both(Turn::Freeze, Turn::Resume),
        14 => both(Turn::Sleep, Turn::Wake),
        15 => both(Turn::Leave, Turn::Return),
        16 => both(Turn::Says { online: false }, Turn::Says { online: true }),
        17 => world.plan(at, Turn::TakeBack),
        18 => world.plan(at, Turn::Flush),
        19 if chance.once_in(3) => world.plan(at, Turn::Connect),
        20 => {
            let ttl = chance.once_in(2).then(|| chance.between(Span::ZERO, Span::secs(10)));
            world.plan(at, Turn::SendWith { ttl, volatile: chance.once_in(2) });
        }
        _ => {
            let bytes = chance.pick(&[0, 10, 1_000, 70_000]);
            world.plan(at, Turn::Send { messages: 1 + chance.below(20), bytes });
        }
    }
}

fn options(chance: &mut Random) -> Options {
    let reconnect = ReconnectOptions {
        attempts: chance.once_in(8).then(|| 1 + chance.below(20) as u32),
        ask: chance.once_in(3),
        ..ReconnectOptions::default()
    };
    let via = chance.pick(&[Via::Handshake, Via::Message]);
    let heartbeat = HeartbeatOptions {
        interval: chance.pick(&[Span::secs(2), Span::secs(25)]),
        timeout: chance.pick(&[Span::secs(5), Span::secs(10)]),
    };
    let limit = LimitOptions {
        high_water: chance.pick(&[0, 50_000, 4 << 20]),
        poll_interval: chance.once_in(5).then_some(Span::millis(100)),
        messages_per_second: chance.once_in(3).then(|| chance.pick(&[2.0, 50.0])),
        bytes_per_second: chance.once_in(3).then(|| chance.pick(&[3_000.0, 200_000.0])),
        burst: 1 + chance.below(5),
        ..LimitOptions::default()
    };
    let queue = QueueOptions {
        max_messages: chance.pick(&[10_000, 25]),
        max_bytes: chance.pick(&[16 << 20, 200_000]),
        overflow: chance.pick(&[Overflow::Reject, Overflow::DropOldest, Overflow::DropNewest]),
    };
    Options {
        reconnect: (!chance.once_in(10)).then_some(reconnect),
        auth: chance.once_in(2).then(|| AuthOptions::via(via)),
        heartbeat: chance.once_in(2).then_some(heartbeat),
        limit: (!chance.once_in(4)).then_some(limit),
        queue,
        ..Options::default()
    }
}
