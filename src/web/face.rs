//! Who is asked and told: what does the pump want of whom it serves?

use wasm_bindgen::JsValue;

use super::answer::Answer;
use super::dial::{Destination, DialError};
use super::parcel::Parcel;
use super::token::Token;
use crate::engine::{Advice, CloseInfo, DropReason, Event, FlushId, MessageId, TokenReason};

/// Who it is that is asked and told.
///
/// Questions may run the caller's code and are asked while nothing is borrowed. What throws answers as if it had nothing
/// to say; only a provider's failure is a fact of its own.
pub(crate) trait Face {
    /// `place`: which of several addresses.
    fn destination(&self, attempt: &Attempt, place: usize) -> Answer<Destination>;
    /// Those that are fixed.
    fn addresses(&self) -> Vec<String>;
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
}

/// What is told.
#[derive(Debug)]
pub(crate) struct News {
    pub(crate) event: Event<Parcel>,
    /// What a provider threw, if that is what went wrong.
    pub(crate) cause: Option<Cause>,
}

/// Why an attempt came to nothing before it reached the network.
#[derive(Debug)]
pub(crate) enum Cause {
    /// What a provider threw. It is the caller's, and not looked at.
    Thrown(JsValue),
    Dial(DialError),
}

/// What a provider is told of the attempt that it is asked for.
#[derive(Debug, Clone)]
pub(crate) struct Attempt {
    /// In its row, from 0.
    pub(crate) number: u32,
    /// How the latest socket ended, if there was one.
    pub(crate) last_close: Option<CloseInfo>,
}
