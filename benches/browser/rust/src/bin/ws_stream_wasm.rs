//! ws_stream_wasm: a stream and a sink.

use bench_peers::{Payload, Peer};
use futures_util::{SinkExt, StreamExt};
use ws_stream_wasm::{WsMessage, WsMeta, WsStream};

bench_peers::program!(WsStreamWasm);

struct WsStreamWasm {
    _meta: WsMeta,
    stream: WsStream,
}

impl Peer for WsStreamWasm {
    async fn open(url: &str) -> Self {
        let (_meta, stream) = WsMeta::connect(url, None).await.expect("the server answers");
        Self { _meta, stream }
    }

    async fn send(&mut self, payload: &Payload) {
        let message = match payload {
            Payload::Text(text) => WsMessage::Text(text.clone()),
            Payload::Binary(bytes) => WsMessage::Binary(bytes.clone()),
        };
        self.stream.send(message).await.expect("it is open");
    }

    async fn hear(&mut self) -> usize {
        match self.stream.next().await.expect("it goes on") {
            WsMessage::Text(text) => text.len(),
            WsMessage::Binary(bytes) => bytes.len(),
        }
    }
}
