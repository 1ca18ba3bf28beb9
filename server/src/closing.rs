//! How does a socket end?

use std::time::Duration;

use sockudo_ws::{Message, error::CloseReason};
use tokio::time::timeout;

use crate::socket::{Manners, Over, Socket};

/// What an endpoint wants done with its socket.
#[derive(Debug)]
pub(crate) enum Ending {
    /// Nothing more arrives: answer as the protocol says, a close frame with its like.
    Over,
    /// The client closed: answer with its code (1000 if it gave none) and this reason.
    Reply(String),
    /// Close with this code, or with an empty close frame.
    Close { code: Option<u16>, reason: String },
    /// RST, and no close frame.
    Reset,
    /// FIN, and no close frame.
    Drop,
}

impl Ending {
    pub(crate) fn close(code: u16, reason: &str) -> Self {
        Self::Close { code: Some(code), reason: reason.to_owned() }
    }

    /// Whether we close with this code.
    pub(crate) fn is_by(&self, ours: u16) -> bool {
        matches!(self, Self::Close { code: Some(code), .. } if *code == ours)
    }
}

impl Socket {
    /// Whether the client has closed with this code.
    pub(crate) fn was_closed_with(&self, theirs: u16) -> bool {
        matches!(&self.over, Some(Over::Closed(Some(reason))) if reason.code == theirs)
    }

    /// Ends the socket as asked, within [`PATIENCE`], and tells whoever watches how the client left.
    pub(crate) async fn end(mut self, ending: Ending) {
        let left = self.over.take();
        // a client that does not play along is left after this; dropping the socket then ends it
        let _ = timeout(PATIENCE, self.carry_out(ending, left.as_ref())).await;
        if let Some(reporter) = self.reporter.take() {
            reporter.closed(left.as_ref().or(self.over.as_ref()));
        }
    }

    async fn carry_out(&mut self, ending: Ending, left: Option<&Over>) {
        match (ending, left) {
            (Ending::Reset, _) => self.wire().reset_when_dropped(),
            (Ending::Drop, _) => {
                self.end_our_direction().await;
                self.listen_for_the_end().await;
            }
            (Ending::Reply(reason), Some(left)) => self.answer(left, Some(reason)).await,
            // whatever we wanted, the client was quicker
            (Ending::Over | Ending::Close { .. }, Some(left)) => self.answer(left, None).await,
            (Ending::Close { code, reason }, None) => {
                self.say_goodbye(code, reason).await;
                self.listen_for_the_end().await;
                self.end_our_direction().await;
                self.discard_rest().await;
            }
            // an endpoint that sees no end does not say that it saw one
            (Ending::Over | Ending::Reply(_), None) => {}
        }
    }

    async fn answer(&mut self, left: &Over, reason: Option<String>) {
        match left {
            Over::Closed(Some(theirs)) => {
                let reason = reason.unwrap_or_else(|| theirs.reason.clone());
                self.say_goodbye(Some(theirs.code), reason).await;
                self.end_our_direction().await;
            }
            Over::Closed(None) => {
                // a reason needs a code, even where the client gave none
                let code = reason.is_some().then_some(1000);
                self.say_goodbye(code, reason.unwrap_or_default()).await;
                self.end_our_direction().await;
            }
            Over::Broken(violation) => {
                self.say_goodbye(Some(violation.code), violation.sentence.clone()).await;
                self.end_our_direction().await;
                // unread bytes would turn our FIN into an RST, and the close frame would be lost with it
                self.discard_rest().await;
            }
            Over::Dead => self.wire().reset_when_dropped(),
            Over::Vanished => {} // nobody is there to answer
        }
    }

    async fn say_goodbye(&mut self, code: Option<u16>, reason: String) {
        let reason = code.map(|code| CloseReason { code, reason });
        self.queue(&Message::Close(reason));
        self.manners = Manners::Mute; // RFC 6455 §5.5.1: nothing is sent after a close frame
        self.flush().await;
    }

    /// Until the client's close frame, or the end of its direction.
    async fn listen_for_the_end(&mut self) {
        self.manners = Manners::Mute;
        let watched = self.reporter.take(); // messages after our goodbye are not delivered, so not told
        while self.receive().await.is_some() {}
        self.reporter = watched;
    }
}

/// 2 s: a close handshake takes one round trip; a graceful stop waits 3.
const PATIENCE: Duration = Duration::from_secs(2);
