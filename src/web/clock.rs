//! What time is it, and did the machine sleep?
//!
//! `performance.now()` never jumps, but on most systems it stands still while the machine sleeps. `Date.now()` goes on,
//! but people set it. Where the second runs ahead of the first, the machine slept, or somebody turned the clock: both
//! make a token's age and a socket's life worth a second look.

use std::cell::Cell;

use wasm_bindgen::prelude::*;

use crate::engine::Instant;

/// The only clock. Its line of time includes what the machine slept, as far as that can be known.
#[derive(Debug)]
pub(crate) struct Clock {
    /// `Date.now()` less `performance.now()`, when they last agreed, in milliseconds.
    apart: Cell<f64>,
    /// What was slept since the clock was made, in milliseconds.
    slept: Cell<f64>,
    /// What was last read, and at which millisecond of the calendar it was looked whether it has changed.
    latest: Cell<Instant>,
    looked: Cell<f64>,
}

impl Clock {
    pub(crate) fn new() -> Self {
        Self {
            apart: Cell::new(date_now() - performance_now()),
            slept: Cell::new(0.0),
            latest: Cell::new(Instant::from_micros(0)),
            looked: Cell::new(0.0),
        }
    }

    pub(crate) fn now(&self) -> Instant {
        self.latest.set(instant(performance_now() + self.slept.get()));
        self.latest.get()
    }

    /// At most a millisecond ago, and no earlier than anything that was read: to read it costs several times as much.
    pub(crate) fn around(&self) -> Instant {
        let date = date_now();
        if self.looked.replace(date) == date { self.latest.get() } else { self.now() }
    }

    /// Whether the machine has slept since the last look; if so, the time that it slept is part of the line from now on.
    pub(crate) fn has_slept(&self) -> bool {
        let apart = date_now() - performance_now();
        let gap = apart - self.apart.get();
        if gap.abs() < SHORTEST_SLEEP {
            return false; // jitter, or a small correction; it adds up until it counts
        }
        self.apart.set(apart);
        if gap > 0.0 {
            self.slept.set(self.slept.get() + gap);
        } // else the clock was set back: our line goes on as it did
        gap > 0.0
    }

    /// The point on our line at which a calendar shows this time, in milliseconds since 1970.
    pub(crate) fn at_date(&self, date: f64) -> Instant {
        instant(date - date_now() + performance_now() + self.slept.get())
    }

    /// The calendar's time of a point on our line.
    pub(crate) fn date_of(&self, at: Instant) -> f64 {
        let ago = self.now().since(at).as_micros() as f64 / 1_000.0;
        date_now() - ago
    }
}

/// Less than nothing is the epoch, and beyond the end of time it stays there.
fn instant(millis: f64) -> Instant {
    Instant::from_micros((millis * 1_000.0) as u64)
}

/// In milliseconds. 10 s: no network forgets a connection sooner, and no clock is corrected by as much without a person.
const SHORTEST_SLEEP: f64 = 10_000.0;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn performance_now() -> f64;

    #[wasm_bindgen(js_namespace = Date, js_name = now)]
    fn date_now() -> f64;
}
