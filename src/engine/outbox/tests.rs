//! Does the outbox hold what a plain list would hold?

use super::*;
use crate::engine::message::sample::{Bytes, message};
use crate::engine::rng::Rng;
use crate::engine::time::Span;

#[test]
fn first_in_first_out() {
    let mut outbox = outbox(Overflow::Reject, 10, 100);
    for id in [1, 2, 5] {
        outbox.push(message(id, 10), &mut vec![]);
    }
    assert_eq!((outbox.messages(), outbox.bytes(), outbox.first()), (3, 30, Some(MessageId(1))));
    assert!(!outbox.is_empty());
    assert_eq!(ids(std::iter::from_fn(|| outbox.pop())), [1, 2, 5]);
    assert!(outbox.is_empty() && outbox.head().is_none() && outbox.bytes() == 0);
}

#[test]
fn the_new_one_is_refused_when_the_queue_is_full() {
    for policy in [Overflow::Reject, Overflow::DropNewest] {
        assert_eq!(overflown(policy, 2, 100), (vec![1, 2], vec![3]));
        assert_eq!(overflown(policy, 10, 25), (vec![1, 2], vec![3]));
        assert_eq!(overflown(policy, 10, 30), (vec![1, 2, 3], vec![]), "full to the brim is not too full");
    }
}

#[test]
fn the_oldest_gives_way_if_so_asked() {
    assert_eq!(overflown(Overflow::DropOldest, 2, 100), (vec![2, 3], vec![1]));
    assert_eq!(overflown(Overflow::DropOldest, 10, 15), (vec![3], vec![1, 2]));
    assert_eq!(overflown(Overflow::DropOldest, 1, 100), (vec![3], vec![1, 2]));
}

#[test]
fn what_fits_into_no_queue_displaces_nobody() {
    let mut outbox = outbox(Overflow::DropOldest, 10, 25);
    let mut dropped = vec![];
    outbox.push(message(1, 10), &mut dropped);
    outbox.push(message(2, 26), &mut dropped);
    assert_eq!((reasons(&dropped), outbox.messages()), (vec![(2, DropReason::Overflow)], 1));
    let mut none = super::Outbox::new(&QueueOptions { max_messages: 0, ..QueueOptions::default() });
    none.push(message(1, 0), &mut dropped);
    assert!(none.is_empty());
}

#[test]
fn what_comes_back_goes_first_and_in_order() {
    let mut outbox = outbox(Overflow::Reject, 10, 100);
    outbox.push(message(7, 10), &mut vec![]);
    let volatile = Message { volatile: true, ..message(4, 10) };
    let expired = Message { expires: Some(at(5)), ..message(5, 10) };
    let mut dropped = vec![];
    outbox.put_back(vec![message(3, 10), volatile, expired, message(6, 10)], at(5), &mut dropped);
    assert_eq!(reasons(&dropped), [(4, DropReason::Volatile), (5, DropReason::Expired)]);
    assert_eq!(ids(std::iter::from_fn(|| outbox.pop())), [3, 6, 7]);
}

#[test]
fn what_comes_back_to_a_full_queue_gives_way_as_asked() {
    assert_eq!(come_back(Overflow::Reject), (vec![1, 2, 3, 4], vec![]), "what was accepted stays");
    assert_eq!(come_back(Overflow::DropOldest), (vec![3, 4], vec![1, 2]));
    assert_eq!(come_back(Overflow::DropNewest), (vec![1, 2], vec![4, 3]));
}

#[test]
fn after_too_much_came_back_new_ones_wait_until_there_is_room() {
    let mut outbox = outbox(Overflow::Reject, 2, 100);
    outbox.put_back(vec![message(1, 1), message(2, 1), message(3, 1)], at(0), &mut vec![]);
    let mut dropped = vec![];
    outbox.push(message(4, 1), &mut dropped);
    outbox.pop();
    outbox.push(message(5, 1), &mut dropped);
    outbox.pop();
    outbox.push(message(6, 1), &mut dropped);
    assert_eq!(reasons(&dropped), [(4, DropReason::Overflow), (5, DropReason::Overflow)]);
    assert_eq!(outbox.messages(), 2);
}

#[test]
fn what_comes_back_and_fits_into_no_queue_displaces_nobody() {
    for (policy, stay, gone) in [
        (Overflow::Reject, vec![1, 2, 3, 4, 5], vec![]),
        (Overflow::DropOldest, vec![1, 3, 4, 5], vec![2]),
        (Overflow::DropNewest, vec![1, 3, 4, 5], vec![2]),
    ] {
        let mut outbox = outbox(policy, 10, 100);
        let mut dropped = vec![];
        outbox.push(message(4, 10), &mut dropped);
        outbox.push(message(5, 10), &mut dropped);
        outbox.put_back(vec![message(1, 40), message(2, 101), message(3, 40)], at(0), &mut dropped);
        assert_eq!(ids(dropped.into_iter().map(|(message, _)| message)), gone, "{policy:?}");
        assert_eq!(ids(std::iter::from_fn(|| outbox.pop())), stay, "{policy:?}");
    }
}

