//! How is a JavaScript caller asked and told?

use std::cell::Cell;
use std::rc::Rc;

use js_sys::{Array, Function};
use wasm_bindgen::prelude::*;

use super::error::of_engine;
use super::options::span;
use super::trace;
use crate::engine::{Advice, CloseInfo, DropReason, Event, FlushId, Instant, MessageId, Span, TokenReason};
use crate::web::{Answer, Destination, Face, Hearer, News, PumpAttempt as Attempt, Question, Said, Token, Waiting};

/// The caller of one client.
pub(super) struct JsFace {
    pub(super) ear: Ear,
    pub(super) asked: Asked,
    pub(super) has_trace: bool,
    /// What is being sent or flushed this very moment, and how that ended: its caller is told by what the call returns.
    pub(super) sending: Cell<Option<(MessageId, Option<Outcome>)>>,
    pub(super) flushing: Cell<Option<(FlushId, Option<bool>)>>,
}

pub(super) type Outcome = Result<(), DropReason>;

impl JsFace {
    pub(super) fn new(ear: Ear, asked: Asked, has_trace: bool) -> Self {
        Self { ear, asked, has_trace, sending: Cell::new(None), flushing: Cell::new(None) }
    }

    fn ask(&self, attempt: &Attempt, reason: Option<&str>) -> Answer<JsValue> {
        let slot = Rc::new(Cell::new(Slot::Asking));
        let hearing = Rc::clone(&slot);
        let hear = move |has_answered: bool, what: JsValue| {
            let answer = if has_answered { Ok(what) } else { Err(what) };
            match hearing.replace(Slot::Over) {
                Slot::Asking => hearing.set(Slot::Answered(answer)),
                Slot::Waiting(hearer) => hearer(answer),
                Slot::Answered(_) | Slot::Over => {}
            }
        };
        let close = attempt.last_close.as_ref();
        let (code, words) = (close.map(|close| close.code.get()), close.map_or("", |close| &close.reason));
        let is_clean = close.is_some_and(|close| close.clean);
        let abort = self.asked.ask(reason, attempt.number, code, words, is_clean, &Closure::once_into_js(hear));
        match slot.replace(Slot::Over) {
            Slot::Answered(answer) => Answer::Now(answer),
            Slot::Asking | Slot::Waiting(_) | Slot::Over => Answer::Later(Box::new(move |hearer| {
                slot.set(Slot::Waiting(hearer));
                Question::new(Asking { slot, abort })
            })),
        }
    }
}

/// What has become of a question.
enum Slot {
    Asking,
    /// Before the call returned.
    Answered(Result<JsValue, JsValue>),
    Waiting(Hearer<JsValue>),
    Over,
}

/// A question that is taken back before its answer aborts its signals.
struct Asking {
    slot: Rc<Cell<Slot>>,
    abort: Function,
}

impl Waiting for Asking {}

impl Drop for Asking {
    fn drop(&mut self) {
        if let Slot::Waiting(hearer) = self.slot.replace(Slot::Over) {
            drop(hearer);
            let _ = self.abort.call0(&JsValue::UNDEFINED); // a listener that throws is reported by the signal itself
        }
    }
}

impl Face for JsFace {
    fn destination(&self, attempt: &Attempt) -> Answer<Destination> {
        self.ask(attempt, None).map(|parts| Ok(destination(&parts)))
    }

    fn token(&self, attempt: &Attempt, reason: TokenReason) -> Answer<Token> {
        let reason = match reason {
            TokenReason::First => "first",
            TokenReason::Expiring => "expiring",
            TokenReason::Refused => "refused",
        };
        self.ask(attempt, Some(reason)).map(|credential| {
            let credential: Array = credential.unchecked_into();
            let token = Token::new(credential.get(0).as_string().unwrap_or_default());
            Ok(match credential.get(1).as_f64() {
                Some(date) => token.expires_at(date),
                None => token,
            })
        })
    }

    fn auth_message(&self, token: &str) -> Result<JsValue, JsValue> {
        self.asked.message(token)
    }

    fn reply(&self, data: &JsValue) -> Option<bool> {
        self.asked.reply(data)
    }

    fn ping(&self) -> Result<JsValue, JsValue> {
        self.asked.ping()
    }

    fn is_pong(&self, data: &JsValue) -> bool {
        self.asked.is_pong(data)
    }

    fn should_retry(&self, close: &CloseInfo, attempt: u32) -> Option<Advice> {
        let advice = self.asked.should_retry(close.code.get(), &close.reason, close.clean, attempt)?;
        Some(match advice {
            -1.0 => Advice::Retry,
            -2.0 => Advice::Stop,
            millis => Advice::RetryAfter(span(millis)),
        })
    }

    fn settled(&self, id: MessageId, outcome: Outcome) {
        match self.sending.get() {
            Some((sending, None)) if sending == id => self.sending.set(Some((id, Some(outcome)))),
            Some(_) | None => self.ear.settled(id.0 as f64, outcome.err().map(name_of)),
        }
    }

