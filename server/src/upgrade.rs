//! Is this a WebSocket handshake, what does it offer, and what is agreed?
//!
//! RFC 6455 §4.2 for the handshake, RFC 7692 for permessage-deflate, which sockudo-ws negotiates.

use base64::{Engine, engine::general_purpose::STANDARD};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Version, header, request::Parts};
use http_body_util::{Either, Full};
use sockudo_ws::{DeflateConfig, deflate::DeflateNegotiation, handshake::generate_accept_key};

use crate::plain::{self, Answer};

/// What a client's handshake offers.
#[derive(Debug)]
pub(crate) struct Offer {
    key: String,
    pub(crate) protocols: Vec<String>,
    extensions: String,
}

/// What the two sides will speak.
#[derive(Debug)]
pub(crate) struct Agreement {
    pub(crate) protocol: Option<String>,
    pub(crate) deflate: Option<DeflateNegotiation>,
}

impl Offer {
    /// The offer, or the answer to a request that is no proper handshake.
    pub(crate) fn read(parts: &Parts) -> Result<Self, Box<Answer>> {
        let headers = &parts.headers;
        if !has_token(headers, &header::CONNECTION, "upgrade") || !has_token(headers, &header::UPGRADE, "websocket") {
            let refusal = "this is a WebSocket endpoint: open it with new WebSocket(url)";
            return Err(upgrade_required(refusal));
        }
        if parts.method != Method::GET || parts.version < Version::HTTP_11 {
            return Err(bad("a WebSocket handshake is a GET by HTTP/1.1 (RFC 6455 §4.2.1)"));
        }
        if has_body(headers) {
            return Err(bad("a WebSocket handshake has no body: its bytes would be taken for frames"));
        }
        if only(headers, &header::SEC_WEBSOCKET_VERSION).is_none_or(|version| version != "13") {
            return Err(upgrade_required("only version 13 of the WebSocket protocol is spoken here"));
        }
        let key = only(headers, &header::SEC_WEBSOCKET_KEY)
            .and_then(|key| key.to_str().ok())
            .filter(|key| STANDARD.decode(key).is_ok_and(|bytes| bytes.len() == 16))
            .ok_or_else(|| bad("Sec-WebSocket-Key must be 16 bytes in base64, once"))?;
        let protocols = listed(headers, &header::SEC_WEBSOCKET_PROTOCOL);
        if !protocols.iter().all(|protocol| is_token(protocol)) {
            return Err(bad("Sec-WebSocket-Protocol must list tokens (RFC 6455 §4.1)"));
        }
        Ok(Self {
            key: key.to_owned(),
            protocols,
            extensions: listed(headers, &header::SEC_WEBSOCKET_EXTENSIONS).join(", "),
        })
    }

    /// The first offer of permessage-deflate that can be met.
    pub(crate) fn deflate(&self) -> Option<DeflateNegotiation> {
        let policy = DeflateConfig { compression_level: FASTEST, ..DeflateConfig::default() };
        sockudo_ws::deflate::negotiate_server_deflate(&self.extensions, &policy)
    }

    /// The answer 101 that opens the socket.
    pub(crate) fn accept(&self, agreement: &Agreement) -> Answer {
        let mut answer = Answer::new(Either::Left(Full::default()));
        *answer.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
        let mut set = |name: HeaderName, value: &str| {
            let value = HeaderValue::from_str(value).expect("made of tokens that came as header values");
            answer.headers_mut().insert(name, value);
        };
        set(header::UPGRADE, "websocket");
        set(header::CONNECTION, "Upgrade");
        set(header::SEC_WEBSOCKET_ACCEPT, &generate_accept_key(&self.key));
        if let Some(protocol) = &agreement.protocol {
            set(header::SEC_WEBSOCKET_PROTOCOL, protocol);
        }
        if let Some(deflate) = &agreement.deflate {
            set(header::SEC_WEBSOCKET_EXTENSIONS, &deflate.to_response_header());
        }
        answer
    }
}

impl Agreement {
    /// As the browser shows it: the answer's header, or empty.
    pub(crate) fn extensions(&self) -> String {
        self.deflate.as_ref().map(DeflateNegotiation::to_response_header).unwrap_or_default()
    }
}

