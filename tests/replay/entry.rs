//! What does a line of a recording say?

use everwire::engine::{
    Advice, AskId, ClientState, CloseCode, CloseFrame, CloseInfo, DropReason, Error, Event, FlushId, Frame, Heard,
    Input, Judgement, Kind, MessageId, Output, Payload, Question, Said, SendOptions, SocketId, Span, TokenReason,
    Unconfirmed, Welcomed, session::Terms,
};

use crate::fields::Fields;

/// A message of which only its kind and its size are known.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Blank {
    kind: Kind,
    size: u64,
}

impl Payload for Blank {
    fn kind(&self) -> Kind {
        self.kind
    }

    fn size(&self) -> u64 {
        self.size
    }
}

pub(crate) fn input(name: &str, fields: &mut Fields) -> Result<Input<Blank>, String> {
    Ok(match name {
        "Connect" => Input::Connect,
        "Send" => Input::Send {
            id: message(fields)?,
            data: data(fields)?,
            options: SendOptions {
                ttl: fields.span_if("ttl")?,
                volatile: fields.flag("volatile")?,
                acknowledged: fields.flag_if("acknowledged")?.unwrap_or(false),
            },
        },
        "TakeBack" => Input::TakeBack(message(fields)?),
        "Flush" => Input::Flush(flush(fields)?),
        "Disconnect" => Input::Disconnect(frame(fields)?),
        "Elapsed" => Input::Elapsed,
        "Woke" => Input::Woke,
        "NotOpened" => Input::NotOpened { socket: socket(fields)? },
        "Opened" => Input::Opened { socket: socket(fields)? },
        "Received" => Input::Received { socket: socket(fields)?, data: data(fields)? },
        "Judged" => Input::Judged { socket: socket(fields)?, data: data(fields)?, verdict: verdict(fields)? },
        "Transmitted" => Input::Transmitted { socket: socket(fields)?, bytes: fields.count("bytes")? },
        "NotTransmitted" => Input::NotTransmitted { socket: socket(fields)? },
        "Buffered" => Input::Buffered { socket: socket(fields)?, bytes: fields.count("bytes")? },
        "Closed" => Input::Closed { socket: socket(fields)?, close: close(fields)?, unsent: fields.count("unsent")? },
        "Advised" => Input::Advised { socket: socket(fields)?, advice: advice(fields)? },
        "Token" => Input::Token { ask: ask(fields)?, expires: fields.time_if("expires")? },
        "NoToken" => Input::NoToken { ask: ask(fields)? },
        "Online" => Input::Online,
        "Offline" => Input::Offline,
        "Visible" => Input::Visible,
        "Hidden" => Input::Hidden,
        "Resumed" => Input::Resumed,
        "Restored" => Input::Restored,
        "Agreed" => Input::Agreed { socket: socket(fields)? },
        "Control" => Input::Control { socket: socket(fields)?, heard: heard(fields)? },
        other => return Err(format!("no input is called {other:?}")),
    })
}

pub(crate) fn output(name: &str, fields: &mut Fields) -> Result<Output<Blank>, String> {
    Ok(match name {
        "Open" => Output::Open { socket: socket(fields)?, attempt: attempt(fields)? },
        "Transmit" => Output::Transmit { socket: socket(fields)?, frame: transmitted(fields)? },
        "Close" => Output::Close { socket: socket(fields)?, frame: frame(fields)? },
        "FetchToken" => {
            Output::FetchToken { ask: ask(fields)?, reason: token_reason(fields)?, attempt: attempt(fields)? }
        }
        "CancelToken" => Output::CancelToken { ask: ask(fields)? },
        "Judge" => Output::Judge {
            socket: socket(fields)?,
            data: data(fields)?,
            question: Question { reply: fields.flag("reply")?, pong: fields.flag("pong")? },
        },
        "AskRetry" => Output::AskRetry { socket: socket(fields)?, close: close(fields)?, attempt: attempt(fields)? },
        "Aim" => Output::Aim { place: fields.count("place")? as usize, offers_session: fields.flag("offersSession")? },
        "Tell" => Output::Tell(event(fields)?),
        other => return Err(format!("no output is called {other:?}")),
    })
}

