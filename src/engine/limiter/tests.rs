//! Is what goes held back exactly as the marks and the rates say?

use std::collections::VecDeque;

use super::*;
use crate::engine::config::Rate;
use crate::engine::rng::Rng;
use crate::engine::time::Span;

#[test]
fn without_limits_everything_goes() {
    let mut limiter = Limiter::new(Limit::NONE);
    for _ in 0..100 {
        assert_eq!(limiter.admit(u64::MAX / 50, at(0)), Admission::Go);
    }
    assert!(limiter.is_drained());
}

#[test]
fn above_the_high_mark_nothing_goes_until_the_low_one() {
    let mut limiter = marks(100, 40);
    assert_eq!(limiter.admit(100, at(0)), Admission::Go);
    limiter.on_transmitted(100, 100, at(0));
    assert_eq!(limiter.admit(1, at(0)), Admission::Go, "at the mark is not above it");
    limiter.on_transmitted(1, 1, at(0));
    assert!(is_held(&mut limiter, 0));
    for bytes in [100, 41] {
        limiter.on_buffered(bytes, at(1));
        assert!(is_held(&mut limiter, 1), "at {bytes}");
        assert!(!limiter.is_drained());
    }
    limiter.on_buffered(40, at(2));
    assert!(limiter.is_drained());
    assert_eq!(limiter.admit(1, at(2)), Admission::Go);
}

#[test]
fn a_high_mark_of_nothing_means_only_when_it_is_empty() {
    let mut limiter = marks(0, 0);
    assert_eq!(limiter.admit(5, at(0)), Admission::Go);
    limiter.on_buffered(1, at(1));
    assert!(is_held(&mut limiter, 1));
    limiter.on_buffered(0, at(2));
    assert_eq!(limiter.admit(5, at(2)), Admission::Go);
}

#[test]
fn what_the_browser_counts_stands_in_place_of_what_was_expected() {
    let mut limiter = marks(100, 40);
    limiter.admit(150, at(0));
    assert_eq!(limiter.buffered(), 150);
    limiter.on_transmitted(150, 50, at(0));
    assert_eq!(limiter.buffered(), 50);
    assert_eq!(limiter.admit(60, at(0)), Admission::Go, "it never was above the mark");
    limiter.on_transmitted(60, 60, at(0));
    assert!(is_held(&mut limiter, 0));
    limiter.on_buffered(70, at(1));
    limiter.force(0, at(1));
    limiter.on_transmitted(0, 4, at(1));
    assert_eq!(limiter.buffered(), 74);
    assert!(is_held(&mut limiter, 1), "a ping between the marks opens nothing");
}

#[test]
fn a_reading_that_knows_already_how_long_it_was_stands() {
    let mut limiter = marks(100, 40);
    limiter.admit(150, at(0));
    limiter.on_buffered(50, at(0));
    limiter.on_transmitted(150, 50, at(0));
    assert_eq!(limiter.buffered(), 50);
}

/// The answer is still to come when the buffer has fallen between the marks; more was expected than there was.
#[test]
fn what_is_given_back_does_not_open_what_is_truly_held() {
    let mut limiter = marks(100, 40);
    limiter.admit(150, at(0));
    limiter.on_transmitted(150, 150, at(0));
    limiter.on_buffered(70, at(1));
    limiter.force(14, at(1));
    limiter.on_transmitted(14, 4, at(1));
    assert_eq!(limiter.buffered(), 74);
    assert!(is_held(&mut limiter, 1));
}

#[test]
fn what_may_be_above_the_mark_holds_until_it_is_counted() {
    let mut limiter = marks(100, 40);
    limiter.admit(101, at(0));
    assert!(limiter.is_held() && !limiter.is_drained());
    limiter.on_transmitted(101, 100, at(0));
    assert!(!limiter.is_held());
    limiter.admit(1, at(0));
    limiter.on_not_transmitted(1);
    assert!(!limiter.is_held());
    limiter.on_transmitted(0, 1, at(0));
    assert!(limiter.is_held(), "a ping was one too many");
}

