//! Everything that the public may see, row by row, for those who take all of it; and what partners may see of their own.

mod cells;
mod graph;
pub mod outcomes;
pub mod own;

use std::borrow::Cow;
use std::io;

use futures_util::stream::unfold;
use futures_util::{Stream, StreamExt};
use serde::Serialize;
use tokio::sync::mpsc;

pub use self::graph::{Table, stream};
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
/// The mark of UTF-8.
const MARK: &[u8] = "\u{feff}".as_bytes();

/// Writes rows into a stream.
struct Rows {
    form: Form,
    part: Part,
    to: mpsc::Sender<io::Result<Vec<u8>>>,
}

/// What is written and not sent yet.
enum Part {
    Csv(Box<csv::Writer<Vec<u8>>>),
    Ndjson(Vec<u8>),
}

/// Whoever read the stream has gone.
struct Gone;

impl Rows {
    /// A stream of rows with some columns, and what is written into it.
    fn new(form: Form, columns: &[&str]) -> (Self, impl Stream<Item = io::Result<Vec<u8>>> + use<>) {
        let (to, from) = mpsc::channel(AHEAD);
        let parts = unfold(from, |mut from| async { from.recv().await.map(|part| (part, from)) });
        // Whoever compresses it asks again after the end.
        let parts = parts.fuse();
        let mut part = Part::new(form, true);
        if let Part::Csv(writer) = &mut part {
            let _infallible = writer.write_record(columns);
        }
        (Self { form, part, to }, parts)
    }

    /// Adds a row.
    async fn add(&mut self, row: &impl Serialize) -> Result<(), Gone> {
        let length = match &mut self.part {
            Part::Csv(writer) => {
                let _infallible = writer.serialize(row);
                writer.get_ref().len()
            }
            Part::Ndjson(part) => {
                let _infallible = serde_json::to_writer(&mut *part, row);
                part.push(b'\n');
                part.len()
            }
        };
        if length >= PART { self.send().await } else { Ok(()) }
    }

    /// Sends what is left, or breaks the stream off where writing failed, so that nobody takes a part for the whole.
    async fn end(mut self, done: Result<(), Ended>) {
        let done = match done {
            Ok(()) => self.send().await.map_err(Ended::from),
            failed => failed,
        };
        if let Err(Ended::Failed(cause)) = done {
            tracing::error!(error.cause = ?cause, "an export ended before its end");
            let _gone = self.to.send(Err(io::Error::other("the export could not be finished"))).await;
        }
    }

    /// Sends what is there.
    async fn send(&mut self) -> Result<(), Gone> {
        let part = match std::mem::replace(&mut self.part, Part::new(self.form, false)) {
            Part::Csv(writer) => writer.into_inner().unwrap_or_default(),
            Part::Ndjson(part) => part,
        };
        if part.is_empty() { Ok(()) } else { self.to.send(Ok(part)).await.map_err(|_| Gone) }
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
    Gone,
    Failed(Error),
}

impl From<Gone> for Ended {
    fn from(_: Gone) -> Self {
        Self::Gone
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
