//! Writing what was read: one transaction a file, safe to repeat.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::file::TextFile;
use super::formats::Refused;
use super::reader::{self, Common, Heading, Part, Rows};
use super::report::{FileReport, Outcome};
use super::{Options, editions, recognise};
use crate::domain::field::Field;
use crate::domain::ids;
use crate::domain::statement::Warning;
use crate::entities::{source, source_field, source_refusal, source_warning};
use crate::error::Result;
use crate::resolve::{self, Resolver, Scope};
use crate::store::sources;
use crate::store::transaction::WriteTransaction;
use crate::store::write::{insert, save};

/// Lines of a file that is worth preparing for.
const MANY: u64 = 20_000;

/// Whether a file is worth preparing for.
pub(super) fn is_large(file: &TextFile) -> bool {
    file.lines > MANY
}

/// Writes what a file says in a transaction, unless the same bytes were written before. What is not imported, by the
/// report, or fails must be rolled back.
///
/// # Errors
/// [`crate::error::Error::File`] if no format knows it, [`crate::error::Error::Database`] if the database fails.
pub(super) async fn write(
    tx: &WriteTransaction,
    path: &Path,
    file: TextFile,
    options: &Options,
    now: DateTime<Utc>,
    progress: &impl Fn(usize),
) -> Result<FileReport> {
    let mut report = FileReport::new(path.to_owned(), Outcome::Unchanged);
    report.guessed_encoding = file.guessed.map(encoding_rs::Encoding::name);
    report.unread_sheets.clone_from(&file.unread);
    if let Some(known) = sources::by_sha256(tx, &file.sha256).await? {
        report.format = super::formats::by_name(&known.format).map(super::Format::name);
        return Ok(report);
    }
    let opened = recognise(path, file, options)?;
    report.format = Some(opened.format.name());
    let mut source = blank(
        &opened.file,
        sources::last_sequence(tx).await? + 1,
        opened.format.name(),
        options,
        now.date_naive(),
    );
    let is_large = is_large(&opened.file);
    let mut parts = reader::read(
        opened,
        Common {
            source: source.id,
            sort_key: source.sort_key.clone(),
            publisher: options.provenance.publisher.clone(),
        },
    );
    let heading = match parts.recv().await.transpose()? {
        Some(Part::Heading(heading)) => heading,
        _ => Heading::default(),
    };
    source.title = heading.title.unwrap_or(source.title);
    source.published_on = heading.published_on;
    if let Some(name) = &heading.publisher {
        source.publisher_id = resolve::publisher(tx, name, now).await?;
    }
    insert::<source::Entity>(tx, vec![source.clone()]).await?;
    let mut totals = Totals::new(&source, heading.personal_details_left_out);
    totals.warn(tx, &heading.warnings).await?;
    let mut resolver = Resolver::new(tx, now, Scope::News).await?;
    if is_large {
        resolver.expect_much().await?;
    }
    while let Some(part) = parts.recv().await.transpose()? {
        let Part::Rows(mut rows) = part else { continue };
        let fresh = std::mem::take(&mut rows.fresh);
        totals.statements += fresh.len();
        totals.note(tx, *rows).await?;
        resolver.settle(fresh).await?;
        progress(totals.statements + totals.refused.len());
    }
    report.read = totals.statements + totals.refused.len();
    report.warned = totals.warned;
    report.personal_details_left_out = totals.personal_details;
    if totals.statements == 0 {
        report.refused = totals.refused;
        report.outcome = Outcome::Empty;
        return Ok(report);
    }
    let mut settled = resolver.finish().await?;
    save::<source::Entity>(tx, vec![totals.complete(&source)]).await?;
    insert::<source_field::Entity>(tx, totals.fields(&source)).await?;
    if let Some(older) = editions::supersede(tx, source.id, now).await? {
        report.supersedes = Some(older.title);
        settled.changed += older.settled.changed;
        settled.removed += older.settled.removed;
    }
    report.created = settled.created;
    report.matched = totals.statements.saturating_sub(settled.created);
    report.changed = settled.changed;
    report.removed = settled.removed;
    report.refused = totals.refused;
    report.outcome = Outcome::Imported;
    Ok(report)
}