/// A reading between two answers: of the first it knows, of what was ordered after it, it does not.
#[test]
fn answers_after_a_reading_count_only_for_what_was_ordered_after_it() {
    let mut limiter = marks(1_000, 40);
    limiter.admit(300, at(0));
    limiter.admit(30, at(0));
    limiter.on_buffered(110, at(0));
    assert_eq!(limiter.buffered(), 110);
    limiter.admit(60, at(0));
    assert_eq!(limiter.buffered(), 170);
    limiter.on_transmitted(300, 100, at(0));
    assert_eq!(limiter.buffered(), 170);
    limiter.on_transmitted(30, 10, at(0));
    assert_eq!(limiter.buffered(), 170);
    limiter.on_transmitted(60, 20, at(0));
    assert_eq!(limiter.buffered(), 130);
}

#[test]
fn what_did_not_go_is_not_counted() {
    let mut limiter = Limiter::new(Limit {
        messages: Some(Rate { burst: 1, period: SECOND }),
        bytes: Some(Rate { burst: 10, period: SECOND }),
        ..Limit::NONE
    });
    assert_eq!(limiter.admit(10, at(0)), Admission::Go);
    limiter.on_not_transmitted(10);
    assert_eq!(limiter.buffered(), 0);
    assert_eq!(limiter.admit(10, at(0)), Admission::Go);
    limiter.on_transmitted(10, 10, at(0));
    assert_eq!(limiter.admit(1, at(999_999)), Admission::NotUntil(at(1_000_000)), "nor more than once");
}

#[test]
fn the_rates_hold_back_and_the_latest_of_all_times_counts() {
    let mut limiter = Limiter::new(Limit {
        messages: Some(Rate { burst: 1, period: SECOND }),
        bytes: Some(Rate { burst: 10, period: SECOND }),
        ..Limit::NONE
    });
    assert_eq!(limiter.admit(7, at(0)), Admission::Go);
    assert_eq!(limiter.admit(1, at(0)), Admission::NotUntil(at(1_000_000)), "the next message in a second");
    assert_eq!(limiter.admit(8, at(0)), Admission::NotUntil(at(5_000_000)), "room for eight bytes in five");
    limiter.on_transmitted(7, 3, at(0));
    assert_eq!(limiter.admit(8, at(0)), Admission::NotUntil(at(1_000_000)), "it was only three");
}

#[test]
fn a_ping_is_counted_and_never_held() {
    let mut limiter = Limiter::new(Limit { bytes: Some(Rate { burst: 10, period: SECOND }), ..Limit::NONE });
    limiter.force(0, at(0));
    limiter.on_transmitted(0, 4, at(0));
    assert_eq!(limiter.admit(7, at(0)), Admission::NotUntil(at(1_000_000)));
    assert_eq!(limiter.buffered(), 4);
    let mut limiter = Limiter::new(Limit { messages: Some(Rate { burst: 1, period: SECOND }), ..Limit::NONE });
    limiter.force(0, at(0));
    assert_eq!(limiter.admit(1, at(0)), Admission::NotUntil(at(1_000_000)), "as one, too");
    limiter.on_transmitted(0, 4, at(0));
    limiter.force(0, at(0));
    assert_eq!(limiter.admit(1, at(0)), Admission::NotUntil(at(2_000_000)));
    limiter.on_not_transmitted(0);
    assert_eq!(limiter.admit(1, at(0)), Admission::NotUntil(at(1_000_000)), "unless it did not go");
}

/// It is empty, and one of so many all the same: nothing of it is owed any more when the next one goes.
#[test]
fn what_time_has_worked_off_of_an_empty_message_is_not_given_back_as_well() {
    let mut limiter = Limiter::new(Limit { messages: Some(Rate { burst: 1, period: SECOND }), ..Limit::NONE });
    assert_eq!(limiter.admit(0, at(0)), Admission::Go);
    assert_eq!(limiter.admit(0, at(1_000_000)), Admission::Go);
    limiter.on_not_transmitted(0);
    assert_eq!(limiter.admit(0, at(1_000_000)), Admission::NotUntil(at(2_000_000)));
}

