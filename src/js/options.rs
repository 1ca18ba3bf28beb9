//! What did a JavaScript caller ask for?
//!
//! Read by hand, field by field: an error names the option by its path. Reading them through serde costs more bytes than
//! all the rest.

use js_sys::{Array, Function, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::BinaryType;

use super::error::misuse;
use crate::engine::{
    AuthOptions, HeartbeatOptions, LimitOptions, Options, Overflow, QueueOptions, ReconnectOptions, Span, Via, sentence,
};
use crate::web::{Carriage, Carrier, Parcel, patience_after_failure};

/// Everything that `new Client(url, options)` and `WebSocket.with(options)` take.
#[derive(Debug)]
pub(super) struct ClientOptions {
    pub(super) engine: Options,
    pub(super) protocols: Provider,
    pub(super) binary_type: BinaryType,
    pub(super) should_retry: Option<Function>,
    pub(super) auth: Option<Auth>,
    pub(super) heartbeat: Heartbeat,
    pub(super) trace: Option<Function>,
    pub(super) class: Option<Function>,
}

/// A value, or a function that gives one for each attempt.
#[derive(Debug, Clone)]
pub(super) enum Provider {
    Value(JsValue),
    Asked(Function),
}

#[derive(Debug)]
pub(super) struct Auth {
    pub(super) token: Function,
    pub(super) carriage: Carriage,
    pub(super) message: Option<Function>,
    pub(super) reply: Option<Function>,
}

#[derive(Debug, Default)]
pub(super) struct Heartbeat {
    /// Data, or a function that gives some.
    pub(super) ping: Option<JsValue>,
    pub(super) is_pong: Option<Function>,
}

/// Whose defaults hold where nothing is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Defaults {
    Client,
    /// Nothing but what is asked for.
    DropIn,
}

impl ClientOptions {
    pub(super) fn read(value: &JsValue, defaults: Defaults) -> Result<Self, JsValue> {
        let reader = Reader::new(value, "")?;
        let mut engine = Options::default();
        if defaults == Defaults::DropIn {
            engine.reconnect = None;
            engine.limit = None;
            engine.queue = QueueOptions { max_messages: u64::MAX, max_bytes: u64::MAX, ..QueueOptions::default() };
        }
        let mut should_retry = None;
        if let Some(reader) = reader.layer("reconnect", engine.reconnect.is_some())? {
            let (reconnect, ask) = read_reconnect(&reader)?;
            (engine.reconnect, should_retry) = (Some(reconnect), ask);
        } else {
            engine.reconnect = None;
        }
        if engine.reconnect.is_none() && defaults == Defaults::DropIn {
            // a bare socket is as patient as the browser
            (engine.connect_timeout, engine.close_timeout) = (Span::micros(u64::MAX), Span::micros(u64::MAX));
        }
        let auth = reader.layer("auth", false)?.map(|reader| read_auth(&reader, &mut engine)).transpose()?;
        let mut heartbeat = Heartbeat::default();
        if let Some(reader) = reader.layer("heartbeat", false)? {
            heartbeat = read_heartbeat(&reader, &mut engine)?;
        }
        if let Some(reader) = reader.layer("limit", engine.limit.is_some())? {
            engine.limit = Some(read_limit(&reader)?);
        } else {
            engine.limit = None;
        }
        if let Some(reader) = reader.layer("queue", false)? {
            engine.queue = read_queue(&reader)?;
        }
        reader.span("connectTimeout", &mut engine.connect_timeout)?;
        reader.span("closeTimeout", &mut engine.close_timeout)?;
        engine.connect_timeout_after_failure = patience_after_failure();
        Ok(Self {
            engine,
            protocols: match reader.get("protocols")? {
                None => Provider::Value(Array::new().into()),
                Some(value) => Provider::new(value),
            },
            binary_type: reader.binary_type(defaults)?,
            should_retry,
            auth,
            heartbeat,
            trace: reader.function("trace")?,
            class: reader.function("WebSocket")?,
        })
    }
}

impl Provider {
    pub(super) fn new(value: JsValue) -> Self {
        match value.dyn_into() {
            Ok(function) => Self::Asked(function),
            Err(value) => Self::Value(value),
        }
    }
}

