//! How is each order of the engine carried out?

use std::rc::Rc;

use js_sys::{Array, JsString};
use wasm_bindgen::JsValue;

use super::super::OpenError;
use super::super::answer::{Answer, Question};
use super::super::dial::{Destination, DialError};
use super::super::face::{Cause, News};
use super::super::parcel::Parcel;
use super::super::token::Token;
use super::super::wire::{Wire, browser_class};
use super::session::{self, SESSION};
use super::{Fact, Line, Pump, Shown};
use crate::engine::session::Control;
use crate::engine::{
    AskId, CloseFrame, Error, Event, Frame, Input, Judgement, Output, Question as Doubt, SocketId, TokenReason,
};

impl Pump {
    /// Its answer, where it wants one, is handled before anything else.
    pub(super) fn carry_out(&self, order: Output<Parcel>) {
        match order {
            Output::Aim { place, offers_session } => self.0.aim.set((place, offers_session)),
            Output::Open { socket, attempt } => self.open(socket, attempt),
            Output::Transmit { socket, frame } => {
                let answer = self.transmit(socket, frame);
                self.0.handle(answer);
            }
            Output::Close { socket, frame } => self.hang_up(socket, frame),
            Output::FetchToken { ask, reason, attempt } => self.fetch_token(ask, reason, attempt),
            Output::CancelToken { ask } => {
                let question = self.0.asking.borrow_mut().take_if(|(asked, _)| *asked == ask);
                drop(question); // not while it is borrowed: what it owns may call us
            }
            Output::Judge { socket, data, question } => {
                let verdict = self.judge(&data, question);
                self.0.handle(Input::Judged { socket, data, verdict });
            }
            Output::AskRetry { socket, close, attempt } => {
                let advice = self.0.face.should_retry(&close, attempt);
                self.0.handle(Input::Advised { socket, advice });
            }
            Output::Tell(Event::Settled { id, outcome }) => self.0.face.settled(id, outcome),
            Output::Tell(Event::Flushed { id, complete }) => self.0.face.flushed(id, complete),
            Output::Tell(event) => self.tell_later(event),
        }
    }

    fn tell_later(&self, event: Event<Parcel>) {
        let inner = &self.0;
        if let Event::Down { close, .. } | Event::Closed(close) = &event {
            inner.last_close.replace(Some(close.clone()));
        }
        let mut cause = None;
        if let Event::Error(Error::Connect | Error::Token) = &event {
            cause = inner.cause.take();
        }
        let is_over = matches!(event, Event::Closed(_));
        inner.news.borrow_mut().push_back(News { event, cause });
        if is_over {
            self.let_go();
        }
    }

    /// Closed for good: nothing that the browser or the page may still say is of any interest.
    fn let_go(&self) {
        let inner = &self.0;
        let page = inner.page.take();
        let line = inner.line.take();
        let parting = inner.parting.take();
        let looking = inner.looking.take();
        let asking = inner.asking.take();
        let token = inner.token.take();
        drop((page, line, parting, looking, asking, token)); // nothing is borrowed: what they own may call us
    }

    // ── a socket ──

    fn open(&self, socket: SocketId, attempt: u32) {
        let inner = &self.0;
        inner.cause.take();
        self.part();
        match inner.face.destination(&inner.attempt(attempt), inner.aim.get().0) {
            Answer::Now(Ok(destination)) => self.dial(socket, destination),
            Answer::Now(Err(thrown)) => self.fail(socket, Cause::Thrown(thrown)),
            Answer::Later(pending) => {
                let weak = Rc::downgrade(inner);
                let question = Question::wait(pending, move |answer| {
                    let Some(inner) = weak.upgrade() else { return };
                    let pump = Self(inner);
                    let looked = pump.0.looking.borrow_mut().take();
                    drop(looked);
                    match answer {
                        Ok(destination) => pump.dial(socket, destination),
                        Err(thrown) => pump.fail_later(socket, Cause::Thrown(thrown)),
                    }
                });
                inner.looking.replace(Some((socket, question)));
            }
        }
    }

    /// The earlier socket, if it is not closed yet: its close event may settle what it held.
    fn part(&self) {
        let Some(line) = self.0.line.take() else { return };
        let mut parting = self.0.parting.borrow_mut();
        parting.push_back((line.socket, line.wire));
        let oldest = if parting.len() > MOST_PARTING { parting.pop_front() } else { None };
        drop(parting);
        drop(oldest);
    }

    fn dial(&self, socket: SocketId, destination: Destination) {
        let inner = &self.0;
        match self.construct(socket, destination) {
            Ok(wire) => {
                wire.set_binary_type(inner.binary_type.get());
                inner.line.replace(Some(Line { socket, wire: Rc::new(wire), is_open: false, is_agreed: false }));
            }
            Err(error) if inner.is_carrying.get() => self.fail(socket, Cause::Dial(error)),
            Err(error) => self.fail_later(socket, Cause::Dial(error)),
        }
    }

    fn construct(&self, socket: SocketId, destination: Destination) -> Result<Wire, DialError> {
        let inner = &self.0;
        let mut resolved = destination.resolve(inner.carriage.as_ref())?;
        inner.offer.replace(resolved.protocols.clone());
        inner.shown.replace(Shown { url: resolved.href.clone(), ..Shown::default() });
        let token = inner.token.borrow().as_ref().map(|token| token.value.clone()).unwrap_or_default();
        if let Some(carriage) = &inner.carriage {
            resolved = resolved.carrying(carriage, &token);
        }
        let class = browser_class().ok_or(OpenError::Unsupported)?;
        let offered = |protocol: &str| JsString::from(protocol);
        let offer: Array = if inner.aim.get().1 {
            let others = resolved.protocols.iter().filter(|protocol| *protocol != SESSION);
            std::iter::once(offered(SESSION)).chain(others.map(|protocol| offered(protocol))).collect()
        } else {
            resolved.protocols.iter().map(|protocol| offered(protocol)).collect()
        };
        let weak = Rc::downgrade(inner);
        let report = move |fact| {
            if let Some(inner) = weak.upgrade() {
                Self(inner).on_wire(socket, fact);
            }
        };
        Wire::open(&class, &resolved.href, &offer, report)
            .map_err(|thrown| OpenError::from_thrown(&thrown, &resolved.href, &token).into())
    }

