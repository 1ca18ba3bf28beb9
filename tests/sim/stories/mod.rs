//! What users meet, told one by one. Each is a life that was planned, and what each side saw of it.

mod closing;
mod deploy;
mod flush;
mod network;
mod page;
mod peer;
mod tokens;

use everwire::engine::{AuthOptions, HeartbeatOptions, Input, Options, ReconnectOptions, Span, Via};

use crate::laws;
use crate::story::told;
use crate::world::{Turn, World};

/// A client that is open, in a world where all is well.
fn open(options: &Options) -> World {
    let mut world = World::new(options, 7);
    world.tell(Input::Connect);
    world.run(Span::secs(1));
    assert_eq!(world.user.opens.len(), 1, "{}", told(&world.transcript));
    world
}

/// Whatever the story is about, no law was broken in it.
fn lawful(world: &World, options: &Options) {
    if let Err(broken) = laws::check(&world.transcript, options) {
        panic!("{}\n{broken}", told(&world.transcript));
    }
}

/// Messages 1 to `last`, each once and in order: what the server should have.
fn all_to(last: u64) -> Vec<u64> {
    (1..=last).collect()
}

fn with_heartbeat() -> Options {
    Options { heartbeat: Some(HeartbeatOptions::default()), ..Options::default() }
}

fn with_auth(via: Via) -> Options {
    Options { auth: Some(AuthOptions::via(via)), ..Options::default() }
}

/// Waits grow as they should even where the server lets everybody in for a moment.
fn with_attempts(attempts: u32) -> Options {
    let reconnect = ReconnectOptions { attempts: Some(attempts), ..ReconnectOptions::default() };
    Options { reconnect: Some(reconnect), ..Options::default() }
}

fn send(messages: u64) -> Turn {
    Turn::Send { messages, bytes: 1_000 }
}
