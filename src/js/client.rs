//! What stands behind the class of `client.js`, and behind the drop-in with layers?
//!
//! JavaScript knows its client by a number; news go back to it through its ear. So no class is exported for it.

use std::rc::Rc;

use js_sys::Function;
use wasm_bindgen::prelude::*;

use super::error::{misuse, of_dialling};
use super::face::{Asked, Ear, JsFace, destination, millis, reason_name};
use super::options::{ClientOptions, span};
use super::slab::{Id, Slab};
use super::trace;
use super::web_socket::{binary_type, code};
use crate::engine::{ClientState, CloseFrame, ConfigError, Instant, MessageId, SendOptions, Span};
use crate::web::{Carriage, Parcel, Pump, Setup, seed};

/// One client: its pump, and the face that hears for it.
pub(super) struct Kept {
    pump: Pump,
    face: Rc<JsFace>,
}

/// The clients that are not closed yet.
pub(super) type Clients = Slab<Kept>;

/// What options.js has read of the options; `name`: of what carries the token.
pub(super) fn open(
    clients: &Clients,
    ear: Ear,
    asked: Asked,
    numbers: Vec<f64>,
    name: String,
    class: Option<Function>,
) -> Result<Id, JsValue> {
    let ClientOptions { engine, carriage, binary_type, has_trace } = ClientOptions::read(&numbers, name);
    let refused = |error: ConfigError| misuse("misuse/option", &error.sentence());
    let config = engine.clone().parse().map_err(refused)?;
    carriage.as_ref().map_or(Ok(()), Carriage::check).map_err(refused)?;
    let known = asked.known()?;
    if !known.is_undefined() {
        // what can be known now is said now; what a provider gives is known at its attempt
        destination(&known).resolve(carriage.as_ref()).map_err(|error| of_dialling(&error))?;
    }
    let setup = Setup { config, seed: seed(), resends: engine.reconnect.is_some(), class, carriage, binary_type };
    let id = clients.reserve();
    let began = has_trace.then(|| trace::began(Instant::default(), setup.seed, &engine));
    let face = Rc::new(JsFace::new(ear, asked, has_trace));
    let pump = Pump::start(setup, face.clone(), began);
    clients.put(id, Kept { pump, face });
    Ok(id)
}

/// What `calls.js` calls by this number. A client that is closed answers nothing: JavaScript knows by itself.
pub(super) fn call(
    clients: &Clients,
    number: u32,
    id: Id,
    a: JsValue,
    b: JsValue,
    c: JsValue,
) -> Result<JsValue, JsValue> {
    match number {
        0 => {
            let kept = clients.release(id);
            drop(kept); // while nothing is borrowed
            return Ok(JsValue::UNDEFINED);
        }
        1 => return check_close(a.as_f64(), &text(&b)),
        _ => {}
    }
    let Some(kept) = clients.get(id) else { return Ok(JsValue::UNDEFINED) };
    let pump = &kept.pump;
    match number {
        2 => return Ok(pump.url().into()),
        3 => return Ok(pump.protocol().into()),
        4 => return Ok(pump.extensions().into()),
        5 => return Ok(ready_state(pump.state()).into()),
        6 => return Ok((pump.buffered_amount() as f64).into()),
        7 => pump.set_binary_type(binary_type(&a)),
        8 => return send(&kept, a, &b, &c),
        // checked before: a client by `check_close`, a drop-in as the standard says; only a drop-in says no code
        9 => pump.close(code(&a).and_then(|code| CloseFrame::new(Some(code), &text(&b)).ok())),
        10 => return Ok(state_name(pump.state()).into()),
        11 => return Ok(pump.binary_type().into()),
        12 => return Ok(stats(pump).into()),
        13 => pump.take_back(MessageId(a.as_f64().unwrap_or_default() as u64)),
        14 => return Ok(flush(&kept)),
        _ => pump.reconnect(),
    }
    Ok(JsValue::UNDEFINED)
}

fn text(value: &JsValue) -> String {
    value.as_string().unwrap_or_default()
}

/// `undefined`: it was handed over; a number: it waits; a string: why it will not be sent.
fn send(kept: &Kept, data: JsValue, ttl: &JsValue, volatile: &JsValue) -> Result<JsValue, JsValue> {
    let options = SendOptions { ttl: read_ttl(ttl)?, volatile: volatile.is_truthy() };
    let data = Parcel::to_send(data)?;
    // one inside another: a question that is asked meanwhile may send, too
    let outer = kept.face.sending.replace(Some((kept.pump.next_message(), None)));
    let message = kept.pump.send(data, options);
    Ok(match kept.face.sending.replace(outer) {
        Some((_, Some(Ok(())))) => JsValue::UNDEFINED,
        Some((_, Some(Err(reason)))) => reason_name(reason),
        Some((_, None)) | None => (message.0 as f64).into(),
    })
}

