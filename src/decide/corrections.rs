//! Corrections that partners propose: each is a source of its own, with one statement.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{ColumnTrait, DatabaseConnection, EntityTrait, QueryFilter, QueryOrder};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::domain::correction;
use crate::domain::field::Field;
use crate::domain::ids;
use crate::domain::statement::{Party, Statement};
use crate::entities::statement::MatchRule;
use crate::entities::{organisation, project, source, source_field, statement};
use crate::error::{Error, Result};
use crate::resolve::{self, Fresh, Resolver, Scope};
use crate::store::changes::OwnProject;
use crate::store::transaction::WriteTransaction;
use crate::store::write::insert;
use crate::store::{batch, sources, transaction};

/// A format like any other: a statement that a partner delivers.
const FORMAT: &str = "statements";

/// A correction that a partner proposes.
#[derive(Clone, Debug)]
pub struct Correction {
    /// Who proposes it.
    pub organisation: Uuid,
    /// A name of its own choosing for this proposal: the same one again changes nothing.
    pub mutation: String,
    /// The project.
    pub project: Uuid,
    /// What is to be corrected.
    pub field: Field,
    /// What it is.
    pub value: String,
    /// Where that stands, such as a decision by its date and number.
    pub source: String,
}

/// What became of a correction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proposed {
    /// It is a claim by this statement.
    Claim(Uuid),
    /// It is none; why, and which field of the correction is to blame.
    Objection(Objection),
}

/// Why a correction is no claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Objection {
    /// A field of the correction cannot be what it is.
    Invalid(&'static str, String),
    /// The organisation takes part in no such project.
    NotOwn,
    /// The name of the proposal was used for another.
    Reused,
    /// The operator has taken it back.
    Withdrawn,
    /// The project has nothing by which another statement could be told to be about it.
    Unresolvable,
}

/// Records a correction, and derives the project anew.
///
/// # Errors
/// [`Error::Locked`] while an import is at work, [`Error::Database`] if the database fails. Nothing is recorded then.
pub async fn propose(
    db: &DatabaseConnection,
    correction: &Correction,
    now: DateTime<Utc>,
) -> Result<Proposed> {
    let mut said = Statement::default();
    let checked = [("clientMutationId", &correction.mutation), ("source", &correction.source)];
    for (name, text) in checked {
        if let Err(reason) = correction::text(text) {
            return Ok(Proposed::Objection(Objection::Invalid(name, reason)));
        }
    }
    if let Err(reason) = correction::say(&mut said, correction.field, &correction.value) {
        return Ok(Proposed::Objection(Objection::Invalid("value", reason)));
    }
    let tx = transaction::begin(db).await?;
    match record(&tx, correction, said, now).await {
        Ok(done @ Proposed::Claim(_)) => transaction::end(tx, Ok(done)).await,
        other => {
            transaction::give_up(tx).await;
            other
        }
    }
}

async fn record(
    tx: &WriteTransaction,
    correction: &Correction,
    said: Statement,
    now: DateTime<Utc>,
) -> Result<Proposed> {
    let words = ["correction", &correction.organisation.to_string(), correction.mutation.trim()].join("\0");
    let sha256 = hex::encode(Sha256::digest(words));
    let project_id = correction.project.to_string();
    let content = [&*project_id, correction.field.name(), correction.value.trim(), correction.source.trim()];
    let content = hex::encode(Sha256::digest(content.join("\0")));
    let document = format!("correction-{}-{}.jsonl", &sha256[..12], &content[..12]);
    // What was proposed before has the same answer, whatever has become of the project.
    if let Some(known) = sources::by_sha256(tx, &sha256).await? {
        return Ok(match (known.file_name == document, known.withdrawn_at) {
            (false, _) => Proposed::Objection(Objection::Reused),
            (true, Some(_)) => Proposed::Objection(Objection::Withdrawn),
            (true, None) => Proposed::Claim(ids::placed(known.id, 0, "statement")),
        });
    }
    let own = OwnProject { organisation: correction.organisation };
    let Some(project) = batch::ask(tx, &own, correction.project).await?.into_iter().next() else {
        return Ok(Proposed::Objection(Objection::NotOwn));
    };
    let (said, number_key) = identified(tx, &project, said).await?;
    let said = Statement { document, line: 1, ..said };
    let body =
        serde_json::to_string(&said).map_err(|cause| Error::Unreadable { what: "a statement", cause })?;
    let source = source(&said, &sha256, correction, sources::last_sequence(tx).await? + 1, now.date_naive());
    insert::<source::Entity>(tx, vec![source.clone()]).await?;
    let field =
        source_field::Model { source_id: source.id, field: correction.field.name().to_owned(), filled: 1 };
    insert::<source_field::Entity>(tx, vec![field]).await?;
    let row = statement::Model {
        id: ids::placed(source.id, 0, "statement"),
        source_id: source.id,
        sort_key: [&*source.sort_key, &0_u32.to_be_bytes()].concat(),
        line: 1,
        name_key: resolve::name_key(&said),
        number_key,
        body,
        project_id: None,
        matched_by: MatchRule::New,
    };
    let id = row.id;
    let mut resolver = Resolver::new(tx, now, Scope::News).await?;
    resolver.settle(vec![Fresh { row, statement: said }]).await?;
    resolver.finish().await?;
    // Where it was not found to be about this project, it is taken back.
    let settled = statement::Entity::find_by_id(id).one(tx).await?.and_then(|row| row.project_id);
    let is_found = settled == Some(correction.project);
    Ok(if is_found { Proposed::Claim(id) } else { Proposed::Objection(Objection::Unresolvable) })
}

/// The statement with what tells which project it is about: its number, or else its name and owner.
async fn identified(
    tx: &WriteTransaction,
    project: &project::Model,
    said: Statement,
) -> Result<(Statement, Option<String>)> {
    // A feed's numbers count within their publisher: another statement of the project has the key.
    let numbered = statement::Entity::find()
        .filter(statement::Column::ProjectId.eq(project.id))
        .filter(statement::Column::NumberKey.is_not_null())
        .order_by_asc(statement::Column::SortKey)
        .one(tx)
        .await?;
    if let Some(row) = numbered {
        let project_number = resolve::read(&row.body)?.project_number;
        return Ok((Statement { project_number, ..said }, row.number_key));
    }
    let owner = match project.owner_id {
        Some(id) => organisation::Entity::find_by_id(id).one(tx).await?,
        None => None,
    };
    let party = |of: organisation::Model| Party { name: of.name, number: of.number, unit: None };
    let owner = owner.map(party);
    let period = said.period.clone().or_else(|| project.period.clone());
    let name = said.name.clone().or_else(|| Some(project.name.clone()));
    Ok((Statement { name, owner, period, ..said }, None))
}

fn source(
    said: &Statement,
    sha256: &str,
    correction: &Correction,
    sequence: i64,
    today: NaiveDate,
) -> source::Model {
    source::Model {
        id: ids::named(&["source", sha256]),
        sequence,
        sort_key: sequence.to_be_bytes().to_vec(),
        sha256: sha256.to_owned(),
        file_name: said.document.clone(),
        title: correction.source.trim().to_owned(),
        format: FORMAT.to_owned(),
        publisher_id: Some(correction.organisation),
        url: None,
        published_on: Some(today),
        obtained_on: today,
        licence: None,
        lines: 1,
        statements: 1,
        personal_details: 0,
        withdrawn_at: None,
        superseded_by_id: None,
        with_organisation_number: 0,
        row_count: 1,
    }
}
