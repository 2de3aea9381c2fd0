//! Everything that the public may see, row by row, for those who take all of it.

pub mod outcomes;

use std::io;

use futures_util::Stream;
use futures_util::stream::unfold;
use serde::Serialize;
use tokio::sync::mpsc;

use crate::error::Error;

/// How rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Commas between values, the first line names them; RFC 4180.
    Csv,
    /// A JSON object a line.
    Ndjson,
}

/// Bytes of a part of a stream, about.
const PART: usize = 64 * 1024;
/// Parts that are ready before they are asked for.
const AHEAD: usize = 2;

/// Writes rows into a stream.
struct Rows {
    form: Form,
    part: Vec<u8>,
    to: mpsc::Sender<Vec<u8>>,
    is_first: bool,
}

/// Whoever read the stream has gone.
struct Gone;

impl Rows {
    /// A stream, and what is written into it.
    fn new(form: Form) -> (Self, impl Stream<Item = io::Result<Vec<u8>>>) {
        let (to, from) = mpsc::channel(AHEAD);
        let parts = unfold(from, |mut from| async { from.recv().await.map(|part| (Ok(part), from)) });
        (Self { form, part: Vec::with_capacity(PART * 2), to, is_first: true }, parts)
    }

    /// Adds a row.
    async fn add(&mut self, row: &impl Serialize) -> Result<(), Gone> {
        match self.form {
            Form::Csv => {
                let mut writer =
                    csv::WriterBuilder::new().has_headers(self.is_first).from_writer(&mut self.part);
                let _infallible = writer.serialize(row);
            }
            Form::Ndjson => {
                let _infallible = serde_json::to_writer(&mut self.part, row);
                self.part.push(b'\n');
            }
        }
        self.is_first = false;
        if self.part.len() >= PART { self.send().await } else { Ok(()) }
    }

    /// Sends what is there.
    async fn send(&mut self) -> Result<(), Gone> {
        let part = std::mem::replace(&mut self.part, Vec::with_capacity(PART * 2));
        if part.is_empty() { Ok(()) } else { self.to.send(part).await.map_err(|_| Gone) }
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
fn literal(form: Form, text: String) -> String {
    match form {
        Form::Csv if text.starts_with(['=', '+', '-', '@', '\t', '\r']) => format!("'{text}"),
        _ => text,
    }
}
