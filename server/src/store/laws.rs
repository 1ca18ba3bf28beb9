//! Do both stores keep what is promised, and do they answer alike?

#[path = "../../tests/companion/own_redis.rs"]
mod own_redis;

use own_redis::OwnRedis;

use super::*;

const BOUNDS: Bounds = Bounds { window: Duration::from_secs(60), owed: 3, chat: 4, sessions: 5, of_one: 5 };

async fn store(redis: &OwnRedis, bounds: Bounds) -> Store {
    Store::in_redis(&redis.url(), bounds).await.expect("it has just said that it is ready")
}

/// Runs the test with each kind of store.
async fn with_each(bounds: Bounds, test: impl AsyncFn(Store)) {
    test(Store::in_memory(bounds)).await;
    let redis = OwnRedis::start();
    test(store(&redis, bounds).await).await;
}

fn of(identity: &str) -> Owner<'_> {
    Owner { identity, counted: identity }
}

fn claim<'a>(id: &'a str, identity: &'a str, source: Source, socket: u64) -> Claim<'a> {
    Claim { id, identity, source, socket }
}

fn taken(claimed: Result<Claimed, Trouble>) -> Option<(Held, Standing)> {
    match claimed.expect("it is there") {
        Claimed::Taken(held, standing) => Some((held, standing)),
        Claimed::Unknown | Claimed::Older => None,
    }
}

fn text(words: &str) -> Payload {
    Payload::Text(Bytes::copy_from_slice(words.as_bytes()))
}

fn answers<const N: usize>(words: [&str; N]) -> Vec<Effect> {
    words.into_iter().map(|words| Effect::Answer(text(words))).collect()
}

fn tells<const N: usize>(words: [&str; N]) -> Vec<Effect> {
    words.into_iter().map(|words| Effect::Tell(Bytes::copy_from_slice(words.as_bytes()))).collect()
}

#[tokio::test]
async fn what_is_taken_twice_is_answered_once() {
    with_each(BOUNDS, async |store| {
        let (held, standing) = store.create(of(""), Source::Own).await.expect("there is room");
        assert_eq!(standing, Standing { received: 0, acknowledged: 0, start: 0, last: 0 });
        assert_eq!(store.take(&held, 1, answers(["a", "b"])).await, Ok(2));
        assert_eq!(store.take(&held, 2, answers(["b", "c"])).await, Ok(3));
        let all = [(1, text("a")), (2, text("b")), (3, text("c"))];
        assert_eq!(store.read(&held, 0, 10).await, Ok(all.to_vec()));
        assert_eq!(store.read(&held, 1, 1).await, Ok(all[1..2].to_vec()));
    })
    .await;
}

#[tokio::test]
async fn bytes_stay_what_they_are() {
    with_each(BOUNDS, async |store| {
        let payload = Payload::Binary(Bytes::from_static(&[0, 255, b'\r', b'\n', 0]));
        let (held, _) = store.create(of(""), Source::Own).await.expect("there is room");
        store.take(&held, 1, vec![Effect::Answer(payload.clone())]).await.expect("it is ours");
        assert_eq!(store.read(&held, 0, 1).await, Ok(vec![(1, payload)]));
    })
    .await;
}

#[tokio::test]
async fn nothing_more_is_taken_while_too_much_is_owed() {
    with_each(BOUNDS, async |store| {
        let (held, _) = store.create(of(""), Source::Own).await.expect("there is room");
        assert_eq!(store.take(&held, 1, answers(["1", "2", "3", "4", "5"])).await, Ok(3));
        store.acknowledge(&held, 1).await.expect("it is ours");
        assert_eq!(store.take(&held, 4, answers(["4", "5"])).await, Ok(4));
        assert_eq!(store.read(&held, 0, 10).await, Ok(vec![(2, text("2")), (3, text("3")), (4, text("4"))]));
    })
    .await;
}

