//! What does a message cost in the engine, and does that grow with what waits?
//!
//! `cargo bench --bench engine`: time and allocations for one message through `handle` and `poll`, with 1, 10², 10⁴ and
//! 10⁶ messages queued. Flat is right: a queue that is a million long must cost what a queue of one costs.

#[cfg(not(target_arch = "wasm32"))]
#[path = "../tests/sim/caller.rs"]
mod caller;

#[cfg(not(target_arch = "wasm32"))]
mod bench {
    use super::caller::{Caller, Note, when_empty, within_rates};
    use divan::counter::ItemsCount;
    use divan::{AllocProfiler, Bencher};
    use everwire::engine::{HeartbeatOptions, Options};

    #[global_allocator]
    static ALLOCATIONS: AllocProfiler = AllocProfiler::system();

    const DEPTHS: [u64; 4] = [1, 100, 10_000, 1_000_000];

    /// One more at the tail, one from the head to the browser, its buffer drained: the queue stays as long as it is.
    #[divan::bench(args = DEPTHS)]
    fn through_a_queue_of(bencher: Bencher<'_, '_>, depth: u64) {
        let mut caller = Caller::connected(when_empty(), depth);
        bencher.counter(ItemsCount::new(1_u64)).bench_local(|| caller.one_sent(Note(32)));
    }

    /// The same with a ttl on each message that never comes to pass.
    #[divan::bench(args = DEPTHS)]
    fn with_a_ttl_through_a_queue_of(bencher: Bencher<'_, '_>, depth: u64) {
        let mut caller = Caller::connected(when_empty(), depth).with_ttl();
        bencher.counter(ItemsCount::new(1_u64)).bench_local(|| caller.one_sent(Note(32)));
    }

    /// Nothing waits, nothing is held: what most messages meet.
    #[divan::bench]
    fn straight_through(bencher: Bencher<'_, '_>) {
        let mut caller = Caller::connected(Options::default(), 0);
        bencher.counter(ItemsCount::new(1_u64)).bench_local(|| caller.one_sent(Note(32)));
    }

    /// The same under both rates, which let it pass.
    #[divan::bench]
    fn straight_through_within_rates(bencher: Bencher<'_, '_>) {
        let mut caller = Caller::connected(within_rates(), 0);
        bencher.counter(ItemsCount::new(1_u64)).bench_local(|| caller.one_sent(Note(32)));
    }

    /// A message that arrives.
    #[divan::bench]
    fn received(bencher: Bencher<'_, '_>) {
        let mut caller = Caller::connected(Options::default(), 0);
        bencher.counter(ItemsCount::new(1_u64)).bench_local(|| caller.one_received(Note(32)));
    }

    /// A message that arrives and has to be told from a pong.
    #[divan::bench]
    fn received_with_a_heartbeat(bencher: Bencher<'_, '_>) {
        let options = Options { heartbeat: Some(HeartbeatOptions::default()), ..Options::default() };
        let mut caller = Caller::connected(options, 0);
        bencher.counter(ItemsCount::new(1_u64)).bench_local(|| caller.one_received(Note(32)));
    }
}

fn main() {
    #[cfg(not(target_arch = "wasm32"))]
    divan::main();
}
