//! How does an error of ours look in JavaScript?

use wasm_bindgen::prelude::*;

use crate::engine::{Error, sentence};
use crate::web::{Cause, DialError, OpenError};

/// The caller's own mistake, or what this environment cannot do.
pub(super) fn misuse(code: &str, message: &str) -> JsValue {
    everwire_error(code, message, &JsValue::UNDEFINED)
}

/// Why a socket cannot even be made: thrown by the constructor, or the cause of a failed attempt.
pub(super) fn of_dialling(error: &DialError) -> JsValue {
    let code = match error {
        DialError::Open(OpenError::Protocol(_)) | DialError::NoProtocol => "misuse/protocols",
        DialError::Open(OpenError::Unsupported) => "misuse/no-websocket",
        DialError::Open(OpenError::Blocked { .. } | OpenError::Refused { .. }) => "misuse/blocked",
        DialError::Open(_) => "misuse/url",
        DialError::Insecure { .. } => "misuse/insecure",
    };
    misuse(code, &error.sentence())
}

/// What the engine says went wrong.
pub(super) fn of_engine(error: &Error, cause: Option<Cause>) -> JsValue {
    let (message, cause) = match (error, cause) {
        (Error::Connect, Some(Cause::Thrown(thrown))) => {
            (String::from("could not connect: the provider of the url or the protocols failed (see cause)"), thrown)
        }
        (Error::Connect, Some(Cause::Dial(error))) => {
            (sentence(&["could not connect: ", &error.sentence()]), of_dialling(&error))
        }
        (_, Some(Cause::Thrown(thrown))) => (error.sentence(), thrown),
        (_, Some(Cause::Dial(_)) | None) => (error.sentence(), JsValue::UNDEFINED),
    };
    everwire_error(error.code(), &message, &cause)
}

#[wasm_bindgen(module = "/src/js/error.js")]
extern "C" {
    /// Never called: it makes the class part of the package.
    #[wasm_bindgen(reexport, skip_typescript, js_name = EverwireError)]
    fn everwire_error_class();

    #[wasm_bindgen(js_name = everwireError)]
    fn everwire_error(code: &str, message: &str, cause: &JsValue) -> JsValue;
}
