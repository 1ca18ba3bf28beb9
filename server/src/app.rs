//! What do all connections share?

use std::{path::PathBuf, sync::Arc, time::Duration};

use everwire::engine::session::Bye;
use tokio::sync::Semaphore;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{chat::Room, options::Options, origin::Origins, store::Store, tokens::Tokens, watch::Watches};

/// The running server's own state.
#[derive(Debug)]
pub(crate) struct App {
    pub(crate) origins: Origins,
    pub(crate) www: Option<PathBuf>,
    pub(crate) pkg: Option<PathBuf>,
    pub(crate) ping_interval: Duration,
    pub(crate) handshake_timeout: Duration,
    pub(crate) max_message: usize,
    pub(crate) deflates: bool,
    /// One permit for each WebSocket that may be open.
    pub(crate) sockets: Arc<Semaphore>,
    pub(crate) room: Arc<Room>,
    pub(crate) store: Store,
    /// What clients with a session are told when everyone should say goodbye.
    pub(crate) bye: Bye,
    pub(crate) watches: Watches,
    pub(crate) tokens: Arc<Tokens>,
    /// Cancelled when everyone should say goodbye.
    pub(crate) stopping: CancellationToken,
    /// Cancelled when the time for goodbyes is over.
    pub(crate) out_of_time: CancellationToken,
    pub(crate) tasks: TaskTracker,
}

impl App {
    pub(crate) fn new(options: &Options, store: Store) -> Self {
        Self {
            origins: Origins::new(options.origins.clone(), options.tls),
            www: options.www.clone(),
            pkg: options.pkg.clone(),
            ping_interval: options.ping_interval,
            handshake_timeout: options.handshake_timeout,
            max_message: options.max_message,
            deflates: !options.no_deflate,
            sockets: Arc::new(Semaphore::new(options.max_connections)),
            room: Arc::default(),
            store,
            bye: Bye { after: options.bye_after, url: options.bye_url.clone() },
            watches: Watches::default(),
            tokens: Arc::new(Tokens::new()),
            stopping: CancellationToken::new(),
            out_of_time: CancellationToken::new(),
            tasks: TaskTracker::new(),
        }
    }
}