fn read_ttl(ttl: &JsValue) -> Result<Option<Span>, JsValue> {
    if ttl.is_undefined() {
        return Ok(None);
    }
    match ttl.as_f64() {
        Some(millis) if millis >= 0.0 => Ok(Some(span(millis))),
        Some(_) | None => Err(misuse("misuse/option", "ttl must be a number of at least 0 (milliseconds)")),
    }
}

/// `undefined`: all has left; `false`: that cannot be known; a number: it is under way.
fn flush(kept: &Kept) -> JsValue {
    let outer = kept.face.flushing.replace(Some((kept.pump.next_flush(), None)));
    let flush = kept.pump.flush();
    match kept.face.flushing.replace(outer) {
        Some((_, Some(true))) => JsValue::UNDEFINED,
        Some((_, Some(false))) => JsValue::FALSE,
        Some((_, None)) | None => (flush.0 as f64).into(),
    }
}

fn check_close(code: Option<f64>, reason: &str) -> Result<JsValue, JsValue> {
    let whole = code.map(|code| code as u16);
    if code.is_some_and(|code| f64::from(code as u16) != code) {
        return Err(misuse("misuse/close", "a close code is 1000 or 3000 to 4999"));
    }
    CloseFrame::new(whole, reason)
        .map(|_| JsValue::UNDEFINED)
        .map_err(|error| misuse("misuse/close", &error.sentence()))
}

pub(super) fn state_name(state: ClientState) -> &'static str {
    match state {
        ClientState::Connecting => "connecting",
        ClientState::Open => "open",
        ClientState::Waiting => "waiting",
        ClientState::Closing => "closing",
        ClientState::Closed => "closed",
    }
}

/// What a drop-in says of it: while it waits, it connects.
fn ready_state(state: ClientState) -> u16 {
    match state {
        ClientState::Connecting | ClientState::Waiting => 0,
        ClientState::Open => 1,
        ClientState::Closing => 2,
        ClientState::Closed => 3,
    }
}

/// In the order in which `client.js` reads them; what is not there is no number.
fn stats(pump: &Pump) -> Vec<f64> {
    let (stats, since) = pump.stats();
    let counts = [
        stats.attempts,
        stats.connects,
        stats.messages_sent,
        stats.messages_received,
        stats.bytes_sent,
        stats.bytes_received,
        stats.queued_messages,
        stats.queued_bytes,
    ];
    let round_trip = stats.round_trip.map_or(f64::NAN, millis);
    counts.into_iter().map(|count| count as f64).chain([round_trip, since.unwrap_or(f64::NAN)]).collect()
}

#[wasm_bindgen(module = "/src/js/client.js")]
extern "C" {
    /// Never called: it makes the class part of the package.
    #[wasm_bindgen(reexport, skip_typescript, js_name = Client)]
    fn client_class();
}

/// The files that these import: what is not named here is not in the package.
#[wasm_bindgen(module = "/src/js/events.js")]
extern "C" {
    #[wasm_bindgen(js_name = dispatch)]
    fn events_file();
}
#[wasm_bindgen(module = "/src/js/life.js")]
extern "C" {
    #[wasm_bindgen(js_name = Life)]
    fn life_file();
}
#[wasm_bindgen(module = "/src/js/loading.js")]
extern "C" {
    #[wasm_bindgen(js_name = bringWebAssembly)]
    fn loading_file();
}
#[wasm_bindgen(module = "/src/js/options.js")]
extern "C" {
    #[wasm_bindgen(js_name = readOptions)]
    fn options_file();
}
#[wasm_bindgen(module = "/src/js/asked.js")]
extern "C" {
    #[wasm_bindgen(js_name = Asked)]
    fn asked_file();
}
#[wasm_bindgen(module = "/src/js/signal.js")]
extern "C" {
    #[wasm_bindgen(js_name = obey)]
    fn signal_file();
}
#[wasm_bindgen(module = "/src/js/inbox.js")]
extern "C" {
    #[wasm_bindgen(js_name = Inbox)]
    fn inbox_file();
}
