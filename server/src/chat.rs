//! Who is in the room, and what happens to a member that cannot keep up?
//!
//! A message goes to everyone's queue at once. A member whose queue is full reads too slowly: it leaves the room that
//! very moment, with close code 1013 if it still listens, and nobody waits for it. What the room holds is bounded:
//! [`QUEUE`] references to short texts per member.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard},
};

use bytes::Bytes;
use tokio::sync::mpsc::{self, error::TrySendError};
use tokio_util::sync::CancellationToken;

use crate::{
    closing::Ending,
    socket::{Payload, Socket},
    store::Store,
};

/// Everyone who is connected to `/ws/chat`.
#[derive(Debug, Default)]
pub(crate) struct Room {
    members: Mutex<Members>,
}

#[derive(Debug, Default)]
struct Members {
    next_id: u64,
    seats: BTreeMap<u64, Seat>,
}

#[derive(Debug)]
struct Seat {
    queue: mpsc::Sender<Bytes>,
    shown_out: CancellationToken,
}

/// One member's place; leaving it gives it up.
#[derive(Debug)]
struct Place<'a> {
    room: &'a Room,
    id: u64,
    queue: mpsc::Receiver<Bytes>,
    shown_out: CancellationToken,
}

impl Room {
    /// What is said here goes to sessions, too, by the store; and what they say comes by [`tell_everyone`](Self::tell_everyone).
    pub(crate) async fn serve(self: Arc<Self>, store: &Store, socket: &mut Socket) -> Ending {
        let mut place = self.join();
        let shown_out = place.shown_out.clone();
        tokio::select! {
            biased;
            () = shown_out.cancelled() => Ending::close(1013, "you read too slowly for this room"),
            ending = place.chat(store, socket) => ending,
        }
    }

    /// How many messages wait in the fullest queue, and how many members there are.
    pub(crate) fn load(&self) -> (usize, usize) {
        let members = self.members();
        let waiting = |seat: &Seat| QUEUE - seat.queue.capacity();
        let fullest = members.seats.values().map(waiting).max().unwrap_or(0);
        (fullest, members.seats.len())
    }

    fn join(&self) -> Place<'_> {
        let (sender, queue) = mpsc::channel(QUEUE);
        let shown_out = CancellationToken::new();
        let mut members = self.members();
        let id = members.next_id;
        members.next_id += 1;
        members.seats.insert(id, Seat { queue: sender, shown_out: shown_out.clone() });
        Place { room: self, id, queue, shown_out }
    }

    /// Under one lock: everyone gets all messages in the same order.
    pub(crate) fn tell_everyone(&self, text: Bytes) {
        self.members().seats.retain(|_, seat| match seat.queue.try_send(text.clone()) {
            Ok(()) => true,
            Err(TrySendError::Full(_)) => {
                seat.shown_out.cancel();
                false
            }
            Err(TrySendError::Closed(_)) => false,
        });
    }

    fn members(&self) -> MutexGuard<'_, Members> {
        self.members.lock().expect("no one panics while holding it")
    }
}

impl Place<'_> {
    async fn chat(&mut self, store: &Store, socket: &mut Socket) -> Ending {
        loop {
            tokio::select! {
                biased; // what was said is passed on before more is listened to
                text = self.queue.recv() => {
                    let Some(text) = text else { return Ending::Over }; // our seat is gone: shown out
                    if !socket.send(Payload::Text(text)).await {
                        return Ending::Over;
                    }
                }
                received = socket.receive() => match received {
                    None => return Ending::Over,
                    Some(Payload::Binary(_)) => return Ending::close(1003, "the chat speaks text only"),
                    Some(Payload::Text(bytes)) => {
                        let text = first_fifty(&bytes);
                        self.room.tell_everyone(text.clone());
                        // those who have a session see a gap in it only if the store is away, and are told of that otherwise
                        let _ = store.tell(text).await;
                        // a burst from one client must not fill queues that their owners had no turn to empty
                        tokio::task::yield_now().await;
                    }
                },
            }
        }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.room.members().seats.remove(&self.id);
    }
}

/// The first fifty Unicode scalar values, in memory of their own: a cut of a large message must not keep it alive.
pub(crate) fn first_fifty(bytes: &Bytes) -> Bytes {
    let text = String::from_utf8_lossy(bytes);
    let end = text.char_indices().nth(50).map_or(text.len(), |(index, _)| index);
    Bytes::copy_from_slice(&text.as_bytes()[..end])
}

/// 1024 messages: seconds of the liveliest chat; beyond that a member only falls further behind.
const QUEUE: usize = 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_cut_to_fifty_scalar_values_not_bytes() {
        let cut = |text: &str| String::from_utf8(first_fifty(&Bytes::from(text.to_owned())).to_vec());
        assert_eq!(cut("short").expect("text"), "short");
        assert_eq!(cut(&"x".repeat(60)).expect("text"), "x".repeat(50));
        assert_eq!(cut(&"🦀".repeat(60)).expect("text"), "🦀".repeat(50));
        assert_eq!(cut(&format!("{}🦀🦀", "x".repeat(49))).expect("text"), format!("{}🦀", "x".repeat(49)));
    }

    #[test]
    fn a_member_whose_queue_is_full_is_shown_out_and_the_others_stay() {
        let room = Room::default();
        let slow = room.join();
        let mut quick = room.join();
        for _ in 0..=QUEUE {
            room.tell_everyone(Bytes::from_static(b"hi"));
            quick.queue.try_recv().expect("the quick one gets everything");
        }
        assert!(slow.shown_out.is_cancelled());
        assert!(!quick.shown_out.is_cancelled());
        assert_eq!(room.load(), (0, 1));
    }
}
