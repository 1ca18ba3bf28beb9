//! What stands behind the class of `client.js`, and behind the drop-in with layers?
//!
//! JavaScript knows its client by a number and calls the functions that [`install`] hands it; news go back to it through
//! its ear. So no class is exported for it.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Function, Object, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::BinaryType;

use super::error::{misuse, of_dialling};
use super::face::{Asked, Ear, JsFace, destination, millis, reason_name};
use super::options::{ClientOptions, span};
use super::slab::{Id, Slab};
use super::trace;
use crate::engine::{ClientState, CloseFrame, ConfigError, Instant, MessageId, SendOptions, Span};
use crate::web::{Carriage, Parcel, Pump, Setup, seed};

/// One client: its pump, and the face that hears for it.
struct Kept {
    pump: Pump,
    face: Rc<JsFace>,
}

thread_local! {
    /// The clients that are not closed yet.
    static CLIENTS: RefCell<Slab<Kept>> = RefCell::default();
}

/// Gives JavaScript what it calls. These closures live as long as the module.
pub(super) fn install() {
    let functions = Object::new();
    let set = |name: &str, function: JsValue| {
        let set = Reflect::set(&functions, &name.into(), &function);
        debug_assert!(set.is_ok(), "a new object takes any property");
    };
    set(
        "open",
        Closure::<dyn Fn(Ear, Asked, Vec<f64>, String, Option<Function>) -> Result<Id, JsValue>>::new(open)
            .into_js_value(),
    );
    set(
        "send",
        Closure::<dyn Fn(Id, JsValue, JsValue, JsValue) -> Result<JsValue, JsValue>>::new(send).into_js_value(),
    );
    set("takeBack", Closure::<dyn Fn(Id, f64)>::new(take_back).into_js_value());
    set("flush", Closure::<dyn Fn(Id) -> JsValue>::new(flush).into_js_value());
    set("reconnect", Closure::<dyn Fn(Id)>::new(|id| with(id, Pump::reconnect)).into_js_value());
    set("checkClose", Closure::<dyn Fn(Option<f64>, String) -> Result<(), JsValue>>::new(check_close).into_js_value());
    set("close", Closure::<dyn Fn(Id, Option<u16>, String)>::new(close).into_js_value());
    set("release", Closure::<dyn Fn(Id)>::new(release).into_js_value());
    set("setBinaryType", Closure::<dyn Fn(Id, bool)>::new(set_binary_type).into_js_value());
    set("binaryType", question(|pump| pump.binary_type().into()));
    set("state", question(|pump| state_name(pump.state()).into()));
    set("readyState", question(|pump| ready_state(pump.state()).into()));
    set("url", question(|pump| pump.url().into()));
    set("protocol", question(|pump| pump.protocol().into()));
    set("extensions", question(|pump| pump.extensions().into()));
    set("bufferedAmount", question(|pump| (pump.buffered_amount() as f64).into()));
    set("stats", question(|pump| stats(pump).into()));
    install_client(&functions);
    install_layers(&functions);
}

/// What options.js has read of the options; `name`: of what carries the token.
fn open(ear: Ear, asked: Asked, numbers: Vec<f64>, name: String, class: Option<Function>) -> Result<Id, JsValue> {
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
    let id = CLIENTS.with_borrow_mut(Slab::reserve);
    let began = has_trace.then(|| trace::began(Instant::default(), setup.seed, &engine));
    let face = Rc::new(JsFace::new(ear, asked, has_trace));
    let pump = Pump::start(setup, face.clone(), began);
    CLIENTS.with_borrow_mut(|clients| clients.put(id, Kept { pump, face }));
    Ok(id)
}

/// `undefined`: it was handed over; a number: it waits; a string: why it will not be sent.
fn send(id: Id, data: JsValue, ttl: JsValue, volatile: JsValue) -> Result<JsValue, JsValue> {
    let options = SendOptions { ttl: read_ttl(&ttl)?, volatile: volatile.is_truthy() };
    let data = Parcel::to_send(data)?;
    let Some(kept) = find(id) else { return Ok(JsValue::UNDEFINED) };
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

fn take_back(id: Id, message: f64) {
    with(id, |pump| pump.take_back(MessageId(message as u64)));
}

/// `undefined`: all has left; `false`: that cannot be known; a number: it is under way.
fn flush(id: Id) -> JsValue {
    let Some(kept) = find(id) else { return JsValue::UNDEFINED };
    let outer = kept.face.flushing.replace(Some((kept.pump.next_flush(), None)));
    let flush = kept.pump.flush();
    match kept.face.flushing.replace(outer) {
        Some((_, Some(true))) => JsValue::UNDEFINED,
        Some((_, Some(false))) => JsValue::FALSE,
        Some((_, None)) | None => (flush.0 as f64).into(),
    }
}

fn check_close(code: Option<f64>, reason: String) -> Result<(), JsValue> {
    let whole = code.map(|code| code as u16);
    if code.is_some_and(|code| f64::from(code as u16) != code) {
        return Err(misuse("misuse/close", "a close code is 1000 or 3000 to 4999"));
    }
    CloseFrame::new(whole, &reason).map(drop).map_err(|error| misuse("misuse/close", &error.sentence()))
}

/// Checked before: a client by [`check_close`], a drop-in as the standard says. Only a drop-in says no code.
fn close(id: Id, code: Option<u16>, reason: String) {
    with(id, |pump| pump.close(code.and_then(|code| CloseFrame::new(Some(code), &reason).ok())));
}

/// Closed, or nobody is left who could ask for it.
fn release(id: Id) {
    let kept = CLIENTS.with_borrow_mut(|clients| clients.release(id));
    drop(kept); // while nothing is borrowed
}

/// Not by the enumeration itself: wasm-bindgen would put it at the head of the package's types.
fn set_binary_type(id: Id, is_blob: bool) {
    with(id, |pump| pump.set_binary_type(if is_blob { BinaryType::Blob } else { BinaryType::Arraybuffer }));
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

fn find(id: Id) -> Option<Rc<Kept>> {
    CLIENTS.with_borrow(|clients| clients.get(id))
}

fn with(id: Id, wish: impl FnOnce(&Pump)) {
    if let Some(kept) = find(id) {
        wish(&kept.pump);
    }
}

/// Something that can be asked of a client; `undefined` once it is closed, when JavaScript knows by itself.
fn question(ask: impl Fn(&Pump) -> JsValue + 'static) -> JsValue {
    Closure::<dyn Fn(Id) -> JsValue>::new(move |id| find(id).map_or(JsValue::UNDEFINED, |kept| ask(&kept.pump)))
        .into_js_value()
}

#[wasm_bindgen(module = "/src/js/client.js")]
extern "C" {
    /// Never called: it makes the class part of the package.
    #[wasm_bindgen(reexport, skip_typescript, js_name = Client)]
    fn client_class();
    #[wasm_bindgen(js_name = installClient)]
    fn install_client(functions: &Object);
}

#[wasm_bindgen(module = "/src/js/facade.js")]
extern "C" {
    #[wasm_bindgen(js_name = installLayers)]
    fn install_layers(functions: &Object);
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
