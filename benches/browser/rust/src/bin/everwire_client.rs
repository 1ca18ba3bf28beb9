//! Everwire's `Client`: with its layers on, as it comes.

use bench_peers::{Payload, Peer};
use everwire::{Client, ClientEvent, Events, Message};
use futures_util::StreamExt;

bench_peers::program!(EverwireClient);

struct EverwireClient {
    client: Client,
    events: Events,
}

impl Peer for EverwireClient {
    async fn open(url: &str) -> Self {
        let client = Client::builder(url).connect().expect("the address is right");
        let events = client.events();
        client.opened().await.expect("the server answers");
        Self { client, events }
    }

    async fn send(&mut self, payload: &Payload) {
        match payload {
            Payload::Text(text) => self.client.send(text).await,
            Payload::Binary(bytes) => self.client.send(bytes.as_slice()).await,
        }
        .expect("it is open");
    }

    async fn hear(&mut self) -> usize {
        loop {
            if let ClientEvent::Message(message) = self.events.next().await.expect("it goes on") {
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
