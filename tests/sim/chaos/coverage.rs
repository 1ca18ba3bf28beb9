//! Did the sessions go everywhere? A random walk that never enters a room tests nothing in it.

use std::collections::BTreeSet;

use everwire::engine::{
    Advice, ClientState, DropReason, Error, Event, Frame, Input, Judgement, Output, TokenReason, Wake,
};

use crate::transcript::{Line, Transcript};

/// What occurred, by name.
#[derive(Debug, Default)]
pub(super) struct Coverage(BTreeSet<&'static str>);

impl Coverage {
    pub(super) fn add<P>(&mut self, transcript: &Transcript<P>) {
        for (_, line) in &transcript.lines {
            match line {
                Line::In(said) => self.0.extend(input(said)),
                Line::Out(said) => self.0.extend(output(said)),
                Line::Deadline(Some((_, whose))) => {
                    self.0.insert(wake(*whose));
                }
                Line::Deadline(None) | Line::World(_) => {}
            }
        }
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// What never occurred.
    pub(super) fn missing(&self) -> Vec<&'static str> {
        ALL.iter().flat_map(|names| names.split(' ')).filter(|name| !self.0.contains(name)).collect()
    }
}

/// Each name below comes from a match without a wildcard: a new variant does not compile until it has one. An
/// `Error::Dropped` is the web layer's word for a drop; the engine tells it as `Settled` and `Dropped`.
const ALL: [&str; 10] = [
    "Connect Send TakeBack Flush Disconnect Elapsed Woke NotOpened Opened Received Judged Transmitted NotTransmitted",
    "Buffered Closed Advised Token NoToken Online Offline Visible Hidden Resumed Restored",
    "judged:Accepted judged:Refused judged:Pong judged:Message advised:Table advised:Retry advised:After advised:Stop",
    "Aim Open Transmit Close FetchToken CancelToken Judge AskRetry message ping auth token:First token:Expiring token:Refused",
    "event:State event:Open event:Message event:Down event:Retry event:Error event:Settled event:Dropped event:Drain",
    "event:Flushed event:Closed state:Connecting state:Open state:Waiting state:Closing state:Closed",
    "error:SignIn error:Closed error:Attempts error:Connect error:ConnectTimeout error:Token error:TokenTimeout",
    "error:ReplyTimeout error:Silent drop:Overflow drop:Expired drop:Volatile drop:Aborted drop:Closed drop:Unsendable",
    "wake:Token wake:Handshake wake:Reply wake:Retry wake:Close wake:Renewal wake:Heartbeat wake:Limiter wake:Expiry",
    "reconnected flush:complete flush:incomplete down:retry down:stop settled:kept settled:rejected",
];

type Names = [&'static str; 2];

fn input<P>(input: &Input<P>) -> Names {
    let name = match input {
        Input::Connect => "Connect",
        Input::Send { .. } => "Send",
        Input::TakeBack(_) => "TakeBack",
        Input::Flush(_) => "Flush",
        Input::Disconnect(_) => "Disconnect",
        Input::Elapsed => "Elapsed",
        Input::Woke => "Woke",
        Input::NotOpened { .. } => "NotOpened",
        Input::Opened { .. } => "Opened",
        Input::Received { .. } => "Received",
        Input::Judged { verdict, .. } => {
            let verdict = match verdict {
                Judgement::Accepted => "judged:Accepted",
                Judgement::Refused => "judged:Refused",
                Judgement::Pong => "judged:Pong",
                Judgement::Message => "judged:Message",
            };
            return ["Judged", verdict];
        }
        Input::Transmitted { .. } => "Transmitted",
        Input::NotTransmitted { .. } => "NotTransmitted",
        Input::Buffered { .. } => "Buffered",
        Input::Closed { .. } => "Closed",
        Input::Advised { advice, .. } => {
            let advice = match advice {
                None => "advised:Table",
                Some(Advice::Retry) => "advised:Retry",
                Some(Advice::RetryAfter(_)) => "advised:After",
                Some(Advice::Stop) => "advised:Stop",
            };
            return ["Advised", advice];
        }
        Input::Token { .. } => "Token",
        Input::NoToken { .. } => "NoToken",
        Input::Online => "Online",
        Input::Offline => "Offline",
        Input::Visible => "Visible",
        Input::Hidden => "Hidden",
        Input::Resumed => "Resumed",
        Input::Restored => "Restored",
        Input::Agreed { .. } | Input::Control { .. } => "session", // tests/session has those
    };
    [name, name]
}

fn output<P>(output: &Output<P>) -> Names {
    match output {
        Output::Open { .. } => ["Open", "Open"],
        Output::Transmit { frame, .. } => {
            let frame = match frame {
                Frame::Message { .. } => "message",
                Frame::Ping => "ping",
                Frame::Auth => "auth",
                Frame::Control(_) => "session",
            };
            ["Transmit", frame]
        }
        Output::Close { .. } => ["Close", "Close"],
        Output::FetchToken { reason, .. } => {
            let reason = match reason {
                TokenReason::First => "token:First",
                TokenReason::Expiring => "token:Expiring",
                TokenReason::Refused => "token:Refused",
            };
            ["FetchToken", reason]
        }
        Output::CancelToken { .. } => ["CancelToken", "CancelToken"],
        Output::Judge { .. } => ["Judge", "Judge"],
        Output::AskRetry { .. } => ["AskRetry", "AskRetry"],
        Output::Aim { .. } => ["Aim", "Aim"],
        Output::Tell(told) => event(told),
    }
}

fn event<P>(event: &Event<P>) -> Names {
    match event {
        Event::State(state) => ["event:State", state_name(*state)],
        Event::Open { reconnected, .. } => ["event:Open", if *reconnected { "reconnected" } else { "event:Open" }],
        Event::Message(_) => ["event:Message", "event:Message"],
        Event::Down { will_retry, .. } => ["event:Down", if *will_retry { "down:retry" } else { "down:stop" }],
        Event::Retry { .. } => ["event:Retry", "event:Retry"],
        Event::Error(error) => ["event:Error", error_name(error)],
        Event::Settled { outcome: Ok(()), .. } => ["event:Settled", "settled:kept"],
        Event::Settled { outcome: Err(_), .. } => ["event:Settled", "settled:rejected"],
        Event::Dropped { reason, .. } => ["event:Dropped", drop_name(*reason)],
        Event::Drain => ["event:Drain", "event:Drain"],
        Event::Flushed { complete, .. } => {
            ["event:Flushed", if *complete { "flush:complete" } else { "flush:incomplete" }]
        }
        Event::Closed(_) => ["event:Closed", "event:Closed"],
        Event::Gap { .. } => ["session", "session"],
    }
}

fn state_name(state: ClientState) -> &'static str {
    match state {
        ClientState::Connecting => "state:Connecting",
        ClientState::Open => "state:Open",
        ClientState::Waiting => "state:Waiting",
        ClientState::Closing => "state:Closing",
        ClientState::Closed => "state:Closed",
    }
}

fn drop_name(reason: DropReason) -> &'static str {
    match reason {
        DropReason::Overflow => "drop:Overflow",
        DropReason::Expired => "drop:Expired",
        DropReason::Volatile => "drop:Volatile",
        DropReason::Aborted => "drop:Aborted",
        DropReason::Closed => "drop:Closed",
        DropReason::Unsendable => "drop:Unsendable",
        DropReason::Unconfirmed => "session",
    }
}

fn error_name(error: &Error) -> &'static str {
    match error {
        Error::SignIn => "error:SignIn",
        Error::Closed(_) => "error:Closed",
        Error::Attempts(_) => "error:Attempts",
        Error::Connect => "error:Connect",
        Error::ConnectTimeout => "error:ConnectTimeout",
        Error::Token => "error:Token",
        Error::TokenTimeout => "error:TokenTimeout",
        Error::ReplyTimeout => "error:ReplyTimeout",
        Error::Silent => "error:Silent",
        Error::Protocol | Error::Session => "session",
        Error::Dropped(_) => "error:Dropped",
        _ => "error:new", // `Error` is non-exhaustive for other crates, and this is one
    }
}

fn wake(wake: Wake) -> &'static str {
    match wake {
        Wake::Token => "wake:Token",
        Wake::Handshake => "wake:Handshake",
        Wake::Reply => "wake:Reply",
        Wake::Retry => "wake:Retry",
        Wake::Close => "wake:Close",
        Wake::Renewal => "wake:Renewal",
        Wake::Heartbeat => "wake:Heartbeat",
        Wake::Limiter => "wake:Limiter",
        Wake::Expiry => "wake:Expiry",
        Wake::Session => "session",
    }
}
