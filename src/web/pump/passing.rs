//! What passes without orders and news?
//!
//! While a connection simply carries messages, the engine says beforehand what it would answer (engine/client/passing.rs), and
//! hears of each when it is done. Only where nothing else waits to be done or told: then nobody can tell the difference.

use std::rc::Rc;

use wasm_bindgen::JsValue;

use super::super::face::News;
use super::super::parcel::Parcel;
use super::super::wire;
use super::session::{is_marked, marked};
use super::{Fact, Inner, Pump};
use crate::engine::{Arrivals, Event, Input, Instant, MessageId, SocketId, Way};

impl Pump {
    /// Whether the browser has taken it; else the engine is asked.
    pub(super) fn hands_over(&self, id: MessageId, data: &Parcel) -> bool {
        let inner = &self.0;
        let Some((now, Way { up_to: Some(most), .. })) = inner.way() else { return false };
        let Some((_, wire)) = inner.open_line() else { return false };
        let before = wire.buffered_amount();
        if before as u64 > most {
            return false;
        }
        let travelling = if inner.is_agreed() { marked(data.clone()) } else { data.clone() };
        inner.is_carrying.set(true); // a class that is not the browser's may call us while we call it
        let sent = travelling.send_over(&wire);
        inner.is_carrying.set(false);
        if sent.is_err() {
            return false;
        }
        inner.handed.set(Some(id));
        let bytes = travelling.counted(before, &wire);
        inner.engine.borrow_mut().on_handed_over(id, data.clone(), before as u64, bytes, now);
        inner.face.settled(id, Ok(()));
        self.go_on();
        true
    }

    /// What a socket says.
    pub(super) fn on_wire(&self, socket: SocketId, fact: wire::Fact) {
        let is_told = if let wire::Fact::Received(data) = &fact { self.delivers(socket, data) } else { false };
        if !is_told {
            Self::fact(&Rc::downgrade(&self.0), Fact::Wire(socket, fact));
        }
    }

    /// Whether it was told, or recognised; else it waits for its turn.
    fn delivers(&self, socket: SocketId, data: &JsValue) -> bool {
        let inner = &self.0;
        let is_first = inner.facts.borrow().is_empty() && inner.news.borrow().is_empty();
        if inner.is_running.get() || !is_first || inner.open_line().is_none_or(|(current, _)| current != socket) {
            return false;
        }
        let Some((now, Way { arrivals, .. })) = inner.way() else { return false };
        if arrivals == Arrivals::Asked || (inner.is_agreed() && is_marked(data)) {
            return false;
        }
        inner.is_running.set(true);
        inner.is_carrying.set(true); // what is wished inside the question is done when it is answered
        let is_pong = arrivals == Arrivals::DeliveredUnlessPong && inner.face.is_pong(data);
        inner.is_carrying.set(false);
        let then = if is_pong { inner.clock.now() } else { now }; // a round trip is measured
        let parcel = Parcel::owned(data.clone());
        inner.engine.borrow_mut().on_delivered(parcel.clone(), is_pong, then);
        self.go_on();
        if !is_pong {
            inner.face.tell(News { event: Event::Message(parcel), cause: None });
        }
        inner.is_running.set(false);
        if !inner.news.borrow().is_empty() || !inner.facts.borrow().is_empty() {
            self.run();
        }
        true
    }

    /// What the engine has said, or somebody has wished meanwhile, is done.
    fn go_on(&self) {
        let inner = &self.0;
        let is_asked = inner.engine.borrow().way() == Way::default();
        if is_asked || !inner.wishes.borrow().is_empty() || !inner.facts.borrow().is_empty() {
            self.wish(Input::Elapsed);
        }
    }
}

impl Inner {
    /// Around which time, and what may pass then; none, while anything is under way or due.
    fn way(&self) -> Option<(Instant, Way)> {
        if self.is_carrying.get() {
            return None;
        }
        let now = self.clock.around();
        (now < self.due.get()).then(|| (now, self.engine.borrow().way()))
    }
}
