//! What can the server be told when it starts?

use std::{ffi::OsString, net::SocketAddr, path::PathBuf, time::Duration};

use clap::Parser;

use crate::{origin::AllowedOrigin, store::Bounds};

/// The command line, parsed and checked once.
#[derive(Clone, Debug, Parser)]
#[command(name = "everwire-server", version, about = ABOUT, after_help = WHY_ORIGINS_MATTER)]
pub struct Options {
    /// Where to listen; port 0 takes any free port
    #[arg(long, value_name = "IP:PORT", default_value = "127.0.0.1:8080")]
    pub addr: SocketAddr,

    /// If the port is taken, try the following ones, up to 20
    #[arg(long)]
    pub next_free_port: bool,

    /// Serve https and wss with a certificate made for this run (localhost, 127.0.0.1, ::1 and the address above)
    #[arg(long)]
    pub tls: bool,

    /// A page's origin that may connect too, such as `https://site.example:8443`; may be repeated; '*' lets any page in
    #[arg(long = "origin", value_name = "ORIGIN")]
    pub origins: Vec<AllowedOrigin>,

    /// Serve the files of this directory at /
    #[arg(long, value_name = "DIR")]
    pub www: Option<PathBuf>,

    /// Serve the files of this directory at /pkg/
    #[arg(long, value_name = "DIR")]
    pub pkg: Option<PathBuf>,

    /// Ask after this much silence whether a client is still there, and drop it after as much again
    // 20 s: mobile carriers and home routers forget idle connections from about 30 s on
    #[arg(long, value_name = "SECONDS", default_value = "20", value_parser = seconds)]
    pub ping_interval: Duration,

    /// A connection must have sent its whole request (and TLS handshake) within this time
    // 10 s: a slow mobile handshake takes 3; a client that dribbles bytes must not hold a place for longer
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = seconds)]
    pub handshake_timeout: Duration,

    /// Refuse a message larger than this with close code 1009
    // 16 MiB: what Everwire's own queue holds by default, so whatever it can queue it can send here
    #[arg(long, value_name = "BYTES", default_value_t = 16 * 1024 * 1024, value_parser = message_bytes)]
    pub max_message: usize,

    /// Refuse further WebSockets with 503 while this many are open
    // 1000: four times what Chromium opens to one host; each costs at most some 0.4 MB when idle, deflate included
    #[arg(long, value_name = "COUNT", default_value_t = 1000, value_parser = connection_count)]
    pub max_connections: usize,

    /// Do not negotiate permessage-deflate
    #[arg(long)]
    pub no_deflate: bool,

    /// Let the kernels buffer some 250 KB of what a client sends instead of 4 MB, so that its bufferedAmount rises early
    #[arg(long)]
    pub small_buffers: bool,

    /// Where sessions (everwire.1) are kept: `memory`, or `redis://…`, by which several servers take each other's place
    #[arg(long, value_name = "memory|URL", default_value = "memory")]
    pub store: String,

    /// How long a session outlives its socket
    // 60 s: a tunnel, a lift, a laptop carried to the next room
    #[arg(long, value_name = "SECONDS", default_value = "60", value_parser = seconds)]
    pub session_window: Duration,

    /// Make no more sessions than this in all (1013), wherever their clients are
    // 10,000: ten times the sockets, for who is away
    #[arg(long, value_name = "COUNT", default_value_t = 10_000, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    pub max_sessions: u64,

    /// Nor more than this for one identity, or for one address where nobody signs in
    // 1000: as many as one may have sockets here; a company behind one address, or a test with a hundred clients
    #[arg(long, value_name = "COUNT", default_value_t = 1_000, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    pub max_sessions_each: u64,

    /// Take nothing more that would be answered while a session's client has so many answers unacknowledged
    // 1024: seconds of a lively connection
    #[arg(long, value_name = "COUNT", default_value_t = 1_024, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    pub max_owed: u64,

    /// Keep so many of the chat's messages; who was away for longer is told of a gap
    // 1024: they are short
    #[arg(long, value_name = "COUNT", default_value_t = 1_024, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    pub chat_kept: u64,

    /// When the server stops: its clients with a session come back after so many whole seconds at the earliest
    // 1 s: whoever is restarted is back soon
    #[arg(long, value_name = "SECONDS", default_value_t = 1, value_parser = clap::value_parser!(u64).range(0..=3600))]
    pub bye_after: u64,

    /// And there, if they have that address in their list: `ws://…` or `wss://…`
    #[arg(long, value_name = "URL", value_parser = socket_url)]
    pub bye_url: Option<String>,

    /// Once listening, write {"http":"http://…","ws":"ws://…"} to this file; it is removed by a graceful stop
    #[arg(long, value_name = "FILE")]
    pub announce: Option<PathBuf>,
}

