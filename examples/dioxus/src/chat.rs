//! How does a component keep a connection for as long as it is there?

use dioxus::prelude::*;
use everwire::{Client, ClientEvent, ClientState};
use futures::{StreamExt, select};

#[component]
pub fn Chat(url: String) -> Element {
    let mut state = use_signal(|| ClientState::Connecting);
    let mut lines = use_signal(Vec::<String>::new);
    // The coroutine alone has the client: it goes with the component, which closes it with 1000.
    let chat = use_coroutine(move |mut said: UnboundedReceiver<String>| {
        let client = Client::builder(url.clone()).connect().expect("this is an address");
        let mut events = client.events();
        async move {
            loop {
                select! {
                    line = said.select_next_some() => drop(client.send(&line)), // without a connection it waits
                    event = events.next() => match event {
                        Some(ClientEvent::State(now)) => state.set(now),
                        Some(ClientEvent::Message(message)) => lines.write().extend(message.text()),
                        Some(_) => {}
                        None => break, // closed for good
                    },
                }
            }
        }
    });

    let mut line = use_signal(String::new);
    let say = move |event: FormEvent| {
        event.prevent_default();
        chat.send(line.take());
    };
    let status = format!("{:?}", state()).to_lowercase();
    rsx! {
        p { role: "status", "{status}" }
        ul {
            for line in lines() {
                li { "{line}" }
            }
        }
        form { onsubmit: say,
            input { name: "line", aria_label: "Message", value: "{line}", oninput: move |event| line.set(event.value()) }
            button { "Send" }
        }
    }
}
