//! Who is asked and told: what does the pump want of a face?

use wasm_bindgen::JsValue;

use super::answer::Answer;
use super::dial::{Destination, DialError};
use super::parcel::Parcel;
use super::token::Token;
use crate::engine::{Advice, CloseInfo, DropReason, Event, FlushId, Input, Instant, MessageId, Output, TokenReason};

/// Who it is that is asked and told: the Rust face or the JavaScript one.
///
/// Questions may run the caller's code and are asked while nothing is borrowed. What throws answers as if it had nothing
/// to say; only a provider's failure is a fact of its own.
pub(crate) trait Face {
    fn destination(&self, attempt: &Attempt) -> Answer<Destination>;
    fn token(&self, attempt: &Attempt, reason: TokenReason) -> Answer<Token>;
    fn auth_message(&self, token: &str) -> Result<JsValue, JsValue>;
    /// Whether this is the reply to the auth message, and what it says.
    fn reply(&self, data: &JsValue) -> Option<bool>;
    fn ping(&self) -> Result<JsValue, JsValue>;
    fn is_pong(&self, data: &JsValue) -> bool;
    fn should_retry(&self, close: &CloseInfo, attempt: u32) -> Option<Advice>;

    /// A promise is kept or broken. Told at once: it must not run the caller's code.
    fn settled(&self, id: MessageId, outcome: Result<(), DropReason>);
    /// A flush is over. Told at once as well.
    fn flushed(&self, id: FlushId, complete: bool);
    /// Everything else, in order. Runs the caller's code.
    fn tell(&self, news: News);
    /// An entry of the trace, if one is kept. It must not run the caller's code.
    fn trace(&self, at: Instant, said: Said<'_>) -> Option<JsValue>;
}

/// What is told.
#[derive(Debug)]
pub(crate) enum News {
    /// `cause`: what a provider threw, if that is what went wrong.
    Event { event: Event<Parcel>, cause: Option<Cause> },
    /// An entry of the trace.
    #[cfg_attr(not(everwire_npm), expect(dead_code, reason = "only JavaScript's callers have a trace to look at"))]
    Trace(JsValue),
}

/// Why an attempt came to nothing before it reached the network.
#[derive(Debug)]
pub(crate) enum Cause {
    /// What a provider threw. It is the caller's, and not looked at.
    Thrown(JsValue),
    Dial(DialError),
}

/// One line of the dialogue with the engine.
#[derive(Debug)]
#[cfg_attr(not(everwire_npm), expect(dead_code, reason = "only JavaScript's callers have a trace to look at"))]
pub(crate) enum Said<'a> {
    In(&'a Input<Parcel>),
    Out(&'a Output<Parcel>),
}

/// What a provider is told of the attempt that it is asked for.
#[derive(Debug, Clone)]
pub(crate) struct Attempt {
    /// In its row, from 0.
    pub(crate) number: u32,
    /// How the latest socket ended, if there was one.
    pub(crate) last_close: Option<CloseInfo>,
}
