//! What does a server on this machine answer to a plain GET?

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

/// The whole answer of what listens on this port, header and body as they came.
pub(crate) fn get(port: u16, path: &str) -> io::Result<String> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    // 1.1, since chromedriver refuses 1.0; the answer ends when the connection does.
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes())?; // in one piece
    let mut answer = Vec::new();
    let read = stream.take(LARGEST).read_to_end(&mut answer);
    match read {
        Ok(_) => {}
        // A driver that keeps the connection open all the same has said what it had to say.
        Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {}
        Err(error) => return Err(error),
    }
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

/// A driver on loopback answers in milliseconds; on a machine that is busy compiling, in a second.
const PATIENCE: Duration = Duration::from_secs(2);
/// A status is a few hundred bytes.
const LARGEST: u64 = 64 * 1024;

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;
    use std::thread;

    #[test]
    fn the_answer_is_returned_whole() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
        let port = listener.local_addr().expect("bound above").port();
        let server = thread::spawn(move || {
            let (mut stream, _) = listener.accept()?;
            let mut request = Vec::new();
            while !request.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                stream.read_exact(&mut byte)?;
                request.extend(byte);
            }
            stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n{\"value\":{\"ready\":true}}")?;
            io::Result::Ok(String::from_utf8_lossy(&request).into_owned())
        });
        let answer = get(port, "/status").expect("the server above answers");
        assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("\"ready\":true"));
        let request = server.join().expect("it does not panic").expect("loopback works");
        assert!(request.starts_with("GET /status "));
    }
}
