//! What was said in a session, in order.

use everwire::engine::{Input, Instant, Output, Wake};

/// One thing that was said.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Line<P> {
    /// To the engine.
    In(Input<P>),
    /// By the engine.
    Out(Output<P>),
    /// When it wants to be woken: once after each drain.
    Deadline(Option<(Instant, Wake)>),
    /// What happened outside, which the engine does not see.
    World(String),
}

/// A whole session, each line with its time.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Transcript<P> {
    pub(crate) lines: Vec<(Instant, Line<P>)>,
}

/// By hand: derived, it would ask for a `P` that has a default.
impl<P> Default for Transcript<P> {
    fn default() -> Self {
        Self { lines: Vec::new() }
    }
}
