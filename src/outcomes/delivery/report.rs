//! What became of files of participations, for the terminal and as JSON.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::import::formats::Refused;

/// What became of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// Its rows are kept.
    Read,
    /// Its rows would be kept, were this no dry run.
    #[serde(rename = "would read")]
    WouldRead,
    /// The same bytes were read before.
    Unchanged,
    /// Nothing of it is kept.
    Failed,
}

/// What became of a file, row by row: those that are new, revised, unchanged and refused are all there are.
#[derive(Clone, Debug, Serialize)]
pub struct FileReport {
    /// The file.
    pub path: PathBuf,
    /// What became of it.
    pub outcome: Outcome,
    /// How many rows it has below its header.
    pub rows: usize,
    /// Rows of persons who were not known in their project.
    pub new: usize,
    /// Rows that changed what was known.
    pub revised: usize,
    /// Rows that say what was known.
    pub unchanged: usize,
    /// Of all these, rows of which only sex and year are kept.
    pub anonymous: usize,
    /// Rows that could not be used.
    pub refused: Vec<Refused>,
    /// Columns that are not known.
    pub unknown_columns: Vec<String>,
    /// Sheets of a workbook, besides the largest, that hold something and were not read, by their names.
    pub unread_sheets: Vec<String>,
    /// Why it failed.
    pub error: Option<String>,
}

impl FileReport {
    pub(super) fn new(path: &Path, outcome: Outcome) -> Self {
        Self {
            path: path.to_owned(),
            outcome,
            rows: 0,
            new: 0,
            revised: 0,
            unchanged: 0,
            anonymous: 0,
            refused: Vec::new(),
            unknown_columns: Vec::new(),
            unread_sheets: Vec::new(),
            error: None,
        }
    }

    pub(super) fn failed(path: &Path, reason: String) -> Self {
        Self { error: Some(reason), ..Self::new(path, Outcome::Failed) }
    }

    pub(super) fn dry_run(&mut self) {
        if self.outcome == Outcome::Read {
            self.outcome = Outcome::WouldRead;
        }
    }

    /// What became of it, in a few lines.
    #[must_use]
    pub fn text(&self) -> String {
        let name = self.path.display();
        if let Some(error) = &self.error {
            return format!("failed: {name}: {error}");
        }
        let outcome = match self.outcome {
            Outcome::Unchanged => return format!("unchanged: {name}: the same file was read before"),
            Outcome::WouldRead => "would read",
            _ => "read",
        };
        let mut text = format!(
            "{outcome}: {name}: {} rows: {} new, {} revised, {} unchanged, {} refused; of {} only sex and year are kept",
            self.rows,
            self.new,
            self.revised,
            self.unchanged,
            self.refused.len(),
            self.anonymous,
        );
        if !self.unknown_columns.is_empty() {
            let _infallible =
                write!(text, "\n  columns that are not known: {}", self.unknown_columns.join(", "));
        }
        if !self.unread_sheets.is_empty() {
            let _infallible =
                write!(text, "\n  sheets that were not read: {}", self.unread_sheets.join(", "));
        }
        for refused in &self.refused {
            let line = refused.line.map(|line| format!("line {line}: ")).unwrap_or_default();
            let _infallible = write!(text, "\n  refused: {line}{}", refused.reason);
        }
        text
    }
}
