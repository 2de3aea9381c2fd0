//! Files of participations, as agencies deliver them.

pub mod columns;
mod counts;
pub mod report;
mod row;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use encoding_rs::Encoding;
use sea_orm::DatabaseConnection;
use uuid::Uuid;

use self::columns::Columns;
use self::report::{FileReport, Outcome};
use self::row::Delivered;
use super::kept::Kept;
use crate::domain::disclosure::Secret;
use crate::domain::outcomes::participation::Participation;
use crate::domain::personal;
use crate::entities::delivery;
use crate::error::{Error, Result};
use crate::import::file::{self, TextFile};
use crate::import::formats::Refused;
use crate::import::records::Records;
use crate::store::exact::{Exact, Viewer, Writing, deliveries, indicators, participations};
use crate::store::projects;

/// Rows that are kept at once.
const AT_ONCE: usize = 1000;
/// Columns without which nothing can be read.
const NEEDED: [&str; 3] = ["participant_key", "sex", "enrolled_on"];

/// How to read files of participations.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The number of the project, where no column says it.
    pub project: Option<String>,
    /// What the files are written in; guessed where they are no UTF-8.
    pub encoding: Option<&'static Encoding>,
    /// What was delivered before about the projects of a file goes.
    pub replace: bool,
    /// Undo everything.
    pub dry_run: bool,
}

/// Reads files of participations into the database of exact rows, one transaction a file.
///
/// # Errors
/// [`Error::Database`] if a database fails. What is wrong with a file stands in its report.
pub async fn run(
    exact: &Exact,
    db: &DatabaseConnection,
    secret: &Secret,
    paths: &[PathBuf],
    options: &Options,
    now: DateTime<Utc>,
) -> Result<Vec<FileReport>> {
    let mut reports = Vec::new();
    for path in file::list(paths) {
        reports.push(match path {
            Ok(path) => match one(exact, db, secret, &path, options, now).await {
                Ok(report) => report,
                Err(Error::File { path, reason }) => FileReport::failed(&path, reason),
                Err(Error::Refused(reason)) => FileReport::failed(&path, reason),
                Err(other) => return Err(other),
            },
            Err(Error::File { path, reason }) => FileReport::failed(&path, reason),
            Err(other) => return Err(other),
        });
    }
    Ok(reports)
}

async fn one(
    exact: &Exact,
    db: &DatabaseConnection,
    secret: &Secret,
    path: &Path,
    options: &Options,
    now: DateTime<Utc>,
) -> Result<FileReport> {
    let file = file::read(path, options.encoding)?;
    // The same bytes may be about another project.
    let known_by = match &options.project {
        Some(project) => format!("{} of {project}", file.sha256),
        None => file.sha256.clone(),
    };
    let work = async |tx: &Writing| {
        if !options.replace {
            if deliveries::is_known(tx, &known_by).await? {
                return Ok(FileReport::new(path, Outcome::Unchanged));
            }
            if deliveries::has_another_secret(tx, &secret.name()).await? {
                return Err(Error::Refused(
                    "the secret is another than that by which persons were told apart before, so everybody would count \
                     twice; use that secret, or deliver everything again with --replace"
                        .to_owned(),
                ));
            }
        }
        let mut reading = Reading {
            tx,
            db,
            secret,
            options,
            now,
            viewer: Viewer::operator(),
            projects: HashMap::new(),
            retired: participations::retired(tx).await?.into_iter().collect(),
            replaced: HashSet::new(),
            report: FileReport::new(path, Outcome::Read),
        };
        reading.file(&file).await?;
        let report = reading.report;
        let count = |number: usize| i32::try_from(number).unwrap_or(i32::MAX);
        let row = delivery::Model {
            id: crate::domain::ids::named(&["delivery", &known_by]),
            sha256: known_by.clone(),
            name: file.document.name.clone(),
            read_at: now,
            rows: count(report.rows),
            refused: count(report.refused.len()),
            secret: secret.name(),
        };
        deliveries::note(tx, row).await?;
        Ok(report)
    };
    if options.dry_run {
        let mut report = exact.try_out(work).await?;
        report.dry_run();
        return Ok(report);
    }
    exact.write(work).await
}

/// Refuses the file with a personal identity number in a cell, where no mark beside it belongs to another number.
fn no_person(path: &Path, line: u32, cells: &[String]) -> Result<()> {
    if cells.iter().any(|cell| personal::line_has_number(cell)) {
        let reason = personal::refusal(&format!("line {line}:"));
        return Err(Error::File { path: path.to_owned(), reason });
    }
    Ok(())
}

/// A file that is being read.
struct Reading<'a> {
    tx: &'a Writing,
    db: &'a DatabaseConnection,
    secret: &'a Secret,
    options: &'a Options,
    now: DateTime<Utc>,
    viewer: Viewer,
    /// How many projects there are of a number.
    projects: HashMap<String, usize>,
    retired: HashSet<(String, i32)>,
    replaced: HashSet<String>,
    report: FileReport,
}

