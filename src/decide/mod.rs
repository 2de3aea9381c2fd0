//! What operators decide where the sources alone prove nothing, or prove it wrongly, and what partners propose.
//!
//! A decision is about statements, never about what was derived from them, so it outlives every import and rebuild.

mod corrections;
mod duplicates;
mod exchange;
mod reference;

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, ConnectionTrait, DatabaseConnection, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

pub use self::corrections::{Correction, Objection, Proposed, propose};
pub use self::duplicates::{Duplicate, Named, duplicates};
pub use self::exchange::{export, import};
use self::reference::Subject;
pub use self::reference::organisation;
use crate::domain::field::{self, Field};
use crate::domain::ids;
use crate::domain::matching::number_key;
use crate::entities::decision::{self, DecisionKind};
use crate::entities::{decision_member, organisation, source, statement};
use crate::error::{Error, Result};
use crate::resolve::{self, Settled};
use crate::store::decisions::last_sequence;
use crate::store::group_figures;
use crate::store::transaction::{self, WriteTransaction};
use crate::store::write::{insert, save};

/// What is decided. Projects and organisations are named by their global id, their number or their name; statements by
/// their global id or as `FILE:LINE`.
#[derive(Clone, Debug)]
pub enum Ruling {
    /// Two projects are one, or two organisations are one: the second.
    Merge(String, String),
    /// Two projects, or two organisations, are two, however alike.
    Reject(String, String),
    /// Some statements are about another project than the rest of those of a project.
    Split(String, Vec<String>),
    /// What a statement says of a field is what the project shows.
    Choose(String, String, String),
}

/// A decision and what it is about.
#[derive(Clone, Debug)]
pub struct Decision {
    /// The decision.
    pub row: decision::Model,
    /// What it is about.
    pub members: Vec<decision_member::Model>,
}

/// What became of a decision.
#[derive(Clone, Copy, Debug)]
pub struct Decided {
    /// Its number, by which it can be undone.
    pub number: i64,
    /// What it did to the graph.
    pub settled: Settled,
}

/// Records a decision and follows it.
///
/// # Errors
/// [`Error::Refused`] if it names something that is not there, or more than one thing; [`Error::Database`] if the
/// database fails. Nothing is recorded then.
pub async fn decide(
    db: &DatabaseConnection,
    ruling: &Ruling,
    note: Option<&str>,
    now: DateTime<Utc>,
) -> Result<Decided> {
    let decided = transaction::run(db, async |tx| {
        let (kind, field, members) = members(tx, ruling).await?;
        let number = last_sequence(tx).await? + 1;
        let row = decision::Model {
            id: ids::named(&["decision", &number.to_string(), &now.to_rfc3339()]),
            sequence: number,
            kind,
            field: field.map(|field| field.name().to_owned()),
            note: note.map(str::to_owned),
            decided_at: now,
            undone_at: None,
        };
        record(tx, row, &members).await?;
        Ok(Decided { number, settled: follow(tx, &members, now).await? })
    })
    .await?;
    group_figures::follow(db).await;
    Ok(decided)
}

/// Takes a decision back.
///
/// # Errors
/// [`Error::Refused`] if there is none with this number in force, [`Error::Database`] if the database fails.
pub async fn undo(db: &DatabaseConnection, number: i64, now: DateTime<Utc>) -> Result<Settled> {
    let settled = transaction::run(db, async |tx| {
        let known = all(tx).await?.into_iter().find(|decision| decision.row.sequence == number);
        let Some(Decision { row, members }) = known.filter(|decision| decision.row.undone_at.is_none())
        else {
            let reason = format!("there is no decision {number} in force; `decide list` lists them");
            return Err(Error::Refused(reason));
        };
        save::<decision::Entity>(tx, vec![decision::Model { undone_at: Some(now), ..row }]).await?;
        follow(tx, &members, now).await
    })
    .await?;
    group_figures::follow(db).await;
    Ok(settled)
}

/// Every decision, in the order they were made, those taken back among them.
///
/// # Errors
/// [`Error::Database`] if the database fails.
pub async fn all(db: &impl ConnectionTrait) -> Result<Vec<Decision>> {
    let rows = decision::Entity::find().order_by_asc(decision::Column::Sequence).all(db).await?;
    let members =
        decision_member::Entity::find().order_by_asc(decision_member::Column::Ordinal).all(db).await?;
    let of = |row: decision::Model| Decision {
        members: members.iter().filter(|member| member.decision_id == row.id).cloned().collect(),
        row,
    };
    Ok(rows.into_iter().map(of).collect())
}

async fn record(
    db: &impl ConnectionTrait,
    row: decision::Model,
    members: &[decision_member::Model],
) -> Result<()> {
    let id = row.id;
    let member = |(member, ordinal): (&decision_member::Model, i32)| decision_member::Model {
        decision_id: id,
        ordinal,
        ..member.clone()
    };
    insert::<decision::Entity>(db, vec![row]).await?;
    insert::<decision_member::Entity>(db, members.iter().zip(0..).map(member).collect()).await
}

