//! How many bytes may be read now, and if none, when?

use std::{
    future::Future,
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};

use tokio::{
    io::{AsyncRead, ReadBuf},
    time::{Duration, Instant, Sleep, sleep_until},
};

/// An allowance that fills at the rate and holds a tenth of a second's worth.
#[derive(Debug)]
pub(crate) struct Pace {
    rate: f64,
    allowance: f64,
    filled_at: Instant,
    wake: Pin<Box<Sleep>>,
}

impl Pace {
    pub(crate) fn new(bytes_per_second: u32) -> Self {
        let now = Instant::now();
        Self { rate: f64::from(bytes_per_second), allowance: 0.0, filled_at: now, wake: Box::pin(sleep_until(now)) }
    }

    pub(crate) fn poll_read(
        &mut self,
        inner: Pin<&mut impl AsyncRead>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let allowed = ready!(self.poll_allowance(cx));
        let mut chunk = [0; CHUNK];
        let most = allowed.min(CHUNK).min(buffer.remaining());
        let mut part = ReadBuf::new(&mut chunk[..most]);
        ready!(inner.poll_read(cx, &mut part))?;
        self.allowance -= part.filled().len() as f64;
        buffer.put_slice(part.filled());
        Poll::Ready(Ok(()))
    }

    fn poll_allowance(&mut self, cx: &mut Context<'_>) -> Poll<usize> {
        loop {
            let now = Instant::now();
            let elapsed = now.duration_since(self.filled_at).as_secs_f64();
            self.filled_at = now;
            let most = (self.rate / 10.0).max(1.0);
            self.allowance = (self.allowance + elapsed * self.rate).min(most);
            if self.allowance >= 1.0 {
                return Poll::Ready(self.allowance as usize);
            }
            // rounded up to the timer's own resolution, so that it never spins
            let missing = Duration::from_secs_f64((1.0 - self.allowance) / self.rate);
            self.wake.as_mut().reset(now + missing + TIMER_RESOLUTION);
            ready!(self.wake.as_mut().poll(cx));
        }
    }
}

/// One page: what fits a stack buffer; faster rates simply take several reads.
const CHUNK: usize = 4096;
/// tokio's timers count milliseconds.
const TIMER_RESOLUTION: Duration = Duration::from_millis(1);

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    #[tokio::test(start_paused = true)]
    async fn a_thousand_bytes_at_a_hundred_a_second_take_ten_seconds() {
        let (mut near, far) = tokio::io::duplex(2000);
        near.write_all(&[7; 1000]).await.expect("it fits the pipe");
        let started = Instant::now();
        let mut paced = Paced { inner: far, pace: Pace::new(100) };
        let mut bytes = [0; 1000];
        paced.read_exact(&mut bytes).await.expect("all of it");
        let seconds = started.elapsed().as_secs_f64();
        assert!((9.5..11.5).contains(&seconds), "{seconds}");
        assert_eq!(bytes, [7; 1000]);
    }

    struct Paced<T> {
        inner: T,
        pace: Pace,
    }

    impl<T: AsyncRead + Unpin> AsyncRead for Paced<T> {
        fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
            let this = self.get_mut();
            this.pace.poll_read(Pin::new(&mut this.inner), cx, buffer)
        }
    }
}
