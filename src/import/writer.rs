//! Writing what was read: one transaction a file, safe to repeat.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DatabaseConnection, DatabaseTransaction, TransactionTrait};
use uuid::Uuid;

use super::formats::{Format, Reading, Refused};
use super::report::{FileReport, Outcome};
use super::{Options, ReadFile};
use crate::domain::ids;
use crate::domain::matching::number_key;
use crate::domain::statement::{Statement, Warning};
use crate::entities::statement::MatchRule;
use crate::entities::{source, source_refusal, source_warning, statement};
use crate::error::{Error, Result};
use crate::resolve;
use crate::store::{sources, write};

/// Writes what a file says in a transaction and commits it, unless the same bytes were written before.
///
/// # Errors
/// [`Error::Database`] if the database fails; nothing is written then.
pub(super) async fn write(
    tx: DatabaseTransaction,
    file: ReadFile,
    options: &Options,
    now: DateTime<Utc>,
) -> Result<FileReport> {
    let ReadFile { path, format, reading, text } = file;
    let mut report = FileReport::new(path, Outcome::Unchanged);
    report.format = Some(format.name());
    if sources::by_sha256(&tx, &text.sha256).await?.is_some() {
        tx.rollback().await?;
        return Ok(report);
    }
    report.refused = refused(&reading);
    report.read = reading.statements.len() + reading.refused.len();
    let said: Vec<&Statement> = reading.statements.iter().filter(|s| is_usable(s)).collect();
    report.personal_details_left_out = reading.personal_details_left_out;
    if said.is_empty() {
        tx.rollback().await?;
        report.outcome = Outcome::Empty;
        return Ok(report);
    }

    let provenance = &options.provenance;
    let publisher = match provenance.publisher.clone().or_else(|| format.publisher(&reading)) {
        Some(name) => resolve::publisher(&tx, &name, now).await?,
        None => None,
    };
    let sequence = sources::last_sequence(&tx).await? + 1;
    let source = source::Model {
        id: ids::named(&["source", &text.sha256]),
        sequence,
        sort_key: sequence.to_be_bytes().to_vec(),
        sha256: text.sha256.clone(),
        file_name: text.name.clone(),
        title: reading.title.clone().unwrap_or_else(|| text.name.clone()),
        format: format.name().to_owned(),
        publisher_id: publisher,
        url: provenance.url.clone(),
        published_on: reading.published_on,
        obtained_on: now.date_naive(),
        licence: provenance.licence.clone(),
        lines: i32::try_from(text.text.lines().count()).unwrap_or(i32::MAX),
        statements: i32::try_from(said.len()).unwrap_or(i32::MAX),
        personal_details: i32::try_from(reading.personal_details_left_out).unwrap_or(i32::MAX),
        withdrawn_at: None,
    };
    let warnings = warnings(&source, said.iter().flat_map(|s| &s.warnings).chain(&reading.warnings));
    report.warned = warnings.len();
    let rows =
        said.iter().enumerate().map(|(at, s)| row(&source, at, s, format)).collect::<Result<Vec<_>>>()?;
    write::save::<source::Entity>(&tx, vec![source.clone()]).await?;
    write::save::<source_warning::Entity>(&tx, warnings).await?;
    write::save::<source_refusal::Entity>(&tx, refusals(&source, &report.refused)).await?;
    write::save::<statement::Entity>(&tx, rows.clone()).await?;
    let settled = resolve::settle(&tx, rows, now).await?;
    write::bump_version(&tx, now).await?;

    report.created = sources::count_matched_by(&tx, source.id, MatchRule::New).await?;
    report.matched = said.len().saturating_sub(report.created);
    report.changed = settled.changed;
    report.removed = settled.removed;
    report.outcome = Outcome::Imported;
    tx.commit().await?;
    Ok(report)
}

/// Begins a transaction that is the only one to write.
pub(super) async fn begin(db: &DatabaseConnection) -> Result<DatabaseTransaction> {
    let options = sea_orm::TransactionOptions {
        sqlite_transaction_mode: Some(sea_orm::SqliteTransactionMode::Immediate),
        ..sea_orm::TransactionOptions::default()
    };
    let tx = db.begin_with_options(options).await?;
    if tx.get_database_backend() == sea_orm::DatabaseBackend::Postgres {
        // Readers go on; a second import waits for this one.
        tx.execute_unprepared("LOCK TABLE source IN SHARE ROW EXCLUSIVE MODE").await?;
    }
    Ok(tx)
}

/// A part of a transaction that can be undone alone.
pub(super) async fn within(whole: &DatabaseTransaction) -> Result<DatabaseTransaction> {
    Ok(whole.begin().await?)
}

/// Whether a statement says which project it is about.
pub(super) fn is_usable(statement: &Statement) -> bool {
    resolve::name_key(statement).is_some() || statement.project_number.is_some()
}

/// The statements that cannot be used.
pub(super) fn refused(reading: &Reading) -> Vec<Refused> {
    let refusal = |statement: &Statement| Refused {
        line: Some(statement.line),
        reason: "has neither a name nor a number of a project".to_owned(),
    };
    let unusable = reading.statements.iter().filter(|s| !is_usable(s)).map(refusal);
    let mut refused: Vec<Refused> = reading.refused.iter().cloned().chain(unusable).collect();
    refused.sort_by_key(|row| row.line);
    refused
}

fn row(
    source: &source::Model,
    at: usize,
    statement: &Statement,
    format: &dyn Format,
) -> Result<statement::Model> {
    let mut key = source.sort_key.clone();
    key.extend(u32::try_from(at).unwrap_or(u32::MAX).to_be_bytes());
    let body =
        serde_json::to_string(statement).map_err(|cause| Error::Unreadable { what: "a statement", cause })?;
    Ok(statement::Model {
        id: ids::named(&["statement", &source.sha256, &at.to_string()]),
        source_id: source.id,
        sort_key: key,
        line: resolve::line(statement.line),
        name_key: resolve::name_key(statement),
        number_key: statement.project_number.as_deref().map(|number| number_within(number, source, format)),
        body,
        project_id: None,
        matched_by: MatchRule::New,
    })
}

/// The key by which statements with the same number find each other.
fn number_within(number: &str, source: &source::Model, format: &dyn Format) -> String {
    match number_key(number) {
        (key, "other") if format.has_numbers_of_its_own() => {
            let publisher = source.publisher_id.map(|id| id.simple().to_string()).unwrap_or_default();
            format!("{} {publisher} {key}", format.name())
        }
        (key, _) => key,
    }
}

fn warnings<'a>(
    source: &source::Model,
    warnings: impl Iterator<Item = &'a Warning>,
) -> Vec<source_warning::Model> {
    let row = |(at, warning): (usize, &Warning)| source_warning::Model {
        id: part(source, "warning", at),
        source_id: source.id,
        code: warning.code.into(),
        line: warning.line.map(resolve::line),
        text: warning.text.clone(),
    };
    warnings.enumerate().map(row).collect()
}

fn refusals(source: &source::Model, refusals: &[Refused]) -> Vec<source_refusal::Model> {
    let row = |(at, refusal): (usize, &Refused)| source_refusal::Model {
        id: part(source, "refusal", at),
        source_id: source.id,
        line: refusal.line.map(resolve::line),
        reason: refusal.reason.clone(),
    };
    refusals.iter().enumerate().map(row).collect()
}

fn part(source: &source::Model, what: &str, at: usize) -> Uuid {
    ids::named(&[what, &source.sha256, &at.to_string()])
}