#[tokio::test]
async fn who_attaches_goes_on_and_who_had_it_can_do_nothing_more() {
    with_each(BOUNDS, async |store| {
        let (first, _) = store.create(of("john"), Source::Own).await.expect("there is room");
        let mut news = store.news(&first);
        store.take(&first, 1, answers(["a", "b"])).await.expect("it is ours");
        store.acknowledge(&first, 1).await.expect("it is ours");
        let second = taken(store.attach(claim(&first.id, "john", Source::Own, 2)).await);
        let (second, standing) = second.expect("it is john's");
        assert_eq!(standing, Standing { received: 2, acknowledged: 1, start: 0, last: 2 });
        news.changed().await; // else it waits for ever
        assert_eq!(store.take(&first, 3, answers(["c"])).await, Err(Trouble::Lost));
        assert_eq!(store.acknowledge(&first, 2).await, Err(Trouble::Lost));
        assert_eq!(store.stay(&first).await, Err(Trouble::Lost));
        assert_eq!(store.leave(&first, Duration::ZERO).await, Err(Trouble::Lost));
        assert_eq!(store.forget(&first).await, Err(Trouble::Lost));
        assert_eq!(store.take(&second, 3, answers(["c"])).await, Ok(3));
        assert_eq!(store.read(&second, 1, 10).await, Ok(vec![(2, text("b")), (3, text("c"))]));
    })
    .await;
}

#[tokio::test]
async fn a_session_is_found_by_its_id_its_owner_and_its_purpose_only() {
    with_each(BOUNDS, async |store| {
        let (held, _) = store.create(of("john"), Source::Own).await.expect("there is room");
        for (id, identity, source) in [
            (held.id.as_str(), "jack", Source::Own),
            (&held.id, "john", Source::Chat),
            ("nobody's", "john", Source::Own),
        ] {
            assert_eq!(store.attach(claim(id, identity, source, 2)).await, Ok(Claimed::Unknown));
        }
        for socket in [0, 1] {
            assert_eq!(store.attach(claim(&held.id, "john", Source::Own, socket)).await, Ok(Claimed::Older));
        }
        assert_eq!(store.stay(&held).await, Ok(()), "whoever guesses does not disturb");
    })
    .await;
}

#[tokio::test]
async fn a_member_of_the_chat_reads_from_where_it_came_in_and_knows_what_it_missed() {
    with_each(BOUNDS, async |store| {
        assert_eq!(store.tell(Bytes::from_static(b"before")).await, Ok(1));
        let (held, standing) = store.create(of(""), Source::Chat).await.expect("there is room");
        assert_eq!(standing.start, 1);
        let mut news = store.news(&held);
        assert_eq!(store.take(&held, 1, tells(["a", "b"])).await, Ok(2));
        news.changed().await; // else it waits for ever
        assert_eq!(store.read(&held, 1, 10).await, Ok(vec![(2, text("a")), (3, text("b"))]));
        for _ in 0..4 {
            store.tell(Bytes::from_static(b"more")).await.expect("anybody may");
        }
        let first = store.read(&held, 1, 1).await.expect("it is ours");
        assert_eq!(first, vec![(4, text("more"))], "2 and 3 are lost, exactly");
    })
    .await;
}

#[tokio::test]
async fn a_session_that_was_left_is_gone_after_its_window_and_makes_room() {
    let bounds = Bounds { window: Duration::from_millis(50), sessions: 2, ..BOUNDS };
    with_each(bounds, async |store| {
        let (held, _) = store.create(of(""), Source::Own).await.expect("there is room");
        let (later, _) = store.create(of(""), Source::Own).await.expect("there is room");
        assert_eq!(store.create(of(""), Source::Own).await, Err(Trouble::Full));
        store.leave(&held, Duration::ZERO).await.expect("it is ours");
        store.leave(&later, Duration::from_secs(60)).await.expect("it is ours");
        tokio::time::sleep(bounds.window * 2).await; // it is time that is tried here
        assert_eq!(store.attach(claim(&held.id, "", Source::Own, 2)).await, Ok(Claimed::Unknown));
        store.create(of(""), Source::Own).await.expect("there is room again");
        assert!(
            taken(store.attach(claim(&later.id, "", Source::Own, 2)).await).is_some(),
            "its window was to begin later"
        );
    })
    .await;
}

