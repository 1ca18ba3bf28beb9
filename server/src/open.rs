//! May this socket be opened, and as what?
//!
//! Refusals come before the upgrade, as statuses with a sentence: 403 for a page that may not connect, 404 for a path
//! nobody serves, 426 for a request that is no handshake, 400 for one that is malformed or asks for the impossible,
//! 401 for a bad token, 503 when there are too many.

use std::{sync::Arc, time::Duration};

use http::{Request, StatusCode, request::Parts};
use hyper::{body::Incoming, upgrade::OnUpgrade};
use tokio::{sync::OwnedSemaphorePermit, time::sleep};

use crate::{
    app::App,
    endpoint::{Endpoint, Plan},
    plain::{self, Answer},
    promised::Promised,
    query::{BadQuery, Query},
    upgrade::{Agreement, Offer},
    watch::{self, Log, Opened},
};

/// Answers a request below `/ws/`.
pub(crate) async fn answer(app: &Arc<App>, mut request: Request<Incoming>, path: &str) -> Answer {
    let upgrade = hyper::upgrade::on(&mut request);
    let (parts, _) = request.into_parts();
    match prepare(app, &parts, path) {
        Err(refusal) => *refusal,
        Ok(Prepared::Stall(bound, _place)) => stall(app, bound).await,
        Ok(Prepared::Open(opening)) => opening.begin(app, upgrade),
    }
}

enum Prepared {
    Stall(Duration, OwnedSemaphorePermit),
    Open(Box<Opening>),
}

struct Opening {
    offer: Offer,
    agreement: Agreement,
    endpoint: Endpoint,
    watched: Option<(Arc<Log>, Opened)>,
    place: OwnedSemaphorePermit,
}

/// What every endpoint takes in its query.
struct Common {
    protocol: Option<String>,
    deflate: Option<&'static str>,
    watch: Option<String>,
}

fn prepare(app: &App, parts: &Parts, path: &str) -> Result<Prepared, Box<Answer>> {
    let origin = app.origins.admit(&parts.headers).map_err(|sentence| refusal(StatusCode::FORBIDDEN, sentence))?;
    if !Plan::is_known(path) {
        let sentence = format!("{path} is no endpoint; README.md lists them");
        return Err(refusal(StatusCode::NOT_FOUND, sentence));
    }
    let offer = Offer::read(parts)?;
    let bad = |BadQuery(sentence)| refusal(StatusCode::BAD_REQUEST, sentence);
    let mut query = Query::parse(parts.uri.query());
    let common = Common::take(&mut query).map_err(bad)?;
    let plan = Plan::make(app, path, query, &offer.protocols).map_err(bad)?;
    let take_place = || {
        let place = Arc::clone(&app.sockets).try_acquire_owned();
        place.map_err(|_| refusal(StatusCode::SERVICE_UNAVAILABLE, "too many sockets are open"))
    };
    let (endpoint, place) = match plan {
        Plan::Refuse(status, sentence) => return Err(refusal(status, sentence)),
        Plan::Stall(bound) => return Ok(Prepared::Stall(bound, take_place()?)),
        Plan::Open(endpoint) => (endpoint, take_place()?),
    };
    let wants_deflate = common.deflate.map_or(endpoint.likes_deflate(), |word| word == "on");
    let agreement = Agreement {
        protocol: choose(&offer.protocols, common.protocol.as_deref(), &endpoint),
        deflate: if app.deflates && wants_deflate { offer.deflate() } else { None },
    };
    let watched = match common.watch {
        None => None,
        Some(id) => {
            let log = app
                .watches
                .log(&id)
                .ok_or_else(|| refusal(StatusCode::SERVICE_UNAVAILABLE, "too many ids are watched"))?;
            let protocol = agreement.protocol.clone();
            let extensions = agreement.extensions();
            Some((log, Opened { path: path.to_owned(), protocol, extensions, origin }))
        }
    };
    Ok(Prepared::Open(Box::new(Opening { offer, agreement, endpoint, watched, place })))
}

fn refusal(status: StatusCode, sentence: impl Into<String>) -> Box<Answer> {
    Box::new(plain::answer(status, sentence))
}

fn choose(offered: &[String], asked: Option<&str>, endpoint: &Endpoint) -> Option<String> {
    let is_chosen = |protocol: &&String| match asked {
        Some(asked) => protocol.as_str() == asked,
        None => endpoint.speaks(protocol),
    };
    offered.iter().find(is_chosen).cloned()
}

impl Opening {
    fn begin(self, app: &Arc<App>, upgrade: OnUpgrade) -> Answer {
        let Self { offer, agreement, endpoint, watched, place } = self;
        let answer = offer.accept(&agreement);
        let deflate = agreement.deflate.map(|deflate| deflate.config);
        let promised = Promised { endpoint, protocol: agreement.protocol, deflate, watched, place };
        app.tasks.spawn(promised.run(Arc::clone(app), upgrade));
        answer
    }
}

impl Common {
    fn take(query: &mut Query) -> Result<Self, BadQuery> {
        let common = Self {
            protocol: query.text("protocol")?,
            deflate: query.one_of("deflate", &["on", "off"])?,
            watch: query.text("watch")?,
        };
        match &common.watch {
            Some(id) if !watch::is_id(id) => Err(BadQuery(NO_ID.to_owned())),
            Some(_) | None => Ok(common),
        }
    }
}

/// Not answered until the client leaves (hyper then drops this), the server stops or the time is up.
async fn stall(app: &App, bound: Duration) -> Answer {
    tokio::select! {
        () = sleep(bound) => plain::answer(StatusCode::GATEWAY_TIMEOUT, "stalled as asked, and now over"),
        () = app.stopping.cancelled() => plain::answer(StatusCode::SERVICE_UNAVAILABLE, "server stopping"),
    }
}

pub(crate) const NO_ID: &str = "an id is 1 to 64 letters, digits, dots, dashes or underscores";
