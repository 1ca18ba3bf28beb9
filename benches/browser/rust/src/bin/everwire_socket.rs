//! Everwire's `Socket`: one connection, typed.

use bench_peers::{Payload, Peer};
use everwire::{BinaryType, Event, Message, Socket};
use futures_util::StreamExt;

bench_peers::program!(EverwireSocket);

struct EverwireSocket(Socket);

impl Peer for EverwireSocket {
    async fn open(url: &str) -> Self {
        let mut socket =
            Socket::open(url, &[]).expect("the address is right").with_binary_type(BinaryType::Arraybuffer);
        while !matches!(socket.next().await.expect("it goes on"), Event::Open) {}
        Self(socket)
    }

    async fn send(&mut self, payload: &Payload) {
        match payload {
            Payload::Text(text) => self.0.send(text),
            Payload::Binary(bytes) => self.0.send(bytes.as_slice()),
        }
        .expect("it is open");
    }

    async fn hear(&mut self) -> usize {
        loop {
            if let Event::Message(message) = self.0.next().await.expect("it goes on") {
                return read(&message);
            }
        }
    }
}

fn read(message: &Message) -> usize {
    match message {
        Message::Text(_) => message.text().expect("it is text").len(),
        Message::Binary(_) | Message::Blob(_) => message.bytes().expect("it is in memory").len(),
    }
}
