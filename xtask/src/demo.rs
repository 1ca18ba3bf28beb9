//! `cargo xtask demo`: what does it take to look at Everwire?

use crate::children;
use crate::failure::Outcome;
use crate::package::{self, Build};
use crate::server::{self, Server};
use crate::{say, setup};
use std::env;
use std::ffi::OsString;
use std::process::Stdio;

/// Builds the package and the server, serves the page, and says where it is, until Ctrl-C.
pub(crate) fn run(address: Option<&str>, server_options: &[OsString]) -> Outcome {
    setup::ensure(&Build::Small.needs())?;
    package::build(Build::Small)?; // as it is published: somebody may have installed it from there
    server::build()?;
    children::an_interrupt_is_success();
    let server = Server::start(&options(address, server_options), Stdio::inherit())?;
    say::line("");
    if address.is_none() && !server.url().ends_with(DEFAULT_ADDRESS) {
        say::line(&format!("{DEFAULT_ADDRESS} is taken."));
    }
    say::line(&format!("Point a browser at {}/   (Ctrl-C stops the demo)", server.url().trim_end_matches('/')));
    if let Some(hint) = hint_without_display(server.url()) {
        say::line(&hint);
    }
    let status = server.wait();
    Err(format!("the companion server has ended by itself ({status})").into())
}

fn options(address: Option<&str>, more: &[OsString]) -> Vec<OsString> {
    let where_to = match address {
        Some(chosen) => vec!["--addr", chosen],
        None => vec!["--addr", DEFAULT_ADDRESS, "--next-free-port"], // nobody asked for this very port
    };
    // small buffers: on the loopback the kernel's own would swallow megabytes before bufferedAmount shows anything
    let served = ["--www", "www", "--pkg", "pkg", "--small-buffers"];
    where_to.into_iter().chain(served).map(OsString::from).chain(more.iter().cloned()).collect()
}

/// On a machine that nobody sits at, a loopback address needs a way in.
fn hint_without_display(url: &str) -> Option<String> {
    let has_display = ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| env::var_os(name).is_some());
    let unix_desktop = cfg!(all(unix, not(target_os = "macos")));
    if has_display || !unix_desktop {
        return None;
    }
    let port = port_on_loopback(url)?;
    Some(format!(
        "This machine has no display. From one that has: ssh -L {port}:127.0.0.1:{port} <this machine>, then the same address there."
    ))
}

fn port_on_loopback(url: &str) -> Option<u16> {
    let (_, rest) = url.split_once("://")?;
    rest.trim_end_matches('/').strip_prefix("127.0.0.1:")?.parse().ok()
}

const DEFAULT_ADDRESS: &str = "127.0.0.1:8080";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_default_port_moves_on_when_taken() {
        let words = |options: Vec<OsString>| options.join(&OsString::from(" ")).into_string().expect("plain words");
        assert_eq!(
            words(options(None, &[])),
            "--addr 127.0.0.1:8080 --next-free-port --www www --pkg pkg --small-buffers"
        );
        let chosen = options(Some("127.0.0.1:9000"), &["--tls".into()]);
        assert_eq!(words(chosen), "--addr 127.0.0.1:9000 --www www --pkg pkg --small-buffers --tls");
    }

    #[test]
    fn a_loopback_port_is_read_from_the_servers_line() {
        assert_eq!(port_on_loopback("https://127.0.0.1:8081"), Some(8081));
        assert_eq!(port_on_loopback("http://0.0.0.0:8081"), None);
    }
}