    fn flushed(&self, id: FlushId, complete: bool) {
        match self.flushing.get() {
            Some((flushing, None)) if flushing == id => self.flushing.set(Some((id, Some(complete)))),
            Some(_) | None => self.ear.flushed(id.0 as f64, complete),
        }
    }

    fn tell(&self, news: News) {
        let ear = &self.ear;
        let (event, cause) = match news {
            News::Event { event, cause } => (event, cause),
            News::Trace(entry) => {
                self.asked.trace(&entry);
                return;
            }
        };
        match event {
            Event::State(_) => ear.state(),
            Event::Open { attempt, reconnected } => ear.open(attempt, reconnected),
            Event::Message(data) => ear.message(data.value()),
            Event::Down { close, will_retry, unconfirmed } => ear.down(
                close.code.get(),
                &close.reason,
                close.clean,
                will_retry,
                unconfirmed.messages as f64,
                unconfirmed.bytes as f64,
            ),
            Event::Retry { attempt, delay } => ear.retry(attempt, millis(delay)),
            Event::Error(error) => ear.error(&of_engine(&error, cause)),
            Event::Dropped { data, reason, .. } => ear.drop(data.value(), name_of(reason)),
            Event::Drain => ear.drain(),
            Event::Closed(close) => ear.closed(close.code.get(), &close.reason, close.clean),
            Event::Settled { .. } | Event::Flushed { .. } => {} // told when they happened
        }
    }

    fn trace(&self, at: Instant, said: Said<'_>) -> Option<JsValue> {
        self.has_trace.then(|| match said {
            Said::In(input) => trace::input(at, input),
            Said::Out(output) => trace::output(at, output),
        })
    }
}

pub(super) fn millis(span: Span) -> f64 {
    span.as_micros() as f64 / 1_000.0
}

fn name_of(reason: DropReason) -> &'static str {
    match reason {
        DropReason::Overflow => "overflow",
        DropReason::Expired => "expired",
        DropReason::Volatile => "volatile",
        DropReason::Aborted => "aborted",
        DropReason::Closed => "closed",
        DropReason::Unsendable => "unsendable",
    }
}

pub(super) fn reason_name(reason: DropReason) -> JsValue {
    name_of(reason).into()
}

/// An address, and the subprotocols after it.
pub(super) fn destination(parts: &JsValue) -> Destination {
    let mut parts = parts.unchecked_ref::<Array>().iter().map(|part| part.as_string().unwrap_or_default());
    Destination { url: parts.next().unwrap_or_default(), protocols: parts.collect() }
}

#[wasm_bindgen]
extern "C" {
    /// Who answers for a caller, in `asked.js`.
    pub(super) type Asked;
    #[wasm_bindgen(method, catch)]
    pub(super) fn known(this: &Asked) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method)]
    fn ask(
        this: &Asked,
        reason: Option<&str>,
        attempt: u32,
        code: Option<u16>,
        words: &str,
        was_clean: bool,
        hearer: &JsValue,
    ) -> Function;
    #[wasm_bindgen(method, catch)]
    fn message(this: &Asked, token: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method)]
    fn reply(this: &Asked, data: &JsValue) -> Option<bool>;
    #[wasm_bindgen(method, catch)]
    fn ping(this: &Asked) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, js_name = isPong)]
    fn is_pong(this: &Asked, data: &JsValue) -> bool;
    #[wasm_bindgen(method, js_name = shouldRetry)]
    fn should_retry(this: &Asked, code: u16, reason: &str, was_clean: bool, attempt: u32) -> Option<f64>;
    #[wasm_bindgen(method)]
    fn trace(this: &Asked, entry: &JsValue);

    /// What hears for a client, in `client.js` or `facade.js`.
    pub(super) type Ear;
    #[wasm_bindgen(method)]
    fn state(this: &Ear);
    #[wasm_bindgen(method)]
    fn open(this: &Ear, attempt: u32, reconnected: bool);
    #[wasm_bindgen(method)]
    fn message(this: &Ear, data: JsValue);
    #[wasm_bindgen(method)]
    fn down(this: &Ear, code: u16, reason: &str, was_clean: bool, will_retry: bool, messages: f64, bytes: f64);
    #[wasm_bindgen(method)]
    fn retry(this: &Ear, attempt: u32, delay: f64);
    #[wasm_bindgen(method)]
    fn error(this: &Ear, error: &JsValue);
    #[wasm_bindgen(method)]
    fn drop(this: &Ear, data: JsValue, reason: &str);
    #[wasm_bindgen(method)]
    fn drain(this: &Ear);
    #[wasm_bindgen(method)]
    fn settled(this: &Ear, message: f64, reason: Option<&str>);
    #[wasm_bindgen(method)]
    fn flushed(this: &Ear, flush: f64, complete: bool);
    #[wasm_bindgen(method)]
    fn closed(this: &Ear, code: u16, reason: &str, was_clean: bool);
}
