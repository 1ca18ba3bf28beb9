//! How do tests speak to the server byte by byte?

use everwire_server::Server;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
};

use crate::client::soon;

pub(crate) struct Raw {
    pub(crate) tcp: TcpStream,
    pub(crate) head: String,
}

/// One frame from the server: its first byte and its payload.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Frame {
    pub(crate) first: u8,
    pub(crate) payload: Vec<u8>,
}

pub(crate) const FIN: u8 = 0x80;
pub(crate) const RSV1: u8 = 0x40;
pub(crate) const CONTINUATION: u8 = 0;
pub(crate) const TEXT: u8 = 1;
pub(crate) const BINARY: u8 = 2;
pub(crate) const CLOSE: u8 = 8;
pub(crate) const PING: u8 = 9;
pub(crate) const PONG: u8 = 10;

impl Raw {
    pub(crate) async fn connect(server: &Server) -> Self {
        let tcp = TcpStream::connect(server.addr()).await.expect("the server listens");
        Self { tcp, head: String::new() }
    }

    /// A connection whose kernel holds next to nothing for a client that does not read.
    pub(crate) async fn connect_narrow(server: &Server) -> Self {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.set_recv_buffer_size(4096).expect("a small buffer");
        let tcp = socket.connect(server.addr()).await.expect("the server listens");
        Self { tcp, head: String::new() }
    }

    pub(crate) async fn open(server: &Server, path: &str) -> Self {
        Self::connect(server).await.opened(path, "").await
    }

    pub(crate) async fn open_deflating(server: &Server, path: &str) -> Self {
        let offer = "Sec-WebSocket-Extensions: permessage-deflate\r\n";
        Self::connect(server).await.opened(path, offer).await
    }

    pub(crate) async fn opened(mut self, path: &str, more_headers: &str) -> Self {
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{more_headers}\r\n"
        );
        self.write(request.as_bytes()).await;
        self.read_head().await;
        assert!(self.head.starts_with("HTTP/1.1 101 "), "{}", self.head);
        self
    }

    pub(crate) async fn read_head(&mut self) {
        while !self.head.ends_with("\r\n\r\n") {
            let byte = soon("the answer's head", self.tcp.read_u8()).await.expect("an answer");
            self.head.push(char::from(byte));
        }
    }

    pub(crate) async fn write(&mut self, bytes: &[u8]) {
        soon("writing", self.tcp.write_all(bytes)).await.expect("an open connection");
    }

    pub(crate) async fn send(&mut self, first: u8, payload: &[u8]) {
        self.write(&masked(first, payload)).await;
    }

    /// The next frame; None when the connection ends or is reset.
    pub(crate) async fn frame(&mut self) -> Option<Frame> {
        soon("a frame", self.read_frame()).await
    }

    async fn read_frame(&mut self) -> Option<Frame> {
        let first = self.tcp.read_u8().await.ok()?;
        let length = match self.tcp.read_u8().await.ok()? {
            126 => u64::from(self.tcp.read_u16().await.ok()?),
            127 => self.tcp.read_u64().await.ok()?,
            small @ 0..=125 => u64::from(small),
            masked => panic!("a server's frame is not masked, yet its second byte is {masked:#x}"),
        };
        let mut payload = vec![0; usize::try_from(length).expect("it fits")];
        self.tcp.read_exact(&mut payload).await.ok()?;
        Some(Frame { first, payload })
    }

    /// The code of the close frame that comes now, after which the server ends the connection.
    pub(crate) async fn closed_with(&mut self) -> u16 {
        let frame = self.frame().await.expect("a close frame, not the end");
        assert_eq!(frame.first, FIN | CLOSE, "{frame:?}");
        assert_eq!(self.frame().await, None, "nothing follows a close frame");
        frame.close_code()
    }

    /// Everything until the end, read as bytes; whether that was FIN or RST does not matter.
    pub(crate) async fn rest(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let _ = soon("the end", self.tcp.read_to_end(&mut bytes)).await;
        bytes
    }
}

impl Frame {
    /// 1005 for a close frame without a code.
    pub(crate) fn close_code(&self) -> u16 {
        match self.payload.first_chunk::<2>() {
            Some(code) => u16::from_be_bytes(*code),
            None => 1005,
        }
    }
}

/// A client's frame of the smallest length encoding.
pub(crate) fn masked(first: u8, payload: &[u8]) -> Vec<u8> {
    const MASK: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];
    let mut bytes = head_of(first, payload.len() as u64);
    bytes.extend(MASK);
    bytes.extend(payload.iter().zip(MASK.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    bytes
}

/// First byte and length, with the mask bit.
pub(crate) fn head_of(first: u8, length: u64) -> Vec<u8> {
    let mut bytes = vec![first];
    match length {
        0..=125 => bytes.push(0x80 | u8::try_from(length).expect("small")),
        126..=0xffff => {
            bytes.push(0x80 | 126);
            bytes.extend(u16::try_from(length).expect("two bytes").to_be_bytes());
        }
        _ => {
            bytes.push(0x80 | 127);
            bytes.extend(length.to_be_bytes());
        }
    }
    bytes
}
