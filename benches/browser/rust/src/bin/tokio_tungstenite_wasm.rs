//! tokio-tungstenite-wasm: a stream and a sink, with shared bytes.

use bench_peers::{Payload, Peer};
use futures_util::{SinkExt, StreamExt};
use tokio_tungstenite_wasm::{Message, WebSocketStream, connect};

bench_peers::program!(Tungstenite);

struct Tungstenite(WebSocketStream);

impl Peer for Tungstenite {
    async fn open(url: &str) -> Self {
        Self(connect(url).await.expect("the server answers"))
    }

    async fn send(&mut self, payload: &Payload) {
        let message = match payload {
            Payload::Text(text) => Message::text(text.as_str()),
            Payload::Binary(bytes) => Message::from(bytes.as_slice()),
        };
        self.0.send(message).await.expect("it is open");
    }

    async fn hear(&mut self) -> usize {
        self.0.next().await.expect("it goes on").expect("it is open").len()
    }
}
