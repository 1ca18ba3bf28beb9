//! Is this token one of ours, and until when?
//!
//! A token carries its own expiry and is signed with a key made when the server starts, so nothing is remembered, and
//! a restart makes every token worthless, as a real server's key rotation does.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::{
    hmac,
    rand::{SecureRandom, SystemRandom},
};

/// Signs and checks tokens.
#[derive(Debug)]
pub(crate) struct Tokens {
    key: hmac::Key,
    random: SystemRandom,
}

/// A token and when it expires, in milliseconds since 1970.
#[derive(Debug, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Issued {
    pub(crate) token: String,
    pub(crate) expires_at: u64,
}

/// Whom a token lets in, and for how much longer.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Pass {
    pub(crate) name: String,
    pub(crate) lasts: Duration,
}

/// Why a token does not open the door.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Refusal {
    Missing,
    Unknown,
    Expired,
}

impl Tokens {
    pub(crate) fn new() -> Self {
        let random = SystemRandom::new();
        let key = hmac::Key::generate(hmac::HMAC_SHA256, &random).expect("the system gives randomness");
        Self { key, random }
    }

    pub(crate) fn issue(&self, name: &str, lasts: Duration) -> Issued {
        let expires_at = epoch_millis(SystemTime::now() + lasts);
        let mut nonce = [0; 9];
        self.random.fill(&mut nonce).expect("the system gives randomness");
        let [name, nonce] = [URL_SAFE_NO_PAD.encode(name), URL_SAFE_NO_PAD.encode(nonce)];
        let signed = format!("{expires_at}.{name}.{nonce}");
        let signature = URL_SAFE_NO_PAD.encode(hmac::sign(&self.key, signed.as_bytes()));
        Issued { token: format!("{signed}.{signature}"), expires_at }
    }

    /// Who shows it, and how long it still lasts.
    pub(crate) fn check(&self, token: Option<&str>) -> Result<Pass, Refusal> {
        let token = token.ok_or(Refusal::Missing)?;
        let (signed, signature) = token.rsplit_once('.').ok_or(Refusal::Unknown)?;
        let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| Refusal::Unknown)?;
        hmac::verify(&self.key, signed.as_bytes(), &signature).map_err(|_| Refusal::Unknown)?;
        let (expires_at, rest) = signed.split_once('.').ok_or(Refusal::Unknown)?;
        let (name, _) = rest.split_once('.').ok_or(Refusal::Unknown)?;
        let name = URL_SAFE_NO_PAD.decode(name).ok().and_then(|name| String::from_utf8(name).ok());
        let name = name.ok_or(Refusal::Unknown)?;
        let expires_at: u64 = expires_at.parse().map_err(|_| Refusal::Unknown)?;
        match expires_at.checked_sub(epoch_millis(SystemTime::now())) {
            None | Some(0) => Err(Refusal::Expired),
            Some(left) => Ok(Pass { name, lasts: Duration::from_millis(left) }),
        }
    }
}

impl Refusal {
    /// For whoever must act; the token itself is never repeated.
    pub(crate) fn sentence(self) -> &'static str {
        match self {
            Self::Missing => "no token was given",
            Self::Unknown => "this token was not issued by this server",
            Self::Expired => "token expired",
        }
    }
}

fn epoch_millis(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH).expect("the clock is past 1970");
    u64::try_from(since.as_millis()).expect("the clock is before the year 500 000 000")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_of_our_own_is_good_until_it_expires() {
        let tokens = Tokens::new();
        let issued = tokens.issue("john", Duration::from_secs(60));
        let Pass { name, lasts: left } = tokens.check(Some(&issued.token)).expect("just issued");
        assert_eq!(name, "john");
        assert!(left <= Duration::from_secs(60) && left > Duration::from_secs(50));
        let stale = tokens.issue("john", Duration::ZERO);
        assert_eq!(tokens.check(Some(&stale.token)), Err(Refusal::Expired));
    }

    #[test]
    fn a_changed_token_another_servers_and_none_are_refused() {
        let tokens = Tokens::new();
        let issued = tokens.issue("john", Duration::from_secs(60)).token;
        let longer = issued.replacen(|c: char| c.is_ascii_digit(), "9", 1);
        assert_eq!(tokens.check(Some(&longer)), Err(Refusal::Unknown));
        assert_eq!(Tokens::new().check(Some(&issued)), Err(Refusal::Unknown));
        assert_eq!(tokens.check(Some("")), Err(Refusal::Unknown));
        assert_eq!(tokens.check(None), Err(Refusal::Missing));
    }
}
