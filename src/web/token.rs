//! What is a token, and how does it stay out of sight?

use std::fmt;

use js_sys::{JSON, JsString, Reflect};
use wasm_bindgen::JsValue;

/// A credential, as a provider gave it. It is never printed.
#[derive(Clone)]
pub struct Token {
    pub(crate) value: String,
    /// In milliseconds since 1970.
    pub(crate) expires_at: Option<f64>,
}

impl Token {
    /// A token that is good until the server says otherwise.
    pub fn new(value: impl Into<String>) -> Self {
        Self { value: value.into(), expires_at: None }
    }

    /// When it expires, in milliseconds since 1970 (`Date.now()`, a JWT's `exp` × 1000): it is renewed before.
    pub fn expires_at(self, date: f64) -> Self {
        Self { expires_at: date.is_finite().then_some(date), ..self }
    }
}

impl From<&str> for Token {
    fn from(value: &str) -> Self {
        Self::new(value)
    }
}

impl From<String> for Token {
    fn from(value: String) -> Self {
        Self::new(value)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// The auth message of who did not write one: `{"type":"auth","token":…}`.
pub(crate) fn default_message(token: &str) -> Result<JsValue, JsValue> {
    let token = JSON::stringify(&token.into())?;
    Ok(JsString::from(r#"{"type":"auth","token":"#).concat(&token).concat(&"}".into()).into())
}

/// The reply to it: `{"type":"auth","ok":true}` or `false`; anything else is none.
pub(crate) fn default_reply(data: &JsValue) -> Option<bool> {
    let text = data.as_string()?;
    let found = JSON::parse(&text).ok().filter(JsValue::is_object)?;
    let member = |name: &str| Reflect::get(&found, &name.into()).ok();
    if member("type")?.as_string()? != "auth" {
        return None;
    }
    member("ok")?.as_bool()
}

/// The ping of who did not write one, and its answer.
pub(crate) const PING: &str = "ping";
pub(crate) const PONG: &str = "pong";
