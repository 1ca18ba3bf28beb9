//! What a flush may claim.

use super::*;

/// The old socket goes on sending what it held, or does not, and for a while nobody can know. Here it turns out that
/// neither message ever left, and both are sent again: so the flush could not say that all of it had left.
#[test]
fn nothing_is_sent_again_after_a_flush_said_that_all_of_it_has_left() {
    let options = Options::default();
    let mut world = open(&options);
    world.turn(Turn::Bandwidth(1_000));
    world.turn(Turn::Send { messages: 2, bytes: 70_000 });
    world.run(Span::secs(1));
    world.turn(Turn::Stall);
    world.turn(Turn::Connect); // the user would rather have another socket
    world.turn(Turn::Flush);
    world.turn(Turn::ResetAll); // and now it is known that they never left
    world.turn(Turn::Flow);
    world.run(Span::secs(300));
    assert_eq!(world.server.received, all_to(2));
    assert_eq!(world.wrong, [""; 0], "{}", told(&world.transcript));
    lawful(&world, &options);
}
