//! How does a test follow a client?

use std::time::Duration;

use everwire::{Client, ClientBuilder, ClientEvent, Events, Reconnect};
use futures::StreamExt;

use super::companion::companion;

/// A client of the companion that comes back quickly, and what happens to it.
pub(super) async fn kept(path: &str) -> (Client, Events) {
    started(hurried(path).await)
}

/// The same, still to be told what else it is to do.
pub(super) async fn hurried(path: &str) -> ClientBuilder {
    Client::builder(companion(path).await).reconnect(quick())
}

pub(super) fn quick() -> Reconnect {
    Reconnect::new().min_delay(Duration::from_millis(20)).max_delay(Duration::from_millis(50))
}

pub(super) fn started(builder: ClientBuilder) -> (Client, Events) {
    let client = builder.connect().expect("nothing is wrong with it");
    let events = client.events();
    (client, events)
}

/// The next event that `pick` is about, and what it makes of it.
pub(super) async fn until<T>(events: &mut Events, mut pick: impl FnMut(&ClientEvent) -> Option<T>) -> T {
    loop {
        let event = events.next().await.expect("the client has not ended");
        if let Some(found) = pick(&event) {
            return found;
        }
    }
}

pub(super) async fn until_open(events: &mut Events) -> bool {
    until(events, |event| if let ClientEvent::Open { reconnected, .. } = event { Some(*reconnected) } else { None })
        .await
}

pub(super) async fn until_text(events: &mut Events) -> String {
    until(events, |event| if let ClientEvent::Message(message) = event { message.text().ok() } else { None }).await
}

/// Closes it and waits: nothing of it is left for the next test.
pub(super) async fn finished(client: Client) {
    client.close(None, "").expect("1000 may be said");
    client.closed().await;
}
