//! Where does the chat come and go?

mod chat;

use chat::Chat;
use dioxus::prelude::*;
use web_sys::UrlSearchParams;

fn main() {
    dioxus::launch(App);
}

#[component]
fn App() -> Element {
    let mut is_here = use_signal(|| true);
    rsx! {
        button { id: "leave", onclick: move |_| is_here.toggle(), if is_here() { "Leave" } else { "Join" } }
        if is_here() {
            Chat { url: server() }
        }
    }
}

/// As the page's address says, or the companion server.
fn server() -> String {
    let search = web_sys::window().expect("this is a page").location().search();
    let asked = search.and_then(|search| UrlSearchParams::new_with_str(&search));
    asked.ok().and_then(|asked| asked.get("server")).unwrap_or("ws://127.0.0.1:8080/ws/chat".to_owned())
}