#[test]
fn a_ttl_ends_at_its_very_moment() {
    let mut outbox = outbox(Overflow::Reject, 10, 100);
    let mut dropped = vec![];
    outbox.push(Message { expires: Some(at(9)), ..message(1, 1) }, &mut dropped);
    outbox.push(Message { expires: Some(at(5)), ..message(2, 1) }, &mut dropped);
    outbox.push(message(3, 1), &mut dropped);
    assert_eq!(outbox.deadline(), Some(at(5)));
    outbox.expire(at(4), &mut dropped);
    assert!(dropped.is_empty());
    outbox.expire(at(5), &mut dropped);
    assert_eq!(reasons(&dropped), [(2, DropReason::Expired)]);
    assert_eq!(outbox.deadline(), Some(at(9)));
    outbox.pop();
    assert_eq!(outbox.deadline(), None, "the other one is gone, and its ttl with it");
}

#[test]
fn a_flood_of_messages_with_a_ttl_leaves_no_trace() {
    let mut outbox = outbox(Overflow::Reject, 1_000, 100_000);
    for id in 0..100_000 {
        // the first stays and expires first, so that no other ever comes to the top
        let expires = Some(at(if id == 0 { 1 } else { 1_000_000 - id }));
        outbox.push(Message { expires, ..message(id, 1) }, &mut vec![]);
        if id > 0 {
            assert!(outbox.take_back(MessageId(id)).is_some());
        }
    }
    assert!(outbox.slots.len() <= 2 + SLACK && outbox.expiries.len() <= 2 + SLACK);
    assert_eq!((outbox.messages(), outbox.deadline()), (1, Some(at(1))));
}

#[test]
fn holes_do_not_pile_up() {
    let mut outbox = outbox(Overflow::Reject, 10_000, 100_000);
    for id in 0..2_000 {
        outbox.push(message(id, 1), &mut vec![]);
    }
    for id in 1..1_999 {
        assert!(outbox.take_back(MessageId(id)).is_some());
        assert!(outbox.slots.len() <= 2 * outbox.waiting + SLACK);
    }
    assert!(outbox.take_back(MessageId(5)).is_none(), "it is gone already");
    assert_eq!(ids(std::iter::from_fn(|| outbox.pop())), [0, 1_999]);
}

/// A walk through the queue is paid by those that are gone: as many as wait, and some.
#[test]
fn it_is_tidied_when_more_is_gone_than_waits_and_not_before() {
    let mut outbox = outbox(Overflow::Reject, 1_000, 1_000);
    let all = 4 * SLACK;
    for id in 0..all as u64 {
        // those at both ends stay, and the first expires first
        outbox.push(Message { expires: Some(at(id)), ..message(id, 1) }, &mut vec![]);
    }
    let few = (all - SLACK) / 2; // that wait, when twice as many and the slack are all there were
    for id in 1..all as u64 - 1 {
        outbox.take_back(MessageId(id));
        let expected = if outbox.waiting >= few { all } else { outbox.slots.len() };
        assert_eq!((outbox.slots.len(), outbox.expiries.len()), (expected, expected), "{}", outbox.waiting);
        if outbox.waiting == few - 1 {
            assert_eq!(outbox.slots.len(), few - 1);
        }
    }
}

/// Against a list that is searched, over random doings.
#[test]
fn it_holds_what_a_plain_list_would_hold() {
    for seed in 0..3_000 {
        let mut rng = Rng::new(seed);
        let mut below = |n: u64| rng.up_to(Span::micros(n - 1)).as_micros();
        let policy = [Overflow::Reject, Overflow::DropOldest, Overflow::DropNewest][below(3) as usize];
        let mut outbox = outbox(policy, below(12), below(60));
        let mut list = List { options: outbox.options.clone(), messages: vec![] };
        let (mut next, mut now, mut flying) = (0, 0, vec![]);
        for _ in 0..60 {
            now += below(3);
            let (mut dropped, mut expected) = (vec![], vec![]);
            match below(6) {
                0 | 1 => {
                    next += 1 + below(2);
                    let expires = (below(2) == 0).then(|| at(now + below(20)));
                    let message = Message { expires, volatile: below(5) == 0, ..message(next, below(20)) };
                    outbox.push(message.clone(), &mut dropped);
                    list.push(message, &mut expected);
                }
                2 => {
                    let head = outbox.pop();
                    assert_eq!(head, (!list.messages.is_empty()).then(|| list.messages.remove(0)));
                    flying.extend(head);
                }
                3 => {
                    let id = MessageId(below(next + 1));
                    let place = list.messages.iter().position(|message| message.id == id);
                    assert_eq!(outbox.take_back(id), place.map(|place| list.messages.remove(place)));
                }
                4 => {
                    outbox.expire(at(now), &mut dropped);
                    list.expire(at(now), &mut expected);
                }
                _ => {
                    // what flew last comes back; what flew before it has left
                    let back = flying.split_off(below(flying.len() as u64 + 1) as usize);
                    flying.clear();
                    outbox.put_back(back.clone(), at(now), &mut dropped);
                    list.put_back(back, at(now), &mut expected);
                }
            }
            assert_eq!(dropped, expected, "seed {seed}");
            assert_eq!(outbox.messages(), list.messages.len() as u64);
            assert_eq!(outbox.bytes(), list.bytes());
            assert_eq!(outbox.head(), list.messages.first());
            assert_eq!(outbox.deadline(), list.messages.iter().filter_map(|message| message.expires).min());
        }
        let mut dropped = vec![];
        outbox.clear(&mut dropped);
        assert!(dropped.iter().all(|(_, reason)| *reason == DropReason::Closed) && outbox.is_empty());
        assert_eq!(dropped.into_iter().map(|(message, _)| message).collect::<Vec<_>>(), list.messages);
    }
}