/// Derives again what a decision is about: those projects; for an organisation, which may stand anywhere, all.
async fn follow(
    db: &WriteTransaction,
    members: &[decision_member::Model],
    now: DateTime<Utc>,
) -> Result<Settled> {
    if members.iter().any(|member| member.organisation_id.is_some()) {
        return resolve::rebuild(db, now).await;
    }
    let ids: Vec<Uuid> = members.iter().filter_map(|member| member.statement_id).collect();
    let named = statement::Entity::find().filter(statement::Column::Id.is_in(ids)).all(db).await?;
    let projects: Vec<Uuid> = named.iter().filter_map(|row| row.project_id).collect();
    let rows = statement::Entity::find().filter(statement::Column::ProjectId.is_in(projects)).all(db).await?;
    resolve::resettle(db, rows, now).await
}

type Members = (DecisionKind, Option<Field>, Vec<decision_member::Model>);

async fn members(db: &impl ConnectionTrait, ruling: &Ruling) -> Result<Members> {
    let two = |kind, one, other| async move {
        let (one, other) = (reference::subject(db, one).await?, reference::subject(db, other).await?);
        Ok::<_, Error>((kind, None, pair(db, one, other).await?))
    };
    match ruling {
        Ruling::Merge(one, other) => two(DecisionKind::Merge, one, other).await,
        Ruling::Reject(one, other) => two(DecisionKind::Reject, one, other).await,
        Ruling::Split(project, leaving) => {
            let project = reference::project(db, project).await?;
            let (mut leave, mut stay) = (Vec::new(), reference::statements_of(db, project.id).await?);
            for text in leaving {
                let found = reference::statement(db, text).await?;
                let Some(at) = stay.iter().position(|row| row.id == found.id) else {
                    return Err(Error::Refused(format!("{text} is no statement about {}", project.name)));
                };
                leave.push(stay.remove(at));
            }
            if leave.is_empty() || stay.is_empty() {
                return Err(Error::Refused(
                    "a split needs statements that leave and some that stay".to_owned(),
                ));
            }
            let mut members = sided(db, &leave, 0).await?;
            members.extend(sided(db, &stay, 1).await?);
            Ok((DecisionKind::Split, None, members))
        }
        Ruling::Choose(project, field, statement) => {
            let project = reference::project(db, project).await?;
            let names = || Field::ALL.map(Field::name).join(", ");
            let chosen = Field::by_name(field)
                .ok_or_else(|| Error::Refused(format!("{field} is no field; the fields are {}", names())))?;
            let row = reference::statement(db, statement).await?;
            if row.project_id != Some(project.id) {
                return Err(Error::Refused(format!("{statement} is no statement about {}", project.name)));
            }
            if !field::filled(&resolve::read(&row.body)?).any(|said| said == chosen) {
                return Err(Error::Refused(format!("{statement} says nothing of {}", chosen.name())));
            }
            Ok((DecisionKind::Choose, Some(chosen), sided(db, &[row], 0).await?))
        }
    }
}

/// The members of a decision about two things of one kind.
async fn pair(
    db: &impl ConnectionTrait,
    one: Subject,
    other: Subject,
) -> Result<Vec<decision_member::Model>> {
    match (one, other) {
        (Subject::Project(one), Subject::Project(other)) if one.id != other.id => {
            let mut members = sided(db, &reference::statements_of(db, one.id).await?, 0).await?;
            members.extend(sided(db, &reference::statements_of(db, other.id).await?, 1).await?);
            Ok(members)
        }
        (Subject::Organisation(one), Subject::Organisation(other)) if one.id != other.id => {
            let one_legal = owner_of_itself(&one)?;
            let other_legal = owner_of_itself(&other)?;
            Ok(vec![of_organisation(one_legal, 0), of_organisation(other_legal, 1)])
        }
        (Subject::Project(_), Subject::Project(_)) | (Subject::Organisation(_), Subject::Organisation(_)) => {
            Err(Error::Refused("both are the same already".to_owned()))
        }
        _ => Err(Error::Refused("one is a project and the other an organisation".to_owned())),
    }
}

/// Units follow their legal entity; what they are called is not enough to find them by again.
fn owner_of_itself(organisation: &organisation::Model) -> Result<&organisation::Model> {
    if organisation.legal_entity_id == organisation.id {
        return Ok(organisation);
    }
    Err(Error::Refused(format!("{} is a unit; decide about its legal entity", organisation.name)))
}

fn of_organisation(organisation: &organisation::Model, side: i32) -> decision_member::Model {
    decision_member::Model {
        side,
        organisation_id: Some(organisation.id),
        name: Some(organisation.name.clone()),
        number: organisation.number.clone(),
        ..decision_member::Model::default()
    }
}

async fn sided(
    db: &impl ConnectionTrait,
    rows: &[statement::Model],
    side: i32,
) -> Result<Vec<decision_member::Model>> {
    let mut members = Vec::with_capacity(rows.len());
    for row in rows {
        let source = source::Entity::find_by_id(row.source_id).one(db).await?;
        let said = resolve::read(&row.body)?;
        members.push(decision_member::Model {
            side,
            statement_id: Some(row.id),
            document: source.as_ref().map(|source| source.file_name.clone()),
            sha256: source.map(|source| source.sha256),
            line: Some(row.line),
            name: said.name,
            number: said.project_number.map(|number| number_key(&number).0),
            ..decision_member::Model::default()
        });
    }
    Ok(members)
}
