//! How do facts and wishes reach the engine, and its orders the browser?
//!
//! The only borrow of the engine, and the law that keeps it whole:
//!
//! - A **fact** from the browser waits until nothing else is under way. It is handled, what the engine orders is carried
//!   out, and only then is anybody told.
//! - A **wish** (send, close, reconnect) is handled and carried out before its call returns, also inside a listener; its
//!   news queue behind those that are being told. Outside, they come in a microtask, so no method ever calls a listener.
//! - A **question** to the caller (a provider, `shouldRetry`, `isPong`) is an order that is answered by a fact. What the
//!   caller wishes inside it is done as soon as it has answered: the engine hears the answer first.
//!
//! Nothing is borrowed while code that is not ours runs.

mod facts;
mod orders;
mod passing;
mod session;

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::fmt;
use std::rc::{Rc, Weak};

use wasm_bindgen::prelude::*;
use web_sys::BinaryType;

use super::answer::Question;
use super::clock::Clock;
use super::dial::Carriage;
use super::face::{Attempt, Cause, Face, News};
use super::page::{Page, PageFact};
use super::parcel::Parcel;
use super::timer::Timer;
use super::token::Token;
use super::wire::{self, Wire};
use crate::engine::{
    AskId, Client as Engine, ClientState, CloseFrame, CloseInfo, Config, FlushId, Input, Instant, MessageId, Output,
    SendOptions, SocketId, Span, Stats,
};

/// One kept connection. A clone is another handle to it; when the last is dropped, it closes.
#[derive(Clone)]
pub(crate) struct Pump(Rc<Inner>);

/// What is decided once, beside the engine's own options.
#[derive(Debug)]
pub(crate) struct Setup {
    pub(crate) config: Config,
    pub(crate) seed: u64,
    /// Lost messages are sent again, so what they hold is kept.
    pub(crate) resends: bool,
    /// How a token goes along, if there is a provider of one.
    pub(crate) carriage: Option<Carriage>,
    pub(crate) binary_type: BinaryType,
}

struct Inner {
    engine: RefCell<Engine<Parcel>>,
    face: Rc<dyn Face>,
    carriage: Option<Carriage>,
    resends: bool,
    binary_type: Cell<BinaryType>,

    clock: Clock,
    /// When the engine heard of something last, and when it wants to hear of the next.
    now: Cell<Instant>,
    due: Cell<Instant>,
    timer: RefCell<Timer>,
    page: RefCell<Option<Page>>,

    /// The socket of the latest attempt, once it is made.
    line: RefCell<Option<Line>>,
    /// Sockets that were given up and whose close event has not come: it may settle what they held.
    parting: RefCell<VecDeque<(SocketId, Rc<Wire>)>>,
    /// The address of an attempt is being looked for.
    looking: RefCell<Option<(SocketId, Question)>>,
    /// The token provider is being asked.
    asking: RefCell<Option<(AskId, Question)>>,
    token: RefCell<Option<Token>>,
    shown: RefCell<Shown>,
    /// Which of several addresses the next attempt leads to, and whether it offers a session.
    aim: Cell<(usize, bool)>,
    /// What the latest attempt offers of the application's subprotocols.
    offer: RefCell<Vec<String>>,
    /// The session's id.
    session: RefCell<Option<String>>,
    last_close: RefCell<Option<CloseInfo>>,
    /// What a provider threw and nobody has been told yet.
    cause: RefCell<Option<Cause>>,

    facts: RefCell<VecDeque<Fact>>,
    wishes: RefCell<VecDeque<Input<Parcel>>>,
    orders: RefCell<VecDeque<Output<Parcel>>>,
    news: RefCell<VecDeque<News>>,
    /// Orders are being carried out.
    is_carrying: Cell<bool>,
    /// Facts are being taken and news told.
    is_running: Cell<bool>,
    /// A microtask will tell the news.
    is_scheduled: Cell<bool>,

    next_message: Cell<u64>,
    next_flush: Cell<u64>,
    /// The latest message that was handed to the browser.
    handed: Cell<Option<MessageId>>,
}

/// A socket in use.
struct Line {
    socket: SocketId,
    wire: Rc<Wire>,
    is_open: bool,
    /// It speaks a session's protocol.
    is_agreed: bool,
}

/// What can be asked of the latest socket, also when it is gone.
#[derive(Debug, Default, Clone)]
struct Shown {
    url: String,
    protocol: String,
    extensions: String,
}

/// What the browser told, and when it is looked at.
enum Fact {
    Wire(SocketId, wire::Fact),
    Page(PageFact),
    Timer,
    Answer(Input<Parcel>),
}

