//! When are we called again?
//!
//! The only file that knows timers.

use gloo_timers::callback::Timeout;

use crate::engine::{Instant, Span};

/// One timer. Setting it anew forgets the earlier one; dropping it forgets it, too.
#[derive(Debug, Default)]
pub(crate) struct Timer(Option<Set>);

#[derive(Debug)]
struct Set {
    at: Instant,
    _timeout: Timeout,
}

impl Timer {
    /// Calls no later than `at`, give or take what the browser adds. It may call sooner: a timer that is already set for
    /// an earlier time stays, since setting one costs more than a call in vain.
    pub(crate) fn set(&mut self, at: Instant, now: Instant, call: impl FnOnce() + 'static) {
        if self.0.as_ref().is_some_and(|set| set.at <= at && now < set.at) {
            return;
        }
        let wait = at.since(now).min(LONGEST);
        let millis = wait.as_micros().div_ceil(1_000);
        let timeout = Timeout::new(u32::try_from(millis).unwrap_or(u32::MAX), call);
        self.0 = Some(Set { at: now + wait, _timeout: timeout });
    }

    /// How much later than asked for it is now, if it is.
    pub(crate) fn lateness(&self, now: Instant) -> Span {
        self.0.as_ref().map_or(Span::ZERO, |set| now.since(set.at))
    }

    pub(crate) fn forget(&mut self) {
        self.0 = None;
    }
}

/// Calls in a task of its own, after those that are there already.
pub(crate) fn soon(call: impl FnOnce() + 'static) {
    Timeout::new(0, call).forget();
}

/// An hour. A browser's timer casts to 32 bits, and one for 30 days fires at once.
const LONGEST: Span = Span::secs(3_600);