/// 1: a sixth of level 6's time for nearly its size on chat and JSON, and this server is measured for speed.
const FASTEST: u32 = 1;

fn upgrade_required(sentence: &str) -> Box<Answer> {
    let mut answer = plain::answer(StatusCode::UPGRADE_REQUIRED, sentence);
    let headers = answer.headers_mut();
    headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(header::SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
    Box::new(answer)
}

fn bad(sentence: &str) -> Box<Answer> {
    Box::new(plain::answer(StatusCode::BAD_REQUEST, sentence))
}

fn has_body(headers: &HeaderMap) -> bool {
    let length = headers.get(header::CONTENT_LENGTH);
    headers.contains_key(header::TRANSFER_ENCODING) || length.is_some_and(|length| length != "0")
}

fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a HeaderValue> {
    let mut values = headers.get_all(name).iter();
    values.next().filter(|_| values.next().is_none())
}

fn has_token(headers: &HeaderMap, name: &HeaderName, token: &str) -> bool {
    listed(headers, name).iter().any(|given| given.eq_ignore_ascii_case(token))
}

/// A list may be spread over several headers of one name (RFC 9110 §5.3).
fn listed(headers: &HeaderMap, name: &HeaderName) -> Vec<String> {
    headers
        .get_all(name)
        .iter()
        .flat_map(|value| value.as_bytes().split(|byte| *byte == b','))
        .map(|item| String::from_utf8_lossy(item).trim().to_owned())
        .filter(|item| !item.is_empty())
        .collect()
}

fn is_token(text: &str) -> bool {
    let separator = |c: char| "()<>@,;:\\\"/[]?={} \t".contains(c);
    text.chars().all(|c| c.is_ascii_graphic() && !separator(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_rfc_is_accepted_with_its_own_answer() {
        let offer = read(&[]).ok().expect("a proper handshake");
        let answer = offer.accept(&Agreement { protocol: Some("chat".to_owned()), deflate: None });
        assert_eq!(answer.status(), StatusCode::SWITCHING_PROTOCOLS);
        assert_eq!(answer.headers()["sec-websocket-accept"], "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        assert_eq!(answer.headers()["sec-websocket-protocol"], "chat");
    }

    #[test]
    fn a_plain_get_and_an_old_version_get_426_and_learn_the_version() {
        for change in [("upgrade", ""), ("connection", "close"), ("sec-websocket-version", "8")] {
            let answer = read(&[change]).expect_err("no handshake we know");
            assert_eq!(answer.status(), StatusCode::UPGRADE_REQUIRED, "{change:?}");
            assert_eq!(answer.headers()["sec-websocket-version"], "13");
        }
    }

    #[test]
    fn a_short_key_a_protocol_that_is_no_token_and_a_body_are_bad_requests() {
        for change in [
            ("sec-websocket-key", "c2hvcnQ="),
            ("sec-websocket-protocol", "a/b"),
            ("content-length", "5"),
            ("transfer-encoding", "chunked"),
        ] {
            let answer = read(&[change]).expect_err("malformed");
            assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{change:?}");
        }
    }

    #[test]
    fn deflate_is_agreed_as_browsers_offer_it_and_not_when_the_offer_is_unknown() {
        let offered = |value| read(&[("sec-websocket-extensions", value)]).ok().expect("fine").deflate();
        let agreed = offered("permessage-deflate; client_max_window_bits").expect("met");
        assert_eq!(agreed.to_response_header(), "permessage-deflate");
        assert!(offered("permessage-bzip2").is_none());
        assert!(offered("permessage-deflate; surprise").is_none());
    }

    fn read(changes: &[(&'static str, &'static str)]) -> Result<Offer, Box<Answer>> {
        let mut request = http::Request::get("/ws/echo")
            .header("host", "localhost")
            .header("upgrade", "websocket")
            .header("connection", "keep-alive, Upgrade")
            .header("sec-websocket-version", "13")
            .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==")
            .body(())
            .expect("a request");
        for (name, value) in changes {
            request.headers_mut().insert(*name, HeaderValue::from_static(value));
        }
        Offer::read(&request.into_parts().0)
    }
}
