//! What an operator means by a word.

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::domain::ids::read_global;
use crate::domain::matching::number_key;
use crate::domain::names::fold;
use crate::domain::orgnr::OrganisationNumber;
use crate::entities::{organisation, organisation_name, project, source, statement};
use crate::error::{Error, Result};
use crate::store::{organisations, projects, sources};

/// What was named.
pub(super) enum Subject {
    Project(project::Model),
    Organisation(organisation::Model),
}

/// The project or organisation that a global id, a number or a name names.
pub(super) async fn subject(db: &impl ConnectionTrait, text: &str) -> Result<Subject> {
    if let Some(found) = find_project(db, text).await? {
        return Ok(Subject::Project(found));
    }
    if let Some(found) = find_organisation(db, text).await? {
        return Ok(Subject::Organisation(found));
    }
    Err(Error::Refused(format!("nothing is named {text}: give a global id, a number or a whole name")))
}

/// The project that a global id, a number or a name names.
pub(super) async fn project(db: &impl ConnectionTrait, text: &str) -> Result<project::Model> {
    let found = find_project(db, text).await?;
    found.ok_or_else(|| {
        Error::Refused(format!("no project is named {text}: give its global id, a number or its name"))
    })
}

/// The organisation that a global id, a number or a name names.
///
/// # Errors
/// [`Error::Refused`] where there is none, or several of the name.
pub async fn organisation(db: &impl ConnectionTrait, text: &str) -> Result<organisation::Model> {
    let found = find_organisation(db, text).await?;
    found.ok_or_else(|| {
        Error::Refused(format!(
            "no organisation is named {text}: give its global id, its number or its whole name"
        ))
    })
}

async fn find_project(db: &impl ConnectionTrait, text: &str) -> Result<Option<project::Model>> {
    if let Some(id) = read_global(b'P', text) {
        return Ok(project::Entity::find_by_id(id).one(db).await?);
    }
    if let Some(found) = projects::by_number(db, &number_key(text).0).await? {
        return Ok(Some(found));
    }
    let named = statement::Entity::find().filter(statement::Column::NameKey.eq(fold(text))).all(db).await?;
    let mut ids: Vec<Uuid> = named.into_iter().filter_map(|row| row.project_id).collect();
    ids.sort_unstable();
    ids.dedup();
    match ids[..] {
        [] => Ok(None),
        [id] => Ok(project::Entity::find_by_id(id).one(db).await?),
        _ => Err(several(text, b'P', &ids)),
    }
}

async fn find_organisation(db: &impl ConnectionTrait, text: &str) -> Result<Option<organisation::Model>> {
    if let Some(id) = read_global(b'O', text) {
        return Ok(organisation::Entity::find_by_id(id).one(db).await?);
    }
    if let Ok(number) = OrganisationNumber::parse(text) {
        return organisations::by_number(db, number.digits()).await;
    }
    let named =
        organisation_name::Entity::find().filter(organisation_name::Column::Value.eq(text)).all(db).await?;
    let mut ids: Vec<Uuid> = named.into_iter().map(|row| row.organisation_id).collect();
    ids.sort_unstable();
    ids.dedup();
    match ids[..] {
        [] => Ok(None),
        [id] => Ok(organisation::Entity::find_by_id(id).one(db).await?),
        _ => Err(several(text, b'O', &ids)),
    }
}

fn several(text: &str, kind: u8, ids: &[Uuid]) -> Error {
    let ids: Vec<String> = ids.iter().map(|id| crate::domain::ids::global(kind, *id)).collect();
    Error::Refused(format!("{text} names several; say which by its global id: {}", ids.join(", ")))
}

/// The statement that a global id, or a file's name and a line, names.
pub(super) async fn statement(db: &impl ConnectionTrait, text: &str) -> Result<statement::Model> {
    let unknown =
        || Error::Refused(format!("no statement is named {text}: give its global id, or FILE:LINE"));
    if let Some(id) = read_global(b'T', text) {
        return statement::Entity::find_by_id(id).one(db).await?.ok_or_else(unknown);
    }
    let (file, line) = text.rsplit_once(':').ok_or_else(unknown)?;
    let line: i32 = line.parse().map_err(|_| unknown())?;
    let files: Vec<Uuid> =
        sources::named(db, file).await?.into_iter().map(|source: source::Model| source.id).collect();
    let mut rows = statement::Entity::find()
        .filter(statement::Column::SourceId.is_in(files))
        .filter(statement::Column::Line.eq(line))
        .all(db)
        .await?;
    match (rows.pop(), rows.is_empty()) {
        (Some(row), true) => Ok(row),
        (None, _) => Err(unknown()),
        (Some(row), false) => {
            rows.push(row);
            Err(several(text, b'T', &rows.iter().map(|row| row.id).collect::<Vec<_>>()))
        }
    }
}

/// The statements about a project, in the order of record.
pub(super) async fn statements_of(db: &impl ConnectionTrait, project: Uuid) -> Result<Vec<statement::Model>> {
    Ok(statement::Entity::find()
        .filter(statement::Column::ProjectId.eq(project))
        .order_by_asc(statement::Column::SortKey)
        .all(db)
        .await?)
}