impl Reading<'_> {
    async fn file(&mut self, file: &TextFile) -> Result<()> {
        let refuse = |reason: String| Error::File { path: self.report.path.clone(), reason };
        let no_table = || refuse("is no table: no separator cuts its rows into cells".to_owned());
        let records = Records::of(&file.document).ok_or_else(no_table)?;
        let mut rows = records.rows(&file.document);
        let columns = match rows.next() {
            Some(Ok((line, header))) => {
                no_person(&self.report.path, line, &header)?;
                Columns::of(&header)
            }
            Some(Err(refused)) => return Err(refuse(refused.reason)),
            None => return Err(refuse("is empty".to_owned())),
        };
        let project = self.options.project.is_none().then_some("project_number");
        let needed: &[&str] = if counts::is_of_counts(&columns) { &[] } else { &NEEDED };
        let missing: Vec<_> =
            needed.iter().copied().chain(project).filter(|name| !columns.has(name)).collect();
        if !missing.is_empty() {
            return Err(refuse(format!("has no column {}", missing.join(", "))));
        }
        self.report.unknown_columns.clone_from(&columns.unknown);
        self.report.unread_sheets.clone_from(&file.unread);
        if counts::is_of_counts(&columns) {
            return self.counts(&columns, rows).await;
        }
        let today = self.now.date_naive();
        loop {
            let some: Vec<_> = rows.by_ref().take(AT_ONCE).collect();
            if some.is_empty() {
                break;
            }
            let mut batch = Vec::with_capacity(some.len());
            for row in some {
                self.report.rows += 1;
                if let Ok((line, cells)) = &row {
                    no_person(&self.report.path, *line, cells)?;
                }
                let read = row.and_then(|(line, cells)| {
                    row::read(&columns, &cells, self.options.project.as_deref(), today)
                        .map(|delivered| (line, delivered))
                        .map_err(|reason| Refused { line: Some(line), reason })
                });
                match read {
                    Ok(delivered) => batch.push(delivered),
                    Err(refused) => self.report.refused.push(refused),
                }
            }
            self.keep(batch).await?;
        }
        Ok(())
    }

    async fn keep(&mut self, batch: Vec<(u32, Delivered)>) -> Result<()> {
        self.look_up(batch.iter().map(|(_, delivered)| delivered.project_key.clone())).await?;
        let mut sound = Vec::new();
        for (line, delivered) in batch {
            match self.objection(&delivered.project_key, delivered.participation.start_year) {
                Some(reason) => {
                    self.report.refused.push(Refused { line: Some(line), reason: reason.to_owned() });
                }
                None => sound.push(delivered),
            }
        }
        if self.options.replace {
            for delivered in &sound {
                self.forget(&delivered.project_key).await?;
            }
        }
        let id = |delivered: &Delivered| {
            let words = ["participation", &delivered.project_key, &delivered.participant_key];
            let [bytes @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] = self.secret.digest(&words);
            uuid::Builder::from_custom_bytes(bytes).into_uuid()
        };
        let ids: Vec<Uuid> = sound.iter().map(id).collect();
        let known = participations::find(self.tx, &self.viewer, ids.clone()).await?;
        let mut known: HashMap<Uuid, Participation> =
            known.into_iter().map(Kept::from).map(|kept| (kept.id, kept.participation)).collect();
        let mut changed: BTreeMap<Uuid, Kept> = BTreeMap::new();
        for (id, delivered) in ids.into_iter().zip(sound) {
            let before = known.get(&id).cloned();
            let after = match &before {
                None => delivered.participation,
                Some(before) => before.clone().revised(delivered.participation),
            };
            match before {
                None => self.report.new += 1,
                Some(before) if before == after => self.report.unchanged += 1,
                Some(_) => self.report.revised += 1,
            }
            self.report.anonymous += usize::from(after.record.is_none());
            known.insert(id, after.clone());
            changed.insert(id, Kept { id, project_key: delivered.project_key, participation: after });
        }
        participations::save(self.tx, changed.into_values().map(Into::into).collect()).await
    }

    /// Finds out how many projects there are of each number.
    async fn look_up(&mut self, keys: impl IntoIterator<Item = String>) -> Result<()> {
        let new: HashSet<String> = keys.into_iter().filter(|key| !self.projects.contains_key(key)).collect();
        if new.is_empty() {
            return Ok(());
        }
        let new: Vec<String> = new.into_iter().collect();
        for key in &new {
            self.projects.insert(key.clone(), 0);
        }
        for (key, _) in projects::with_numbers(self.db, new).await? {
            *self.projects.entry(key).or_default() += 1;
        }
        Ok(())
    }

    /// Forgets what was delivered before about a project, once.
    async fn forget(&mut self, project_key: &str) -> Result<()> {
        if self.replaced.insert(project_key.to_owned()) {
            participations::remove(self.tx, project_key).await?;
            indicators::remove(self.tx, project_key).await?;
        }
        Ok(())
    }

    /// Why a row about a project and year cannot be kept.
    fn objection(&self, project_key: &str, year: i32) -> Option<&'static str> {
        match self.projects.get(project_key) {
            Some(1) => {}
            Some(2..) => return Some("project_number is the number of several projects"),
            _ => return Some("project_number is the number of no project that is known here"),
        }
        let retired = self.retired.contains(&(project_key.to_owned(), year));
        retired.then_some("the participations of this project and year were deleted when their time was up")
    }
}
