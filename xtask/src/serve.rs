//! `cargo xtask serve`: how does a browser test that is started by hand find its companion server?

use crate::children;
use crate::failure::Outcome;
use crate::server::{self, Server};
use crate::{places, say};
use std::ffi::OsString;
use std::net::{SocketAddr, TcpStream};
use std::process::Stdio;
use std::time::Duration;

/// Runs the companion server on a free port, open to every origin, announced to the tests, until Ctrl-C.
pub(crate) fn run(address: Option<&str>, server_options: &[OsString]) -> Outcome {
    refuse_a_second_one()?;
    server::build()?;
    children::an_interrupt_is_success();
    let server = Server::start(&options(address, server_options), Stdio::inherit())?;
    say::line("");
    say::line(&format!("The companion server is at {}, announced in {}.", server.url(), places::ANNOUNCEMENT));
    say::line("Now, in another terminal: wasm-pack test --headless --chrome (or --firefox). Ctrl-C stops the server.");
    let status = server.wait();
    Err(format!("the companion server has ended by itself ({status})").into())
}

/// The options with which the tests find it.
pub(crate) fn options(address: Option<&str>, more: &[OsString]) -> Vec<OsString> {
    // The tests' pages are served by wasm-bindgen's runner, on another port each time: any origin must do.
    let ours = ["--addr", address.unwrap_or("127.0.0.1:0"), "--origin", "*", "--announce", places::ANNOUNCEMENT];
    ours.into_iter().map(OsString::from).chain(more.iter().cloned()).collect()
}

/// Two servers cannot share one announcement: the first to stop would take the other's away.
pub(crate) fn refuse_a_second_one() -> Outcome {
    let announcement = std::fs::read_to_string(places::root().join(places::ANNOUNCEMENT)).unwrap_or_default();
    let Some(address) = announced(&announcement) else {
        return Ok(());
    };
    if TcpStream::connect_timeout(&address, Duration::from_secs(1)).is_err() {
        return Ok(()); // left by one that was killed
    }
    Err(format!(
        "a companion server already runs at {address} (`cargo xtask serve` or `test` in another terminal?): stop it, \
         or if that is something else remove {}",
        places::ANNOUNCEMENT
    )
    .into())
}

fn announced(announcement: &str) -> Option<SocketAddr> {
    let (_, rest) = announcement.split_once("://")?;
    rest.split(['"', '/']).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_read_from_an_announcement() {
        let text = r#"{"http":"http://127.0.0.1:41001","ws":"ws://127.0.0.1:41001"}"#;
        assert_eq!(announced(text), "127.0.0.1:41001".parse().ok());
        assert_eq!(announced(""), None);
    }
}
