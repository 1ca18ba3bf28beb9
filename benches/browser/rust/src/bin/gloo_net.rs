//! gloo-net: a stream and a sink.

use bench_peers::{Payload, Peer};
use futures_util::{SinkExt, StreamExt};
use gloo_net::websocket::{Message, futures::WebSocket};

bench_peers::program!(Gloo);

struct Gloo(WebSocket);

impl Peer for Gloo {
    async fn open(url: &str) -> Self {
        let mut socket = WebSocket::open(url).ok().expect("the address is right");
        // ready once it is open
        futures_util::future::poll_fn(|context| socket.poll_ready_unpin(context)).await.expect("the server answers");
        Self(socket)
    }

    async fn send(&mut self, payload: &Payload) {
        let message = match payload {
            Payload::Text(text) => Message::Text(text.clone()),
            Payload::Binary(bytes) => Message::Bytes(bytes.clone()),
        };
        self.0.send(message).await.expect("it is open");
    }

    async fn hear(&mut self) -> usize {
        match self.0.next().await.expect("it goes on").expect("it is open") {
            Message::Text(text) => text.len(),
            Message::Bytes(bytes) => bytes.len(),
        }
    }
}
