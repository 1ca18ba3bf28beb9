//! What happened, when a caller talked to the engine, and did it keep the laws?

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use everwire::engine::{Client, ClientState, Event, Frame, Input, Instant, Options, Output, Overflow, Wake};

use super::parcel::{Parcel, with_purse, without_purse};
use crate::laws::{self, Broken, Caller, Model};
use crate::transcript::{Line, Transcript};

/// What is said, and when.
pub(super) type Said = (Instant, Input<Parcel>);

/// Somebody who talks to the engine.
pub(super) trait Talk {
    /// What he says next, after he heard all that the engine says. `None`: he has said enough.
    fn says(&mut self) -> Option<Said>;
    fn hears(&mut self, outputs: &[Output<Parcel>], deadline: Option<(Instant, Wake)>);
}

/// Lets them talk; what was said, and what the engine answered. If it panics, the transcript ends there.
pub(super) fn talk(config: &Options, seed: u64, caller: &mut impl Talk) -> (Vec<Said>, Transcript<Parcel>) {
    let mut said = Vec::new();
    let mut transcript = Transcript::default();
    let mut client = Client::new(config.clone().parse().expect("made so that it parses"), seed);
    while let Some((at, input)) = caller.says() {
        said.push((at, input.clone()));
        transcript.lines.push((at, Line::In(input.clone())));
        let Ok((outputs, deadline)) = caught(|| {
            client.handle(input, at);
            let outputs: Vec<Output<Parcel>> = std::iter::from_fn(|| client.poll()).collect();
            (outputs, client.deadline())
        }) else {
            break; // `judge` tells of it
        };
        caller.hears(&outputs, deadline);
        transcript.lines.extend(outputs.into_iter().map(|output| (at, Line::Out(output))));
        transcript.lines.push((at, Line::Deadline(deadline)));
    }
    (said, transcript)
}

/// What is wrong with a session of these inputs, if anything is: first the laws, then what only the engine itself can
/// tell (that it panics, what it holds, what its getters say).
pub(super) fn judge(caller: Caller, config: &Options, seed: u64, said: &[Said]) -> Result<Transcript<Parcel>, Broken> {
    let (transcript, watched) = watch(caller, config, seed, said);
    let is_panic = watched.as_ref().is_err_and(|broken| broken.law == TOTAL);
    if is_panic {
        return Err(watched.expect_err("it is one"));
    }
    laws::check_for(caller, &transcript, config)?;
    watched?;
    laws::stale_facts_are_elapsed(&transcript, config, seed)?;
    Ok(transcript)
}

/// Runs it once more, and looks at the engine after each drain.
fn watch(caller: Caller, config: &Options, seed: u64, said: &[Said]) -> (Transcript<Parcel>, Result<(), Broken>) {
    let mut transcript = Transcript::default();
    let mut client = Client::new(config.clone().parse().expect("made so that it parses"), seed);
    let mut model = Model::new(config);
    let purse = Rc::new(());
    let mut counted = Counted::default();
    let mut verdict = Ok(());
    for (at, input) in said {
        let mut put = |line: Line<Parcel>, model: &mut Model<Parcel>| {
            model.hear(*at, &line);
            transcript.lines.push((*at, line));
        };
        if let Input::Transmitted { socket, .. } = input {
            counted.sent += u64::from(is_message_next(&model, *socket));
        }
        put(Line::In(input.clone()), &mut model);
        let heard = caught(|| {
            client.handle(with_purse(input.clone(), &purse), *at);
            let outputs: Vec<Output<Parcel>> = std::iter::from_fn(|| client.poll()).map(without_purse).collect();
            (outputs, client.deadline())
        });
        let (outputs, deadline) = match heard {
            Ok(heard) => heard,
            Err(why) => {
                let line = transcript.lines.len() - 1;
                return (transcript, Err(Broken { law: TOTAL, line, why }));
            }
        };
        for output in outputs {
            counted.count(&output);
            put(Line::Out(output), &mut model);
        }
        put(Line::Deadline(deadline), &mut model);
        if verdict.is_ok() {
            let held = Rc::strong_count(&purse) - 1;
            let line = transcript.lines.len() - 1;
            let told = look(caller, config, &client, &model, &counted, held);
            verdict = told.map_err(|(law, why)| Broken { law, line, why });
        }
    }
    (transcript, verdict)
}

/// What was ordered and told so far.
#[derive(Debug, Default)]
struct Counted {
    attempts: u64,
    connects: u64,
    sent: u64,
    received: u64,
}