impl Pump {
    /// Begins to connect, before it returns.
    pub(crate) fn start(setup: Setup, face: Rc<dyn Face>) -> Self {
        let Setup { config, seed, resends, carriage, binary_type } = setup;
        let pump = Self(Rc::new(Inner {
            engine: RefCell::new(Engine::new(config, seed)),
            face,
            carriage,
            resends,
            binary_type: Cell::new(binary_type),
            clock: Clock::new(),
            now: Cell::new(Instant::from_micros(0)),
            due: Cell::new(Instant::from_micros(0)),
            timer: RefCell::default(),
            page: RefCell::default(),
            line: RefCell::default(),
            parting: RefCell::default(),
            looking: RefCell::default(),
            asking: RefCell::default(),
            token: RefCell::default(),
            shown: RefCell::default(),
            aim: Cell::default(),
            offer: RefCell::default(),
            session: RefCell::default(),
            last_close: RefCell::default(),
            cause: RefCell::default(),
            facts: RefCell::default(),
            wishes: RefCell::default(),
            orders: RefCell::default(),
            news: RefCell::default(),
            is_carrying: Cell::new(false),
            is_running: Cell::new(false),
            is_scheduled: Cell::new(false),
            next_message: Cell::new(0),
            next_flush: Cell::new(0),
            handed: Cell::new(None),
        }));
        let weak = Rc::downgrade(&pump.0);
        let page = Page::listen(move |fact| Self::fact(&weak, Fact::Page(fact)));
        pump.0.page.replace(Some(page));
        for fact in Page::so_far() {
            pump.wish(fact.into());
        }
        pump.wish(Input::Connect);
        pump
    }

    // ── wishes ──

    /// The number of the message that is accepted next.
    pub(crate) fn next_message(&self) -> MessageId {
        MessageId(self.0.next_message.get())
    }

    /// The number of the flush that is asked for next.
    pub(crate) fn next_flush(&self) -> FlushId {
        FlushId(self.0.next_flush.get())
    }

    /// Accepts a message; its number.
    pub(crate) fn send(&self, data: Parcel, options: SendOptions) -> MessageId {
        let inner = &self.0;
        let id = self.next_message();
        inner.next_message.set(id.0 + 1);
        if inner.resends {
            data.snapshot();
        }
        if options == SendOptions::default() && self.hands_over(id, &data) {
            return id;
        }
        self.wish(Input::Send { id, data: data.clone(), options });
        if inner.handed.get() < Some(id) {
            data.snapshot(); // it waits
        }
        id
    }

    pub(crate) fn take_back(&self, id: MessageId) {
        self.wish(Input::TakeBack(id));
    }

    pub(crate) fn flush(&self) -> FlushId {
        let id = self.next_flush();
        self.0.next_flush.set(id.0 + 1);
        self.wish(Input::Flush(id));
        id
    }

    pub(crate) fn reconnect(&self) {
        self.wish(Input::Connect);
    }

    pub(crate) fn close(&self, frame: Option<CloseFrame>) {
        self.wish(Input::Disconnect(frame));
    }

    // ── questions ──

    pub(crate) fn state(&self) -> ClientState {
        self.0.engine.borrow().state()
    }

    pub(crate) fn url(&self) -> String {
        self.0.shown.borrow().url.clone()
    }

    pub(crate) fn protocol(&self) -> String {
        self.0.shown.borrow().protocol.clone()
    }

    pub(crate) fn extensions(&self) -> String {
        self.0.shown.borrow().extensions.clone()
    }

    pub(crate) fn binary_type(&self) -> BinaryType {
        self.0.binary_type.get()
    }

    pub(crate) fn set_binary_type(&self, binary_type: BinaryType) {
        self.0.binary_type.set(binary_type);
        if let Some(wire) = self.0.wire() {
            wire.set_binary_type(binary_type);
        }
    }

    pub(crate) fn buffered_amount(&self) -> u64 {
        let waiting = self.0.engine.borrow().stats().queued_bytes;
        waiting.saturating_add(self.0.wire().map_or(0, |wire| wire.buffered_amount() as u64))
    }

    /// What was counted; and since when there is a connection, in milliseconds since 1970.
    pub(crate) fn stats(&self) -> (Stats, Option<f64>) {
        let stats = self.0.engine.borrow().stats();
        (stats, stats.connected_since.map(|at| self.0.clock.date_of(at)))
    }

    // ── the law ──

    fn wish(&self, wish: Input<Parcel>) {
        self.0.wishes.borrow_mut().push_back(wish);
        self.settle();
        let is_owed = !self.0.news.borrow().is_empty() || !self.0.facts.borrow().is_empty();
        if is_owed && !self.0.is_running.get() && !self.0.is_carrying.get() && !self.0.is_scheduled.replace(true) {
            let pump = self.clone(); // what is owed is told, even if every handle is dropped meanwhile
            queue_microtask(&Closure::once_into_js(move || {
                pump.0.is_scheduled.set(false);
                pump.run();
            }));
        }
    }

    fn fact(to: &Weak<Inner>, fact: Fact) {
        let Some(inner) = to.upgrade() else { return };
        inner.facts.borrow_mut().push_back(fact);
        let pump = Self(inner);
        if !pump.0.is_carrying.get() {
            pump.run();
        } // else a class that is not the browser's calls us while we call it
    }

