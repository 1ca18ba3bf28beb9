//! What does a Rust application write that has one connection that is kept, and one that is not?

use everwire::{Client, ClientEvent, Event, Socket};
use futures::StreamExt;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_futures::spawn_local;

#[wasm_bindgen(start)]
fn start() {
    let asked = asked();
    let server = asked.get("server").expect("the page is asked for a server");
    let name = asked.get("name").expect("the page is asked for a name");
    spawn_local(by_client(server.clone(), format!("{name} (Client)")));
    spawn_local(by_socket(server, format!("{name} (Socket)")));
}

async fn by_client(server: String, name: String) {
    let client = Client::builder(server).connect().expect("nothing is wrong with the address");
    let mut events = client.events();
    client.send(&format!("{name} is here")).await.expect("it waits for the connection");
    while let Some(event) = events.next().await {
        let ClientEvent::Message(message) = event else { continue };
        if message.text().is_ok_and(|line| line == format!("welcome, {name}")) {
            client.send(&format!("{name} was welcomed")).await.expect("the connection is open");
        }
    }
}

async fn by_socket(server: String, name: String) {
    let mut socket = Socket::open(&server, &[]).expect("nothing is wrong with the address");
    while let Some(event) = socket.next().await {
        match event {
            Event::Open => socket.send(&format!("{name} is here")).expect("the connection is open"),
            Event::Message(message) if message.text().is_ok_and(|line| line == format!("welcome, {name}")) => {
                socket.send(&format!("{name} was welcomed")).expect("the connection is open");
            }
            _ => {}
        }
    }
}

fn asked() -> web_sys::UrlSearchParams {
    let search = web_sys::window().and_then(|window| window.location().search().ok()).expect("this is a page");
    web_sys::UrlSearchParams::new_with_str(&search).expect("a string is a query")
}
