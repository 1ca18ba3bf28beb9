//! The program: starts the server its command line asks for, and stops it when told to.

use std::{
    error::Error,
    io::{self, Write},
    process::ExitCode,
};

use clap::Parser;
use everwire_server::{Announcement, Options, Server};
#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};

#[tokio::main]
async fn main() -> ExitCode {
    let options = Options::parse();
    match run(&options).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("everwire-server: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: &Options) -> Result<(), Box<dyn Error>> {
    // before anyone can know that we run, so that no signal finds us unprepared
    let mut signals = Signals::new()?;
    let server = Server::start(options).await?;
    let announcement = match &options.announce {
        Some(path) => Some(
            Announcement::write(path, &server.http_url(), &server.ws_url())
                .map_err(|error| format!("cannot write --announce {}: {error}", path.display()))?,
        ),
        None => None,
    };
    // the one line on stdout; whoever does not read it does not need it
    let _ = writeln!(io::stdout(), "listening on {}", server.http_url());
    let _ = io::stdout().flush();
    if cfg!(panic = "abort") {
        eprintln!("everwire-server: built with panic = \"abort\": a panicking handler ends the server, not its socket");
    }

    signals.next().await;
    tokio::select! {
        () = server.stop() => {}
        () = signals.next() => eprintln!("everwire-server: stopped at once, as asked twice"),
    }
    match announcement.map(Announcement::remove) {
        Some(Err(error)) => Err(format!("cannot remove the announcement: {error}").into()),
        Some(Ok(())) | None => Ok(()),
    }
}

/// Ctrl-C, and what `kill` and service managers send.
#[cfg(unix)]
struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> io::Result<Self> {
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// Ctrl-C, where there are no Unix signals.
#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await; // it cannot be listened for: only a kill ends us
        }
    }
}
