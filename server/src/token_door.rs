//! Who is let in with a token, and for how long?
//!
//! Three ways to show one: beside the subprotocols, in the query, or as the first message. Whoever is in hears an
//! echo, until the token expires: close 4401. A new token sent as a message prolongs the stay.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Deserialize;
use tokio::time::{Instant, sleep_until};

use crate::{
    closing::Ending,
    guard::{Guard, Shown},
    kept::PROTOCOL,
    query::{BadQuery, Query},
    socket::{Payload, Socket},
    tokens::{Pass, Refusal, Tokens},
};

/// `/ws/token`, as it stands when the handshake has been read.
#[derive(Debug)]
pub(crate) enum Door {
    Open {
        via: Via,
        pass: Pass,
    },
    Shut {
        via: Via,
        refusal: Refusal,
    },
    /// The first message must bring the token, within this time.
    Ask {
        within: Duration,
    },
}

/// How the token comes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Via {
    Protocol,
    Query,
    Message,
}

impl Door {
    pub(crate) fn new(tokens: &Tokens, query: &mut Query, offered: &[String]) -> Result<Self, BadQuery> {
        let via = query.one_of("via", &["protocol", "query", "message"])?;
        let (via, shown) = match via {
            Some("protocol") => (Via::Protocol, offered.iter().find_map(|offer| token_in(offer))),
            Some("query") => (Via::Query, query.text("access_token")?),
            Some(_) => {
                let within = query.millis("within")?.unwrap_or(TO_SIGN_IN);
                return Ok(Self::Ask { within });
            }
            None => return Err(BadQuery("`via` must be protocol, query or message".to_owned())),
        };
        Ok(match tokens.check(shown.as_deref()) {
            Ok(pass) => Self::Open { via, pass },
            Err(refusal) => Self::Shut { via, refusal },
        })
    }

    /// The one that keeps a session; and with `via=protocol`, the first that is not a token.
    pub(crate) fn speaks(&self, protocol: &str) -> bool {
        let via = match self {
            Self::Open { via, .. } | Self::Shut { via, .. } => *via,
            Self::Ask { .. } => Via::Message,
        };
        protocol == PROTOCOL || via == Via::Protocol && !protocol.starts_with(TOKEN_PREFIX)
    }

    /// Who may have a session behind it: whose token it is.
    pub(crate) fn guard(self, tokens: &Tokens) -> Result<Guard<'_>, Ending> {
        let shown = match self {
            Self::Shut { refusal, .. } => return Err(Ending::close(4401, refusal.sentence())),
            Self::Open { pass, .. } => Some(Shown::new(pass)),
            Self::Ask { .. } => None,
        };
        Ok(Guard::Tokens { tokens, shown })
    }

    pub(crate) async fn serve(self, tokens: &Tokens, socket: &mut Socket) -> Ending {
        let (via, lasts) = match self {
            Self::Shut { refusal, .. } => return Ending::close(4401, refusal.sentence()),
            Self::Open { via, pass } => (via, pass.lasts),
            Self::Ask { within } => match sign_in(tokens, socket, within).await {
                Ok(lasts) => (Via::Message, lasts),
                Err(ending) => return ending,
            },
        };
        echo_until_it_expires(tokens, socket, via, Instant::now() + lasts).await
    }
}

async fn sign_in(tokens: &Tokens, socket: &mut Socket, within: Duration) -> Result<Duration, Ending> {
    let first = tokio::select! {
        first = socket.receive() => first.ok_or(Ending::Over)?,
        () = tokio::time::sleep(within) => return Err(Ending::close(4401, "sign in sooner")),
    };
    match shown_in(&first) {
        Some(token) => answer_to(tokens, socket, &token).await,
        None => Err(Ending::close(4401, "sign in first")),
    }
}

async fn echo_until_it_expires(tokens: &Tokens, socket: &mut Socket, via: Via, mut expires_at: Instant) -> Ending {
    let expired = || Ending::close(4401, Refusal::Expired.sentence());
    loop {
        let received = tokio::select! {
            received = socket.receive() => received,
            () = sleep_until(expires_at) => return expired(),
        };
        let Some(payload) = received else {
            return Ending::Over;
        };
        if via == Via::Message
            && let Some(token) = shown_in(&payload)
        {
            match answer_to(tokens, socket, &token).await {
                Ok(lasts) => expires_at = Instant::now() + lasts,
                Err(ending) => return ending,
            }
            continue;
        }
        let sent = tokio::select! {
            sent = socket.send(payload) => sent,
            () = sleep_until(expires_at) => return expired(),
        };
        if !sent {
            return Ending::Over;
        }
    }
}

async fn answer_to(tokens: &Tokens, socket: &mut Socket, token: &str) -> Result<Duration, Ending> {
    let checked = tokens.check(Some(token));
    let answer = serde_json::json!({ "type": "auth", "ok": checked.is_ok() });
    if !socket.send_text(answer.to_string()).await {
        return Err(Ending::Over);
    }
    checked.map(|pass| pass.lasts).map_err(|refusal| Ending::close(4401, refusal.sentence()))
}

/// The token of `{"type":"auth","token":…}`; anything else is an ordinary message.
fn shown_in(payload: &Payload) -> Option<String> {
    #[derive(Deserialize)]
    struct Shown {
        r#type: String,
        token: String,
    }
    let Payload::Text(bytes) = payload else {
        return None;
    };
    let shown: Shown = serde_json::from_slice(bytes).ok()?;
    (shown.r#type == "auth").then_some(shown.token)
}

fn token_in(protocol: &str) -> Option<String> {
    let encoded = protocol.strip_prefix(TOKEN_PREFIX)?;
    String::from_utf8(URL_SAFE_NO_PAD.decode(encoded).ok()?).ok()
}

const TOKEN_PREFIX: &str = "bearer.";
/// 10 s: what Everwire's client itself waits for a token and for the answer to it.
const TO_SIGN_IN: Duration = Duration::from_secs(10);
