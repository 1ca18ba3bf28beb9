//! Where does an attempt lead, and what does its handshake carry?

use std::fmt;

use js_sys::encode_uri_component;
use wasm_bindgen::prelude::*;
use web_sys::Url;

use super::OpenError;
use super::address::{resolve, without_secrets};
use crate::engine::{ConfigError, check_offer, sentence};

/// Where to connect, as the caller says it.
#[derive(Debug, Clone)]
pub(crate) struct Destination {
    pub(crate) url: String,
    pub(crate) protocols: Vec<String>,
}

/// What carries the token (RFC 6455 has no place for it, and browsers set no header).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Carrier {
    /// An offered subprotocol: this name, then the token in base64url without padding.
    Protocol { name: String },
    /// A parameter of the URL of this name.
    Query { name: String },
    /// The first message.
    Message,
}

/// How the token goes along.
#[derive(Debug, Clone)]
pub(crate) struct Carriage {
    pub(crate) carrier: Carrier,
    /// A token may travel unencrypted.
    pub(crate) insecure: bool,
}

/// Why an attempt leads nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum DialError {
    Open(OpenError),
    /// The token would travel unencrypted beyond this machine.
    Insecure {
        url: String,
    },
    /// A token in a subprotocol needs an application's protocol beside it.
    NoProtocol,
}

impl Carriage {
    /// Refuses a name at which a browser would throw in every attempt, with the token in its words.
    ///
    /// # Errors
    /// The option, and what it must be.
    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        match &self.carrier {
            Carrier::Protocol { name } if !name.is_empty() && check_offer(&[name]).is_err() => Err(ConfigError {
                path: "auth.name",
                must: "of letters, digits and !#$%&'*+-.^_`|~, as a subprotocol is",
            }),
            Carrier::Protocol { .. } | Carrier::Query { .. } | Carrier::Message => Ok(()),
        }
    }

    /// The subprotocol that the token is offered as, if it is.
    pub(crate) fn offered(&self, token: &str) -> Option<String> {
        match &self.carrier {
            Carrier::Protocol { name } => Some(sentence(&[name, &base64url(token)])),
            Carrier::Query { .. } | Carrier::Message => None,
        }
    }
}

impl From<OpenError> for DialError {
    fn from(error: OpenError) -> Self {
        Self::Open(error)
    }
}

impl fmt::Display for DialError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence())
    }
}

impl DialError {
    /// For people.
    pub(crate) fn sentence(&self) -> String {
        match self {
            Self::Open(error) => error.sentence(),
            Self::Insecure { url } => {
                sentence(&["a token would travel unencrypted to ", url, ": use wss, or say `insecure` if you must"])
            }
            Self::NoProtocol => String::from(
                "a token in a subprotocol needs an application's own beside it: a server that picks none fails in Chromium",
            ),
        }
    }
}

/// A destination that a browser will not throw at, without the token.
#[derive(Debug, Clone)]
pub(crate) struct Resolved {
    /// With its query, which is the caller's: mind what you print.
    pub(crate) href: String,
    pub(crate) protocols: Vec<String>,
}

impl Destination {
    /// Checked as the browser's constructor would, and as the token wants it.
    pub(crate) fn resolve(self, carriage: Option<&Carriage>) -> Result<Resolved, DialError> {
        let href = resolve(&self.url)?;
        if carriage.is_some_and(|carriage| !carriage.insecure) && !is_private(&href) {
            return Err(DialError::Insecure { url: without_secrets(&href) });
        }
        check_protocols(&self.protocols, carriage)?;
        Ok(Resolved { href, protocols: self.protocols })
    }
}

impl Resolved {
    /// With the token in its place.
    pub(crate) fn carrying(mut self, carriage: &Carriage, token: &str) -> Self {
        self.protocols.extend(carriage.offered(token));
        match &carriage.carrier {
            Carrier::Query { name } => {
                let separator = if self.href.bytes().any(|byte| byte == b'?') { "&" } else { "?" };
                self.href = sentence(&[&self.href, separator, &in_query(name), "=", &in_query(token)]);
            }
            Carrier::Protocol { .. } | Carrier::Message => {}
        }
        self
    }
}

/// Words that are not ours, in none of whose forms the token stands any more.
pub(crate) fn without_token(words: &str, token: &str) -> String {
    let forms = [token.to_owned(), base64url(token), in_query(token)];
    let shown = forms.iter().filter(|form| !form.is_empty());
    shown.fold(words.to_owned(), |words, form| without(&words, form, "…"))
}

/// `words` with `instead` wherever `what` stood. (`str::replace` searches cleverly, in 3 KB of WebAssembly.)
pub(crate) fn without(words: &str, what: &str, instead: &str) -> String {
    let mut clean = String::new();
    let mut rest = words.chars();
    loop {
        match rest.as_str().strip_prefix(what) {
            Some(after) if !what.is_empty() => {
                clean.push_str(instead);
                rest = after.chars();
            }
            Some(_) | None => match rest.next() {
                Some(character) => clean.push(character),
                None => break,
            },
        }
    }
    clean
}

/// What can be said of an offer wherever it goes.
pub(crate) fn check_protocols(protocols: &[String], carriage: Option<&Carriage>) -> Result<(), DialError> {
    let offered: Vec<&str> = protocols.iter().map(String::as_str).collect();
    check_offer(&offered).map_err(OpenError::from)?;
    // if only the token is offered, a server that picks none fails in Chromium, and one that picks it shows it
    if offered.is_empty() && carriage.is_some_and(|carriage| matches!(carriage.carrier, Carrier::Protocol { .. })) {
        return Err(DialError::NoProtocol);
    }
    Ok(())
}

/// Nobody on the way can read it: TLS, or this very machine.
fn is_private(href: &str) -> bool {
    if href.starts_with("wss:") {
        return true;
    }
    let Ok(url) = Url::new(href) else { return false };
    let host = url.hostname();
    host == "localhost" || host.ends_with(".localhost") || host == "[::1]" || is_ipv4_loopback(&host)
}

/// 127.0.0.0/8; a browser has normalised the host, and a name does not end in a number.
fn is_ipv4_loopback(host: &str) -> bool {
    host.starts_with("127.") && host.bytes().all(|byte| byte == b'.' || byte.is_ascii_digit())
}

/// As a browser writes it that has normalised the URL: it encodes the apostrophe, too (WHATWG URL, special-query).
fn in_query(part: &str) -> String {
    without(&String::from(encode_uri_component(part)), "'", "%27")
}

/// RFC 4648 §5 without padding: `=` and `/` make both browsers throw. A lone surrogate cannot come here: a Rust string
/// is UTF-8.
fn base64url(token: &str) -> String {
    let binary: String = token.bytes().map(char::from).collect(); // what btoa takes: one character per byte
    btoa(&binary)
        .chars()
        .filter(|&c| c != '=')
        .map(|c| match c {
            '+' => '-',
            '/' => '_',
            other => other,
        })
        .collect()
}

#[wasm_bindgen]
extern "C" {
    fn btoa(binary: &str) -> String;
}