    /// Inside an order: the answer is handled at once.
    fn fail(&self, socket: SocketId, cause: Cause) {
        self.0.cause.replace(Some(cause));
        self.0.handle(Input::NotOpened { socket });
    }

    /// From a task of its own: it is a fact like any other.
    fn fail_later(&self, socket: SocketId, cause: Cause) {
        self.0.cause.replace(Some(cause));
        Self::fact(&Rc::downgrade(&self.0), Fact::Answer(Input::NotOpened { socket }));
    }

    fn hang_up(&self, socket: SocketId, frame: Option<CloseFrame>) {
        let inner = &self.0;
        let looked = inner.looking.borrow_mut().take_if(|(looking, _)| *looking == socket);
        if let Some(question) = looked {
            drop(question);
            inner.handle(Input::NotOpened { socket });
            return;
        }
        let wire = inner.line.borrow().as_ref().filter(|line| line.socket == socket).map(|line| Rc::clone(&line.wire));
        match (wire, frame) {
            (Some(wire), Some(frame)) => wire.close(&frame),
            (Some(wire), None) => wire.close_without_code(),
            (None, _) => {} // closed by itself in the meantime
        }
    }

    // ── what is handed over ──

    fn transmit(&self, socket: SocketId, frame: Frame<Parcel>) -> Input<Parcel> {
        let inner = &self.0;
        let id = if let Frame::Message { id, .. } = &frame { Some(*id) } else { None };
        let parcel = match self.parcel(frame) {
            Ok(parcel) => parcel,
            Err(_) => return Input::NotTransmitted { socket },
        };
        let wire = inner.line.borrow().as_ref().filter(|line| line.socket == socket).map(|line| Rc::clone(&line.wire));
        let Some(wire) = wire else { return Input::NotTransmitted { socket } };
        let before = wire.buffered_amount();
        if parcel.send_over(&wire).is_err() {
            return Input::NotTransmitted { socket };
        }
        if id.is_some() {
            inner.handed.set(id);
        }
        Input::Transmitted { socket, bytes: parcel.counted(before, &wire) }
    }

    fn parcel(&self, frame: Frame<Parcel>) -> Result<Parcel, JsValue> {
        let face = &self.0.face;
        let is_agreed = self.0.is_agreed();
        match frame {
            Frame::Message { data, .. } if is_agreed => Ok(session::marked(data)),
            Frame::Message { data, .. } => Ok(data),
            Frame::Control(said) => Ok(self.0.said(said)),
            Frame::Ping if is_agreed => Ok(session::travelling(&Control::Ping)),
            Frame::Ping => face.ping().and_then(Parcel::to_send),
            Frame::Auth => {
                let token = self.0.token.borrow().as_ref().map(|token| token.value.clone());
                let token = token.ok_or(JsValue::UNDEFINED)?;
                if is_agreed {
                    return session::authenticate(token).ok_or(JsValue::UNDEFINED);
                }
                face.auth_message(&token).and_then(Parcel::to_send)
            }
        }
    }

    // ── what is asked ──

    fn judge(&self, data: &Parcel, question: Doubt) -> Judgement {
        let face = &self.0.face;
        let value = data.value();
        if question.reply {
            match face.reply(&value) {
                Some(true) => return Judgement::Accepted,
                Some(false) => return Judgement::Refused,
                None => {}
            }
        }
        if question.pong && face.is_pong(&value) { Judgement::Pong } else { Judgement::Message }
    }

    fn fetch_token(&self, ask: AskId, reason: TokenReason, attempt: u32) {
        let inner = &self.0;
        inner.cause.take();
        match inner.face.token(&inner.attempt(attempt), reason) {
            Answer::Now(answer) => {
                let input = self.token_input(ask, answer);
                inner.handle(input);
            }
            Answer::Later(pending) => {
                let weak = Rc::downgrade(inner);
                let question = Question::wait(pending, move |answer| {
                    let Some(inner) = weak.upgrade() else { return };
                    let pump = Self(inner);
                    let asked = pump.0.asking.borrow_mut().take();
                    drop(asked);
                    let input = pump.token_input(ask, answer);
                    Self::fact(&Rc::downgrade(&pump.0), Fact::Answer(input));
                });
                inner.asking.replace(Some((ask, question)));
            }
        }
    }

    /// The token stays here; the engine only hears how long it is good for.
    fn token_input(&self, ask: AskId, answer: Result<Token, JsValue>) -> Input<Parcel> {
        let inner = &self.0;
        match answer {
            Ok(token) => {
                let expires = token.expires_at.map(|date| inner.clock.at_date(date));
                inner.token.replace(Some(token));
                Input::Token { ask, expires }
            }
            Err(thrown) => {
                inner.cause.replace(Some(Cause::Thrown(thrown)));
                Input::NoToken { ask }
            }
        }
    }
}

/// A peer that stays silent can keep a close event away for a minute; who gives up more than this many sockets meanwhile
/// learns nothing more from the first of them.
const MOST_PARTING: usize = 4;
