//! Where does this URL lead, seen from this page?

use js_sys::Reflect;
use wasm_bindgen::prelude::*;
use web_sys::Url;

use super::OpenError;

/// The URL that the browser will open, resolved and checked as WHATWG WebSockets, "the constructor", says: relative
/// ones against the page or the worker, `http:` and `https:` as `ws:` and `wss:`, no fragment.
///
/// Older engines do not know the first two by themselves (Safari before 17.3, Chromium before 125).
pub(crate) fn resolve(url: &str) -> Result<String, OpenError> {
    let parsed = match base() {
        Some(base) => Url::new_with_base(url, &base),
        None => Url::new(url),
    }
    .map_err(|_| OpenError::InvalidUrl { url: as_far_as_safe(url) })?;
    match parsed.protocol().as_str() {
        "ws:" | "wss:" => {}
        "http:" => parsed.set_protocol("ws:"),
        "https:" => parsed.set_protocol("wss:"),
        other => {
            return Err(OpenError::Scheme { scheme: other.trim_end_matches(':').to_owned() });
        }
    }
    let href = parsed.href();
    // an empty fragment is one, too, and `hash` does not show it
    if href.contains('#') { Err(OpenError::Fragment { url: as_far_as_safe(url) }) } else { Ok(href) }
}

/// A URL that the browser has normalised, as it may be shown: without user, password, query and fragment, any of which
/// may carry a token.
pub(crate) fn without_secrets(href: &str) -> String {
    let shown = until_query(href);
    let Some((scheme, rest)) = shown.split_once("://") else { return shown.to_owned() };
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let host = authority.rsplit('@').next().unwrap_or_default();
    format!("{scheme}://{host}{path}")
}

/// A URL with a fault, as it may be shown. Nobody can say where a password ends in it: an `@` hides all but the scheme.
fn as_far_as_safe(url: &str) -> String {
    if !url.contains('@') {
        return until_query(url).to_owned();
    }
    match url.split_once(':') {
        Some((scheme, _)) if scheme.chars().all(|c| c.is_ascii_alphanumeric()) => format!("{scheme}:…"),
        Some(_) | None => "…".to_owned(),
    }
}

fn until_query(url: &str) -> &str {
    url.split(['?', '#']).next().unwrap_or_default()
}

/// The document's base (which a `<base>` may set), or the worker's own address.
fn base() -> Option<String> {
    let global = js_sys::global();
    let read = |of: &JsValue, name: &str| Reflect::get(of, &name.into()).ok().filter(|found| !found.is_falsy());
    // an element named baseURI would stand in for the document's own: only a string is it
    let string = |of: &str, name: &str| read(&read(&global, of)?, name)?.as_string();
    string("document", "baseURI").or_else(|| string("location", "href"))
}
