//! What becomes of a socket from its opening to its end?

use std::{panic::AssertUnwindSafe, sync::Arc};

use futures_util::FutureExt;
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use sockudo_ws::DeflateConfig;
use tokio::sync::OwnedSemaphorePermit;

use crate::{
    app::App,
    closing::Ending,
    codec::Codec,
    endpoint::Endpoint,
    kept,
    pulse::Pulse,
    socket::Socket,
    watch::{Log, Opened, Reporter},
    wire::Transport,
};

/// A socket that was promised to a client.
#[derive(Debug)]
pub(crate) struct Promised {
    pub(crate) endpoint: Endpoint,
    pub(crate) protocol: Option<String>,
    pub(crate) deflate: Option<DeflateConfig>,
    pub(crate) watched: Option<(Arc<Log>, Opened)>,
    pub(crate) place: OwnedSemaphorePermit,
}

impl Promised {
    pub(crate) async fn run(self, app: Arc<App>, upgrade: OnUpgrade) {
        tokio::select! {
            () = self.serve(&app, upgrade) => {}
            () = app.out_of_time.cancelled() => {}
        }
    }

    async fn serve(self, app: &App, upgrade: OnUpgrade) {
        let Self { endpoint, protocol, deflate, watched, place } = self;
        let Ok(upgraded) = upgrade.await else {
            return; // the client left before its answer was sent
        };
        let parts = upgraded.downcast::<TokioIo<Transport>>().expect("the listener serves nothing else");
        let mut socket = Socket::new(
            parts.io.into_inner(),
            parts.read_buf,
            Codec::new(deflate.as_ref(), app.max_message),
            Pulse::new(app.ping_interval),
            watched.map(|(log, opened)| Reporter::open(log, opened)),
        );
        let served = AssertUnwindSafe(endpoint.serve(app, &mut socket, protocol.as_deref())).catch_unwind();
        let says_bye_itself = protocol.as_deref() == Some(kept::PROTOCOL);
        let ending = tokio::select! {
            biased;
            () = app.stopping.cancelled(), if !says_bye_itself => Ending::close(1001, "server stopping"),
            served = served => served.unwrap_or_else(|_| Ending::close(1011, "internal error")),
        };
        socket.end(ending).await;
        drop(place);
    }
}