fn read_reconnect(reader: &Reader) -> Result<(ReconnectOptions, Option<Function>), JsValue> {
    let mut options = ReconnectOptions::default();
    reader.span("minDelay", &mut options.min_delay)?;
    if !reader.span("maxDelay", &mut options.max_delay)? {
        options.max_delay = options.max_delay.max(options.min_delay); // a long minimum alone is no contradiction
    }
    reader.number("factor", &mut options.factor)?;
    let mut attempts = f64::INFINITY;
    reader.number("attempts", &mut attempts)?;
    if attempts.is_finite() && attempts.fract() != 0.0 {
        return Err(reader.must("attempts", "a whole number, or Infinity"));
    }
    if attempts <= f64::from(u32::MAX) {
        options.attempts = Some(attempts as u32); // `as` makes 0 of less, which is refused with it; more is without end
    }
    reader.span("stableAfter", &mut options.stable_after)?;
    let should_retry = reader.function("shouldRetry")?;
    options.ask = should_retry.is_some();
    Ok((options, should_retry))
}

fn read_auth(reader: &Reader, engine: &mut Options) -> Result<Auth, JsValue> {
    let token = reader.function("token")?.ok_or_else(|| reader.must("token", "a function that gives a token"))?;
    let name = reader.string("name")?;
    let (carrier, via) = match reader.string("via")?.as_deref() {
        Some("protocol") => {
            (Carrier::Protocol { name: name.unwrap_or_else(|| String::from("bearer.")) }, Via::Handshake)
        }
        Some("query") => {
            (Carrier::Query { name: name.unwrap_or_else(|| String::from("access_token")) }, Via::Handshake)
        }
        Some("message") => (Carrier::Message, Via::Message),
        Some(_) | None => return Err(reader.must("via", "\"protocol\", \"query\" or \"message\"")),
    };
    let mut options = AuthOptions::via(via);
    reader.span("timeout", &mut options.timeout)?;
    reader.span("refreshBefore", &mut options.refresh_before)?;
    engine.auth = Some(options);
    let insecure = reader.boolean("insecure")?.unwrap_or(false);
    let carriage = Carriage { carrier, insecure };
    Ok(Auth { token, carriage, message: reader.function("message")?, reply: reader.function("reply")? })
}

fn read_heartbeat(reader: &Reader, engine: &mut Options) -> Result<Heartbeat, JsValue> {
    let mut options = HeartbeatOptions::default();
    reader.span("interval", &mut options.interval)?;
    reader.span("timeout", &mut options.timeout)?;
    engine.heartbeat = Some(options);
    let ping = reader.get("ping")?;
    if ping.as_ref().is_some_and(|ping| !ping.is_function() && !Parcel::is_data(ping)) {
        return Err(reader.must("ping", "a string, binary data, or a function that gives either"));
    }
    Ok(Heartbeat { ping, is_pong: reader.function("isPong")? })
}

fn read_limit(reader: &Reader) -> Result<LimitOptions, JsValue> {
    let mut options = LimitOptions::default();
    reader.count("highWater", &mut options.high_water)?;
    options.low_water = reader.optional(|low| reader.count("lowWater", low))?;
    options.poll_interval = reader.optional(|interval| reader.span("pollInterval", interval))?;
    options.messages_per_second = reader.optional(|rate| reader.number("messagesPerSecond", rate))?;
    options.bytes_per_second = reader.optional(|rate| reader.number("bytesPerSecond", rate))?;
    reader.count("burst", &mut options.burst)?;
    reader.count("burstBytes", &mut options.burst_bytes)?;
    Ok(options)
}

fn read_queue(reader: &Reader) -> Result<QueueOptions, JsValue> {
    let mut options = QueueOptions::default();
    reader.count("maxMessages", &mut options.max_messages)?;
    reader.count("maxBytes", &mut options.max_bytes)?;
    options.overflow = match reader.string("overflow")?.as_deref() {
        None | Some("reject") => Overflow::Reject,
        Some("drop-oldest") => Overflow::DropOldest,
        Some("drop-newest") => Overflow::DropNewest,
        Some(_) => return Err(reader.must("overflow", "\"reject\", \"drop-oldest\" or \"drop-newest\"")),
    };
    Ok(options)
}

/// An object of options, and what stands before its members' names. `undefined` is always the default.
#[derive(Debug)]
pub(super) struct Reader {
    object: JsValue,
    path: &'static str,
}

