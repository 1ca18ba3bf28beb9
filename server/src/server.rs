//! How is the server started, found and stopped?

use std::{
    fmt, io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

use rustls::pki_types::CertificateDer;
use tokio::{
    net::{TcpListener, TcpSocket},
    time::timeout,
};

use crate::{app::App, listener, options::Options, store::Store, tls::Identity};

/// A server that listens.
#[derive(Debug)]
pub struct Server {
    app: Arc<App>,
    bound: SocketAddr,
    certificate: Option<CertificateDer<'static>>,
}

/// Why the server did not start.
#[derive(Debug)]
pub enum StartError {
    /// Somebody else listens there.
    PortTaken(SocketAddr),
    /// So many ports in a row are taken.
    NoFreePort(SocketAddr, u16),
    /// The address cannot be listened on.
    Listen(SocketAddr, io::Error),
    /// A directory to serve is not there.
    NoDirectory(&'static str, PathBuf),
    /// The store of sessions cannot be reached.
    Store(String),
    /// No certificate could be made.
    Certificate(Box<dyn std::error::Error + Send + Sync>),
}

impl Server {
    /// Starts listening; connections are served by tasks of the runtime this is called in.
    pub async fn start(options: &Options) -> Result<Self, StartError> {
        for (option, directory) in [("--www", &options.www), ("--pkg", &options.pkg)] {
            if let Some(directory) = directory.as_ref().filter(|path| !path.is_dir()) {
                return Err(StartError::NoDirectory(option, directory.clone()));
            }
        }
        let listener = listen(options)?;
        let bound = listener.local_addr().map_err(|error| StartError::Listen(options.addr, error))?;
        let identity =
            if options.tls { Some(Identity::new(bound.ip()).map_err(StartError::Certificate)?) } else { None };
        let (acceptor, certificate) = match identity {
            Some(Identity { acceptor, certificate }) => (Some(acceptor), Some(certificate)),
            None => (None, None),
        };
        let store = Store::open(&options.store, options.bounds()).await.map_err(StartError::Store)?;
        let app = Arc::new(App::new(options, store));
        let places = options.max_connections + BESIDE_SOCKETS;
        app.tasks.spawn(listener::run(Arc::clone(&app), listener, acceptor, places));
        Ok(Self { app, bound, certificate })
    }

    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.bound
    }

    /// Where to point a browser, without a slash at the end.
    pub fn http_url(&self) -> String {
        let scheme = if self.certificate.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", self.reachable())
    }

    /// What WebSocket URLs begin with, without a slash at the end.
    pub fn ws_url(&self) -> String {
        let scheme = if self.certificate.is_some() { "wss" } else { "ws" };
        format!("{scheme}://{}", self.reachable())
    }

    /// The certificate made for `--tls`, in DER, for clients that want to trust it.
    pub fn certificate(&self) -> Option<&[u8]> {
        self.certificate.as_ref().map(AsRef::as_ref)
    }

    /// How many messages wait in the chat's fullest queue, and how many members the chat has.
    pub fn chat_load(&self) -> (usize, usize) {
        self.app.room.load()
    }

    /// Stops accepting, closes every socket with 1001, and waits for them, but not for long.
    pub async fn stop(self) {
        self.app.stopping.cancel();
        self.app.tasks.close();
        if timeout(GOODBYES, self.app.tasks.wait()).await.is_err() {
            self.app.out_of_time.cancel();
            self.app.tasks.wait().await;
        }
    }

    /// An address that can be typed: who listens everywhere is reached by loopback.
    fn reachable(&self) -> SocketAddr {
        let ip = match self.bound.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
            IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
            ip @ (IpAddr::V4(_) | IpAddr::V6(_)) => ip,
        };
        SocketAddr::new(ip, self.bound.port())
    }
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PortTaken(addr) => {
                write!(f, "{addr} is taken by another program; choose another --addr, or add --next-free-port")
            }
            Self::NoFreePort(addr, tried) => {
                write!(f, "{addr} and the {tried} ports after it are all taken")
            }
            Self::Listen(addr, error) => write!(f, "cannot listen on {addr}: {error}"),
            Self::NoDirectory(option, path) => {
                write!(f, "{option} {}: there is no such directory", path.display())
            }
            Self::Store(error) => f.write_str(error),
            Self::Certificate(error) => write!(f, "cannot make a certificate for --tls: {error}"),
        }
    }
}

impl std::error::Error for StartError {}

fn listen(options: &Options) -> Result<TcpListener, StartError> {
    let asked = options.addr;
    let more = if options.next_free_port && asked.port() != 0 { FURTHER_PORTS } else { 0 };
    let last = asked.port().saturating_add(more);
    for port in asked.port()..=last {
        let addr = SocketAddr::new(asked.ip(), port);
        match bind(addr, options.small_buffers) {
            Ok(listener) => return Ok(listener),
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => {}
            Err(error) => return Err(StartError::Listen(addr, error)),
        }
    }
    Err(match last - asked.port() {
        0 => StartError::PortTaken(asked),
        tried => StartError::NoFreePort(asked, tried),
    })
}

fn bind(addr: SocketAddr, small_buffers: bool) -> io::Result<TcpListener> {
    let socket = if addr.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    if cfg!(unix) {
        socket.set_reuseaddr(true)?; // a server that was just stopped can be started again on its port
    }
    if small_buffers {
        // Accepted sockets inherit both, and a client's kernel sizes its own buffer by the segments it may send.
        #[cfg(unix)]
        socket2::SockRef::from(&socket).set_tcp_mss(ETHERNET_SEGMENT)?;
        socket.set_recv_buffer_size(SMALL_BUFFER)?;
    }
    socket.bind(addr)?;
    socket.listen(BACKLOG)
}

/// What fits an Ethernet frame; the loopback's own segments are 64 KiB.
#[cfg(unix)]
const ETHERNET_SEGMENT: u32 = 1460;
/// 16 KiB: a few segments, as on a slow network.
const SMALL_BUFFER: u32 = 16 * 1024;
/// 1024: a page that opens its sockets at once finds room for all of them.
const BACKLOG: u32 = 1024;
/// 20: enough for every demo left running on one machine.
const FURTHER_PORTS: u16 = 20;
/// 3 s: a close handshake over a bad mobile network; whoever stops a server waits for it at a prompt.
const GOODBYES: Duration = Duration::from_secs(3);
/// 256: what pages and handshakes need beside the sockets; more than a browser opens for a page.
const BESIDE_SOCKETS: usize = 256;
