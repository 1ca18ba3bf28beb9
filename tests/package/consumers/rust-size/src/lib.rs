//! What does an application weigh without a connection, and what with one that is kept?

use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::console;

#[cfg(not(feature = "client"))]
#[wasm_bindgen(start)]
fn start() {
    console::log_1(&"hello".into());
}

#[cfg(feature = "client")]
#[wasm_bindgen(start)]
fn start() {
    wasm_bindgen_futures::spawn_local(async {
        if let Err(error) = chat().await {
            console::error_1(&error.to_string().into());
        }
    });
}

#[cfg(feature = "client")]
async fn chat() -> Result<(), Box<dyn std::error::Error>> {
    use everwire::{Client, ClientEvent};
    use futures::StreamExt;

    let client = Client::builder("/ws/chat").connect()?;
    let mut events = client.events();
    client.send("My name is John").await?;
    while let Some(event) = events.next().await {
        if let ClientEvent::Message(message) = event {
            console::log_1(&message.text()?.into());
        }
    }
    Ok(())
}
