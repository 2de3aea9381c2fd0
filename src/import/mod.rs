//! From files to the graph: read, write, report.

pub mod document;
pub mod file;
pub mod formats;
pub mod report;
mod writer;

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use encoding_rs::Encoding;
use sea_orm::DatabaseConnection;

use self::document::Document;
use self::file::TextFile;
use self::formats::{FORMATS, Format, Reading};
use self::report::{FileReport, Outcome, Report};
use crate::error::{Error, Result};

/// Where files come from, as far as they do not say so themselves; the same for all of one import.
#[derive(Clone, Debug, Default)]
pub struct Provenance {
    /// Who published them, by name.
    pub publisher: Option<String>,
    /// Where they were found.
    pub url: Option<String>,
    /// Under which licence they may be used.
    pub licence: Option<String>,
}

/// How to import.
#[derive(Clone, Default)]
pub struct Options {
    /// Where the files come from.
    pub provenance: Provenance,
    /// The format of all files; detected where none.
    pub format: Option<&'static dyn Format>,
    /// What the files are written in; UTF-8 where none.
    pub encoding: Option<&'static Encoding>,
    /// Undo everything at the end of each file.
    pub dry_run: bool,
    /// Import nothing if any file cannot be imported or has a row that is refused.
    pub strict: bool,
}

/// A file that was read and can be written.
pub struct ReadFile {
    /// The file.
    pub path: PathBuf,
    /// The format that read it.
    pub format: &'static dyn Format,
    /// What it says.
    pub reading: Reading,
    text: TextFile,
}

/// Reads a file: its text, its format, and what it says.
///
/// # Errors
/// [`Error::File`] with line and reason if it is no text that can be read, or no format knows it.
pub fn read(path: &Path, options: &Options) -> Result<ReadFile> {
    let mut text = file::read(path, options.encoding)?;
    let document = Document { name: text.name.clone(), text: std::mem::take(&mut text.text) };
    let format = options.format.or_else(|| formats::detect(&document)).ok_or_else(|| {
        let names: Vec<&str> = FORMATS.iter().map(|format| format.name()).collect();
        let reason = format!("no format recognises it; name one with --format ({})", names.join(", "));
        Error::File { path: path.to_owned(), reason }
    })?;
    let reading = format.read(&document);
    text.text = document.text;
    Ok(ReadFile { path: path.to_owned(), format, reading, text })
}

/// Imports files and folders, one transaction a file. `progress` is told of every file that is done.
///
/// # Errors
/// [`Error::Database`] if the database fails; files before are kept. What is wrong with files is in the report.
pub async fn run(
    db: &DatabaseConnection,
    paths: &[PathBuf],
    options: &Options,
    now: DateTime<Utc>,
    progress: impl Fn(usize, usize),
) -> Result<Report> {
    let files = file::list(paths);
    let mut report = Report { dry_run: options.dry_run, files: Vec::with_capacity(files.len()) };
    if options.strict && files.iter().any(|file| !is_sound(file, options)) {
        for file in files {
            report.files.push(held(file, options));
        }
        return Ok(report);
    }
    let all = files.len();
    for (done, file) in files.into_iter().enumerate() {
        report.files.push(match file.and_then(|path| read(&path, options)) {
            Ok(read) => writer::write(db, read, options, now).await?,
            Err(error) => failed(&error),
        });
        progress(done + 1, all);
    }
    Ok(report)
}

/// Whether a file can be imported whole.
fn is_sound(file: &Result<PathBuf>, options: &Options) -> bool {
    let Ok(path) = file else { return false };
    read(path, options).is_ok_and(|read| read.reading.statements.iter().all(writer::is_usable))
}

fn held(file: Result<PathBuf>, options: &Options) -> FileReport {
    match file.and_then(|path| read(&path, options)) {
        Ok(read) => {
            let mut entry = FileReport::new(read.path, Outcome::Held);
            entry.format = Some(read.format.name());
            entry.read = read.reading.statements.len();
            entry.refused = writer::refused(&read.reading);
            entry
        }
        Err(error) => failed(&error),
    }
}

fn failed(error: &Error) -> FileReport {
    let path = if let Error::File { path, .. } = error { path.clone() } else { PathBuf::new() };
    FileReport { error: Some(error.to_string()), ..FileReport::new(path, Outcome::Failed) }
}
