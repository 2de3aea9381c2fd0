//! From files to the graph: read, write, report.

pub mod document;
pub mod file;
pub mod formats;
pub mod report;
mod workbook;
mod writer;

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use encoding_rs::Encoding;
use sea_orm::DatabaseConnection;

use self::document::Document;
use self::file::TextFile;
use self::formats::{Format, Reading};
use self::report::{FileReport, Outcome, Report};
use crate::error::{Error, Result};
use crate::resolve::{self, Settled};
use crate::store::{sources, write};

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
        let names: Vec<&str> = formats::all().map(Format::name).collect();
        let reason = format!("no format recognises it; name one with --format ({})", names.join(", "));
        Error::File { path: path.to_owned(), reason }
    })?;
    let reading = format.read(&document);
    text.text = document.text;
    Ok(ReadFile { path: path.to_owned(), format, reading, text })
}

/// The JSON Schema of a delivered statement.
#[must_use]
pub fn statement_schema() -> String {
    format!("{:#}", crate::domain::statement::json_schema())
}

/// Derives the whole graph again from the statements, in one transaction.
///
/// # Errors
/// [`Error::Database`] if the database fails, [`Error::Unreadable`] if a stored statement is damaged; nothing changes
/// then.
pub async fn rebuild(db: &DatabaseConnection, now: DateTime<Utc>) -> Result<Settled> {
    let tx = writer::begin(db).await?;
    let settled = resolve::rebuild(&tx, now).await?;
    write::bump_version(&tx, now).await?;
    tx.commit().await?;
    Ok(settled)
}

/// Takes a source back, or with `undo` puts it in force again; it is named by its file's name or its SHA-256.
///
/// # Errors
/// [`Error::Refused`] if nothing or more than one source is named, or it is as it should be already; otherwise as
/// [`rebuild`].
pub async fn withdraw(
    db: &DatabaseConnection,
    name: &str,
    undo: bool,
    now: DateTime<Utc>,
) -> Result<Settled> {
    let tx = writer::begin(db).await?;
    let source = match <[_; 1]>::try_from(sources::named(&tx, name).await?) {
        Ok([source]) => source,
        Err(none) if none.is_empty() => {
            return Err(Error::Refused(format!(
                "no source is named {name}; `sources` in the API lists them"
            )));
        }
        Err(several) => {
            let hashes: Vec<&str> = several.iter().map(|source| &source.sha256[..16]).collect();
            let hashes = hashes.join(", ");
            return Err(Error::Refused(format!(
                "{name} names several sources; say which by its SHA-256: {hashes}"
            )));
        }
    };
    if source.withdrawn_at.is_none() == undo {
        let state = if undo { "is in force" } else { "was withdrawn before" };
        return Err(Error::Refused(format!("{name} {state}")));
    }
    let settled = resolve::withdraw(&tx, source, (!undo).then_some(now), now).await?;
    write::bump_version(&tx, now).await?;
    tx.commit().await?;
    Ok(settled)
}

/// Imports files and folders, one transaction a file; a strict import is one transaction, and a dry run is undone as a
/// whole. `progress` is told of every file that is done.
///
/// # Errors
/// [`Error::Database`] if the database cannot be written at all. What goes wrong with a file is in the report.
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
        report.files = files.into_iter().map(|file| held(file, options)).collect();
        return Ok(report);
    }
    let whole = if options.strict || options.dry_run { Some(writer::begin(db).await?) } else { None };
    let all = files.len();
    let mut lost = false;
    for (done, file) in files.into_iter().enumerate() {
        let entry = match file.and_then(|path| read(&path, options)) {
            Ok(read) if lost => FileReport::new(read.path, Outcome::Held),
            Ok(read) => {
                let path = read.path.clone();
                let written = match &whole {
                    Some(whole) => writer::write(writer::within(whole).await?, read, options, now).await,
                    None => write_alone(db, read, options, now).await,
                };
                written.unwrap_or_else(|cause| {
                    // Whatever keeps the database from writing this file would keep it from the next.
                    lost = true;
                    let reason = format!("{}: {}", path.display(), with_cause(&cause));
                    FileReport { error: Some(reason), ..FileReport::new(path, Outcome::Failed) }
                })
            }
            Err(error) => failed(&error),
        };
        report.files.push(entry);
        progress(done + 1, all);
    }
    if let Some(whole) = whole {
        if options.dry_run || lost {
            whole.rollback().await?;
            report.undone();
        } else {
            whole.commit().await?;
        }
    }
    Ok(report)
}

async fn write_alone(
    db: &DatabaseConnection,
    read: ReadFile,
    options: &Options,
    now: DateTime<Utc>,
) -> Result<FileReport> {
    writer::write(writer::begin(db).await?, read, options, now).await
}

/// An error with its cause, for the operator.
fn with_cause(error: &Error) -> String {
    let cause = std::error::Error::source(error).map(|cause| format!(" ({cause})"));
    format!("{error}{}", cause.unwrap_or_default())
}

/// Whether a file can be imported whole.
fn is_sound(file: &Result<PathBuf>, options: &Options) -> bool {
    let Ok(path) = file else { return false };
    read(path, options).is_ok_and(|read| {
        read.reading.refused.is_empty() && read.reading.statements.iter().all(writer::is_usable)
    })
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
