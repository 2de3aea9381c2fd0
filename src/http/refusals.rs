//! Refusals of requests whose head cannot be read: hyper answers those itself, by a head without a body and before
//! anything of ours is asked. They get the body that every refusal has, on their way out.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use poem::Response;
use poem::http::{StatusCode, header};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::graphql::answers;

/// The end of every head.
const END: &[u8] = b"\r\n\r\n";
/// What hyper says of a request that it cannot read: the status, that it closes, that there is no body, and the date.
const LENGTH: &[u8] = b"\r\ncontent-length: 0\r\n";
const DATE: &[u8] = b"date: ";
const CLOSE: &str = "\r\nconnection: close";

/// What is said, besides hyper's status line, by status.
#[derive(Clone)]
pub(super) struct Refusals(Arc<[(StatusCode, Vec<u8>)]>);

impl Refusals {
    /// What is said of heads that are no HTTP, and of those that are too large.
    pub async fn new() -> Self {
        let unread = "the request is no HTTP that could be read";
        let large = "the head of the request is too large: it may have 64 KiB, in 100 lines";
        Self(Arc::new([
            said(StatusCode::BAD_REQUEST, unread).await,
            said(StatusCode::URI_TOO_LONG, large).await,
            said(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, large).await,
        ]))
    }

    /// Where a bare refusal begins in what is to be written, if it ends with one, and what is to be written for it.
    fn find(&self, bytes: &[u8]) -> Option<(usize, Vec<u8>)> {
        let head = bytes.strip_suffix(END)?;
        // The last line first: most heads are of answers, which end otherwise.
        let last = head.iter().rposition(|byte| *byte == b'\n')? + 1;
        let date = head[last..].strip_prefix(DATE)?;
        let before = head[..last].strip_suffix(LENGTH)?;
        let from = before.windows(7).rposition(|window| window == b"HTTP/1.")?;
        let line = std::str::from_utf8(&before[from..]).ok()?;
        // To HTTP/1.0 it need not say that.
        let line = line.strip_suffix(CLOSE).unwrap_or(line);
        let status = line.split(' ').nth(1)?;
        let (_, said) = self.0.iter().find(|(own, _)| own.as_str() == status)?;
        let is_whole = !line.contains('\r');
        is_whole.then(|| (from, [line.as_bytes(), b"\r\n", DATE, date, said].concat()))
    }
}

async fn said(status: StatusCode, message: &str) -> (StatusCode, Vec<u8>) {
    let response: Response = answers::unread(status, message);
    let mut said = b"\r\nconnection: close\r\nx-content-type-options: nosniff\r\n".to_vec();
    for name in [header::CONTENT_TYPE, header::CACHE_CONTROL] {
        if let Some(value) = response.headers().get(&name) {
            said.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
        }
    }
    let body = response.into_body().into_vec().await.unwrap_or_default();
    said.extend(format!("content-length: {}\r\n\r\n", body.len()).into_bytes());
    said.extend(body);
    (status, said)
}

/// A connection on which no refusal is bare.
pub(super) struct Refusing<S> {
    stream: S,
    refusals: Refusals,
    /// What stands for a bare refusal and is not yet written.
    unsent: Vec<u8>,
}

impl<S: AsyncWrite + Unpin> Refusing<S> {
    pub fn new(stream: S, refusals: Refusals) -> Self {
        Self { stream, refusals, unsent: Vec::new() }
    }

    fn poll_unsent(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.unsent.is_empty() {
            let sent = ready!(Pin::new(&mut self.stream).poll_write(cx, &self.unsent))?;
            if sent == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.unsent.drain(..sent);
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Refusing<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Refusing<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        ready!(self.poll_unsent(cx))?;
        match self.refusals.find(bytes) {
            None => Pin::new(&mut self.stream).poll_write(cx, bytes),
            Some((0, said)) => {
                self.unsent = said;
                // It is taken; whoever flushes waits until it is sent.
                Poll::Ready(Ok(bytes.len()))
            }
            Some((from, _)) => Pin::new(&mut self.stream).poll_write(cx, &bytes[..from]),
        }
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let mut full = parts.iter().filter(|part| !part.is_empty());
        // A refusal has no body, and hyper writes no head while a body waits to be written.
        if let (Some(alone), None) = (full.next(), full.next()) {
            return self.poll_write(cx, alone);
        }
        ready!(self.poll_unsent(cx))?;
        Pin::new(&mut self.stream).poll_write_vectored(cx, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_unsent(cx))?;
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_unsent(cx))?;
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    const HEAD: &str =
        "HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\ndate: today\r\n\r\n";

    /// What comes out of a connection that takes so many bytes at a time.
    async fn written(parts: &[&str], room: usize) -> String {
        let (near, mut far) = tokio::io::duplex(room);
        let mut near = Refusing::new(near, Refusals::new().await);
        let write = async {
            for part in parts {
                near.write_all(part.as_bytes()).await.unwrap();
            }
            near.shutdown().await.unwrap();
        };
        let mut out = String::new();
        let (read, ()) = tokio::join!(far.read_to_string(&mut out), write);
        read.unwrap();
        out
    }

    #[tokio::test]
    async fn a_bare_refusal_gets_a_body_however_it_is_written() {
        let before = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
        let together = format!("{before}{HEAD}");
        let old = HEAD.replace(CLOSE, "");
        for room in [1, 7, 1 << 16] {
            for parts in [&[before, HEAD][..], &[before, &old], &[&*together]] {
                let out = written(parts, room).await;
                let (head, body) = out.strip_prefix(before).unwrap().split_once("\r\n\r\n").unwrap();
                assert!(head.starts_with("HTTP/1.1 400 Bad Request\r\ndate: today\r\n"), "{head}");
                assert!(head.contains(&format!("content-length: {}", body.len())), "{head}");
                assert!(head.contains("content-type: application/json"), "{head}");
                let body: serde_json::Value = serde_json::from_str(body).unwrap();
                assert_eq!(body["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
            }
        }
    }

    #[tokio::test]
    async fn a_bare_refusal_that_is_written_in_parts_stands_alone() {
        for (parts, is_refusal) in [(["", HEAD], true), ([HEAD, ""], true), ([HEAD, "ok"], false)] {
            let (near, mut far) = tokio::io::duplex(1 << 16);
            let mut near = Refusing::new(near, Refusals::new().await);
            let written =
                near.write_vectored(&parts.map(|part| IoSlice::new(part.as_bytes()))).await.unwrap();
            assert_eq!(written, parts.concat().len());
            near.shutdown().await.unwrap();
            let mut out = String::new();
            far.read_to_string(&mut out).await.unwrap();
            assert_eq!(out == parts.concat(), !is_refusal, "{out}");
            assert_eq!(out.contains("BAD_USER_INPUT"), is_refusal, "{out}");
        }
    }

    #[tokio::test]
    async fn all_else_stays_as_it_is() {
        let own = HEAD.replace("connection: close", "x-own: 1");
        let other = HEAD.replace("400 Bad Request", "404 Not Found");
        let unfinished = HEAD.trim_end();
        let with_body = HEAD.replace("length: 0", "length: 2");
        let goes_on = HEAD.replace("date: today", "date: today\r\nx-own: 1");
        for part in [&*with_body, &goes_on, &own, &*other, unfinished, "\r\n\r\n", "HTTP/1.\r\n\r\n", ""] {
            assert_eq!(written(&[part], 1 << 16).await, part);
        }
    }
}
