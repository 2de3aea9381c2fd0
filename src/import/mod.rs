//! From files to the graph: read, write, report.

pub mod document;
mod editions;
pub mod file;
pub mod formats;
mod reader;
pub mod records;
pub mod report;
pub mod sources;
mod workbook;
mod writer;

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use encoding_rs::Encoding;
use sea_orm::DatabaseConnection;

use self::file::TextFile;
use self::formats::Format;
use self::report::{FileReport, Outcome, Report};
use crate::error::{Error, Result};
use crate::resolve::{self, Settled};
use crate::store::transaction::{self, WriteTransaction};
use crate::store::{group_figures, in_place};

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

/// A file whose text can be read and whose format is known.
pub struct Opened {
    /// The format that reads it.
    pub format: &'static dyn Format,
    /// The file.
    pub file: TextFile,
}

/// Opens a file: goes through its text and finds its format.
///
/// # Errors
/// [`Error::File`] with line and reason if it is no text that can be read, or no format knows it.
pub fn open(path: &Path, options: &Options) -> Result<Opened> {
    recognise(path, file::read(path, options.encoding)?, options)
}

fn recognise(path: &Path, file: TextFile, options: &Options) -> Result<Opened> {
    let format = options.format.or_else(|| formats::detect(&file.document)).ok_or_else(|| {
        let names: Vec<&str> = formats::all().map(Format::name).collect();
        let names = names.join(", ");
        let reason = if file.document.large.is_some() {
            format!("is too large for anything but a table or JSON Lines that a format recognises ({names})")
        } else {
            format!("no format recognises it; name one with --format ({names})")
        };
        Error::File { path: path.to_owned(), reason }
    })?;
    Ok(Opened { format, file })
}

/// The JSON Schema of a delivered statement.
#[must_use]
pub fn statement_schema() -> String {
    format!("{:#}", crate::domain::statement::json_schema())
}

/// How far an import is.
#[derive(Clone, Copy, Debug, Default)]
pub struct Progress {
    /// Files that are done.
    pub files: usize,
    /// Files in all.
    pub all: usize,
    /// Rows that were written, of all files.
    pub rows: usize,
}

/// Derives the whole graph again from statements and decisions, in one transaction.
///
/// # Errors
/// [`Error::Database`] if the database fails, [`Error::Unreadable`] if a stored statement is damaged; nothing changes
/// then.
pub async fn rebuild(db: &DatabaseConnection, now: DateTime<Utc>) -> Result<Settled> {
    let settled = transaction::run(db, async |tx| resolve::rebuild(tx, now).await).await?;
    group_figures::follow(db).await;
    Ok(settled)
}

/// Imports files and folders, one transaction a file; a strict import is one transaction, and a dry run is undone as a
/// whole. `progress` is told now and then.
///
/// # Errors
/// [`Error::Database`] if the database cannot be written at all. What goes wrong with a file is in the report.
pub async fn run(
    db: &DatabaseConnection,
    paths: &[PathBuf],
    options: &Options,
    now: DateTime<Utc>,
    progress: impl Fn(Progress),
) -> Result<Report> {
    let files = file::list(paths);
    let mut report = Report { dry_run: options.dry_run, files: Vec::with_capacity(files.len()) };
    if options.strict && files.iter().any(|file| !is_sound(file, options)) {
        report.files = files.into_iter().map(|file| held(file, options)).collect();
        return Ok(report);
    }
    let whole = if options.strict || options.dry_run { Some(transaction::begin(db).await?) } else { None };
    let mut done = Progress { all: files.len(), ..Progress::default() };
    let mut lost = false;
    for file in files {
        let entry = match file {
            Ok(path) if lost => FileReport::new(path, Outcome::Held),
            Ok(path) => {
                let told = |rows| progress(Progress { rows: done.rows + rows, ..done });
                let written = write(db, whole.as_ref(), &path, options, now, &told).await;
                written.unwrap_or_else(|cause| match cause {
                    Error::File { .. } => failed(&cause),
                    cause => {
                        // Whatever keeps the database from writing this file would keep it from the next.
                        lost = true;
                        let reason = format!("{}: {}", path.display(), with_cause(&cause));
                        FileReport { error: Some(reason), ..FileReport::new(path, Outcome::Failed) }
                    }
                })
            }
            Err(error) => failed(&error),
        };
        done.files += 1;
        done.rows += entry.read;
        report.files.push(entry);
        progress(done);
    }
    if let Some(whole) = whole {
        if options.dry_run || lost {
            transaction::give_up(whole).await;
            report.undone();
        } else {
            transaction::end(whole, Ok(())).await?;
        }
    }
    if !options.dry_run && report.files.iter().any(|file| file.outcome == Outcome::Imported) {
        group_figures::follow(db).await;
    }
    Ok(report)
}

/// Writes one file in a transaction of its own, or as a part of a larger one that can be undone alone.
async fn write(
    db: &DatabaseConnection,
    whole: Option<&WriteTransaction>,
    path: &Path,
    options: &Options,
    now: DateTime<Utc>,
    progress: &impl Fn(usize),
) -> Result<FileReport> {
    let file = file::read(path, options.encoding)?;
    if let Some(whole) = whole {
        let writing = Box::pin(writer::write(whole, path, file, options, now, progress));
        return transaction::within(whole, writing, is_imported).await;
    }
    let is_in_place = writer::is_large(&file) && in_place::begin(db).await?;
    let alone = async {
        let tx = transaction::begin(db).await?;
        let written = Box::pin(writer::write(&tx, path, file, options, now, progress)).await;
        if written.as_ref().is_ok_and(is_imported) {
            transaction::end(tx, written).await
        } else {
            transaction::give_up(tx).await;
            written
        }
    };
    let written = alone.await;
    if is_in_place {
        in_place::end(db).await;
    }
    written
}

fn is_imported(report: &FileReport) -> bool {
    report.outcome == Outcome::Imported
}

/// An error with its cause, for the operator.
fn with_cause(error: &Error) -> String {
    let cause = std::error::Error::source(error).map(|cause| format!(" ({cause})"));
    format!("{error}{}", cause.unwrap_or_default())
}

/// Whether a file can be imported whole.
fn is_sound(file: &Result<PathBuf>, options: &Options) -> bool {
    let Ok(path) = file else { return false };
    open(path, options).is_ok_and(|opened| {
        let mut items = opened.format.read(&opened.file.document).items;
        items.all(|item| reader::usable(item.said).is_ok())
    })
}

fn held(file: Result<PathBuf>, options: &Options) -> FileReport {
    let path = match file {
        Ok(path) => path,
        Err(error) => return failed(&error),
    };
    let Opened { format, file } = match open(&path, options) {
        Ok(opened) => opened,
        Err(error) => return failed(&error),
    };
    let mut entry = FileReport::new(path, Outcome::Held);
    entry.format = Some(format.name());
    for item in format.read(&file.document).items {
        entry.read += 1;
        entry.refused.extend(reader::usable(item.said).err());
    }
    entry
}

fn failed(error: &Error) -> FileReport {
    let path = if let Error::File { path, .. } = error { path.clone() } else { PathBuf::new() };
    FileReport { error: Some(error.to_string()), ..FileReport::new(path, Outcome::Failed) }
}
