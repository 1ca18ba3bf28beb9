//! Where does this URL lead, seen from this page?

use web_sys::Url;

use super::OpenError;
use super::global::{global, member};
use crate::engine::sentence;

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
            return Err(OpenError::Scheme { scheme: other.strip_suffix(":").unwrap_or(other).to_owned() });
        }
    }
    let href = parsed.href();
    // an empty fragment is one, too, and `hash` does not show it
    if before(&href, |byte| byte == b'#').is_some() {
        Err(OpenError::Fragment { url: as_far_as_safe(url) })
    } else {
        Ok(href)
    }
}

/// A URL that the browser has normalised, as it may be shown: without user, password, query and fragment, any of which
/// may carry a token.
pub(crate) fn without_secrets(href: &str) -> String {
    let shown = until_query(href);
    let scheme = before(shown, |byte| byte == b':').unwrap_or_default().len() + "://".len();
    let Some((scheme, rest)) = shown.split_at_checked(scheme) else { return shown.to_owned() };
    let authority = before(rest, |byte| byte == b'/').unwrap_or(rest);
    let user = authority.bytes().rposition(|byte| byte == b'@').map_or(0, |at| at + 1);
    sentence(&[scheme, rest.get(user..).unwrap_or_default()])
}

/// A URL with a fault, as it may be shown. Nobody can say where a password ends in it: an `@` hides all but the scheme.
fn as_far_as_safe(url: &str) -> String {
    if before(url, |byte| byte == b'@').is_none() {
        return until_query(url).to_owned();
    }
    match before(url, |byte| byte == b':') {
        Some(scheme) if scheme.bytes().all(|byte| byte.is_ascii_alphanumeric()) => sentence(&[scheme, ":…"]),
        Some(_) | None => "…".to_owned(),
    }
}

fn until_query(url: &str) -> &str {
    before(url, |byte| matches!(byte, b'?' | b'#')).unwrap_or(url)
}

/// What stands before the first such ASCII character, if one is there. (`str`'s own searches, and the words with
/// which `[..]` would panic, are 6 KB of WebAssembly.)
fn before(text: &str, stops: fn(u8) -> bool) -> Option<&str> {
    text.get(..text.bytes().position(stops)?)
}

/// The document's base (which a `<base>` may set), or the worker's own address.
fn base() -> Option<String> {
    // an element named baseURI would stand in for the document's own: only a string is it
    let string = |of: &str, name: &str| {
        let of = global(of)?;
        member(&of, name)?.as_string()
    };
    string("document", "baseURI").or_else(|| string("location", "href"))
}
