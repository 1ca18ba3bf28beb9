//! What is served under which path?

use std::{sync::Arc, time::Duration};

use http::StatusCode;

use crate::{
    app::App,
    chat::{self, Room},
    closing::Ending,
    faults::Fault,
    guard::Guard,
    hello::Hello,
    kept::{self, Keeping},
    open::NO_ID,
    query::{BadQuery, LONGEST_WAIT, Query},
    socket::{Payload, Socket},
    store::{Effect, Source},
    token_door::Door,
    tokens::Tokens,
    watch::{self, Log},
};

/// What a socket is opened for.
#[derive(Debug)]
pub(crate) enum Endpoint {
    Hello(Hello),
    Chat(Arc<Room>),
    Echo,
    /// Tells what was offered; the agreement tells what was chosen.
    Protocol {
        offered: Vec<String>,
    },
    Watch(Arc<Log>),
    Token(Door, Arc<Tokens>),
    Fault(Fault),
}

/// What to do with a handshake.
#[derive(Debug)]
pub(crate) enum Plan {
    Open(Endpoint),
    Refuse(StatusCode, String),
    /// Leave it unanswered for so long.
    Stall(Duration),
}

impl Plan {
    pub(crate) fn is_known(path: &str) -> bool {
        match path.strip_prefix("/ws/") {
            Some("hello" | "chat" | "echo" | "protocol" | "watch" | "token") => true,
            Some(rest) => rest
                .strip_prefix("fault/")
                .is_some_and(|kind| matches!(kind, "stall" | "refuse") || Fault::KINDS.contains(&kind)),
            None => false,
        }
    }

    /// For a path that [`Plan::is_known`].
    pub(crate) fn make(app: &App, path: &str, mut query: Query, offered: &[String]) -> Result<Self, BadQuery> {
        let query = &mut query;
        let plan = match path.strip_prefix("/ws/").unwrap_or_default() {
            "hello" => Self::Open(Endpoint::Hello(Hello::new(query)?)),
            "chat" => Self::Open(Endpoint::Chat(Arc::clone(&app.room))),
            // the one endpoint that takes any query, so that URLs can be tried on it
            "echo" => return Ok(Self::Open(Endpoint::Echo)),
            "protocol" => Self::Open(Endpoint::Protocol { offered: offered.to_vec() }),
            "watch" => Self::watch(app, query)?,
            "token" => Self::token(app, query, offered)?,
            "fault/stall" => Self::Stall(query.millis("after")?.unwrap_or(LONGEST_WAIT)),
            "fault/refuse" => Self::refuse(query)?,
            other => {
                let kind = other.strip_prefix("fault/").unwrap_or(other);
                Self::Open(Endpoint::Fault(Fault::new(kind, query, app.max_message)?))
            }
        };
        query.check()?;
        Ok(plan)
    }

    fn watch(app: &App, query: &mut Query) -> Result<Self, BadQuery> {
        let id = query.text("id")?.filter(|id| watch::is_id(id));
        let id = id.ok_or_else(|| BadQuery(format!("`id` must say what to watch: {NO_ID}")))?;
        Ok(match app.watches.log(&id) {
            Some(log) => Self::Open(Endpoint::Watch(log)),
            None => Self::Refuse(StatusCode::SERVICE_UNAVAILABLE, "too many ids are watched".to_owned()),
        })
    }

    fn token(app: &App, query: &mut Query, offered: &[String]) -> Result<Self, BadQuery> {
        let opens = |door| Self::Open(Endpoint::Token(door, Arc::clone(&app.tokens)));
        let refuses_by_close = query.one_of("refuse", &["close", "status"])? == Some("close");
        Ok(match Door::new(&app.tokens, query, offered)? {
            Door::Shut { refusal, .. } if !refuses_by_close => {
                Self::Refuse(StatusCode::UNAUTHORIZED, refusal.sentence().to_owned())
            }
            door @ (Door::Shut { .. } | Door::Open { .. } | Door::Ask { .. }) => opens(door),
        })
    }

    fn refuse(query: &mut Query) -> Result<Self, BadQuery> {
        let status = query.number("status", 200..=599_u16)?.unwrap_or(503);
        let status = StatusCode::from_u16(status).expect("within the range of statuses");
        Ok(Self::Refuse(status, format!("refused with {status}, as asked")))
    }
}

impl Endpoint {
    pub(crate) async fn serve(self, app: &App, socket: &mut Socket, chosen: Option<&str>) -> Ending {
        match self {
            Self::Hello(hello) => hello.serve(socket).await,
            Self::Chat(room) if chosen == Some(kept::PROTOCOL) => {
                let keeping = Keeping { room: Some(room), ..keeping(app, Source::Chat, said_in_chat) };
                keeping.serve(socket).await
            }
            Self::Echo if chosen == Some(kept::PROTOCOL) => keeping(app, Source::Own, echoed).serve(socket).await,
            Self::Chat(room) => room.serve(&app.store, socket).await,
            Self::Echo => echo(socket).await,
            Self::Protocol { offered } => {
                let told = serde_json::json!({ "offered": offered, "chosen": chosen });
                socket.send_text(told.to_string()).await;
                echo(socket).await
            }
            Self::Watch(log) => watch::serve(&log, socket).await,
            Self::Token(door, tokens) if chosen == Some(kept::PROTOCOL) => match door.guard(&tokens) {
                Ok(guard) => Keeping { guard, ..keeping(app, Source::Own, echoed) }.serve(socket).await,
                Err(ending) => ending,
            },
            Self::Token(door, tokens) => door.serve(&tokens, socket).await,
            Self::Fault(fault) => fault.serve(socket).await,
        }
    }

    /// Whether this subprotocol is chosen when it is offered and the query asks for none.
    pub(crate) fn speaks(&self, protocol: &str) -> bool {
        match self {
            Self::Protocol { .. } => matches!(protocol, "soap" | "wamp"),
            // the application's own, never the token's: a chosen token would show in the page
            Self::Token(door, _) => door.speaks(protocol),
            Self::Chat(_) | Self::Echo => protocol == kept::PROTOCOL,
            Self::Hello(_) | Self::Watch(_) | Self::Fault(_) => false,
        }
    }

    /// Whether deflate is agreed to when the query does not say.
    pub(crate) fn likes_deflate(&self) -> bool {
        match self {
            Self::Fault(fault) => fault.likes_deflate(),
            Self::Hello(_) | Self::Chat(_) | Self::Echo => true,
            Self::Protocol { .. } | Self::Watch(_) | Self::Token(..) => true,
        }
    }
}

fn keeping(app: &App, source: Source, effect: fn(Payload) -> Option<Effect>) -> Keeping<'_> {
    Keeping {
        store: &app.store,
        source,
        effect,
        room: None,
        guard: Guard::Anybody,
        bye: &app.bye,
        stopping: &app.stopping,
    }
}

fn echoed(payload: Payload) -> Option<Effect> {
    Some(Effect::Answer(payload))
}

fn said_in_chat(payload: Payload) -> Option<Effect> {
    match payload {
        Payload::Text(text) => Some(Effect::Tell(chat::first_fifty(&text))),
        Payload::Binary(_) => None,
    }
}

/// Everything back as it came, until it ends. While it cannot write it does not read.
pub(crate) async fn echo(socket: &mut Socket) -> Ending {
    while let Some(payload) = socket.receive().await {
        if !socket.send(payload).await {
            break;
        }
    }
    Ending::Over
}
