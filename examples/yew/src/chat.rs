//! How does a component keep a connection for as long as it is there?

use everwire::{Client, ClientEvent, ClientState};
use futures::StreamExt;
use std::rc::Rc;
use web_sys::HtmlInputElement;
use yew::platform::spawn_local;
use yew::prelude::*;

/// The chat at `url`, and what says a line there.
#[hook]
pub fn use_chat(url: &AttrValue) -> (UseReducerHandle<Heard>, Callback<String>) {
    let heard = use_reducer(Heard::default);
    let current = use_mut_ref(|| None::<Client>);

    let (hear, kept) = (heard.dispatcher(), current.clone());
    use_effect_with(url.clone(), move |url| {
        let client = Client::builder(url.as_str()).connect().expect("this is an address");
        let mut events = client.events(); // they do not keep the client, and end when it goes
        *kept.borrow_mut() = Some(client);
        spawn_local(async move {
            while let Some(event) = events.next().await {
                hear.dispatch(event);
            }
        });
        move || drop(kept.take()) // closes it with 1000
    });

    let say = use_callback((), move |line: String, ()| {
        current.borrow().as_ref().map(|client| client.send(&line)); // without a connection it waits
    });
    (heard, say)
}

pub struct Heard {
    state: ClientState,
    lines: Vec<String>,
}

impl Default for Heard {
    fn default() -> Self {
        Self { state: ClientState::Connecting, lines: Vec::new() }
    }
}

impl Reducible for Heard {
    type Action = ClientEvent;

    fn reduce(self: Rc<Self>, event: ClientEvent) -> Rc<Self> {
        match event {
            ClientEvent::State(state) => Self { state, lines: self.lines.clone() }.into(),
            ClientEvent::Message(message) => {
                Self { state: self.state, lines: self.lines.iter().cloned().chain(message.text()).collect() }.into()
            }
            _ => self,
        }
    }
}

#[derive(PartialEq, Properties)]
pub struct ChatProps {
    pub url: AttrValue,
}

#[component]
pub fn Chat(props: &ChatProps) -> Html {
    let (heard, say) = use_chat(&props.url);
    let line = use_node_ref();
    let onsubmit = {
        let line = line.clone();
        move |event: SubmitEvent| {
            event.prevent_default();
            let Some(input) = line.cast::<HtmlInputElement>() else { return };
            say.emit(input.value());
            input.set_value("");
        }
    };
    html! {
        <>
            <p role="status">{ format!("{:?}", heard.state).to_lowercase() }</p>
            <ul>{ for heard.lines.iter().map(|line| html! { <li>{ line }</li> }) }</ul>
            <form {onsubmit}><input name="line" aria-label="Message" ref={line} /><button>{ "Send" }</button></form>
        </>
    }
}
