//! What became of it? Seen from both ends at once, which the engine cannot.

use std::collections::{BTreeMap, BTreeSet};

use everwire::engine::{ClientState, Error, Event, Options, Output, SocketId};

use crate::transcript::Line;
use crate::world::World;

pub(super) fn hold(world: &World, options: &Options) -> Result<(), String> {
    if let Some(wrong) = world.wrong.first() {
        return Err(wrong.clone());
    }
    nothing_is_doubled_or_overtaken(world)?;
    what_was_told_is_true(world)?;
    nothing_is_lost(world)?;
    everything_is_well(world, options)
}

/// In the order of the sockets, and of each one's messages, the server's numbers rise: so none came twice, and none was
/// handed over after a younger one. (In time it may differ: a socket that was given up may deliver late.)
fn nothing_is_doubled_or_overtaken(world: &World) -> Result<(), String> {
    let delivered = world.links.iter().flat_map(|link| link.delivered.iter().map(|&serial| (serial, link.socket)));
    let delivered: Vec<(u64, SocketId)> = delivered.collect();
    match delivered.windows(2).find(|pair| pair[0].0 >= pair[1].0) {
        Some(pair) => Err(format!("the server has message {:?} before {:?}", pair[0], pair[1])),
        None => Ok(()),
    }
}

/// A promise that was kept was kept by a browser, what was dropped did not arrive, and the user heard each message of
/// the server's once and in order.
fn what_was_told_is_true(world: &World) -> Result<(), String> {
    let handed: BTreeSet<u64> = world.links.iter().flat_map(|link| link.handed.iter().copied()).collect();
    if let Some(serial) = world.user.handed_over.iter().find(|serial| !handed.contains(serial)) {
        return Err(format!("message {serial} was called handed over, and no browser ever had it"));
    }
    let arrived: BTreeSet<u64> = world.server.received.iter().copied().collect();
    if let Some((serial, reason)) = world.user.dropped.iter().find(|(serial, _)| arrived.contains(serial)) {
        return Err(format!("message {serial} was called dropped ({reason:?}), and the server has it"));
    }
    match world.user.received.windows(2).find(|pair| pair[0] >= pair[1]) {
        Some(pair) => Err(format!("the user heard {} before {}", pair[0], pair[1])),
        None => Ok(()),
    }
}

/// A message that did not arrive was told as dropped, or waits, or was counted as unconfirmed with the very socket
/// that it was handed to last.
fn nothing_is_lost(world: &World) -> Result<(), String> {
    let settled = world.server.received.iter().copied().chain(world.user.dropped.iter().map(|&(serial, _)| serial));
    let settled: BTreeSet<u64> = settled.collect();
    let mut last_of: BTreeMap<u64, usize> = BTreeMap::new();
    for (link, it) in world.links.iter().enumerate() {
        last_of.extend(it.handed.iter().map(|&serial| (serial, link)));
    }
    let missing = world.user.sent.iter().filter(|serial| !settled.contains(serial));
    let (mut never_handed, mut lost) = (0, BTreeMap::<usize, u64>::new());
    for serial in missing {
        match last_of.get(serial) {
            Some(&link) => *lost.entry(link).or_default() += 1,
            None => never_handed += 1,
        }
    }
    let waiting = world.client.stats().queued_messages;
    if never_handed > waiting {
        return Err(format!("{never_handed} messages are nowhere, and {waiting} wait"));
    }
    let counted = unconfirmed_of(world);
    let ended_by_user = world.user.closed.is_some();
    for (&link, &lost) in &lost {
        let socket = world.links[link].socket;
        match counted.get(&socket) {
            Some(&counted) if lost <= counted + waiting => {}
            Some(&counted) => return Err(format!("{socket:?} lost {lost} messages, and {counted} were counted")),
            // what the user closed over is not counted; what is on its way just now is not lost
            None if ended_by_user || Some(link) == world.links.len().checked_sub(1) => {}
            None => return Err(format!("{socket:?} lost {lost} messages, and nobody was told that it is down")),
        }
    }
    Ok(())
}

/// What each `Down` counted. It is about the socket that was opened last.
fn unconfirmed_of(world: &World) -> BTreeMap<SocketId, u64> {
    let mut current = None;
    let mut counted = BTreeMap::new();
    for (_, line) in &world.transcript.lines {
        match line {
            Line::Out(Output::Open { socket, .. }) => current = Some(*socket),
            Line::Out(Output::Tell(Event::Down { unconfirmed, .. })) => {
                counted.extend(current.map(|socket| (socket, unconfirmed.messages)));
            }
            Line::In(_) | Line::Out(_) | Line::Deadline(_) | Line::World(_) => {}
        }
    }
    counted
}

/// A live server and a working network end in Open with nothing held back, unless there is a reason to be closed.
fn everything_is_well(world: &World, options: &Options) -> Result<(), String> {
    let state = world.client.state();
    match state {
        ClientState::Open => nothing_is_held_back(world, options),
        ClientState::Closed => has_a_reason(world, options),
        ClientState::Connecting | ClientState::Waiting | ClientState::Closing => {
            Err(format!("all is calm, and it is {state:?}"))
        }
    }
}

/// Without rates, five calm minutes are enough for everything that a queue holds.
fn nothing_is_held_back(world: &World, options: &Options) -> Result<(), String> {
    let is_rated = options
        .limit
        .as_ref()
        .is_some_and(|limit| limit.messages_per_second.is_some() || limit.bytes_per_second.is_some());
    let waiting = world.client.stats().queued_messages;
    let unanswered = world.user.next_flush as usize - world.user.flushed.len();
    match (waiting, unanswered) {
        (0, 0) => Ok(()),
        _ if is_rated => Ok(()),
        _ => Err(format!("all is calm and open, and {waiting} messages wait, and {unanswered} flushes")),
    }
}

fn has_a_reason(world: &World, options: &Options) -> Result<(), String> {
    let (_, close) = world.user.closed.as_ref().ok_or("it is closed, and nobody was told")?;
    if world.user.disconnected || world.page.advised_stop || options.reconnect.is_none() {
        return Ok(());
    }
    let allowed = options.reconnect.as_ref().and_then(|reconnect| reconnect.attempts);
    match world.user.errors.last().map(|(_, error)| error) {
        Some(Error::Closed(code)) if STOP.contains(&code.get()) => Ok(()),
        Some(Error::Closed(code)) if options.auth.is_none() && SIGN_IN.contains(&code.get()) => Ok(()),
        Some(Error::Attempts(used)) if Some(*used) == allowed => Ok(()),
        // it was refused at least twice: what it came with, and a fresh one
        Some(Error::SignIn) if options.auth.is_some() && world.server.refusals >= 2 => Ok(()),
        _ if close.code.get() == 1000 => Ok(()),
        last => Err(format!("it closed for good with {}, and the last error was {last:?}", close.code)),
    }
}

/// The table of DESIGN §4, as far as this world's servers use it.
const STOP: [u16; 4] = [1003, 3003, 4403, 4500];
const SIGN_IN: [u16; 3] = [1008, 3000, 4401];
