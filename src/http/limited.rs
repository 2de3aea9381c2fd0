//! A connection that ends when it stands still for too long, whichever side is slow.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_io_timeout::TimeoutStream;

/// A connection that ends when nothing is read, and nothing written, for too long.
pub(super) struct Limited<S> {
    stream: Pin<Box<TimeoutStream<S>>>,
    limit: Duration,
}

impl<S: AsyncRead + AsyncWrite> Limited<S> {
    pub fn new(stream: S, limit: Duration) -> Self {
        let mut stream = TimeoutStream::new(stream);
        stream.set_read_timeout(Some(limit));
        stream.set_write_timeout(Some(limit));
        Self { stream: Box::pin(stream), limit }
    }

    /// Who takes a long answer need not say anything meanwhile.
    fn moved(&mut self, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        if matches!(written, Poll::Ready(Ok(_))) {
            self.stream.as_mut().set_read_timeout_pinned(Some(self.limit));
        }
        written
    }
}

impl<S: AsyncRead + AsyncWrite> AsyncRead for Limited<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.stream.as_mut().poll_read(cx, buf)
    }
}

impl<S: AsyncRead + AsyncWrite> AsyncWrite for Limited<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = self.stream.as_mut().poll_write(cx, bytes);
        self.moved(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = self.stream.as_mut().poll_write_vectored(cx, parts);
        self.moved(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream.as_mut().poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream.as_mut().poll_shutdown(cx)
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
        let (near, _far) = duplex(4);
        let mut near = Limited::new(near, LIMIT);
        let ended = near.read(&mut [0; 8]).await.unwrap_err();
        assert_eq!(ended.kind(), io::ErrorKind::TimedOut);
        let ended = near.write_all(b"more than it takes").await.unwrap_err();
        assert_eq!(ended.kind(), io::ErrorKind::TimedOut);
    }
}