fn event(fields: &mut Fields) -> Result<Event<Blank>, String> {
    Ok(match fields.text("event")?.as_str() {
        "State" => Event::State(state(fields)?),
        "Open" => Event::Open {
            attempt: attempt(fields)?,
            reconnected: fields.flag("reconnected")?,
            resumed: fields.flag_if("resumed")?,
        },
        "Gap" => Event::Gap { received: fields.count("received")?, missed: fields.count_if("missed")? },
        "Message" => Event::Message(data(fields)?),
        "Down" => Event::Down {
            close: close(fields)?,
            will_retry: fields.flag("willRetry")?,
            unconfirmed: Unconfirmed { messages: fields.count("messages")?, bytes: fields.count("bytes")? },
        },
        "Retry" => Event::Retry { attempt: attempt(fields)?, delay: fields.span("delay")? },
        "Error" => Event::Error(error(fields)?),
        "Settled" => Event::Settled { id: message(fields)?, outcome: dropped(fields)?.map_or(Ok(()), Err) },
        "Dropped" => Event::Dropped {
            id: message(fields)?,
            data: data(fields)?,
            reason: dropped(fields)?.ok_or("`error` is missing")?,
        },
        "Drain" => Event::Drain,
        "Flushed" => Event::Flushed { id: flush(fields)?, complete: fields.flag("complete")? },
        "Closed" => Event::Closed(close(fields)?),
        other => return Err(format!("no event is called {other:?}")),
    })
}

// ── what they are made of ──

fn socket(fields: &mut Fields) -> Result<SocketId, String> {
    fields.count("socket").map(SocketId)
}

fn message(fields: &mut Fields) -> Result<MessageId, String> {
    fields.count("id").map(MessageId)
}

fn flush(fields: &mut Fields) -> Result<FlushId, String> {
    fields.count("id").map(FlushId)
}

fn ask(fields: &mut Fields) -> Result<AskId, String> {
    fields.count("ask").map(AskId)
}

fn attempt(fields: &mut Fields) -> Result<u32, String> {
    fields.small("attempt")
}

fn data(fields: &mut Fields) -> Result<Blank, String> {
    let kind = match fields.text("kind")?.as_str() {
        "text" => Kind::Text,
        "binary" => Kind::Binary,
        other => return Err(format!("no message is {other:?}")),
    };
    Ok(Blank { kind, size: fields.count("size")? })
}

fn code(fields: &mut Fields) -> Result<Option<u16>, String> {
    let code = fields.small_if("code")?.map(u16::try_from).transpose();
    code.map_err(|_| "`code` must be below 65 536".into())
}

fn close(fields: &mut Fields) -> Result<CloseInfo, String> {
    Ok(CloseInfo {
        code: code(fields)?.ok_or("`code` is missing")?.into(),
        reason: fields.text("reason")?,
        clean: fields.flag("wasClean")?,
    })
}

fn frame(fields: &mut Fields) -> Result<Option<CloseFrame>, String> {
    let Some(code) = code(fields)? else { return Ok(None) };
    let frame = CloseFrame::new(Some(code), &fields.text("reason")?);
    frame.map(Some).map_err(|error| error.to_string())
}

fn transmitted(fields: &mut Fields) -> Result<Frame<Blank>, String> {
    let name = fields.text("frame")?;
    if name == "Message" {
        return Ok(Frame::Message { id: message(fields)?, data: data(fields)? });
    }
    let (id, size) = (fields.count_if("id")?.unwrap_or(0), fields.count_if("size")?.unwrap_or(0)); // its own numbers, where it has some
    Ok(match name.as_str() {
        "Ping" => Frame::Ping,
        "Auth" => Frame::Auth,
        "Hello" => Frame::Control(Said::Hello),
        "Again" => Frame::Control(Said::Again(id, size)),
        "Ack" => Frame::Control(Said::Ack(size)),
        "Pong" => Frame::Control(Said::Pong),
        "Bye" => Frame::Control(Said::Bye),
        other => return Err(format!("no frame is called {other:?}")),
    })
}