#[tokio::test]
async fn who_makes_too_many_leaves_room_for_others_and_has_some_again_when_one_is_forgotten() {
    let bounds = Bounds { of_one: 2, ..BOUNDS };
    with_each(bounds, async |store| {
        let (first, _) = store.create(of("john"), Source::Own).await.expect("there is room");
        store.create(of("john"), Source::Chat).await.expect("there is room");
        assert_eq!(store.create(of("john"), Source::Own).await, Err(Trouble::Full));
        store.create(of("jack"), Source::Own).await.expect("there is room for him");
        let (first, _) = taken(store.attach(claim(&first.id, "john", Source::Own, 2)).await).expect("it is no new one");
        assert_eq!(store.create(of("john"), Source::Own).await, Err(Trouble::Full));
        store.forget(&first).await.expect("it is ours");
        store.create(of("john"), Source::Own).await.expect("there is room again");
    })
    .await;
}

#[tokio::test]
async fn what_is_forgotten_is_gone_at_once() {
    with_each(BOUNDS, async |store| {
        let (held, _) = store.create(of(""), Source::Own).await.expect("there is room");
        store.take(&held, 1, answers(["a"])).await.expect("it is ours");
        store.forget(&held).await.expect("it is ours");
        assert_eq!(store.attach(claim(&held.id, "", Source::Own, 2)).await, Ok(Claimed::Unknown));
        assert_eq!(store.take(&held, 2, answers(["b"])).await, Err(Trouble::Gone));
    })
    .await;
}

#[tokio::test]
async fn servers_with_one_redis_take_each_others_place_and_tell_each_other() {
    let redis = OwnRedis::start();
    let (one, other) = (store(&redis, BOUNDS).await, store(&redis, BOUNDS).await);
    let (held, _) = one.create(of(""), Source::Chat).await.expect("there is room");
    let mut news = one.news(&held);
    other.tell(Bytes::from_static(b"hi")).await.expect("anybody may");
    news.changed().await;
    assert_eq!(one.read(&held, 0, 10).await, Ok(vec![(1, text("hi"))]));
    let taken_over = taken(other.attach(claim(&held.id, "", Source::Chat, 2)).await);
    let (taken_over, standing) = taken_over.expect("anybody's");
    assert_eq!((standing.start, standing.last), (0, 1));
    news.changed().await;
    assert_eq!(one.take(&held, 1, tells(["lost"])).await, Err(Trouble::Lost));
    assert_eq!(other.take(&taken_over, 1, tells(["kept"])).await, Ok(1));
}

#[tokio::test]
async fn a_redis_that_has_gone_is_said_to_be_away() {
    let redis = OwnRedis::start();
    let store = store(&redis, BOUNDS).await;
    let (held, _) = store.create(of(""), Source::Own).await.expect("there is room");
    drop(redis);
    assert!(matches!(store.take(&held, 1, answers(["a"])).await, Err(Trouble::Away(_))));
}

#[tokio::test]
async fn a_redis_that_starts_again_from_an_older_file_knows_no_session() {
    let mut redis = OwnRedis::start();
    let before = store(&redis, BOUNDS).await;
    let (held, _) = before.create(of(""), Source::Own).await.expect("there is room");
    let (other, _) = before.create(of(""), Source::Own).await.expect("there is room");
    assert_eq!(before.take(&held, 1, answers(["a"])).await, Ok(1));
    redis.save();
    assert_eq!(before.take(&held, 2, answers(["b"])).await, Ok(2));
    redis.restart();
    let store = store(&redis, BOUNDS).await;
    assert_eq!(store.take(&held, 2, answers(["b again"])).await, Err(Trouble::Gone));
    assert_eq!(store.read(&held, 0, 1).await, Err(Trouble::Gone));
    assert_eq!(store.acknowledge(&held, 1).await, Err(Trouble::Gone));
    assert_eq!(store.attach(claim(&held.id, "", Source::Own, 2)).await, Ok(Claimed::Unknown));
    assert_eq!(store.stay(&other).await, Err(Trouble::Gone), "although nothing of it was lost: nobody can know");
}

