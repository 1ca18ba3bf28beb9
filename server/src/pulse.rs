//! Is the client still there?

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll, ready},
};

use tokio::time::{Duration, Instant, Sleep, sleep_until};

/// Silence, measured: after one interval it is time to ask, after two nobody is there.
#[derive(Debug)]
pub(crate) struct Pulse {
    interval: Duration,
    heard: Instant,
    asked: bool,
    alarm: Pin<Box<Sleep>>,
}

/// What the silence calls for.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum Beat {
    Ask,
    Dead,
}

impl Pulse {
    pub(crate) fn new(interval: Duration) -> Self {
        let heard = Instant::now();
        Self { interval, heard, asked: false, alarm: Box::pin(sleep_until(heard + interval)) }
    }

    /// A byte has moved; the alarm is only set anew when it next rings.
    pub(crate) fn heard(&mut self) {
        self.heard = Instant::now();
        self.asked = false;
    }

    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Beat> {
        loop {
            ready!(self.alarm.as_mut().poll(cx));
            let due = self.heard + self.interval * if self.asked { 2 } else { 1 };
            if Instant::now() < due {
                self.alarm.as_mut().reset(due);
                continue;
            }
            // never left in the past: the next look is an interval away whatever the caller does with this beat
            self.alarm.as_mut().reset(Instant::now() + self.interval);
            if self.asked {
                return Poll::Ready(Beat::Dead);
            }
            self.asked = true;
            return Poll::Ready(Beat::Ask);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::poll_fn;

    const INTERVAL: Duration = Duration::from_secs(20);

    #[tokio::test(start_paused = true)]
    async fn silence_is_asked_about_once_and_then_final() {
        let started = Instant::now();
        let mut pulse = Pulse::new(INTERVAL);
        assert_eq!(poll_fn(|cx| pulse.poll(cx)).await, Beat::Ask);
        assert_eq!(started.elapsed().as_secs(), 20);
        assert_eq!(poll_fn(|cx| pulse.poll(cx)).await, Beat::Dead);
        assert_eq!(started.elapsed().as_secs(), 40);
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_starts_the_silence_again() {
        let started = Instant::now();
        let mut pulse = Pulse::new(INTERVAL);
        assert_eq!(poll_fn(|cx| pulse.poll(cx)).await, Beat::Ask);
        tokio::time::advance(Duration::from_secs(5)).await;
        pulse.heard();
        assert_eq!(poll_fn(|cx| pulse.poll(cx)).await, Beat::Ask);
        assert_eq!(started.elapsed().as_secs(), 45);
    }
}