/// Each has its own of these numbers, in the units of PROTOCOL.md.
fn heard(fields: &mut Fields) -> Result<Heard, String> {
    Ok(match fields.text("type")?.as_str() {
        "welcome" => Heard::Welcome(Welcomed {
            resumed: fields.flag("resumed")?,
            received: fields.count("received")?,
            window: Span::secs(fields.count("window")?),
            most: (fields.count("mostMessages")?, fields.count("mostBytes")?),
            terms: Terms {
                messages: fields.count("ackMessages")?,
                bytes: fields.count("ackBytes")?,
                after: Span::millis(fields.count("ackAfter")?),
            },
        }),
        "ack" => Heard::Ack(fields.count("received")?),
        "gap" => Heard::Gap(fields.count("from")?, fields.count("to")?),
        "ping" => Heard::Ping,
        "pong" => Heard::Pong,
        "authenticated" => Heard::Authenticated,
        "bye" => {
            let place = fields.count_if("place")?.and_then(|place| place.checked_sub(1)); // from 1
            Heard::Bye(Span::secs(fields.count_if("after")?.unwrap_or(0)), place.map(|place| place as usize))
        }
        "nonsense" => Heard::Nonsense,
        other => return Err(format!("nothing that is heard is called {other:?}")),
    })
}

fn verdict(fields: &mut Fields) -> Result<Judgement, String> {
    Ok(match fields.text("verdict")?.as_str() {
        "accepted" => Judgement::Accepted,
        "refused" => Judgement::Refused,
        "pong" => Judgement::Pong,
        "message" => Judgement::Message,
        other => return Err(format!("no verdict is {other:?}")),
    })
}

fn advice(fields: &mut Fields) -> Result<Option<Advice>, String> {
    Ok(match fields.text_if("advice")?.as_deref() {
        None => None,
        Some("retry") => Some(Advice::Retry),
        Some("retry-after") => Some(Advice::RetryAfter(fields.span("delay")?)),
        Some("stop") => Some(Advice::Stop),
        Some(other) => return Err(format!("no advice is {other:?}")),
    })
}

fn token_reason(fields: &mut Fields) -> Result<TokenReason, String> {
    Ok(match fields.text("reason")?.as_str() {
        "first" => TokenReason::First,
        "expiring" => TokenReason::Expiring,
        "refused" => TokenReason::Refused,
        other => return Err(format!("no token is asked for because of {other:?}")),
    })
}

fn state(fields: &mut Fields) -> Result<ClientState, String> {
    Ok(match fields.text("state")?.as_str() {
        "connecting" => ClientState::Connecting,
        "open" => ClientState::Open,
        "waiting" => ClientState::Waiting,
        "closing" => ClientState::Closing,
        "closed" => ClientState::Closed,
        other => return Err(format!("no state is called {other:?}")),
    })
}

/// By the name that the engine gives it; what stands beside it is part of it.
fn error(fields: &mut Fields) -> Result<Error, String> {
    let name = fields.text("error")?;
    let plain = [
        Error::SignIn,
        Error::Connect,
        Error::ConnectTimeout,
        Error::Token,
        Error::TokenTimeout,
        Error::ReplyTimeout,
        Error::Silent,
        Error::Protocol,
        Error::Session,
    ];
    if let Some(error) = plain.into_iter().find(|error| error.code() == name) {
        return Ok(error);
    }
    match name.as_str() {
        "refused/closed" => Ok(Error::Closed(CloseCode::from(code(fields)?.ok_or("`code` is missing")?))),
        "unavailable/attempts" => Ok(Error::Attempts(fields.small("attempts")?)),
        name => drop_reason(name).map(Error::Dropped),
    }
}

fn dropped(fields: &mut Fields) -> Result<Option<DropReason>, String> {
    fields.text_if("error")?.as_deref().map(drop_reason).transpose()
}

fn drop_reason(name: &str) -> Result<DropReason, String> {
    let reasons = [
        DropReason::Overflow,
        DropReason::Expired,
        DropReason::Volatile,
        DropReason::Aborted,
        DropReason::Closed,
        DropReason::Unsendable,
        DropReason::Unconfirmed,
    ];
    let reason = reasons.into_iter().find(|reason| Error::Dropped(*reason).code() == name);
    reason.ok_or_else(|| format!("no error is called {name:?}"))
}
