//! What was said to the engine and by it, as JavaScript's plain objects?
//!
//! Enough to replay a session on any machine (`tests/replay/`), and nothing that is secret: of a message its kind and its
//! size, of a token when it expires. Each entry survives JSON:
//!
//! - the first is `{ at, began, seed, options }`: our version, where chance begins, and every option in the contract's names;
//! - then `{ at, in, … }` is an [`Input`] and `{ at, out, … }` an [`Output`], news by their `event`;
//! - times are milliseconds with all their microseconds, ids and sizes are numbers, the seed is decimal digits;
//! - what was not said is absent; what never comes and what has no bound is `null`.

use js_sys::Object;
use wasm_bindgen::prelude::*;

use super::client::state_name;
use crate::engine::{
    Advice, CloseFrame, CloseInfo, DropReason, Error, Event, Frame, Input, Instant, Judgement, Kind, Options, Output,
    Overflow, Payload, SendOptions, SocketId, Span, TokenReason, Via, number,
};

/// What a trace begins with: the engine that all that follows was said to.
pub(super) fn began(at: Instant, seed: u64, options: &Options) -> JsValue {
    let entry = Entry::new();
    entry.time("at", at);
    entry.text("began", env!("CARGO_PKG_VERSION"));
    entry.text("seed", &number(seed));
    entry.entry("options", &of_options(options));
    entry.into()
}

pub(super) fn input<P: Payload>(at: Instant, input: &Input<P>) -> JsValue {
    let entry = Entry::new();
    entry.time("at", at);
    let named = |name| entry.text("in", name);
    let of = |name, socket: &SocketId| {
        named(name);
        entry.count("socket", socket.0);
    };
    match input {
        Input::Connect => named("Connect"),
        Input::Send { id, data, options: SendOptions { ttl, volatile } } => {
            named("Send");
            entry.count("id", id.0);
            entry.data(data);
            entry.span_if("ttl", *ttl);
            entry.flag("volatile", *volatile);
        }
        Input::TakeBack(id) => {
            named("TakeBack");
            entry.count("id", id.0);
        }
        Input::Flush(id) => {
            named("Flush");
            entry.count("id", id.0);
        }
        Input::Disconnect(frame) => {
            named("Disconnect");
            entry.frame(frame.as_ref());
        }
        Input::Elapsed => named("Elapsed"),
        Input::Woke => named("Woke"),
        Input::NotOpened { socket } => of("NotOpened", socket),
        Input::Opened { socket } => of("Opened", socket),
        Input::Received { socket, data } => {
            of("Received", socket);
            entry.data(data);
        }
        Input::Judged { socket, data, verdict } => {
            of("Judged", socket);
            entry.data(data);
            entry.text(
                "verdict",
                match verdict {
                    Judgement::Accepted => "accepted",
                    Judgement::Refused => "refused",
                    Judgement::Pong => "pong",
                    Judgement::Message => "message",
                },
            );
        }
        Input::Transmitted { socket, bytes } => {
            of("Transmitted", socket);
            entry.count("bytes", *bytes);
        }
        Input::NotTransmitted { socket } => of("NotTransmitted", socket),
        Input::Buffered { socket, bytes } => {
            of("Buffered", socket);
            entry.count("bytes", *bytes);
        }
        Input::Closed { socket, close, unsent } => {
            of("Closed", socket);
            entry.close(close);
            entry.count("unsent", *unsent);
        }
        Input::Advised { socket, advice } => {
            of("Advised", socket);
            match advice {
                None => {}
                Some(Advice::Retry) => entry.text("advice", "retry"),
                Some(Advice::RetryAfter(delay)) => {
                    entry.text("advice", "retry-after");
                    entry.span("delay", *delay);
                }
                Some(Advice::Stop) => entry.text("advice", "stop"),
            }
        }
        Input::Token { ask, expires } => {
            named("Token");
            entry.count("ask", ask.0);
            if let Some(expires) = expires {
                entry.time("expires", *expires);
            }
        }
        Input::NoToken { ask } => {
            named("NoToken");
            entry.count("ask", ask.0);
        }
        Input::Online => named("Online"),
        Input::Offline => named("Offline"),
        Input::Visible => named("Visible"),
        Input::Hidden => named("Hidden"),
        Input::Resumed => named("Resumed"),
        Input::Restored => named("Restored"),
    }
    entry.into()
}

