//! Does this session keep the laws of DESIGN §3?
//!
//! Each law reads the transcript beside a small model of what is true so far, and knows nothing of the engine. Most hold
//! whatever the caller says; some only for a caller who keeps the contract (answers every order, in order and honestly).

mod contract;
mod delivery;
mod events;
mod flushes;
mod model;
mod order;
mod promises;
mod queue;
mod rates;
mod replay;
mod sockets;
mod stopped;
mod tokens;
mod waits;
mod water;
mod wishes;

#[cfg(test)]
mod example;

use std::fmt;

use everwire::engine::{Instant, Options, Payload};

use crate::transcript::{Line, Transcript};
pub(crate) use model::{Life, Model, Socket};
pub(crate) use replay::{replay_caught, reproduces, stale_facts_are_elapsed};

/// What a law says of a line, or of a drain when its `Deadline` line comes.
type Verdict = Result<(), String>;

/// A law, and what it remembers of the lines that it has read.
pub(crate) struct Law<P> {
    name: &'static str,
    caller: Caller,
    #[allow(clippy::type_complexity, reason = "named once, here")]
    read: Box<dyn FnMut(&Line<P>, Instant, &Model<P>) -> Verdict>,
}

/// Whose sessions does it hold for?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Caller {
    /// Whoever says whatever.
    Any,
    /// One who keeps the contract of the vocabulary.
    Orderly,
}

impl Caller {
    /// What his seeds are kept under.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::Orderly => "orderly",
        }
    }
}

/// A law that was broken, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Broken {
    pub(crate) law: &'static str,
    /// Counted from 0, in `Transcript::lines`.
    pub(crate) line: usize,
    pub(crate) why: String,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {:?} is broken: {}", self.line, self.law, self.why)
    }
}

/// All of them, for a caller who keeps the contract.
pub(crate) fn check<P: Payload + PartialEq + fmt::Debug + 'static>(
    transcript: &Transcript<P>,
    config: &Options,
) -> Result<(), Broken> {
    check_for(Caller::Orderly, transcript, config)
}

/// Those that hold for such a caller.
pub(crate) fn check_for<P: Payload + PartialEq + fmt::Debug + 'static>(
    caller: Caller,
    transcript: &Transcript<P>,
    config: &Options,
) -> Result<(), Broken> {
    let laws = all(config).into_iter().filter(|law| law.caller == Caller::Any || caller == Caller::Orderly);
    read(laws.collect(), transcript, config)
}

/// Whether the caller kept the contract: where he did not, a broken law is his.
pub(crate) fn keeps_contract<P: Payload + PartialEq + fmt::Debug + 'static>(
    transcript: &Transcript<P>,
    config: &Options,
) -> Result<(), Broken> {
    read(vec![contract::the_caller_keeps_the_contract()], transcript, config)
}

fn all<P: Payload + PartialEq + fmt::Debug + 'static>(config: &Options) -> Vec<Law<P>> {
    let mut laws = vec![stopped::stopped_stays_stopped()];
    laws.extend([waits::a_deadline_lies_ahead(), waits::a_wait_is_bounded(config)]);
    laws.extend([sockets::one_live_socket(), sockets::only_an_open_socket_is_handed_anything()]);
    laws.extend([sockets::a_close_is_ordered_once(), sockets::signing_in_comes_first(config)]);
    laws.push(sockets::what_is_stale_is_inert());
    laws.extend([promises::each_is_settled_once(), promises::a_drop_is_told_and_settled()]);
    laws.extend([order::numbers_rise(), order::what_is_sent_is_what_was_given(), order::order_is_kept()]);
    laws.extend([rates::messages_per_second(config), rates::bytes_per_second(config)]);
    laws.extend([water::nothing_goes_above_high_water(config), water::a_drain_is_true(config)]);
    laws.extend([events::a_state_changes_to_another(), events::open_and_down_pair_up()]);
    laws.push(events::unconfirmed_is_counted(config));
    laws.extend([events::a_retry_waits(config), events::closed_is_the_end()]);
    laws.extend([delivery::what_arrives_is_told_once(), delivery::should_retry_is_asked_about_a_loss(config)]);
    laws.extend([tokens::one_question_at_a_time(config), tokens::questions_are_paced()]);
    laws.extend([flushes::each_is_answered_once(), flushes::a_complete_flush_is_complete()]);
    laws.extend([flushes::a_flush_over_a_loss_fails(), wishes::a_ttl_is_kept()]);
    laws.push(wishes::what_is_volatile_goes_at_once());
    laws.extend([queue::the_queue_is_bounded(config), water::a_drain_that_is_owed_is_told(config)]);
    laws.extend([waits::nothing_is_waited_for_without_end(), sockets::a_credential_is_presented(config)]);
    laws
}

fn read<P: Payload>(mut laws: Vec<Law<P>>, transcript: &Transcript<P>, config: &Options) -> Result<(), Broken> {
    let mut model = Model::new(config);
    for (number, (at, line)) in transcript.lines.iter().enumerate() {
        for law in &mut laws {
            (law.read)(line, *at, &model).map_err(|why| Broken { law: law.name, line: number, why })?;
        }
        model.hear(*at, line);
    }
    Ok(())
}

fn law<P>(
    name: &'static str,
    caller: Caller,
    read: impl FnMut(&Line<P>, Instant, &Model<P>) -> Verdict + 'static,
) -> Law<P> {
    Law { name, caller, read: Box::new(read) }
}

/// Broken unless it holds; the reason is only written where it does not.
fn must(holds: bool, why: impl FnOnce() -> String) -> Verdict {
    if holds { Ok(()) } else { Err(why()) }
}
