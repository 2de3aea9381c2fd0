//! A connection that ends when it stands still for too long, whichever side is slow.

use std::future::Future;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep};

/// A connection that ends when nothing is read, and nothing written, for too long.
pub(super) struct Limited<S> {
    stream: S,
    reading: Wait,
    writing: Wait,
}

/// What one direction waits for. The timer is not touched when a wait ends, only where it goes off in a later one: to set
/// it for each wait takes locks, and often a call that wakes the system's, and nearly all waits are far shorter.
struct Wait {
    limit: Duration,
    since: Option<Instant>,
    /// Goes off when a wait is over, or earlier.
    timer: Pin<Box<Sleep>>,
}

impl Wait {
    fn new(limit: Duration) -> Self {
        Self { limit, since: None, timer: Box::pin(sleep(limit)) }
    }

    /// What a direction says, or that it has waited for too long.
    fn check<T>(&mut self, said: Poll<io::Result<T>>, cx: &mut Context<'_>) -> Poll<io::Result<T>> {
        if said.is_ready() {
            self.since = None;
            return said;
        }
        ready!(self.poll_end(cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }

    fn poll_end(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let end = *self.since.get_or_insert_with(Instant::now) + self.limit;
        loop {
            ready!(self.timer.as_mut().poll(cx));
            if end <= Instant::now() {
                return Poll::Ready(());
            }
            self.timer.as_mut().reset(end);
        }
    }

    /// Begins anew, where one waits.
    fn begin_anew(&mut self) {
        self.since = self.since.map(|_| Instant::now());
    }
}

impl<S> Limited<S> {
    pub fn new(stream: S, limit: Duration) -> Self {
        Self { stream, reading: Wait::new(limit), writing: Wait::new(limit) }
    }

    /// Who takes a long answer need not say anything meanwhile.
    fn written(&mut self, written: Poll<io::Result<usize>>, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        if matches!(written, Poll::Ready(Ok(_))) {
            self.reading.begin_anew();
        }
        self.writing.check(written, cx)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Limited<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let read = Pin::new(&mut self.stream).poll_read(cx, buf);
        self.reading.check(read, cx)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Limited<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.written(written, cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, parts);
        self.written(written, cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(cx);
        self.writing.check(flushed, cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let shut = Pin::new(&mut self.stream).poll_shutdown(cx);
        self.writing.check(shut, cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex, split};
    use tokio::time::advance;

    use super::*;

    const LIMIT: Duration = Duration::from_secs(10);
    const SOME: Duration = Duration::from_secs(6);

    /// Writes and takes some, six times, each a while after the other; what came of reading meanwhile.
    async fn read_during(near: Limited<DuplexStream>, far: &mut DuplexStream) -> io::Result<usize> {
        let (mut from, mut to) = split(near);
        let reading = tokio::spawn(async move { from.read(&mut [0; 8]).await });
        for _ in 0..6 {
            tokio::task::yield_now().await;
            advance(SOME).await;
            to.write_all(b"some").await.unwrap();
            far.read_exact(&mut [0; 4]).await.unwrap();
        }
        far.write_all(b"more").await.unwrap();
        reading.await.unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn who_takes_a_long_answer_need_not_say_anything_meanwhile() {
        let (near, mut far) = duplex(64);
        assert_eq!(read_during(Limited::new(near, LIMIT), &mut far).await.unwrap(), 4);
    }

    #[tokio::test(start_paused = true)]
    async fn what_stands_still_ends() {
        let (near, mut far) = duplex(4);
        let mut near = Limited::new(near, LIMIT);
        far.write_all(b"some").await.unwrap();
        near.read_exact(&mut [0; 4]).await.unwrap();
        // The timer of the first wait is still set: it is not the end of a later one.
        for _ in 0..2 {
            assert!(tokio::time::timeout(SOME, near.read(&mut [0; 8])).await.is_err());
            far.write_all(b"some").await.unwrap();
            near.read_exact(&mut [0; 4]).await.unwrap();
        }
        let begun = Instant::now();
        let ended = near.read(&mut [0; 8]).await.unwrap_err();
        assert_eq!((ended.kind(), begun.elapsed().as_secs()), (io::ErrorKind::TimedOut, LIMIT.as_secs()));
        let ended = near.write_all(b"more than it takes").await.unwrap_err();
        assert_eq!(ended.kind(), io::ErrorKind::TimedOut);
    }
}
