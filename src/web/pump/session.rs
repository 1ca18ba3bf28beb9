//! How do a session's frames pass between the engine and the browser?
//!
//! PROTOCOL.md says what they are. The engine hears numbers; the session's id, the token and the addresses stay here.

use js_sys::JsString;
use wasm_bindgen::{JsCast, JsValue};

use super::super::address::resolve;
use super::super::parcel::Parcel;
use super::Inner;
use crate::engine::session::{Ack, Bye, Control, Gap, Hello, MARK, MOST_BYTES, Seen, seen};
use crate::engine::{Heard, Input, Said, SocketId, Span, Welcomed};

/// The subprotocol that a session is offered by.
pub(super) const SESSION: &str = "everwire.1";

impl Inner {
    /// Whether the current socket speaks it.
    pub(super) fn is_agreed(&self) -> bool {
        self.line.borrow().as_ref().is_some_and(|line| line.is_agreed)
    }

    /// What arrived on a socket that speaks it.
    pub(super) fn heard(&self, socket: SocketId, data: JsValue) -> Input<Parcel> {
        if !is_marked(&data) {
            return Input::Received { socket, data: Parcel::owned(data) };
        }
        let text = String::from(data.unchecked_ref::<JsString>());
        match seen(&text) {
            Ok(Seen::Message(message)) => Input::Received { socket, data: Parcel::owned(message.into()) },
            Ok(Seen::Control(control)) => Input::Control { socket, heard: self.meaning(control) },
            Err(_) => Input::Control { socket, heard: Heard::Nonsense },
        }
    }

    fn meaning(&self, control: Control) -> Heard {
        match control {
            Control::Welcome(welcome) => {
                let is_ours = self.session.borrow().as_ref() == Some(&welcome.session);
                let is_offered = |protocol: &String| self.offer.borrow().contains(protocol);
                if welcome.resumed && !is_ours || !welcome.protocol.as_ref().is_none_or(is_offered) {
                    return Heard::Nonsense;
                }
                self.session.replace(Some(welcome.session));
                self.shown.borrow_mut().protocol = welcome.protocol.unwrap_or_default();
                Heard::Welcome(Welcomed {
                    resumed: welcome.resumed,
                    received: welcome.received,
                    window: Span::secs(welcome.window),
                    most: welcome.most,
                    terms: welcome.terms,
                })
            }
            Control::Ack(Ack { received }) => Heard::Ack(received),
            Control::Gap(Gap { from, to }) => Heard::Gap(from, to),
            Control::Ping => Heard::Ping,
            Control::Pong => Heard::Pong,
            Control::Authenticated => Heard::Authenticated,
            Control::Bye(Bye { after, url }) => {
                let resolved = url.and_then(|url| resolve(&url).ok());
                let place = resolved.and_then(|url| {
                    self.face.addresses().iter().position(|other| resolve(other).is_ok_and(|other| other == url))
                });
                Heard::Bye(Span::secs(after), place)
            }
            Control::Hello(_) | Control::Authenticate(_) => Heard::Nonsense, // a client's
        }
    }

    /// What the engine says in a session, as it travels.
    pub(super) fn said(&self, said: Said) -> Parcel {
        travelling(&match said {
            Said::Hello => Control::Hello(Hello::default()),
            Said::Again(socket, received) => {
                Control::Hello(Hello { session: self.session.borrow().clone(), socket, received })
            }
            Said::Ack(received) => Control::Ack(Ack { received }),
            Said::Pong => Control::Pong,
            Said::Bye => Control::Bye(Bye::default()),
        })
    }
}

pub(super) fn travelling(control: &Control) -> Parcel {
    Parcel::owned(control.write().into())
}

/// The credential; `None`: it does not fit into a frame.
pub(super) fn authenticate(token: String) -> Option<Parcel> {
    let frame = Control::Authenticate(token).write();
    (frame.len() <= MOST_BYTES).then(|| Parcel::owned(frame.into()))
}

/// A message as it travels: a text that would be taken for a control frame is marked.
pub(super) fn marked(data: Parcel) -> Parcel {
    let value = data.value_of_text();
    match value.filter(is_marked) {
        Some(text) => Parcel::owned(JsString::from(String::from(MARK).as_str()).concat(&text).into()),
        None => data,
    }
}

/// Looked at in JavaScript: a text need not come into WebAssembly for it.
pub(super) fn is_marked(data: &JsValue) -> bool {
    data.dyn_ref::<JsString>().is_some_and(|text| text.char_code_at(0) == 0.0)
}
