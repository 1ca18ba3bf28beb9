//! How is a session told? Line by line, with the time and who speaks, in plain words.

use std::fmt::Write as _;

use everwire::engine::{Event, Frame, Input, Output, Payload};

use crate::transcript::{Line, Transcript};

/// The session as a dialogue.
pub(crate) fn told<P: Payload + std::fmt::Debug>(transcript: &Transcript<P>) -> String {
    let mut story = String::new();
    for (number, (now, line)) in transcript.lines.iter().enumerate() {
        if let Some(words) = in_words(line) {
            let seconds = now.as_micros() as f64 / 1e6;
            writeln!(story, "{number:>6} {seconds:>13.6} s  {words}").expect("a string takes everything");
        }
    }
    story
}

fn in_words<P: Payload + std::fmt::Debug>(line: &Line<P>) -> Option<String> {
    Some(match line {
        Line::In(input) => of_input(input),
        Line::Out(output) => format!("engine: {}", of_output(output)),
        Line::Deadline(_) => return None, // in the transcript, for the laws; in a story it is noise
        Line::World(what) => what.clone(),
    })
}

fn of_input<P: Payload + std::fmt::Debug>(input: &Input<P>) -> String {
    match input {
        Input::Connect => "user: connect now".into(),
        Input::Send { id, data, options } => format!("user: send message {} ({data:?}, {options:?})", id.0),
        Input::TakeBack(id) => format!("user: do not send message {} after all", id.0),
        Input::Flush(id) => format!("user: tell me when all of it has left (flush {})", id.0),
        Input::Disconnect(frame) => format!("user: close ({frame:?})"),
        Input::Elapsed => "clock: time has passed".into(),
        Input::Woke => "clock: the machine slept".into(),
        Input::NotOpened { socket } => format!("browser: socket {} could not be made", socket.0),
        Input::Opened { socket } => format!("browser: socket {} is open", socket.0),
        Input::Received { socket, data } => format!("browser: socket {} received {data:?}", socket.0),
        Input::Judged { socket, data, verdict } => format!("page: {data:?} on socket {} is a {verdict:?}", socket.0),
        Input::Transmitted { socket, bytes } => format!("browser: socket {} took {bytes} bytes", socket.0),
        Input::NotTransmitted { socket } => format!("browser: socket {} took nothing", socket.0),
        Input::Buffered { socket, bytes } => format!("browser: socket {} still holds {bytes} bytes", socket.0),
        Input::Closed { socket, close, unsent } => {
            let clean = if close.clean { "cleanly" } else { "not cleanly" };
            format!("browser: socket {} closed {clean} with {}; {unsent} bytes never left", socket.0, close.code)
        }
        Input::Advised { socket, advice } => format!("user: about socket {}: {advice:?}", socket.0),
        Input::Token { ask, expires } => {
            let until = expires.map(|at| format!(", good until {:.3} s", at.as_micros() as f64 / 1e6));
            format!("provider: here is a token (question {}){}", ask.0, until.unwrap_or_default())
        }
        Input::NoToken { ask } => format!("provider: no token (question {})", ask.0),
        Input::Agreed { socket } => format!("browser: socket {} speaks everwire.1", socket.0),
        Input::Control { socket, heard } => format!("server: on socket {} {heard:?}", socket.0),
        Input::Online | Input::Offline | Input::Visible | Input::Hidden | Input::Resumed | Input::Restored => {
            format!("page: {input:?}")
        }
    }
}

fn of_output<P: std::fmt::Debug>(output: &Output<P>) -> String {
    match output {
        Output::Open { socket, attempt } => format!("open socket {} (attempt {attempt})", socket.0),
        Output::Transmit { socket, frame: Frame::Message { id, .. } } => {
            format!("hand message {} to socket {}", id.0, socket.0)
        }
        Output::Transmit { socket, frame: Frame::Ping } => format!("ask socket {} whether anybody is there", socket.0),
        Output::Transmit { socket, frame: Frame::Auth } => format!("present the credential to socket {}", socket.0),
        Output::Transmit { socket, frame: Frame::Control(said) } => format!("say {said:?} on socket {}", socket.0),
        Output::Aim { place, offers_session } => format!("aim at address {place} (session: {offers_session})"),
        Output::Close { socket, frame } => {
            let code = frame.as_ref().map_or("no code".into(), |frame| frame.code().to_string());
            format!("close socket {} with {code}", socket.0)
        }
        Output::FetchToken { ask, reason, attempt } => {
            format!("ask for a token: {reason:?} (question {}, attempt {attempt})", ask.0)
        }
        Output::CancelToken { ask } => format!("never mind (question {})", ask.0),
        Output::Judge { socket, data, .. } => format!("what is {data:?} on socket {}?", socket.0),
        Output::AskRetry { socket, close, attempt } => {
            format!("socket {} closed with {}: try again (attempt {attempt})?", socket.0, close.code)
        }
        Output::Tell(event) => format!("to the user: {}", of_event(event)),
    }
}

fn of_event<P: std::fmt::Debug>(event: &Event<P>) -> String {
    match event {
        Event::State(state) => format!("{state:?}"),
        Event::Open { attempt, reconnected, .. } => {
            format!("{} (attempt {attempt})", if *reconnected { "open again" } else { "open" })
        }
        Event::Gap { received, missed } => format!("after {received} messages a gap ({missed:?})"),
        Event::Message(data) => format!("a message, {data:?}"),
        Event::Down { close, will_retry, unconfirmed } => {
            let then = if *will_retry { "will try again" } else { "will not try again" };
            format!("down with {}; {then}; {} messages unconfirmed", close.code, unconfirmed.messages)
        }
        Event::Retry { attempt, delay } => format!("will try again in {delay} (attempt {attempt})"),
        Event::Error(error) => format!("{}: {error}", error.code()),
        Event::Settled { id, outcome: Ok(()) } => format!("message {} is handed over", id.0),
        Event::Settled { id, outcome: Err(reason) } => format!("message {} will not be handed over: {reason:?}", id.0),
        Event::Dropped { id, reason, .. } => format!("message {} will not be sent: {reason:?}", id.0),
        Event::Drain => "send on".into(),
        Event::Flushed { id, complete: true } => format!("flush {}: all of it has left", id.0),
        Event::Flushed { id, complete: false } => format!("flush {}: nobody knows", id.0),
        Event::Closed(close) => format!("closed for good with {}", close.code),
    }
}
