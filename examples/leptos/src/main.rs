//! Where does the chat come and go?

mod chat;

use chat::Chat;
use leptos::prelude::*;
use web_sys::UrlSearchParams;

fn main() {
    mount_to_body(App);
}

#[component]
fn App() -> impl IntoView {
    let is_here = RwSignal::new(true);
    view! {
        <main>
            <button id="leave" on:click=move |_| is_here.update(|is_here| *is_here = !*is_here)>
                {move || if is_here.get() { "Leave" } else { "Join" }}
            </button>
            <Show when=move || is_here.get()>
                <Chat url=server() />
            </Show>
        </main>
    }
}

/// As the page's address says, or the companion server.
fn server() -> String {
    let asked = window().location().search().and_then(|search| UrlSearchParams::new_with_str(&search));
    asked.ok().and_then(|asked| asked.get("server")).unwrap_or("ws://127.0.0.1:8080/ws/chat".to_owned())
}
