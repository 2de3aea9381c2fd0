//! What an import did, file by file: for the terminal and as JSON.

use std::fmt::Write;
use std::path::PathBuf;

use serde::Serialize;

use super::formats::Refused;

/// What became of one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// Its statements are in the database.
    Imported,
    /// Its statements would be in the database, were this no dry run.
    #[serde(rename = "would import")]
    WouldImport,
    /// It was read, but names no single project, so there is nothing to keep.
    Empty,
    /// The same bytes were imported before; nothing changed.
    Unchanged,
    /// Nothing of it was kept.
    Failed,
    /// It could have been imported, but another file failed and the import was strict, or the database failed before.
    Held,
}

/// What an import did with one file.
#[derive(Clone, Debug, Serialize)]
pub struct FileReport {
    /// The file.
    pub path: PathBuf,
    /// What became of it.
    pub outcome: Outcome,
    /// The format that read it.
    pub format: Option<&'static str>,
    /// How many projects it speaks of.
    pub read: usize,
    /// How many of them are new.
    pub created: usize,
    /// How many were known already.
    pub matched: usize,
    /// How many projects that were there before read otherwise now.
    pub changed: usize,
    /// How many projects that were there before went into others.
    pub removed: usize,
    /// How many warnings its text gave rise to.
    pub warned: usize,
    /// Rows that could not be used.
    pub refused: Vec<Refused>,
    /// How many details of contact persons were left out.
    pub personal_details_left_out: u32,
    /// What it seems to be written in, where it is no UTF-8 and nothing said so.
    pub guessed_encoding: Option<&'static str>,
    /// Sheets of a workbook, besides the largest, that hold something and were not read, by their names.
    pub unread_sheets: Vec<String>,
    /// The title of the older edition that it took the place of.
    pub supersedes: Option<String>,
    /// Why it failed, with its line where there is one.
    pub error: Option<String>,
}

impl FileReport {
    /// The report of a file of which nothing is known yet.
    #[must_use]
    pub fn new(path: PathBuf, outcome: Outcome) -> Self {
        Self {
            path,
            outcome,
            format: None,
            read: 0,
            created: 0,
            matched: 0,
            changed: 0,
            removed: 0,
            warned: 0,
            refused: Vec::new(),
            personal_details_left_out: 0,
            guessed_encoding: None,
            unread_sheets: Vec::new(),
            supersedes: None,
            error: None,
        }
    }
}

/// What an import did.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Report {
    /// Whether it only tried.
    pub dry_run: bool,
    /// Each file in the order it was read.
    pub files: Vec<FileReport>,
}

impl Outcome {
    /// The outcome in words.
    fn words(self) -> &'static str {
        match self {
            Self::Imported => "imported",
            Self::WouldImport => "would import",
            Self::Empty => "empty",
            Self::Unchanged => "unchanged",
            Self::Failed => "failed",
            Self::Held => "held",
        }
    }
}

impl Report {
    /// Says that what was written has been undone.
    pub(super) fn undone(&mut self) {
        let outcome = if self.dry_run { Outcome::WouldImport } else { Outcome::Held };
        for file in self.files.iter_mut().filter(|file| file.outcome == Outcome::Imported) {
            file.outcome = outcome;
        }
    }

    /// Whether any file failed or was held back.
    #[must_use]
    pub fn has_failures(&self) -> bool {
        self.files.is_empty()
            || self.files.iter().any(|f| matches!(f.outcome, Outcome::Failed | Outcome::Held))
    }

    /// The report as a table for people, with the reasons below it.
    #[must_use]
    pub fn table(&self) -> String {
        use comfy_table::{CellAlignment, Table, presets::UTF8_HORIZONTAL_ONLY};
        let mut table = Table::new();
        table.load_preset(UTF8_HORIZONTAL_ONLY).set_header([
            "file", "outcome", "format", "read", "created", "matched", "changed", "warned", "refused",
        ]);
        let sum = |count: fn(&FileReport) -> usize| self.files.iter().map(count).sum::<usize>();
        for f in &self.files {
            let name = f.path.file_name().unwrap_or(f.path.as_os_str()).to_string_lossy();
            let counts = [f.read, f.created, f.matched, f.changed, f.warned, f.refused.len()];
            let words = [name.into_owned(), f.outcome.words().to_owned(), f.format.unwrap_or("-").to_owned()];
            table.add_row(words.into_iter().chain(counts.map(|n| n.to_string())));
        }
        let sums = [
            sum(|f| f.read),
            sum(|f| f.created),
            sum(|f| f.matched),
            sum(|f| f.changed),
            sum(|f| f.warned),
            sum(|f| f.refused.len()),
        ];
        let words = [format!("{} files", self.files.len()), String::new(), String::new()];
        table.add_row(words.into_iter().chain(sums.map(|n| n.to_string())));
        for column in 3..9 {
            if let Some(column) = table.column_mut(column) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        let mut text = table.to_string();
        let left_out: u32 = self.files.iter().map(|f| f.personal_details_left_out).sum();
        if left_out > 0 {
            let _infallible = write!(
                text,
                "\n{left_out} names, e-mails or phone numbers of contact persons were left out."
            );
        }
        for f in &self.files {
            for refusal in &f.refused {
                let line = refusal.line.map(|line| format!("line {line}: ")).unwrap_or_default();
                let _infallible = write!(text, "\nrefused: {}: {line}{}", f.path.display(), refusal.reason);
            }
            if let Some(error) = &f.error {
                let _infallible = write!(text, "\nfailed: {error}");
            }
        }
        for f in &self.files {
            if let Some(encoding) = f.guessed_encoding {
                let name = f.path.display();
                let _infallible = write!(
                    text,
                    "\nguessed: {name}: is no UTF-8 and was read as {encoding}; where that is wrong, give --encoding when such a file is first imported"
                );
            }
            if !f.unread_sheets.is_empty() {
                let _infallible = write!(
                    text,
                    "\nnot read: {}: only the largest sheet of a workbook is read; {} {} left: save what belongs in as a file of its own",
                    f.path.display(),
                    f.unread_sheets.join(", "),
                    if f.unread_sheets.len() == 1 { "is" } else { "are" }
                );
            }
            if let Some(title) = &f.supersedes {
                let _infallible = write!(text, "\nedition: {}: takes the place of {title}", f.path.display());
            }
        }
        let removed = sum(|f| f.removed);
        if removed > 0 {
            let _infallible = write!(text, "\n{removed} projects that were there before went into others.");
        }
        for f in self.files.iter().filter(|f| f.outcome == Outcome::Empty) {
            let _infallible = write!(text, "\nempty: {}: names no single project", f.path.display());
        }
        if self.files.is_empty() {
            text.push_str("\nfailed: there is no file to read");
        }
        if self.dry_run {
            text.push_str("\nThis was a dry run: nothing was written.");
        }
        text
    }
}