pub(super) fn output<P: Payload>(at: Instant, output: &Output<P>) -> JsValue {
    let entry = Entry::new();
    entry.time("at", at);
    let named = |name| entry.text("out", name);
    let of = |name, socket: &SocketId| {
        named(name);
        entry.count("socket", socket.0);
    };
    match output {
        Output::Open { socket, attempt } => {
            of("Open", socket);
            entry.attempt(*attempt);
        }
        Output::Transmit { socket, frame } => {
            of("Transmit", socket);
            match frame {
                Frame::Message { id, data } => {
                    entry.text("frame", "Message");
                    entry.count("id", id.0);
                    entry.data(data);
                }
                Frame::Ping => entry.text("frame", "Ping"),
                Frame::Auth => entry.text("frame", "Auth"),
            }
        }
        Output::Close { socket, frame } => {
            of("Close", socket);
            entry.frame(frame.as_ref());
        }
        Output::FetchToken { ask, reason, attempt } => {
            named("FetchToken");
            entry.count("ask", ask.0);
            entry.text(
                "reason",
                match reason {
                    TokenReason::First => "first",
                    TokenReason::Expiring => "expiring",
                    TokenReason::Refused => "refused",
                },
            );
            entry.attempt(*attempt);
        }
        Output::CancelToken { ask } => {
            named("CancelToken");
            entry.count("ask", ask.0);
        }
        Output::Judge { socket, data, question } => {
            of("Judge", socket);
            entry.data(data);
            entry.flag("reply", question.reply);
            entry.flag("pong", question.pong);
        }
        Output::AskRetry { socket, close, attempt } => {
            of("AskRetry", socket);
            entry.close(close);
            entry.attempt(*attempt);
        }
        Output::Tell(event) => {
            named("Tell");
            tell(&entry, event);
        }
    }
    entry.into()
}

fn tell<P: Payload>(entry: &Entry, event: &Event<P>) {
    let named = |name| entry.text("event", name);
    match event {
        Event::State(state) => {
            named("State");
            entry.text("state", state_name(*state));
        }
        Event::Open { attempt, reconnected } => {
            named("Open");
            entry.attempt(*attempt);
            entry.flag("reconnected", *reconnected);
        }
        Event::Message(data) => {
            named("Message");
            entry.data(data);
        }
        Event::Down { close, will_retry, unconfirmed } => {
            named("Down");
            entry.close(close);
            entry.flag("willRetry", *will_retry);
            entry.count("messages", unconfirmed.messages);
            entry.count("bytes", unconfirmed.bytes);
        }
        Event::Retry { attempt, delay } => {
            named("Retry");
            entry.attempt(*attempt);
            entry.span("delay", *delay);
        }
        Event::Error(error) => {
            named("Error");
            entry.text("error", error.code());
            match error {
                Error::Closed(code) => entry.code(code.get()),
                Error::Attempts(attempts) => entry.count("attempts", u64::from(*attempts)),
                Error::SignIn
                | Error::Connect
                | Error::ConnectTimeout
                | Error::Token
                | Error::TokenTimeout
                | Error::ReplyTimeout
                | Error::Silent
                | Error::Dropped(_) => {} // the code says it all
            }
        }
        Event::Settled { id, outcome } => {
            named("Settled");
            entry.count("id", id.0);
            if let Err(reason) = outcome {
                entry.dropped(*reason);
            }
        }
        Event::Dropped { id, data, reason } => {
            named("Dropped");
            entry.count("id", id.0);
            entry.data(data);
            entry.dropped(*reason);
        }
        Event::Drain => named("Drain"),
        Event::Flushed { id, complete } => {
            named("Flushed");
            entry.count("id", id.0);
            entry.flag("complete", *complete);
        }
        Event::Closed(close) => {
            named("Closed");
            entry.close(close);
        }
    }
}

