//! The server goes away and comes back.

use everwire::engine::{ClientState, Instant};

use super::*;

/// Each client is its own world; the server's is the sum of them. It restarts, takes two seconds, and everybody comes
/// back: nobody at the same moment as all the others, and nobody is left out.
#[test]
fn a_deploy_that_restarts_the_server_under_a_thousand_clients_is_no_stampede() {
    let (clients, takes) = (1_000, Span::secs(2));
    let mut knocks: Vec<Instant> = vec![];
    for seed in 0..clients {
        let mut world = World::new(&Options::default(), seed);
        world.tell(Input::Connect);
        world.run(Span::secs(10));
        let before = world.server.knocked.len();
        world.turn(Turn::Restart { code: 1012, takes });
        world.run(Span::secs(60));
        assert_eq!(world.client.state(), ClientState::Open, "client {seed} is left out");
        knocks.extend(&world.server.knocked[before..]);
        assert!(world.server.knocked.len() - before <= 10, "client {seed} knocks and knocks");
    }
    // in the first half second, when all of them know that it is gone, and in each tenth of it
    let at = |knock: &Instant| knock.as_micros() / 100_000;
    let peak = knocks.iter().map(|knock| knocks.iter().filter(|other| at(other) == at(knock)).count()).max();
    let peak = peak.expect("they all came back") as u64;
    assert!(peak <= clients / 3, "{peak} of {clients} in one tenth of a second: at once it would be {clients}");
}

#[test]
fn a_flapping_server_is_waited_for_ever_longer() {
    let options = Options::default();
    let mut world = World::new(&options, 7);
    world.turn(Turn::Flap { lives: Some(Span::secs(1)) });
    world.tell(Input::Connect);
    world.run(Span::secs(600));
    let attempts: Vec<u32> = world.user.retries.iter().map(|&(_, attempt, _)| attempt).collect();
    assert!(attempts.windows(2).all(|pair| pair[1] == pair[0] + 1), "no connection lasted, so the count goes on");
    let accepted = world.server.accepted.len();
    assert!((30..120).contains(&accepted), "{accepted} connections in ten minutes: at most two a minute in the end");
    world.turn(Turn::Flap { lives: None });
    world.run(Span::secs(60));
    world.turn(Turn::ResetAll);
    world.run(Span::secs(1));
    assert_eq!(world.user.retries.last().map(|&(_, attempt, _)| attempt), Some(0), "one lasted: it starts again");
    lawful(&world, &options);
}

#[test]
fn what_is_sent_while_the_server_is_away_arrives_when_it_is_back_in_order_and_once() {
    let options = Options::default();
    let mut world = open(&options);
    world.turn(send(3));
    world.run(Span::secs(1));
    world.turn(Turn::Restart { code: 1001, takes: Span::secs(5) });
    world.run(Span::millis(100)); // what is sent before the page hears of it goes to nobody, and is counted
    for _ in 0..10 {
        world.turn(send(1));
        world.run(Span::millis(300));
    }
    world.run(Span::secs(30));
    assert_eq!(world.server.received, all_to(13));
    assert_eq!(world.user.handed_over, all_to(13));
    assert_eq!(world.user.downs[0].1.code.get(), 1001);
    lawful(&world, &options);
}

#[test]
fn a_server_that_says_try_again_later_is_left_alone_for_a_while() {
    let options = Options::default();
    let mut world = open(&options);
    let before = world.now;
    world.turn(Turn::CloseAll { code: 1013 });
    world.run(Span::secs(60));
    let came_back = world.user.opens[1].0.since(before);
    assert!((Span::secs(15)..Span::secs(31)).contains(&came_back), "{came_back}");
    lawful(&world, &options);
}

#[test]
fn a_server_that_says_stop_is_not_asked_again() {
    let options = Options::default();
    for code in [1000, 1008, 3003, 4403, 4500] {
        let mut world = open(&options);
        world.turn(Turn::CloseAll { code });
        world.run(Span::secs(600));
        assert_eq!((world.links.len(), world.client.state()), (1, ClientState::Closed), "{code}");
        lawful(&world, &options);
    }
}

#[test]
fn a_flood_arrives_in_order_and_whole() {
    let options = with_heartbeat();
    let mut world = open(&options);
    world.turn(Turn::Flood { messages: 10_000 });
    world.run(Span::secs(10));
    assert_eq!(world.user.received.len(), 10_000);
    assert!(world.user.received.is_sorted());
    lawful(&world, &options);
}