    /// Tells what there is to tell, then takes the next fact, until there is neither.
    fn run(&self) {
        if self.0.is_running.replace(true) {
            return; // a listener's doing: whoever runs it goes on
        }
        loop {
            let news = self.0.news.borrow_mut().pop_front();
            if let Some(news) = news {
                self.0.face.tell(news);
                continue;
            }
            let fact = self.0.facts.borrow_mut().pop_front();
            match fact {
                Some(fact) => self.take(fact),
                None => break,
            }
        }
        self.0.is_running.set(false);
    }

    fn take(&self, fact: Fact) {
        let inner = &self.0;
        match fact {
            Fact::Wire(socket, fact) => inner.hear(socket, fact),
            Fact::Page(fact) => {
                inner.look_at_clock();
                inner.wish_later(fact.into());
            }
            Fact::Timer => {
                let late = inner.timer.borrow().lateness(inner.clock.now());
                inner.timer.borrow_mut().forget();
                // where the steady clock runs on in its sleep, only this tells
                if !inner.look_at_clock() && late > LATE {
                    inner.handle(Input::Woke);
                }
                inner.wish_later(Input::Elapsed);
            }
            Fact::Answer(input) => inner.wish_later(input),
        }
        self.settle();
    }

    /// Handles what is wished and carries out what is ordered, in turns, until there is neither.
    fn settle(&self) {
        if self.0.is_carrying.replace(true) {
            return; // the caller's code, inside a question: whoever asked goes on
        }
        loop {
            let order = self.0.orders.borrow_mut().pop_front();
            if let Some(order) = order {
                self.carry_out(order);
                continue;
            }
            let wish = self.0.wishes.borrow_mut().pop_front();
            match wish {
                Some(wish) => {
                    let now = self.0.tell_buffered();
                    self.0.handle_at(wish, now);
                }
                None => break,
            }
        }
        self.0.is_carrying.set(false);
        self.set_timer();
    }

    fn set_timer(&self) {
        let inner = &self.0;
        let now = inner.now.get(); // of what was handled last: to ask for it anew costs as much as the rest
        let (deadline, state) = {
            let engine = inner.engine.borrow();
            (engine.deadline().map(|(at, _)| at), engine.state())
        };
        inner.due.set(deadline.unwrap_or(Instant::NEVER));
        let at = match (deadline, state) {
            // somebody must notice that the machine slept
            (at, ClientState::Open) => at.unwrap_or(Instant::NEVER).min(now + LOOK),
            (Some(at), _) => at,
            (None, _) => return inner.timer.borrow_mut().forget(),
        };
        let weak = Rc::downgrade(inner);
        inner.timer.borrow_mut().set(at, now, move || Self::fact(&weak, Fact::Timer));
    }
}

impl Inner {
    fn handle(&self, input: Input<Parcel>) {
        self.handle_at(input, self.clock.now());
    }

    fn handle_at(&self, input: Input<Parcel>, now: Instant) {
        self.now.set(now);
        let mut engine = self.engine.borrow_mut();
        engine.handle(input, now);
        let mut orders = self.orders.borrow_mut();
        while let Some(order) = engine.poll() {
            orders.push_back(order);
        }
    }

    fn wish_later(&self, input: Input<Parcel>) {
        self.wishes.borrow_mut().push_back(input);
    }

    /// The engine hears of a sleep before anything else at the time that has jumped, and before it what the buffer was.
    fn look_at_clock(&self) -> bool {
        self.tell_buffered();
        let has_slept = self.clock.has_slept();
        if has_slept {
            self.handle(Input::Woke);
        }
        has_slept
    }

    /// And says when that was.
    fn tell_buffered(&self) -> Instant {
        let now = self.clock.now();
        if let Some((socket, wire)) = self.open_line() {
            self.handle_at(Input::Buffered { socket, bytes: wire.buffered_amount() as u64 }, now);
        }
        now
    }

    /// The socket that is open now.
    fn open_line(&self) -> Option<(SocketId, Rc<Wire>)> {
        self.line.borrow().as_ref().filter(|line| line.is_open).map(|line| (line.socket, Rc::clone(&line.wire)))
    }

    fn wire(&self) -> Option<Rc<Wire>> {
        self.line.borrow().as_ref().map(|line| Rc::clone(&line.wire))
    }

    fn attempt(&self, number: u32) -> Attempt {
        Attempt { number, last_close: self.last_close.borrow().clone() }
    }
}

impl fmt::Debug for Pump {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pump").field("state", &self.state()).finish_non_exhaustive()
    }
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = queueMicrotask)]
    fn queue_microtask(task: &JsValue);
}

/// How often somebody looks at the clock while a connection is open: what slept is noticed within this long.
const LOOK: Span = Span::secs(60);
/// A timer later than this was slept through: a hidden page's comes within a minute and a second.
const LATE: Span = Span::secs(120);