#[test]
fn a_new_socket_has_an_empty_buffer_and_the_rates_remember() {
    let mut limiter = Limiter::new(Limit {
        high_water: 10,
        low_water: 5,
        messages: Some(Rate { burst: 1, period: SECOND }),
        ..Limit::NONE
    });
    limiter.admit(20, at(0));
    limiter.on_end();
    assert!(limiter.is_drained() && limiter.buffered() == 0);
    assert_eq!(limiter.admit(1, at(7)), Admission::NotUntil(at(1_000_000)));
}

#[test]
fn never_does_the_browser_hold_more_than_the_high_mark_and_one_message() {
    for seed in 0..2_000 {
        let mut rng = Rng::new(seed);
        let mut below = |n: u64| rng.up_to(Span::micros(n - 1)).as_micros();
        let high = below(200);
        let low = below(high + 1);
        let mut limiter = marks(high, low);
        let (mut buffered, mut now, mut was_above) = (0, 0, false);
        for _ in 0..60 {
            now += below(20_000);
            if below(2) == 0 {
                let most = below(100);
                match limiter.admit(most, at(now)) {
                    Admission::Go => {
                        assert!(buffered <= high && !was_above, "seed {seed}");
                        let bytes = below(most + 1);
                        limiter.on_transmitted(most, bytes, at(now));
                        buffered += bytes;
                    }
                    Admission::NotUntil(then) => {
                        assert!(then > at(now));
                        assert!(was_above, "nothing else holds back: seed {seed}");
                    }
                }
            } else {
                buffered -= below(buffered + 1);
                limiter.on_buffered(buffered, at(now));
            }
            was_above = buffered > high || was_above && buffered > low;
            assert_eq!(limiter.buffered(), buffered);
        }
    }
}

/// Answers come when they come, and tell of less than was expected, or of nothing. By the definition: of each window,
/// what was ordered in it and did go is no more than the burst and the window's length.
#[test]
fn late_answers_give_nothing_back_twice() {
    let mut answered_late = 0;
    for seed in 0..4_000 {
        let mut rng = Rng::new(seed);
        let mut below = |n: u64| rng.up_to(Span::micros(n - 1)).as_micros();
        let bytes = Rate { burst: 20 + below(50), period: 1 + below(2_000_000) };
        let messages = Rate { burst: 1 + below(4), period: 1 + below(20_000_000) };
        let mut limiter = Limiter::new(Limit { bytes: Some(bytes), messages: Some(messages), ..Limit::NONE });
        let (mut orders, mut gone, mut now) = (VecDeque::new(), vec![], 0);
        for _ in 0..60 {
            now += below(8);
            if below(2) == 0 {
                let most = 1 + below(bytes.burst);
                if limiter.admit(most, at(now)) == Admission::Go {
                    orders.push_back((now, most));
                }
            } else if let Some((ordered, most)) = orders.pop_front() {
                answered_late += u32::from(ordered < now);
                if below(5) == 0 {
                    limiter.on_not_transmitted(most);
                } else {
                    let bytes = below(most + 1);
                    limiter.on_transmitted(most, bytes, at(now));
                    gone.push((ordered, bytes));
                }
            }
        }
        assert!(is_lawful(bytes, &gone), "bytes: seed {seed}");
        let gone: Vec<_> = gone.iter().map(|&(at, _)| (at, 1)).collect();
        assert!(is_lawful(messages, &gone), "messages: seed {seed}");
    }
    assert!(answered_late > 10_000);
}

