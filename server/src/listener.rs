//! How does a TCP connection become a series of requests?
//!
//! Everything here is bounded: how many connections there are, how long a handshake may take, how large a request's
//! headers may be, and how long a connection may live without becoming a WebSocket.

use std::{convert::Infallible, future::poll_fn, pin::pin, sync::Arc, time::Duration};

use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::TcpListener,
    sync::Semaphore,
    time::{sleep, timeout},
};
use tokio_rustls::TlsAcceptor;

use crate::{
    app::App,
    query::LONGEST_WAIT,
    router,
    wire::{Transport, Wire},
};

/// Accepts until the server stops. Beyond `places` connections, new ones wait in the kernel's queue.
pub(crate) async fn run(app: Arc<App>, listener: TcpListener, tls: Option<TlsAcceptor>, places: usize) {
    let places = Arc::new(Semaphore::new(places));
    let accepting = async {
        loop {
            let place = Arc::clone(&places).acquire_owned().await.expect("never closed");
            match listener.accept().await {
                Ok((tcp, _)) => {
                    let wire = Wire::new(tcp, place);
                    app.tasks.spawn(serve_until_stopped(Arc::clone(&app), wire, tls.clone()));
                }
                // the client left before it was accepted, or this process has no file left to open: it may soon
                Err(_) => sleep(AFTER_A_FAILED_ACCEPT).await,
            }
        }
    };
    tokio::select! {
        () = accepting => {}
        () = app.stopping.cancelled() => {}
    }
}

async fn serve_until_stopped(app: Arc<App>, wire: Wire, tls: Option<TlsAcceptor>) {
    tokio::select! {
        () = serve(&app, wire, tls) => {}
        () = app.out_of_time.cancelled() => {}
    }
}

async fn serve(app: &Arc<App>, wire: Wire, tls: Option<TlsAcceptor>) {
    let transport = match tls {
        None => Transport::Plain(wire),
        Some(acceptor) => {
            let handshake = timeout(app.handshake_timeout, acceptor.accept(wire));
            let shaken = tokio::select! {
                shaken = handshake => shaken,
                () = app.stopping.cancelled() => return,
            };
            match shaken {
                Ok(Ok(stream)) => Transport::Tls(Box::new(stream)),
                Ok(Err(_)) | Err(_) => return, // no TLS, or not in time: there is nobody to answer in words
            }
        }
    };
    let service = service_fn(|request| {
        let app = Arc::clone(app);
        async move { Ok::<_, Infallible>(router::answer(&app, request).await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(app.handshake_timeout)
        .max_buf_size(MAX_HEADERS)
        .serve_connection(TokioIo::new(transport), service)
        .with_upgrades();
    let mut connection = pin!(connection);
    let mut too_long = pin!(sleep(LONGEST_WITHOUT_UPGRADE));
    let mut is_stopping = false;
    loop {
        tokio::select! {
            // an error means that the client left or broke HTTP; hyper has answered what can be answered
            _ = poll_fn(|cx| connection.as_mut().poll(cx)) => return,
            () = &mut too_long => return,
            () = app.stopping.cancelled(), if !is_stopping => {
                is_stopping = true;
                connection.as_mut().graceful_shutdown();
            }
        }
    }
}

/// 64 KiB: eight times what browsers send with many cookies.
const MAX_HEADERS: usize = 64 * 1024;
/// 50 ms: long enough not to spin, too short to be noticed.
const AFTER_A_FAILED_ACCEPT: Duration = Duration::from_millis(50);
/// Beyond the longest stalled handshake that can be asked for; also ends a download that nobody reads.
const LONGEST_WITHOUT_UPGRADE: Duration = LONGEST_WAIT.saturating_add(Duration::from_secs(60));