impl Options {
    pub(crate) fn bounds(&self) -> Bounds {
        Bounds {
            window: self.session_window,
            owed: self.max_owed,
            chat: self.chat_kept,
            sessions: self.max_sessions,
            of_one: self.max_sessions_each,
        }
    }

    /// Parses the words that would follow the program's name on a command line.
    pub fn from_words<W: Into<OsString> + Clone>(words: impl IntoIterator<Item = W>) -> Result<Self, clap::Error> {
        let name = OsString::from("everwire-server");
        Self::try_parse_from(std::iter::once(name).chain(words.into_iter().map(Into::into)))
    }
}

const ABOUT: &str = "Everwire's companion server: what the demo, the tests and the benchmarks talk to.\n\
     A companion for development, not a production server.";

const WHY_ORIGINS_MATTER: &str = "\
Why origins matter:
  WebSocket is cross-origin by nature. Any page on the web may open a socket to any server the browser can
  reach, your own machine included, and the browser sends that server's cookies along. A server that does not
  look at the Origin header lets a stranger's page act as you: cross-site WebSocket hijacking.
  So by default only pages of this server's own origin may connect, under the names localhost, *.localhost and
  any IP address. Other names count as foreign even when they lead here (DNS rebinding): list them with --origin.
  Every other page gets 403. Clients that send no Origin at all (programs, not pages) may connect.

Endpoints (README.md describes them all):
  /ws/hello  /ws/chat  /ws/echo  /ws/protocol  /ws/watch?id=ID  /token  /ws/token?via=protocol|query|message
  /ws/fault/close|reset|drop|silent|stall|refuse|slow|flood|panic|text|raw

Sessions:
  /ws/echo, /ws/chat and /ws/token keep sessions for who offers the subprotocol everwire.1 (PROTOCOL.md). Servers with
  the same --store redis://… take each other's place: a message is written there before it is acknowledged.

Stops gracefully on Ctrl-C or SIGTERM: every socket is closed with 1001.";

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "expected a number of seconds".to_owned())?;
    if (0.001..=3600.0).contains(&seconds) {
        Ok(Duration::from_secs_f64(seconds))
    } else {
        Err("expected 0.001 to 3600 seconds".to_owned())
    }
}

/// At most 2,000 bytes: it travels in a control frame, which has 4,096, and any of them may be written as two or six.
fn socket_url(text: &str) -> Result<String, String> {
    let is_one = ["ws://", "wss://"].iter().any(|scheme| text.len() > scheme.len() && text.starts_with(scheme));
    let fits = text.len() <= 2_000 && text.bytes().all(|byte| byte.is_ascii_graphic());
    if is_one && fits {
        Ok(text.to_owned())
    } else {
        Err("expected ws://… or wss://…, as a client has it".to_owned())
    }
}

fn message_bytes(text: &str) -> Result<usize, String> {
    bounded(text, 125, 1024 * 1024 * 1024)
}

fn connection_count(text: &str) -> Result<usize, String> {
    bounded(text, 1, 100_000)
}

fn bounded(text: &str, least: usize, most: usize) -> Result<usize, String> {
    match text.parse() {
        Ok(number) if (least..=most).contains(&number) => Ok(number),
        Ok(_) | Err(_) => Err(format!("expected a whole number from {least} to {most}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Options::command().debug_assert();
    }

    #[test]
    fn help_says_why_origins_matter() {
        let help = Options::command().render_help().to_string();
        assert!(help.contains("cross-site WebSocket hijacking"));
        assert!(help.contains("--origin"));
    }

    #[test]
    fn seconds_may_have_a_fraction_but_not_be_zero() {
        let given = |words: &[&str]| Options::from_words(words.iter().copied());
        let options = given(&["--ping-interval", "0.25"]).expect("a fraction is fine");
        assert_eq!(options.ping_interval, Duration::from_millis(250));
        assert!(given(&["--ping-interval", "0"]).is_err());
        assert!(given(&["--ping-interval", "soon"]).is_err());
        assert!(given(&["--max-message", "10"]).is_err());
        assert!(given(&["--bye-url", "https://b.example/"]).is_err());
    }
}
