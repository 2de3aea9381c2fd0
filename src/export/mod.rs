//! Everything that the public may see, row by row, for those who take all of it; and what partners may see of their own.

mod cells;
mod graph;
mod lines;
mod names;
pub mod outcomes;
pub mod own;
mod table;

use std::borrow::Cow;
use std::io;
use std::time::Duration;

use futures_util::stream::unfold;
use futures_util::{Stream, StreamExt};
use serde::Serialize;
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout};

pub use self::graph::stream;
pub use self::table::Table;
use crate::error::Error;

/// How rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// The first line names the columns; RFC 4180.
    Csv {
        /// What stands between values.
        separator: u8,
        /// Whether the file begins with a mark by which spreadsheets know UTF-8.
        with_mark: bool,
    },
    /// A JSON object a line.
    Ndjson,
}

/// Bytes of a part of a stream, about.
const PART: usize = 64 * 1024;
/// Parts that are ready before they are asked for.
const AHEAD: usize = 2;
/// Bytes a second that are taken at least, before they are compressed: what is read stays open as long.
const PACE: u32 = 128 * 1024;
/// How much longer than that may take, all in all.
const GRACE: Duration = Duration::from_secs(30);
/// The mark of UTF-8.
const MARK: &[u8] = "\u{feff}".as_bytes();

/// Writes rows into a stream.
struct Rows {
    form: Form,
    part: Part,
    to: mpsc::Sender<Sent>,
    /// How much longer may be waited for whoever reads the stream.
    patience: Duration,
}

/// What is sent into a stream.
enum Sent {
    Part(Vec<u8>),
    /// There is no more. A stream that ends without it was broken off.
    End,
}

/// What is written and not sent yet.
enum Part {
    Csv(Box<csv::Writer<Vec<u8>>>),
    Ndjson(Vec<u8>),
}

/// Whoever reads the stream does not take what is sent.
enum Untaken {
    Gone,
    Slow,
}

impl Rows {
    /// A stream of rows with some columns, and what is written into it.
    fn new(form: Form, columns: &[&str]) -> (Self, impl Stream<Item = io::Result<Vec<u8>>> + use<>) {
        let (to, from) = mpsc::channel(AHEAD);
        let parts = unfold(Some(from), |from: Option<mpsc::Receiver<Sent>>| async {
            let mut from = from?;
            match from.recv().await {
                Some(Sent::Part(part)) => Some((Ok(part), Some(from))),
                Some(Sent::End) => None,
                // So that nobody takes a part for the whole.
                None => Some((Err(io::Error::other("the export could not be finished")), None)),
            }
        });
        // Whoever compresses it asks again after the end.
        let parts = parts.fuse();
        let mut part = Part::new(form, true);
        if let Part::Csv(writer) = &mut part {
            let _infallible = writer.write_record(columns);
        }
        (Self { form, part, to, patience: GRACE }, parts)
    }

    /// Adds a row.
    async fn add(&mut self, row: &impl Serialize) -> Result<(), Untaken> {
        self.put(row);
        self.send_if_full().await
    }

    /// Adds a row to what is sent next.
    fn put(&mut self, row: &impl Serialize) {
        match &mut self.part {
            Part::Csv(writer) => {
                let _infallible = writer.serialize(row);
            }
            Part::Ndjson(part) => {
                let _infallible = serde_json::to_writer(&mut *part, row);
                part.push(b'\n');
            }
        }
    }

    /// Sends what is there once that is a part.
    async fn send_if_full(&mut self) -> Result<(), Untaken> {
        let length = match &self.part {
            Part::Csv(writer) => writer.get_ref().len(),
            Part::Ndjson(part) => part.len(),
        };
        if length >= PART { self.send().await } else { Ok(()) }
    }

    /// Sends what is left, or breaks the stream off where writing failed.
    async fn end(mut self, done: Result<(), Ended>) {
        let done = match done {
            Ok(()) => self.finish().await.map_err(Ended::from),
            failed => failed,
        };
        match done {
            Ok(()) | Err(Ended::Untaken(Untaken::Gone)) => {}
            Err(Ended::Untaken(Untaken::Slow)) => tracing::info!("an export was taken too slowly"),
            Err(Ended::Failed(cause)) => {
                tracing::error!(error.cause = ?cause, "an export ended before its end");
            }
        }
    }

    async fn finish(&mut self) -> Result<(), Untaken> {
        self.send().await?;
        self.pass(Sent::End).await
    }

