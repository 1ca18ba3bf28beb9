//! May this page connect?
//!
//! A page's own origin is the server's scheme and the Host it asked for, but only where a Host cannot lie: an IP
//! address or a localhost name. Any other name could be pointed at this machine by whoever owns it (DNS rebinding),
//! and would then match itself; such names must be listed.

use std::{net::IpAddr, str::FromStr};

use http::{HeaderMap, header, uri::Authority};

/// An origin that may connect, as given with `--origin`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum AllowedOrigin {
    /// `*`: any page.
    Any,
    /// This one, normalised: lower case, no default port.
    Exactly(String),
}

impl FromStr for AllowedOrigin {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "*" {
            return Ok(Self::Any);
        }
        if text == "null" {
            return Err("null is what every sandboxed page and local file sends; \
                 use '*' if any page may connect"
                .to_owned());
        }
        normalised(text.strip_suffix('/').unwrap_or(text))
            .map(Self::Exactly)
            .ok_or_else(|| "expected an origin such as https://site.example:8443, or '*'".to_owned())
    }
}

/// Who may connect, beside clients that are no pages.
#[derive(Clone, Debug)]
pub(crate) struct Origins {
    allowed: Vec<AllowedOrigin>,
    scheme: &'static str,
}

impl Origins {
    pub(crate) fn new(allowed: Vec<AllowedOrigin>, tls: bool) -> Self {
        let scheme = if tls { "https" } else { "http" };
        Self { allowed, scheme }
    }

    /// The page's origin when it may connect, `None` for a client that is no page, or why not, as a sentence.
    pub(crate) fn admit(&self, headers: &HeaderMap) -> Result<Option<String>, String> {
        let mut given = headers.get_all(header::ORIGIN).iter();
        let Some(origin) = given.next() else {
            return Ok(None);
        };
        if given.next().is_some() {
            return Err("this request has two Origin headers".to_owned());
        }
        let shown = String::from_utf8_lossy(origin.as_bytes()).into_owned();
        if self.allowed.contains(&AllowedOrigin::Any) {
            return Ok(Some(shown));
        }
        let admitted =
            normalised(&shown).is_some_and(|origin| self.is_listed(&origin) || self.own(headers) == Some(origin));
        if admitted {
            Ok(Some(shown))
        } else {
            Err(format!("pages of {shown} may not connect here; start the server with --origin {shown} to let them"))
        }
    }

    /// Whether a request without an Origin names us by a name that cannot be a rebound one. Browsers leave Origin out
    /// of same-origin GETs, so what must not leak to a stranger's page (a token) asks this too.
    pub(crate) fn is_reached_by_own_name(&self, headers: &HeaderMap) -> bool {
        if self.allowed.contains(&AllowedOrigin::Any) {
            return true;
        }
        let by_host = |host| normalised(&format!("{}://{host}", self.scheme));
        self.own(headers).is_some()
            || headers
                .get(header::HOST)
                .and_then(|host| host.to_str().ok())
                .and_then(by_host)
                .is_some_and(|origin| self.is_listed(&origin))
    }

    fn is_listed(&self, origin: &str) -> bool {
        self.allowed.iter().any(|allowed| matches!(allowed, AllowedOrigin::Exactly(listed) if listed == origin))
    }

    fn own(&self, headers: &HeaderMap) -> Option<String> {
        let host = headers.get(header::HOST)?.to_str().ok()?;
        let authority: Authority = host.parse().ok()?;
        is_rebinding_proof(authority.host()).then(|| normalised(&format!("{}://{host}", self.scheme))).flatten()
    }
}

fn is_rebinding_proof(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare.parse::<IpAddr>().is_ok() || host == "localhost" || host.ends_with(".localhost")
}

/// Lower case and without a default port, as browsers send it; None when it is no origin.
fn normalised(text: &str) -> Option<String> {
    let text = text.to_ascii_lowercase();
    let (scheme, rest) = text.split_once("://")?;
    let known_letters = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
    if scheme.is_empty() || !scheme.chars().all(known_letters) {
        return None;
    }
    let authority: Authority = rest.parse().ok()?;
    if authority.host().is_empty() || rest.contains('@') {
        return None;
    }
    let default_port = match scheme {
        "http" | "ws" => Some(80),
        "https" | "wss" => Some(443),
        _ => None,
    };
    match authority.port_u16() {
        Some(port) if Some(port) != default_port => Some(format!("{scheme}://{}:{port}", authority.host())),
        Some(_) | None => Some(format!("{scheme}://{}", authority.host())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_of_the_server_itself_may_connect_under_each_of_its_names() {
        for host in ["127.0.0.1:8080", "localhost:8080", "[::1]:8080", "app.localhost:8080"] {
            assert!(admits(&[], host, &format!("http://{host}")), "{host}");
        }
    }

    #[test]
    fn a_name_that_was_rebound_to_this_machine_is_foreign_until_it_is_listed() {
        assert!(!admits(&[], "evil.example:8080", "http://evil.example:8080"));
        assert!(admits(&["http://evil.example:8080"], "evil.example:8080", "http://evil.example:8080"));
    }

    #[test]
    fn another_port_scheme_or_host_is_another_origin() {
        for origin in
            ["http://127.0.0.1:8081", "https://127.0.0.1:8080", "http://localhost:8080", "null", "file://", ""]
        {
            assert!(!admits(&[], "127.0.0.1:8080", origin), "{origin:?}");
        }
    }

    #[test]
    fn a_star_lets_any_page_in_even_one_without_an_origin_of_its_own() {
        assert!(admits(&["*"], "127.0.0.1:8080", "https://anywhere.example"));
        assert!(admits(&["*"], "127.0.0.1:8080", "null"));
    }

    #[test]
    fn listed_origins_are_compared_as_browsers_send_them() {
        assert!(admits(&["HTTPS://Site.example:443/"], "127.0.0.1", "https://site.example"));
        assert!(AllowedOrigin::from_str("site.example").is_err());
        assert!(AllowedOrigin::from_str("https://site.example/path").is_err());
        assert!(AllowedOrigin::from_str("null").is_err());
    }

    #[test]
    fn without_an_origin_only_our_own_names_may_read_a_token() {
        let origins = Origins::new(Vec::new(), false);
        let headers = |host: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, host.parse().expect("a header value"));
            headers
        };
        assert!(origins.is_reached_by_own_name(&headers("127.0.0.1:8080")));
        assert!(!origins.is_reached_by_own_name(&headers("evil.example")));
    }

    fn admits(allowed: &[&str], host: &str, origin: &str) -> bool {
        let allowed = allowed.iter().map(|text| text.parse().expect("an origin")).collect();
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, host.parse().expect("a header value"));
        headers.insert(header::ORIGIN, origin.parse().expect("a header value"));
        Origins::new(allowed, false).admit(&headers).is_ok()
    }
}