impl Reader {
    pub(super) fn new(object: &JsValue, path: &'static str) -> Result<Self, JsValue> {
        if object.is_undefined() || object.is_object() {
            Ok(Self { object: object.clone(), path })
        } else {
            let what = if path.is_empty() { "options" } else { path };
            Err(misuse("misuse/option", &sentence(&[what, " must be an object"])))
        }
    }

    pub(super) fn get(&self, name: &str) -> Result<Option<JsValue>, JsValue> {
        if self.object.is_undefined() {
            return Ok(None);
        }
        Reflect::get(&self.object, &name.into()).map(|value| (!value.is_undefined()).then_some(value))
    }

    /// A layer's options: `true` takes its defaults, `false` leaves it out.
    fn layer(&self, name: &'static str, by_default: bool) -> Result<Option<Reader>, JsValue> {
        match self.get(name)? {
            None => Ok(by_default.then_some(Self { object: JsValue::UNDEFINED, path: name })),
            Some(value) => match value.as_bool() {
                Some(true) if name == "auth" => Err(self.must(name, "an object: it has no defaults")),
                Some(_) if name == "queue" => Err(self.must(name, "an object: its bounds are options of it")),
                Some(on) => Ok(on.then_some(Self { object: JsValue::UNDEFINED, path: name })),
                None => Self::new(&value, name).map(Some),
            },
        }
    }

    /// Whether it was given.
    fn number(&self, name: &str, number: &mut f64) -> Result<bool, JsValue> {
        let Some(value) = self.get(name)? else { return Ok(false) };
        match value.as_f64() {
            Some(given) if !given.is_nan() => *number = given,
            Some(_) | None => return Err(self.must(name, "a number")),
        }
        Ok(true)
    }

    /// Milliseconds, a fraction too; `Infinity` never comes.
    pub(super) fn span(&self, name: &str, span: &mut Span) -> Result<bool, JsValue> {
        let mut millis = 0.0;
        let is_given = self.number(name, &mut millis)?;
        if millis < 0.0 {
            return Err(self.must(name, "at least 0 (milliseconds)"));
        }
        if is_given {
            *span = Span::micros((millis * 1_000.0).ceil() as u64); // `as` saturates
        }
        Ok(is_given)
    }

    /// A whole number of something; `Infinity` is no bound.
    fn count(&self, name: &str, count: &mut u64) -> Result<bool, JsValue> {
        let mut number = 0.0;
        let is_given = self.number(name, &mut number)?;
        if number < 0.0 || (number.is_finite() && number.fract() != 0.0) {
            return Err(self.must(name, "a whole number of at least 0, or Infinity"));
        }
        if is_given {
            *count = number as u64; // `as` saturates
        }
        Ok(is_given)
    }

    /// What has no default.
    pub(super) fn optional<T: Default>(
        &self,
        read: impl FnOnce(&mut T) -> Result<bool, JsValue>,
    ) -> Result<Option<T>, JsValue> {
        let mut value = T::default();
        Ok(read(&mut value)?.then_some(value))
    }

    fn string(&self, name: &str) -> Result<Option<String>, JsValue> {
        let Some(value) = self.get(name)? else { return Ok(None) };
        value.as_string().map(Some).ok_or_else(|| self.must(name, "a string"))
    }

    pub(super) fn boolean(&self, name: &str) -> Result<Option<bool>, JsValue> {
        let Some(value) = self.get(name)? else { return Ok(None) };
        value.as_bool().map(Some).ok_or_else(|| self.must(name, "true or false"))
    }

    fn function(&self, name: &str) -> Result<Option<Function>, JsValue> {
        let Some(value) = self.get(name)? else { return Ok(None) };
        value.dyn_into().map(Some).map_err(|_| self.must(name, "a function"))
    }

    fn binary_type(&self, defaults: Defaults) -> Result<BinaryType, JsValue> {
        match (self.string("binaryType")?.as_deref(), defaults) {
            (Some("blob"), _) | (None, Defaults::DropIn) => Ok(BinaryType::Blob),
            (Some("arraybuffer"), _) | (None, Defaults::Client) => Ok(BinaryType::Arraybuffer),
            (Some(_), _) => Err(self.must("binaryType", "\"blob\" or \"arraybuffer\"")),
        }
    }

    pub(super) fn must(&self, name: &str, must: &str) -> JsValue {
        let dot = if self.path.is_empty() { "" } else { "." };
        misuse("misuse/option", &sentence(&[self.path, dot, name, " must be ", must]))
    }
}