/// The same steps, chosen by chance, in both: whatever one answers the other does.
#[tokio::test]
async fn both_answer_alike_whatever_is_asked() {
    let redis = OwnRedis::start();
    for seed in 0..SEEDS {
        let bounds = Bounds { sessions: 1 << 20, of_one: 1 << 20, ..BOUNDS };
        let stores = [Store::in_memory(bounds), store(&redis, bounds).await];
        let offset = stores[1].tell(Bytes::new()).await.expect("anybody may"); // the chat of the seeds before
        let mut answers = Vec::new();
        for (store, offset) in stores.iter().zip([0, offset]) {
            answers.push(story(store, seed, offset).await);
        }
        assert_eq!(answers[0], answers[1], "seed {seed}");
    }
}

/// Each takes some two thousandths of a second.
const SEEDS: u64 = 300;

/// What a store answers to forty steps, without what is by chance.
async fn story(store: &Store, seed: u64, offset: u64) -> Vec<String> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut upto = move |most: u64| {
        // xorshift64*
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        (state.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % most
    };
    let mut sessions: Vec<(Held, &str)> = Vec::new();
    let mut said = Vec::new();
    for step in 0..40 {
        let [source, other] = if upto(2) == 0 { [Source::Own, Source::Chat] } else { [Source::Chat, Source::Own] };
        let owner = if upto(2) == 0 { "john" } else { "jack" };
        if sessions.is_empty() || upto(8) == 0 {
            let (held, Standing { start, .. }) = store.create(of(owner), source).await.expect("there is room");
            said.push(format!("{step}: from {}", start.saturating_sub(offset)));
            sessions.push((held, owner));
            continue;
        }
        let at = upto(sessions.len() as u64) as usize;
        let (held, owner) = sessions[at].clone();
        let number = upto(8) + 1;
        let answer = match upto(7) {
            0 => {
                let owner = if upto(4) == 0 { "nobody" } else { owner };
                let source = if upto(4) == 0 { other } else { held.source };
                let found = store.attach(claim(&held.id, owner, source, upto(40))).await.expect("it is there");
                match found {
                    Claimed::Taken(held, was) => {
                        let base = if held.source == Source::Chat { offset } else { 0 };
                        let said = (held.epoch, was.received, was.acknowledged, was.last - base);
                        if upto(2) == 0 {
                            sessions[at].0 = held; // else who had it goes on as if it still had
                        }
                        format!("{said:?}")
                    }
                    Claimed::Unknown | Claimed::Older => format!("{found:?}"),
                }
            }
            1 | 2 => {
                let word = format!("{step}");
                let effect = |index: u64| match held.source {
                    Source::Own => Effect::Answer(text(&format!("{word}.{index}"))),
                    Source::Chat => Effect::Tell(Bytes::from(format!("{word}.{index}"))),
                };
                let effects = (0..upto(4)).map(effect).collect();
                format!("{:?}", store.take(&held, number, effects).await)
            }
            3 => format!("{:?}", store.acknowledge(&held, number).await),
            4 => format!("{:?}", store.stay(&held).await),
            5 if upto(3) == 0 => format!("{:?}", store.forget(&held).await),
            _ if store.stay(&held).await.is_ok() => {
                let base = if held.source == Source::Chat { offset } else { 0 };
                let read = store.read(&held, base + number - 1, upto(3) as usize + 1).await.expect("it is there");
                let shown = read.into_iter().map(|(number, payload)| (number - base, payload));
                format!("{:?}", shown.collect::<Vec<_>>())
            }
            _ => continue,
        };
        said.push(format!("{step}: {answer}"));
    }
    said
}
