//! Reading a file into rows, on a thread of its own, some ahead of what is written.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use tokio::sync::mpsc::{Receiver, channel};
use uuid::Uuid;

use super::Opened;
use super::formats::{Format, Refused};
use crate::domain::field::{self, Field};
use crate::domain::ids;
use crate::domain::matching::number_key;
use crate::domain::statement::{Statement, Warning};
use crate::entities::statement;
use crate::entities::statement::MatchRule;
use crate::error::{Error, Result};
use crate::resolve::{self, AT_ONCE, Fresh};

/// Batches that wait to be written.
const AHEAD: usize = 2;

/// What comes out of a file, in this order: one heading, and then its rows.
pub(super) enum Part {
    Heading(Heading),
    Rows(Box<Rows>),
}

/// What a document says of itself.
#[derive(Default)]
pub(super) struct Heading {
    pub title: Option<String>,
    pub published_on: Option<NaiveDate>,
    /// The id that its publisher has.
    pub publisher: Option<String>,
    pub warnings: Vec<Warning>,
    pub personal_details_left_out: u32,
}

/// Some rows of a file.
#[derive(Default)]
pub(super) struct Rows {
    pub fresh: Vec<Fresh>,
    pub refused: Vec<Refused>,
    pub warnings: Vec<Warning>,
    pub personal_details_left_out: u32,
    /// How many name an owner by organisationsnummer.
    pub with_organisation_number: usize,
    /// How many say something of each field.
    pub filled: BTreeMap<Field, usize>,
}

/// What the rows of a file have in common.
pub(super) struct Common {
    pub source: Uuid,
    /// The source's.
    pub sort_key: Vec<u8>,
    /// The publisher that the operator names.
    pub publisher: Option<String>,
}

/// Reads a file. An error ends it.
pub(super) fn read(opened: Opened, common: Common) -> Receiver<Result<Part>> {
    let (sender, receiver) = channel(AHEAD);
    tokio::task::spawn_blocking(move || {
        let Opened { format, file } = opened;
        let mut reading = format.read(&file.document);
        let publisher = common.publisher.clone().or(reading.publisher.take());
        let publisher_id = publisher.as_deref().and_then(resolve::publisher_id);
        let heading = Heading {
            title: reading.title.take(),
            published_on: reading.published_on,
            publisher,
            warnings: std::mem::take(&mut reading.warnings),
            personal_details_left_out: reading.personal_details_left_out,
        };
        // Whoever receives may have given up.
        if sender.blocking_send(Ok(Part::Heading(heading))).is_err() {
            return;
        }
        let (mut rows, mut at) = (Rows::default(), 0_u32);
        for item in reading.items {
            rows.personal_details_left_out += item.personal_details_left_out;
            match usable(item.said) {
                Ok(statement) => {
                    rows.note(&statement);
                    match fresh(&common, at, statement, format, publisher_id) {
                        Ok(fresh) => rows.fresh.push(fresh),
                        Err(cause) => return drop(sender.blocking_send(Err(cause))),
                    }
                    at = at.saturating_add(1);
                }
                Err(refused) => rows.refused.push(refused),
            }
            if rows.fresh.len() + rows.refused.len() >= AT_ONCE {
                let full = Box::new(std::mem::take(&mut rows));
                if sender.blocking_send(Ok(Part::Rows(full))).is_err() {
                    return;
                }
            }
        }
        drop(sender.blocking_send(Ok(Part::Rows(Box::new(rows)))));
    });
    receiver
}

impl Rows {
    fn note(&mut self, statement: &Statement) {
        self.warnings.extend(statement.warnings.iter().cloned());
        let numbered = statement.owner.as_ref().is_some_and(|owner| owner.number.is_some());
        self.with_organisation_number += usize::from(numbered);
        for field in field::filled(statement) {
            *self.filled.entry(field).or_default() += 1;
        }
    }
}

/// A statement that says which project it is about.
pub(super) fn usable(
    said: std::result::Result<Statement, Refused>,
) -> std::result::Result<Statement, Refused> {
    let statement = said?;
    if resolve::is_usable(&statement) {
        return Ok(statement);
    }
    let reason = "has neither a name nor a number of a project".to_owned();
    Err(Refused { line: Some(statement.line), reason })
}

fn fresh(
    common: &Common,
    at: u32,
    statement: Statement,
    format: &dyn Format,
    publisher: Option<Uuid>,
) -> Result<Fresh> {
    let mut sort_key = common.sort_key.clone();
    sort_key.extend(at.to_be_bytes());
    let body = serde_json::to_string(&statement)
        .map_err(|cause| Error::Unreadable { what: "a statement", cause })?;
    let number = statement.project_number.as_deref();
    let row = statement::Model {
        id: ids::placed(common.source, at, "statement"),
        source_id: common.source,
        sort_key,
        line: resolve::line(statement.line),
        name_key: resolve::name_key(&statement),
        number_key: number.map(|number| number_within(number, publisher, format)),
        body,
        project_id: None,
        matched_by: MatchRule::New,
    };
    Ok(Fresh { row, statement })
}

/// The key by which statements with the same number find each other.
fn number_within(number: &str, publisher: Option<Uuid>, format: &dyn Format) -> String {
    match number_key(number) {
        (key, "other") if format.has_numbers_of_its_own() => {
            let publisher = publisher.map(|id| id.simple().to_string()).unwrap_or_default();
            format!("{} {publisher} {key}", format.name())
        }
        (key, _) => key,
    }
}