/// A source of which nothing was read yet.
fn blank(
    file: &TextFile,
    sequence: i64,
    format: &str,
    options: &Options,
    obtained_on: NaiveDate,
) -> source::Model {
    source::Model {
        id: ids::named(&["source", &file.sha256]),
        sequence,
        sort_key: sequence.to_be_bytes().to_vec(),
        sha256: file.sha256.clone(),
        file_name: file.document.name.clone(),
        title: file.document.name.clone(),
        format: format.to_owned(),
        publisher_id: None,
        url: options.provenance.url.clone(),
        published_on: None,
        obtained_on,
        licence: options.provenance.licence.clone(),
        lines: int(usize::try_from(file.lines).unwrap_or(usize::MAX)),
        statements: 0,
        personal_details: 0,
        withdrawn_at: None,
        superseded_by_id: None,
        with_organisation_number: 0,
        row_count: 0,
    }
}

/// What was read of a file so far.
struct Totals {
    source: Uuid,
    sha256: String,
    statements: usize,
    refused: Vec<Refused>,
    warned: usize,
    personal_details: u32,
    with_organisation_number: usize,
    filled: BTreeMap<Field, usize>,
}

impl Totals {
    fn new(source: &source::Model, personal_details: u32) -> Self {
        Self {
            source: source.id,
            sha256: source.sha256.clone(),
            statements: 0,
            refused: Vec::new(),
            warned: 0,
            personal_details,
            with_organisation_number: 0,
            filled: BTreeMap::new(),
        }
    }

    /// Adds what some rows bring besides their statements, and writes it.
    async fn note(&mut self, tx: &WriteTransaction, rows: Rows) -> Result<()> {
        self.warn(tx, &rows.warnings).await?;
        self.personal_details = self.personal_details.saturating_add(rows.personal_details_left_out);
        self.with_organisation_number += rows.with_organisation_number;
        for (field, filled) in rows.filled {
            *self.filled.entry(field).or_default() += filled;
        }
        let before = self.refused.len();
        let row = |(at, refusal): (usize, &Refused)| source_refusal::Model {
            id: self.part("refusal", before + at),
            source_id: self.source,
            line: refusal.line.map(resolve::line),
            reason: refusal.reason.clone(),
        };
        insert::<source_refusal::Entity>(tx, rows.refused.iter().enumerate().map(row).collect()).await?;
        self.refused.extend(rows.refused);
        Ok(())
    }

    async fn warn(&mut self, tx: &WriteTransaction, warnings: &[Warning]) -> Result<()> {
        let row = |(at, warning): (usize, &Warning)| source_warning::Model {
            id: self.part("warning", self.warned + at),
            source_id: self.source,
            code: warning.code.into(),
            line: warning.line.map(resolve::line),
            text: warning.text.clone(),
        };
        insert::<source_warning::Entity>(tx, warnings.iter().enumerate().map(row).collect()).await?;
        self.warned += warnings.len();
        Ok(())
    }

    fn part(&self, what: &str, at: usize) -> Uuid {
        ids::named(&[what, &self.sha256, &at.to_string()])
    }

    /// The source with its counts.
    fn complete(&self, source: &source::Model) -> source::Model {
        source::Model {
            statements: int(self.statements),
            personal_details: i32::try_from(self.personal_details).unwrap_or(i32::MAX),
            with_organisation_number: int(self.with_organisation_number),
            row_count: int(self.statements + self.refused.len()),
            ..source.clone()
        }
    }

    fn fields(&self, source: &source::Model) -> Vec<source_field::Model> {
        let row = |(field, filled): (&Field, &usize)| source_field::Model {
            source_id: source.id,
            field: field.name().to_owned(),
            filled: int(*filled),
        };
        self.filled.iter().map(row).collect()
    }
}

fn int(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}