impl Counted {
    fn count(&mut self, output: &Output<Parcel>) {
        match output {
            Output::Open { .. } => self.attempts += 1,
            Output::Tell(Event::Open { .. }) => self.connects += 1,
            Output::Tell(Event::Message(_)) => self.received += 1,
            Output::Transmit {
                frame: Frame::Message { .. } | Frame::Ping | Frame::Auth | Frame::Control(_), ..
            }
            | Output::Close { .. }
            | Output::FetchToken { .. }
            | Output::CancelToken { .. }
            | Output::Judge { .. }
            | Output::AskRetry { .. }
            | Output::Aim { .. }
            | Output::Tell(
                Event::State(_)
                | Event::Down { .. }
                | Event::Retry { .. }
                | Event::Error(_)
                | Event::Settled { .. }
                | Event::Dropped { .. }
                | Event::Drain
                | Event::Flushed { .. }
                | Event::Gap { .. }
                | Event::Closed(_),
            ) => {}
        }
    }
}

fn is_message_next(model: &Model<Parcel>, socket: everwire::engine::SocketId) -> bool {
    let current = model.current().filter(|current| current.id == socket);
    current.and_then(|socket| socket.handed.get(socket.answered)).is_some_and(|handed| handed.message.is_some())
}

/// What the engine says of itself, and what it holds.
fn look(
    caller: Caller,
    config: &Options,
    client: &Client<Parcel>,
    model: &Model<Parcel>,
    counted: &Counted,
    held: usize,
) -> Result<(), (&'static str, String)> {
    let stats = client.stats();
    let same = |what: &str, is: u64, should: u64| {
        if is == should { Ok(()) } else { Err((GETTERS, format!("{what} is {is}, and should be {should}"))) }
    };
    if client.state() != model.state {
        return Err((GETTERS, format!("state() is {:?}, and {:?} was told", client.state(), model.state)));
    }
    same("attempts", stats.attempts, counted.attempts)?;
    same("connects", stats.connects, counted.connects)?;
    same("messages received", stats.messages_received, counted.received)?;
    same("messages sent", stats.messages_sent, counted.sent)?;
    let is_connected = model.state == ClientState::Open;
    same("whether it is connected", u64::from(stats.connected_since.is_some()), u64::from(is_connected))?;

    let queue = &config.queue;
    let is_bounded = stats.queued_messages <= queue.max_messages && stats.queued_bytes <= queue.max_bytes;
    if queue.overflow != Overflow::Reject && !is_bounded {
        let why = format!("{} messages and {} bytes wait", stats.queued_messages, stats.queued_bytes);
        return Err((MEMORY, why));
    }
    let in_browser: usize = model.sockets.iter().map(|socket| still_handed(caller, socket)).sum();
    let most = if model.is_closed { 0 } else { stats.queued_messages as usize + in_browser };
    if held > most {
        return Err((MEMORY, format!("{held} payloads are held, {most} may be needed")));
    }
    if caller == Caller::Any || model.is_closed {
        return Ok(()); // who contradicts himself is believed in more than one way; and after the end nothing counts
    }
    let waiting = u64::try_from(model.waiting_bytes).unwrap_or(u64::MAX);
    same("queued messages", stats.queued_messages, model.waiting.len() as u64)?;
    same("queued bytes", stats.queued_bytes, waiting)?;
    let Some(level) = model.current().map_or(Some(0), |socket| (!socket.owes_answers()).then_some(socket.level)) else {
        return Ok(()); // not measured yet
    };
    same("buffered amount", client.buffered_amount(), waiting.saturating_add(level))
}

/// How many payloads this socket may still want.
fn still_handed(caller: Caller, socket: &laws::Socket) -> usize {
    match (socket.life, caller) {
        (laws::Life::Ended | laws::Life::GivenUp { may_return: false }, _) => 0,
        (_, Caller::Any) | (laws::Life::GivenUp { .. }, Caller::Orderly) => socket.handed.len() + socket.refused,
        (_, Caller::Orderly) => socket.not_left().filter(|handed| handed.message.is_some()).count(),
    }
}

/// What it said when it panicked.
fn caught<T>(run: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(run)).map_err(|panic: Box<dyn Any + Send>| {
        let text = panic.downcast_ref::<&str>().map(ToString::to_string);
        text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "without a word".to_owned())
    })
}

const TOTAL: &str = "total: no panic";
const GETTERS: &str = "what the getters say is so";
const MEMORY: &str = "memory is bounded";
