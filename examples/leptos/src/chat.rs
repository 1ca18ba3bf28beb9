//! How does a component keep a connection for as long as it is there?

use everwire::{Client, ClientEvent, ClientState};
use futures::StreamExt;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;

#[component]
pub fn Chat(url: String) -> impl IntoView {
    let state = RwSignal::new(ClientState::Connecting);
    let lines = RwSignal::new(Vec::<String>::new());
    // It goes with the component, which closes it with 1000. Local, since it belongs to the page's thread.
    let client = StoredValue::new_local(Client::builder(url).connect().expect("this is an address"));
    let mut events = client.with_value(Client::events); // they do not keep the client, and end when it goes
    spawn_local(async move {
        while let Some(event) = events.next().await {
            match event {
                ClientEvent::State(now) => state.set(now),
                ClientEvent::Message(message) => lines.update(|lines| lines.extend(message.text())),
                _ => {}
            }
        }
    });

    let line = RwSignal::new(String::new());
    let say = move |event: SubmitEvent| {
        event.prevent_default();
        client.with_value(|client| drop(client.send(&line.get_untracked()))); // without a connection it waits
        line.set(String::new());
    };
    view! {
        <p role="status">{move || format!("{:?}", state.get()).to_lowercase()}</p>
        <ul>{move || lines.get().into_iter().map(|line| view! { <li>{line}</li> }).collect_view()}</ul>
        <form on:submit=say>
            <input name="line" aria-label="Message" bind:value=line />
            <button>"Send"</button>
        </form>
    }
}