/// The same, by looking at everything each time.
struct List {
    options: QueueOptions,
    messages: Vec<Message<Bytes>>,
}

impl List {
    fn bytes(&self) -> u64 {
        self.messages.iter().map(|message| message.data.0).sum()
    }

    fn is_too_full(&self) -> bool {
        self.messages.len() as u64 > self.options.max_messages || self.bytes() > self.options.max_bytes
    }

    fn push(&mut self, message: Message<Bytes>, dropped: &mut Dropped<Bytes>) {
        if message.data.0 > self.options.max_bytes || self.options.max_messages == 0 {
            return dropped.push((message, DropReason::Overflow));
        }
        let was_too_full = self.is_too_full();
        self.messages.push(message);
        while self.is_too_full() {
            let keep_new = self.options.overflow == Overflow::DropOldest;
            let gone = if keep_new { self.messages.remove(0) } else { self.messages.pop().expect("just pushed") };
            dropped.push((gone, DropReason::Overflow));
            if was_too_full && !keep_new {
                break; // what came back stays
            }
        }
    }

    fn put_back(&mut self, back: Vec<Message<Bytes>>, now: Instant, dropped: &mut Dropped<Bytes>) {
        let mut place = 0;
        for message in back {
            if message.volatile {
                dropped.push((message, DropReason::Volatile));
            } else if message.expires.is_some_and(|expires| expires <= now) {
                dropped.push((message, DropReason::Expired));
            } else if message.data.0 > self.options.max_bytes && self.options.overflow != Overflow::Reject {
                dropped.push((message, DropReason::Overflow));
            } else {
                self.messages.insert(place, message);
                place += 1;
            }
        }
        while self.is_too_full() && self.options.overflow != Overflow::Reject {
            let last = self.messages.len() - 1;
            let place = if self.options.overflow == Overflow::DropOldest { 0 } else { last };
            dropped.push((self.messages.remove(place), DropReason::Overflow));
        }
    }

    fn expire(&mut self, now: Instant, dropped: &mut Dropped<Bytes>) {
        let (mut gone, stay): (Vec<_>, Vec<_>) =
            self.messages.drain(..).partition(|message| message.expires.is_some_and(|expires| expires <= now));
        gone.sort_by_key(|message| (message.expires, message.id));
        dropped.extend(gone.into_iter().map(|message| (message, DropReason::Expired)));
        self.messages = stay;
    }
}

fn outbox(overflow: Overflow, max_messages: u64, max_bytes: u64) -> Outbox<Bytes> {
    Outbox::new(&QueueOptions { max_messages, max_bytes, overflow })
}

fn at(micros: u64) -> Instant {
    Instant::from_micros(micros)
}

fn ids(messages: impl Iterator<Item = Message<Bytes>>) -> Vec<u64> {
    messages.map(|message| message.id.0).collect()
}

fn reasons(dropped: &Dropped<Bytes>) -> Vec<(u64, DropReason)> {
    dropped.iter().map(|(message, reason)| (message.id.0, *reason)).collect()
}

/// Three of ten bytes into a queue: which wait, and which were dropped?
fn overflown(policy: Overflow, max_messages: u64, max_bytes: u64) -> (Vec<u64>, Vec<u64>) {
    let mut outbox = outbox(policy, max_messages, max_bytes);
    let mut dropped = vec![];
    for id in 1..=3 {
        outbox.push(message(id, 10), &mut dropped);
    }
    (ids(std::iter::from_fn(|| outbox.pop())), ids(dropped.into_iter().map(|(message, _)| message)))
}

/// Two come back to a queue of two with room for two.
fn come_back(policy: Overflow) -> (Vec<u64>, Vec<u64>) {
    let mut outbox = outbox(policy, 2, 100);
    outbox.push(message(3, 10), &mut vec![]);
    outbox.push(message(4, 10), &mut vec![]);
    let mut dropped = vec![];
    outbox.put_back(vec![message(1, 10), message(2, 10)], at(0), &mut dropped);
    (ids(std::iter::from_fn(|| outbox.pop())), ids(dropped.into_iter().map(|(message, _)| message)))
}