fn of_options(options: &Options) -> Entry {
    let entry = Entry::new();
    if let Some(reconnect) = &options.reconnect {
        let layer = Entry::new();
        layer.span("minDelay", reconnect.min_delay);
        layer.span("maxDelay", reconnect.max_delay);
        layer.number("factor", reconnect.factor);
        if let Some(attempts) = reconnect.attempts {
            layer.count("attempts", u64::from(attempts));
        }
        layer.span("stableAfter", reconnect.stable_after);
        layer.flag("shouldRetry", reconnect.ask);
        entry.entry("reconnect", &layer);
    }
    if let Some(auth) = &options.auth {
        let layer = Entry::new();
        layer.text(
            "via",
            match auth.via {
                Via::Handshake => "handshake",
                Via::Message => "message",
            },
        );
        layer.span("timeout", auth.timeout);
        layer.span("refreshBefore", auth.refresh_before);
        entry.entry("auth", &layer);
    }
    if let Some(heartbeat) = &options.heartbeat {
        let layer = Entry::new();
        layer.span("interval", heartbeat.interval);
        layer.span("timeout", heartbeat.timeout);
        entry.entry("heartbeat", &layer);
    }
    if let Some(limit) = &options.limit {
        let layer = Entry::new();
        layer.count("highWater", limit.high_water);
        if let Some(low_water) = limit.low_water {
            layer.count("lowWater", low_water);
        }
        layer.span_if("pollInterval", limit.poll_interval);
        layer.rate("messagesPerSecond", limit.messages_per_second);
        layer.rate("bytesPerSecond", limit.bytes_per_second);
        layer.count("burst", limit.burst);
        layer.count("burstBytes", limit.burst_bytes);
        entry.entry("limit", &layer);
    }
    let queue = Entry::new();
    queue.count("maxMessages", options.queue.max_messages);
    queue.count("maxBytes", options.queue.max_bytes);
    queue.text(
        "overflow",
        match options.queue.overflow {
            Overflow::Reject => "reject",
            Overflow::DropOldest => "drop-oldest",
            Overflow::DropNewest => "drop-newest",
        },
    );
    entry.entry("queue", &queue);
    entry.span("connectTimeout", options.connect_timeout);
    entry.span("connectTimeoutAfterFailure", options.connect_timeout_after_failure);
    entry.span("closeTimeout", options.close_timeout);
    entry
}

/// The few things that an entry holds.
impl Entry {
    fn new() -> Self {
        Object::new().unchecked_into()
    }

    fn time(&self, name: &str, at: Instant) {
        self.micros(name, at.as_micros());
    }

    fn span(&self, name: &str, span: Span) {
        self.micros(name, span.as_micros());
    }

    fn span_if(&self, name: &str, span: Option<Span>) {
        if let Some(span) = span {
            self.span(name, span);
        }
    }

    /// Whole microseconds can be made of it again, up to 71 years.
    fn micros(&self, name: &str, micros: u64) {
        self.bounded(name, micros, micros as f64 / 1_000.0);
    }

    /// An id or a size; above 2⁵³ only what JavaScript's own numbers gave, which they hold again.
    fn count(&self, name: &str, count: u64) {
        self.bounded(name, count, count as f64);
    }

    fn rate(&self, name: &str, rate: Option<f64>) {
        match rate {
            None => {}
            Some(f64::INFINITY) => self.nothing(name, &JsValue::NULL),
            Some(rate) => self.number(name, rate),
        }
    }

    fn bounded(&self, name: &str, whole: u64, number: f64) {
        if whole == u64::MAX {
            self.nothing(name, &JsValue::NULL);
        } else {
            self.number(name, number);
        }
    }

    fn attempt(&self, attempt: u32) {
        self.number("attempt", f64::from(attempt));
    }

    fn data<P: Payload>(&self, data: &P) {
        self.text(
            "kind",
            match data.kind() {
                Kind::Text => "text",
                Kind::Binary => "binary",
            },
        );
        self.count("size", data.size());
    }

    fn code(&self, code: u16) {
        self.number("code", f64::from(code));
    }

    fn frame(&self, frame: Option<&CloseFrame>) {
        if let Some(frame) = frame {
            self.code(frame.code().get());
            self.text("reason", frame.reason());
        }
    }

    fn close(&self, close: &CloseInfo) {
        self.code(close.code.get());
        self.text("reason", &close.reason);
        self.flag("wasClean", close.clean);
    }

    fn dropped(&self, reason: DropReason) {
        self.text("error", Error::Dropped(reason).code());
    }
}

#[wasm_bindgen]
extern "C" {
    /// A plain object that is being filled. Only assignments: no names of JavaScript's to look up, nothing to format.
    #[wasm_bindgen(extends = Object)]
    type Entry;
    #[wasm_bindgen(method, structural, indexing_setter)]
    fn number(this: &Entry, name: &str, value: f64);
    #[wasm_bindgen(method, structural, indexing_setter)]
    fn text(this: &Entry, name: &str, value: &str);
    #[wasm_bindgen(method, structural, indexing_setter)]
    fn flag(this: &Entry, name: &str, value: bool);
    #[wasm_bindgen(method, structural, indexing_setter)]
    fn entry(this: &Entry, name: &str, value: &Entry);
    #[wasm_bindgen(method, structural, indexing_setter)]
    fn nothing(this: &Entry, name: &str, value: &JsValue);
}
