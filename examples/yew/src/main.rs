//! Where does the chat come and go?

mod chat;

use chat::Chat;
use web_sys::UrlSearchParams;
use yew::prelude::*;

fn main() {
    yew::Renderer::<App>::new().render();
}

#[component]
fn App() -> Html {
    let is_here = use_state(|| true);
    let leave_or_join = {
        let is_here = is_here.clone();
        move |_| is_here.set(!*is_here)
    };
    html! {
        <main>
            <button id="leave" onclick={leave_or_join}>{ if *is_here { "Leave" } else { "Join" } }</button>
            if *is_here {
                <Chat url={server()} />
            }
        </main>
    }
}

/// As the page's address says, or the companion server.
fn server() -> String {
    let search = web_sys::window().expect("this is a page").location().search();
    let asked = search.and_then(|search| UrlSearchParams::new_with_str(&search));
    asked.ok().and_then(|asked| asked.get("server")).unwrap_or("ws://127.0.0.1:8080/ws/chat".to_owned())
}
