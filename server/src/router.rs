//! What is the answer to a request?

use std::{path::Path, sync::Arc, time::Duration};

use http::{HeaderName, HeaderValue, Method, Request, StatusCode, header};
use http_body_util::Either;
use hyper::body::Incoming;
use tower_http::services::ServeDir;

use crate::{
    app::App,
    open,
    plain::{self, Answer},
    query::{BadQuery, Query},
};

/// Answers one request; a WebSocket handshake goes on by itself after its answer.
pub(crate) async fn answer(app: &Arc<App>, request: Request<Incoming>) -> Answer {
    let path = request.uri().path().to_owned();
    let mut answer = if path.starts_with("/ws/") {
        open::answer(app, request, &path).await
    } else if path == "/token" {
        token(app, &request)
    } else {
        page(app, request, &path).await
    };
    if answer.status() != StatusCode::SWITCHING_PROTOCOLS {
        for (name, value) in ON_EVERY_ANSWER {
            answer.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
        }
    }
    answer
}

async fn page(app: &App, request: Request<Incoming>, path: &str) -> Answer {
    let package = path.strip_prefix("/pkg/").map(str::to_owned);
    let (directory, option, inside) = match package {
        Some(inside) => (&app.pkg, "--pkg", format!("/{inside}")),
        None => (&app.www, "--www", path.to_owned()),
    };
    let Some(directory) = directory else {
        let sentence = format!("nothing is served at {path}: the server was started without {option}");
        return plain::answer(StatusCode::NOT_FOUND, sentence);
    };
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let mut answer = plain::answer(StatusCode::METHOD_NOT_ALLOWED, "only GET and HEAD are answered");
        answer.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
        return answer;
    }
    file(directory, request, &inside).await.unwrap_or_else(|| {
        plain::answer(StatusCode::NOT_FOUND, format!("there is no {path} in the directory given by {option}"))
    })
}

async fn file(directory: &Path, request: Request<Incoming>, inside: &str) -> Option<Answer> {
    let (mut parts, _) = request.into_parts();
    parts.uri = inside.parse().ok()?;
    let request = Request::from_parts(parts, http_body_util::Empty::<bytes::Bytes>::new());
    let found = ServeDir::new(directory).try_call(request).await.ok()?;
    (found.status() != StatusCode::NOT_FOUND).then(|| found.map(Either::Right))
}

/// `GET /token?ttl=SECONDS&for=NAME`: pages of other servers may read it if their origin may connect.
fn token<B>(app: &App, request: &Request<B>) -> Answer {
    let origin = match app.origins.admit(request.headers()) {
        Ok(origin) => origin,
        Err(sentence) => return plain::answer(StatusCode::FORBIDDEN, sentence),
    };
    if origin.is_none() && !app.origins.is_reached_by_own_name(request.headers()) {
        let sentence = "this server is not known by that name; start it with --origin to add it";
        return plain::answer(StatusCode::FORBIDDEN, sentence);
    }
    if request.method() != Method::GET {
        return plain::answer(StatusCode::METHOD_NOT_ALLOWED, "only GET is answered");
    }
    let (lasts, name) = match asked(request.uri().query()) {
        Ok(asked) => asked,
        Err(BadQuery(sentence)) => return plain::answer(StatusCode::BAD_REQUEST, sentence),
    };
    let text = serde_json::to_string(&app.tokens.issue(&name, lasts)).expect("a string and a number");
    let mut answer = plain::of_type(StatusCode::OK, "application/json", text);
    let headers = answer.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::VARY, HeaderValue::from_static("Origin"));
    if let Some(origin) = origin.and_then(|origin| HeaderValue::from_str(&origin).ok()) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    }
    answer
}

/// For how long, and for whom.
fn asked(raw: Option<&str>) -> Result<(Duration, String), BadQuery> {
    let mut query = Query::parse(raw);
    let seconds = query.number("ttl", 0.0..=86_400.0)?.unwrap_or(A_MINUTE);
    let name = query.text("for")?.unwrap_or_else(|| GUEST.to_owned());
    query.check()?;
    if name.is_empty() || name.len() > LONGEST_NAME {
        return Err(BadQuery(format!("`for` must be a name of at most {LONGEST_NAME} bytes")));
    }
    Ok((Duration::from_secs_f64(seconds), name))
}

/// Long enough to try something, short enough to see it expire.
const A_MINUTE: f64 = 60.0;
/// Who does not say for whom.
const GUEST: &str = "guest";
/// 64 bytes, as an id of a watch: a token must fit into a header and into a control frame.
const LONGEST_NAME: usize = 64;

/// The demo's page needs no more than this, so nothing that gets into it could do more.
const ON_EVERY_ANSWER: [(HeaderName, &str); 4] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self' ws: wss:; \
         img-src 'self' blob: data:; base-uri 'none'; object-src 'none'; frame-ancestors 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    // a rebuilt page or package shows at the next reload
    (header::CACHE_CONTROL, "no-cache"),
];
