//! What does the browser's word mean to the engine?

use std::rc::Rc;

use super::super::page::PageFact;
use super::super::parcel::Parcel;
use super::super::wire::{self, Wire};
use super::Inner;
use super::session::SESSION;
use crate::engine::{CloseInfo, Input, SocketId};

impl Inner {
    /// What the browser says of a socket.
    pub(super) fn hear(&self, socket: SocketId, fact: wire::Fact) {
        let is_current = self.line.borrow().as_ref().is_some_and(|line| line.socket == socket);
        match fact {
            wire::Fact::Opened if is_current => {
                if let Some(line) = self.line.borrow_mut().as_mut() {
                    line.is_open = true;
                    let mut shown = self.shown.borrow_mut();
                    shown.protocol = self.without_token(line.wire.protocol());
                    shown.extensions = line.wire.extensions();
                    line.is_agreed = self.aim.get().1 && shown.protocol == SESSION;
                    if line.is_agreed {
                        shown.protocol.clear(); // the welcome says which of the application's is spoken
                    }
                }
                if self.is_agreed() {
                    self.handle(Input::Agreed { socket });
                }
                self.handle(Input::Opened { socket });
            }
            wire::Fact::Received(data) if is_current => {
                let is_agreed = self.is_agreed();
                let received = |data| Input::Received { socket, data: Parcel::owned(data) };
                self.wish_later(if is_agreed { self.heard(socket, data) } else { received(data) });
            }
            wire::Fact::Closed { code, reason, was_clean } => {
                let Some(wire) = self.take_wire(socket) else { return };
                let unsent = wire.buffered_amount() as u64;
                let close = CloseInfo { code: code.into(), reason, clean: was_clean };
                if is_current {
                    self.last_close.replace(Some(close.clone()));
                }
                self.handle(Input::Closed { socket, close, unsent });
            }
            wire::Fact::Opened | wire::Fact::Received(_) => {} // of a socket that was given up
            wire::Fact::Failed => {}                           // says nothing; the close follows
        }
    }

    /// A socket that has closed needs nobody any more.
    fn take_wire(&self, socket: SocketId) -> Option<Rc<Wire>> {
        if let Some(line) = self.line.borrow_mut().take_if(|line| line.socket == socket) {
            return Some(line.wire);
        }
        let mut parting = self.parting.borrow_mut();
        let at = parting.iter().position(|(other, _)| *other == socket)?;
        parting.remove(at).map(|(_, wire)| wire)
    }

    /// A server that echoes the token as the chosen subprotocol does not make us show it.
    fn without_token(&self, protocol: String) -> String {
        let token = self.token.borrow();
        let offered =
            self.carriage.as_ref().zip(token.as_ref()).and_then(|(carriage, token)| carriage.offered(&token.value));
        if offered.as_ref() == Some(&protocol) { String::new() } else { protocol }
    }
}

impl From<PageFact> for Input<Parcel> {
    fn from(fact: PageFact) -> Self {
        match fact {
            PageFact::Online => Self::Online,
            PageFact::Offline => Self::Offline,
            PageFact::Visible => Self::Visible,
            PageFact::Hidden => Self::Hidden,
            PageFact::Resumed => Self::Resumed,
            PageFact::Restored => Self::Restored,
        }
    }
}