/// A large message that turns out to be small is as if it had been so from the start.
#[test]
fn what_is_answered_at_once_is_as_if_it_had_been_known() {
    for seed in 0..2_000 {
        let mut rng = Rng::new(seed);
        let mut below = |n: u64| rng.up_to(Span::micros(n - 1)).as_micros();
        let rate = Rate { burst: 1 + below(50), period: 1 + below(2_000_000) };
        let mut limiter = Limiter::new(Limit { bytes: Some(rate), ..Limit::NONE });
        let mut knowing = Bucket::new(rate);
        let mut now = 0;
        for _ in 0..60 {
            now += below(20);
            let most = below(60);
            let bytes = below(most + 1);
            match limiter.admit(most, at(now)) {
                Admission::Go => {
                    assert_eq!(knowing.wait(most, at(now)), Ok(()), "seed {seed}");
                    limiter.on_transmitted(most, bytes, at(now));
                    knowing.charge(bytes, at(now));
                }
                Admission::NotUntil(then) => assert_eq!(knowing.wait(most, at(now)), Err(then), "seed {seed}"),
            }
        }
    }
}

/// Whatever is said to it, by time that goes back as well: a look is later than now and does not move away unless a
/// reading came; what it says it holds is what it lets through.
#[test]
fn whatever_it_is_told_it_keeps_its_word() {
    for seed in 0..3_000 {
        let mut rng = Rng::new(seed);
        let mut below = |n: u64| rng.up_to(Span::micros(n - 1)).as_micros();
        let sizes = [0, 1, 99, 100, 5_000, u64::MAX / 2, u64::MAX];
        let high_water = sizes[below(7) as usize];
        let limit = Limit {
            high_water,
            low_water: high_water / 2,
            poll_interval: (below(4) == 0).then(|| Span::micros(1 + below(50_000))),
            messages: (below(2) == 0).then(|| Rate { burst: 1 + below(3), period: 1 + below(u64::MAX) }),
            bytes: (below(2) == 0).then(|| Rate { burst: 1 + below(u64::MAX), period: 1 + below(1_000_000) }),
        };
        let mut limiter = Limiter::new(limit);
        for _ in 0..60 {
            let now = at(below(400_000));
            let (most, bytes) = (sizes[below(7) as usize], sizes[below(7) as usize]);
            match below(7) {
                0 => limiter.on_end(),
                1 => limiter.on_buffered(bytes, now),
                2 => limiter.force(most, now),
                3 => limiter.on_transmitted(most, bytes, now),
                4 => limiter.on_not_transmitted(most),
                5 => {
                    let look = limiter.next_look(now);
                    assert!(look > now && limiter.next_look(now) == look, "seed {seed}");
                    let latest = limit.poll_interval.unwrap_or(Span::millis(100));
                    assert!(look <= at(400_000) + latest, "seed {seed}");
                }
                _ => {
                    let was_held = limiter.is_held();
                    match limiter.admit(most, now) {
                        Admission::Go => assert!(!was_held, "seed {seed}"),
                        Admission::NotUntil(then) => {
                            assert!(then > now, "seed {seed}");
                            assert!(was_held || limit.messages.or(limit.bytes).is_some(), "seed {seed}");
                        }
                    }
                }
            }
            assert!(limiter.is_held() || limiter.buffered() <= high_water, "seed {seed}");
        }
    }
}

fn is_lawful(rate: Rate, gone: &[(u64, u64)]) -> bool {
    let cost = |units: u64| u128::from(units) * u128::from(rate.period);
    (0..gone.len()).all(|first| {
        let mut sum = 0;
        gone[first..].iter().all(|&(time, units)| {
            sum += cost(units);
            sum <= cost(rate.burst) + u128::from(time - gone[first].0) * 1_000_000
        })
    })
}

fn marks(high_water: u64, low_water: u64) -> Limiter {
    Limiter::new(Limit { high_water, low_water, ..Limit::NONE })
}

fn is_held(limiter: &mut Limiter, now: u64) -> bool {
    matches!(limiter.admit(0, at(now)), Admission::NotUntil(_))
}

fn at(micros: u64) -> Instant {
    Instant::from_micros(micros)
}

/// In picoseconds.
const SECOND: u64 = 1_000_000_000_000;
