//! Whatever a server says, in whatever order: does the client keep its head?

use everwire::engine::session::Terms;
use everwire::engine::{
    AuthOptions, Client, CloseInfo, Event, Frame, Heard, Input, Instant, MessageId, Options, Output, Said, SendOptions,
    SessionOptions, SocketId, Span, Via, Welcomed,
};

use crate::lives::{each, named};
use crate::random::Random;
use crate::world::Note;

/// Each life is quick.
const LIVES: u64 = 20_000;
const STEPS: u64 = 150;

#[test]
fn nothing_that_a_server_says_confuses_a_client() {
    let said = match named("EVERWIRE_SEED") {
        Some(seed) => vec![live(seed)],
        None => each(named("EVERWIRE_SEEDS").unwrap_or(LIVES), live),
    };
    let count = |what: fn(&Ends) -> u64| said.iter().map(what).sum::<u64>();
    println!("{} welcomes, {} breaches", count(|ends| ends.live), count(|ends| ends.breaches));
    assert!(said.len() == 1 || (count(|ends| ends.live) > LIVES / 4 && count(|ends| ends.breaches) > LIVES / 4));
}

#[derive(Default)]
struct Ends {
    live: u64,
    breaches: u64,
}

fn live(seed: u64) -> Ends {
    let mut random = Random::new(seed);
    let options = Options {
        auth: random.once_in(3).then(|| AuthOptions::via(Via::Message)),
        session: Some(SessionOptions { required: random.once_in(2) }),
        places: random.pick(&[1, 2]),
        ..Options::default()
    };
    let mut client = Client::new(options.parse().expect("they hold together"), seed);
    let (mut ends, mut socket, mut now) = (Ends::default(), SocketId(0), 0);
    let mut promised: Vec<MessageId> = Vec::new();
    for step in 0..STEPS {
        let input = match random.below(14) {
            0 => Input::Connect,
            1 | 2 => {
                promised.push(MessageId(step));
                let options = SendOptions { acknowledged: random.once_in(2), ..SendOptions::default() };
                Input::Send { id: MessageId(step), data: Note(step), options }
            }
            3 => Input::Opened { socket },
            4 => Input::Agreed { socket },
            5 => Input::Received { socket, data: Note(1) },
            6 if random.once_in(3) => Input::Closed { socket, close: CloseInfo::ABNORMAL, unsent: 0 },
            7 if random.once_in(20) => Input::Disconnect(None),
            8 => Input::NotTransmitted { socket },
            9 => {
                now += random.below(40_000_000);
                Input::Elapsed
            }
            _ => Input::Control { socket, heard: anything(&mut random) },
        };
        client.handle(input, Instant::from_micros(now));
        while let Some(output) = client.poll() {
            match output {
                Output::Open { socket: opened, .. } => {
                    socket = opened;
                    if random.chance(80) {
                        client.handle(Input::Agreed { socket }, Instant::from_micros(now));
                        client.handle(Input::Opened { socket }, Instant::from_micros(now));
                    }
                }
                Output::FetchToken { ask, .. } => {
                    client.handle(Input::Token { ask, expires: None }, Instant::from_micros(now));
                }
                Output::Transmit { socket, frame } => {
                    let is_hello = matches!(frame, Frame::Control(Said::Hello | Said::Again(..)));
                    client.handle(Input::Transmitted { socket, bytes: 9 }, Instant::from_micros(now));
                    if is_hello && random.chance(70) {
                        for heard in [Heard::Authenticated, Heard::Welcome(welcome(&mut random))] {
                            client.handle(Input::Control { socket, heard }, Instant::from_micros(now));
                        }
                    }
                }
                Output::Tell(Event::Open { .. }) => ends.live += 1,
                Output::Tell(Event::Settled { id, .. }) => {
                    let at = promised.iter().position(|promised| *promised == id);
                    promised.remove(at.unwrap_or_else(|| panic!("{id:?} is settled twice")));
                }
                Output::Close { frame: Some(frame), .. } if [4500, 4409].contains(&frame.code().get()) => {
                    ends.breaches += 1;
                }
                Output::Tell(Event::Closed(_)) => {
                    assert!(promised.is_empty(), "the end is told, and {promised:?} are not settled");
                }
                Output::Aim { .. }
                | Output::Close { .. }
                | Output::CancelToken { .. }
                | Output::Judge { .. }
                | Output::AskRetry { .. }
                | Output::Tell(_) => {}
            }
        }
        let deadline = client.deadline();
        assert!(deadline.is_none_or(|(at, _)| at > Instant::from_micros(now)), "{deadline:?} is not to come");
    }
    ends
}

fn anything(random: &mut Random) -> Heard {
    match random.below(9) {
        0 | 1 => Heard::Ack(some(random)),
        2 => Heard::Gap(some(random), some(random)),
        3 => Heard::Ping,
        4 => Heard::Pong,
        5 => Heard::Authenticated,
        6 => Heard::Bye(Span::micros(random.extreme()), random.pick(&[None, Some(0), Some(1), Some(usize::MAX)])),
        7 if random.once_in(3) => Heard::Nonsense,
        _ => Heard::Welcome(welcome(random)),
    }
}

fn welcome(random: &mut Random) -> Welcomed {
    Welcomed {
        resumed: random.once_in(2),
        received: if random.once_in(2) { 0 } else { some(random) },
        window: Span::micros(random.extreme()),
        most: (some(random).max(1), some(random).max(1)),
        terms: Terms {
            messages: some(random).max(1),
            bytes: some(random).max(1),
            after: Span::micros(random.up_to(60_000_000)),
        },
    }
}

fn some(random: &mut Random) -> u64 {
    if random.chance(80) { random.below(4) } else { random.extreme() >> 11 }
}