    /// Sends what is there.
    async fn send(&mut self) -> Result<(), Untaken> {
        let part = match std::mem::replace(&mut self.part, Part::new(self.form, false)) {
            Part::Csv(writer) => writer.into_inner().unwrap_or_default(),
            Part::Ndjson(part) => part,
        };
        if part.is_empty() {
            return Ok(());
        }
        self.patience += Duration::from_secs(part.len() as u64) / PACE;
        self.pass(Sent::Part(part)).await
    }

    async fn pass(&mut self, sent: Sent) -> Result<(), Untaken> {
        let from = Instant::now();
        let put = timeout(self.patience, self.to.send(sent)).await.map_err(|_| Untaken::Slow)?;
        self.patience = self.patience.saturating_sub(from.elapsed());
        put.map_err(|_| Untaken::Gone)
    }
}

impl Part {
    fn new(form: Form, is_first: bool) -> Self {
        let mut part = Vec::with_capacity(PART + PART / 4);
        match form {
            Form::Csv { separator, with_mark } => {
                if is_first && with_mark {
                    part.extend(MARK);
                }
                let mut writer = csv::WriterBuilder::new();
                writer.has_headers(false).delimiter(separator);
                Self::Csv(Box::new(writer.from_writer(part)))
            }
            Form::Ndjson => Self::Ndjson(part),
        }
    }
}

/// Why an export ends before its end.
enum Ended {
    Untaken(Untaken),
    Failed(Error),
}

impl From<Untaken> for Ended {
    fn from(untaken: Untaken) -> Self {
        Self::Untaken(untaken)
    }
}

impl<E: Into<Error>> From<E> for Ended {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

/// A text for a cell of a spreadsheet, which would take one that begins so for a formula.
#[must_use]
pub fn literal(form: Form, text: &str) -> Cow<'_, str> {
    match form {
        Form::Csv { .. } if text.starts_with(['=', '+', '-', '@', '\t', '\r']) => format!("'{text}").into(),
        _ => text.into(),
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::sleep;

    use super::*;

    /// Writes as many rows as are some parts.
    async fn write(mut rows: Rows, parts: usize) {
        let mut done = Ok(());
        for _ in 0..parts {
            // With its line end.
            done = rows.add(&"x".repeat(PART)).await.map_err(Ended::from);
            if done.is_err() {
                break;
            }
        }
        rows.end(done).await;
    }

    /// What somebody gets who waits so long before each part.
    async fn taken(parts: usize, pause: Duration) -> (usize, io::Result<()>) {
        let (rows, stream) = Rows::new(Form::Ndjson, &[]);
        let writing = tokio::spawn(write(rows, parts));
        let mut stream = std::pin::pin!(stream);
        let mut got = 0;
        loop {
            sleep(pause).await;
            match stream.next().await {
                Some(Ok(_)) => got += 1,
                Some(Err(broken)) => {
                    assert!(stream.next().await.is_none());
                    return (got, Err(broken));
                }
                None => {
                    writing.await.unwrap();
                    return (got, Ok(()));
                }
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn who_takes_slowly_gets_it_and_who_takes_far_too_slowly_does_not() {
        let pace = Duration::from_secs(PART as u64) / PACE;
        let (got, end) = taken(500, pace).await;
        assert!(got == 500 && end.is_ok(), "{got}: {end:?}");
        let (got, end) = taken(500, 2 * pace).await;
        assert!((50..100).contains(&got) && end.is_err(), "{got}: {end:?}");
        let (got, end) = taken(5, Duration::ZERO).await;
        assert!(got == 5 && end.is_ok(), "{got}: {end:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_is_waited_for_who_takes_nothing() {
        let (rows, stream) = Rows::new(Form::Ndjson, &[]);
        write(rows, 500).await;
        let taken: Vec<_> = stream.collect().await;
        assert!(taken.len() == AHEAD + 1 && taken.last().is_some_and(Result::is_err));
    }

    #[tokio::test]
    async fn a_part_is_not_taken_for_the_whole() {
        let (mut rows, stream) = Rows::new(Form::Ndjson, &[]);
        let _sent = rows.add(&"x".repeat(PART)).await;
        // As when its task panics.
        drop(rows);
        let taken: Vec<_> = stream.collect().await;
        assert!(matches!(&taken[..], [Ok(_), Err(_)]), "{taken:?}");
    }
}
