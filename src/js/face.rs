//! How is a JavaScript caller asked and told?

use std::cell::Cell;
use std::rc::Rc;

use js_sys::{Array, Function, JsString, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::AbortController;

use super::error::{misuse, of_engine};
use super::options::{Auth, ClientOptions, Heartbeat, Provider, Reader};
use super::trace;
use crate::engine::{Advice, CloseInfo, DropReason, Event, FlushId, Instant, MessageId, Span, TokenReason};
use crate::web::{
    Answer, Destination, Face, Hearer, News, PING, PONG, PumpAttempt as Attempt, Question, Said, Token, Waiting,
    default_message, default_reply,
};

/// The caller of one client.
pub(super) struct JsFace {
    pub(super) ear: Ear,
    pub(super) url: Provider,
    pub(super) protocols: Provider,
    pub(super) should_retry: Option<Function>,
    pub(super) auth: Option<Auth>,
    pub(super) heartbeat: Heartbeat,
    pub(super) trace: Option<Function>,
    /// What is being sent or flushed this very moment, and how that ended: its caller is told by what the call returns.
    pub(super) sending: Cell<Option<(MessageId, Option<Outcome>)>>,
    pub(super) flushing: Cell<Option<(FlushId, Option<bool>)>>,
}

pub(super) type Outcome = Result<(), DropReason>;

impl JsFace {
    pub(super) fn new(ear: Ear, url: Provider, options: ClientOptions) -> Self {
        let ClientOptions { protocols, should_retry, auth, heartbeat, trace, .. } = options;
        let (sending, flushing) = (Cell::new(None), Cell::new(None));
        Self { ear, url, protocols, should_retry, auth, heartbeat, trace, sending, flushing }
    }
}

impl Face for JsFace {
    fn destination(&self, attempt: &Attempt) -> Answer<Destination> {
        match (ask(&self.url, attempt, None), ask(&self.protocols, attempt, None)) {
            (Ok(url), Ok(protocols)) => {
                let is_later = url.is_later() || protocols.is_later();
                let both = Array::of2(&url.answer, &protocols.answer);
                let aborts = [url.abort, protocols.abort];
                let both = if is_later { wait_for(&Promise::all(&both), aborts) } else { now(both.into(), aborts) };
                both.map(|both| {
                    let both: Array = both.unchecked_into();
                    Ok(Destination { url: text_of(&both.get(0))?, protocols: read_offer(&both.get(1))? })
                })
            }
            (Err(thrown), _) | (_, Err(thrown)) => Answer::Now(Err(thrown)),
        }
    }

    fn token(&self, attempt: &Attempt, reason: TokenReason) -> Answer<Token> {
        let Some(auth) = &self.auth else { return Answer::Now(Err(JsValue::UNDEFINED)) };
        let answer = match ask(&Provider::Asked(auth.token.clone()), attempt, Some(reason)) {
            Ok(Asked { answer, abort }) if is_thenable(&answer) => wait_for(&answer, [abort]),
            Ok(Asked { answer, abort }) => now(answer, [abort]),
            Err(thrown) => Answer::Now(Err(thrown)),
        };
        answer.map(|answer| read_token(&answer))
    }

    fn auth_message(&self, token: &str) -> Result<JsValue, JsValue> {
        match self.auth.as_ref().and_then(|auth| auth.message.as_ref()) {
            Some(message) => message.call1(&JsValue::UNDEFINED, &token.into()).inspect_err(report_error),
            None => default_message(token),
        }
    }

    fn reply(&self, data: &JsValue) -> Option<bool> {
        match self.auth.as_ref().and_then(|auth| auth.reply.as_ref()) {
            Some(reply) => match call(reply, data)?.as_string()?.as_str() {
                "accepted" => Some(true),
                "refused" => Some(false),
                _ => None,
            },
            None => default_reply(data),
        }
    }

    fn ping(&self) -> Result<JsValue, JsValue> {
        match &self.heartbeat.ping {
            None => Ok(PING.into()),
            Some(ping) => match ping.dyn_ref::<Function>() {
                Some(ping) => ping.call0(&JsValue::UNDEFINED).inspect_err(report_error),
                None => Ok(ping.clone()),
            },
        }
    }

    fn is_pong(&self, data: &JsValue) -> bool {
        match &self.heartbeat.is_pong {
            Some(is_pong) => call(is_pong, data).is_some_and(|answer| answer.is_truthy()),
            None => *data == PONG,
        }
    }

    fn should_retry(&self, close: &CloseInfo, attempt: u32) -> Option<Advice> {
        let should_retry = self.should_retry.as_ref()?;
        let answer = should_retry.call2(&JsValue::UNDEFINED, &close_info(close), &attempt.into());
        let answer = answer.inspect_err(report_error).ok()?;
        if let Some(again) = answer.as_bool() {
            return Some(if again { Advice::Retry } else { Advice::Stop });
        }
        let delay = answer.as_f64().filter(|delay| *delay >= 0.0)?;
        Some(Advice::RetryAfter(Span::micros((delay * 1_000.0).ceil() as u64)))
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
                if let Some(trace) = &self.trace {
                    call(trace, &entry);
                }
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
        self.trace.as_ref()?;
        Some(match said {
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

// ── what a provider is asked with, and what it answers ──

/// What a provider gave, or a promise of it.
struct Asked {
    answer: JsValue,
    abort: AbortOnDrop,
}

impl Asked {
    fn is_later(&self) -> bool {
        self.abort.0.is_some() && is_thenable(&self.answer)
    }
}

fn ask(provider: &Provider, attempt: &Attempt, reason: Option<TokenReason>) -> Result<Asked, JsValue> {
    let provider = match provider {
        Provider::Value(value) => return Ok(Asked { answer: value.clone(), abort: AbortOnDrop(None) }),
        Provider::Asked(provider) => provider,
    };
    let controller = AbortController::new()?;
    let context = Object::new();
    set(&context, "attempt", attempt.number);
    set(&context, "lastClose", attempt.last_close.as_ref().map_or(JsValue::NULL, close_info));
    set(&context, "signal", controller.signal());
    if let Some(reason) = reason {
        set(
            &context,
            "reason",
            match reason {
                TokenReason::First => "first",
                TokenReason::Expiring => "expiring",
                TokenReason::Refused => "refused",
            },
        );
    }
    let answer = provider.call1(&JsValue::UNDEFINED, &context)?;
    Ok(Asked { answer, abort: AbortOnDrop(Some(controller)) })
}

fn now<const N: usize>(answer: JsValue, aborts: [AbortOnDrop; N]) -> Answer<JsValue> {
    aborts.into_iter().for_each(AbortOnDrop::forget);
    Answer::Now(Ok(answer))
}

/// What becomes of a promise, unless the question is taken back meanwhile.
fn wait_for<const N: usize>(promise: &JsValue, aborts: [AbortOnDrop; N]) -> Answer<JsValue> {
    let promise = promise.clone();
    Answer::Later(Box::new(move |hearer| {
        let waiting = Rc::new(Cell::new(Some((hearer, aborts))));
        let question = Question::new(Promised(Rc::clone(&waiting)));
        let hear_it = move |has_answered: bool, what: JsValue| {
            let Some((hearer, aborts)) = waiting.take() else { return };
            aborts.into_iter().for_each(AbortOnDrop::forget);
            hearer(if has_answered { Ok(what) } else { Err(what) });
        };
        hear(&promise, &Closure::once_into_js(hear_it));
        question
    }))
}

type Unanswered<const N: usize> = Rc<Cell<Option<(Hearer<JsValue>, [AbortOnDrop; N])>>>;

struct Promised<const N: usize>(Unanswered<N>);

impl<const N: usize> Waiting for Promised<N> {}

impl<const N: usize> Drop for Promised<N> {
    fn drop(&mut self) {
        drop(self.0.take());
    }
}

/// A question that is taken back before its answer aborts its signal.
struct AbortOnDrop(Option<AbortController>);

impl AbortOnDrop {
    /// It has answered: nobody is told to stop.
    fn forget(mut self) {
        self.0 = None;
    }
}

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        if let Some(controller) = &self.0 {
            controller.abort();
        }
    }
}

fn is_thenable(value: &JsValue) -> bool {
    value.is_object() && Reflect::get(value, &"then".into()).is_ok_and(|then| then.is_function())
}

fn text_of(value: &JsValue) -> Result<String, JsValue> {
    string_of(value).map(String::from)
}

pub(super) fn read_offer(offer: &JsValue) -> Result<Vec<String>, JsValue> {
    if offer.is_string() {
        return Ok(vec![text_of(offer)?]);
    }
    if !Array::is_array(offer) {
        return Err(misuse("misuse/option", "protocols must be a string or an array of strings"));
    }
    offer.unchecked_ref::<Array>().iter().map(|protocol| text_of(&protocol)).collect()
}

fn read_token(answer: &JsValue) -> Result<Token, JsValue> {
    if let Some(value) = answer.as_string() {
        return Ok(Token::new(value));
    }
    let wrong = || misuse("misuse/token", "auth.token must give a string or { value, expiresAt }");
    if !answer.is_object() {
        return Err(wrong());
    }
    let reader = Reader::new(answer, "auth.token")?;
    let token = Token::new(reader.get("value")?.and_then(|value| value.as_string()).ok_or_else(wrong)?);
    match reader.get("expiresAt")? {
        None => Ok(token),
        Some(date) => {
            let date = number_of(&date).ok().filter(|date| !date.is_nan());
            Ok(token.expires_at(date.ok_or_else(|| reader.must("expiresAt", "a Date or milliseconds since 1970"))?))
        }
    }
}

fn close_info(close: &CloseInfo) -> JsValue {
    let info = Object::new();
    set(&info, "code", close.code.get());
    set(&info, "reason", close.reason.as_str());
    set(&info, "wasClean", close.clean);
    info.into()
}

fn set(object: &Object, name: &str, value: impl Into<JsValue>) {
    let set = Reflect::set(object, &name.into(), &value.into());
    debug_assert!(set.is_ok(), "a new object takes any property");
}

/// A callback that throws has nothing to say; the page is told as of a listener.
fn call(function: &Function, argument: &JsValue) -> Option<JsValue> {
    function.call1(&JsValue::UNDEFINED, argument).inspect_err(report_error).ok()
}

#[wasm_bindgen(module = "/src/js/error.js")]
extern "C" {
    #[wasm_bindgen(js_name = report)]
    fn report_error(thrown: &JsValue);
}

#[wasm_bindgen(module = "/src/js/promise.js")]
extern "C" {
    fn hear(promise: &JsValue, hearer: &JsValue);
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_name = String)]
    fn string_of(value: &JsValue) -> Result<JsString, JsValue>;
    /// Of a Date, its milliseconds.
    #[wasm_bindgen(catch, js_name = Number)]
    fn number_of(value: &JsValue) -> Result<f64, JsValue>;

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
