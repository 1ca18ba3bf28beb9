//! Who may have a session, and until when?

use std::net::IpAddr;

use tokio::time::Instant as Moment;

use crate::{
    closing::Ending,
    tokens::{Pass, Refusal, Tokens},
};

/// Who may have a session.
#[derive(Clone, Debug)]
pub(crate) enum Guard<'a> {
    /// Whoever knows its id.
    Anybody,
    /// Who shows a token: in the handshake, or by `authenticate`.
    Tokens { tokens: &'a Tokens, shown: Option<Shown> },
}

/// A token that was good.
#[derive(Clone, Debug)]
pub(crate) struct Shown {
    name: String,
    until: Moment,
}

impl Shown {
    pub(crate) fn new(Pass { name, lasts }: Pass) -> Self {
        Self { name, until: Moment::now() + lasts }
    }
}

impl Guard<'_> {
    /// `authenticate`: a first token, or a renewal.
    pub(crate) fn check(&mut self, token: &str) -> Result<(), Ending> {
        let Self::Tokens { tokens, shown } = self else { return Ok(()) }; // nobody asked for one
        let pass = tokens.check(Some(token)).map_err(|refusal| Ending::close(4401, refusal.sentence()))?;
        if shown.as_ref().is_some_and(|shown| shown.name != pass.name) {
            return Err(Ending::close(4403, "a token of another identity"));
        }
        *shown = Some(Shown::new(pass));
        Ok(())
    }

    /// Whose a session is that is asked for now.
    pub(crate) fn identity(&self) -> Result<String, Ending> {
        match self {
            Self::Anybody => Ok(ANYBODY.to_owned()),
            Self::Tokens { shown: None, .. } => Err(Ending::close(4401, "sign in first")),
            Self::Tokens { shown: Some(shown), .. } if shown.until <= Moment::now() => Err(expired()),
            Self::Tokens { shown: Some(shown), .. } => Ok(format!("token:{}", shown.name)),
        }
    }

    /// Who has too many sessions, if there are too many.
    pub(crate) fn counted(&self, identity: &str, peer: Option<IpAddr>) -> String {
        match (self, peer) {
            (Self::Tokens { .. }, _) => identity.to_owned(),
            (Self::Anybody, Some(IpAddr::V4(address))) => address.to_string(),
            // the first half is a household's; whoever has one has the whole other half
            (Self::Anybody, Some(IpAddr::V6(address))) => match address.to_ipv4_mapped() {
                Some(address) => address.to_string(),
                None => format!("{:x}", address.to_bits() >> 64),
            },
            (Self::Anybody, None) => "gone".to_owned(), // nobody will hear the welcome
        }
    }

    /// When it lets nobody stay any longer.
    pub(crate) fn until(&self) -> Option<Moment> {
        match self {
            Self::Anybody => None,
            Self::Tokens { shown, .. } => shown.as_ref().map(|shown| shown.until),
        }
    }
}

pub(crate) fn expired() -> Ending {
    Ending::close(4401, Refusal::Expired.sentence())
}

/// Where nobody signs in a session is whoever's knows its id.
const ANYBODY: &str = "";
