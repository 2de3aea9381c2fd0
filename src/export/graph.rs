//! Projects, organisations, funders, amounts and partnerships, a line each.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;

use futures_util::{Stream, try_join};
use sea_orm::{ActiveEnum, DatabaseConnection};
use serde::Serialize;
use uuid::Uuid;

use super::cells::{Amount, Id, Text, number};
use super::names::Names;
use super::table::Table;
use super::{Ended, Form, Rows};
use crate::error::Error;
use crate::store::filter::Filter;
use crate::store::listing::{self, Award, Funder, Named, Organisation, Partnership, Project};
use crate::store::patience::unhurried;
use crate::store::transaction;

/// Rows that are fetched at once.
const AT_ONCE: u64 = 1_000;

#[derive(Serialize)]
struct ProjectRow<'a> {
    id: Id,
    number: Option<Text<'a>>,
    name: Text<'a>,
    starts_on: Option<chrono::NaiveDate>,
    ends_on: Option<chrono::NaiveDate>,
    period: Option<&'a str>,
    region_code: Option<&'a str>,
    specific_objective: Option<Text<'a>>,
    decided_on: Option<chrono::NaiveDate>,
    owner_id: Option<Id>,
    owner_name: Option<Text<'a>>,
    owner_number: Option<String>,
    /// The funders' names, with `; ` between them.
    funders: Text<'a>,
    total_budget: Option<Amount>,
    total_budget_currency: Option<&'a str>,
    granted: Option<Amount>,
    granted_currency: Option<&'a str>,
    planned_participants: Option<i32>,
    partners: i32,
    conflicts: i32,
    updated_at: chrono::DateTime<chrono::Utc>,
}

#[derive(Serialize)]
struct OrganisationRow<'a> {
    id: Id,
    name: Text<'a>,
    name_en: Option<Text<'a>>,
    kind: String,
    level: &'static str,
    number: Option<String>,
    legal_entity_id: Id,
    municipality_code: Option<&'a str>,
    region_code: Option<&'a str>,
    projects: i32,
    updated_at: chrono::DateTime<chrono::Utc>,
}

#[derive(Serialize)]
struct FunderRow<'a> {
    id: Id,
    name: Text<'a>,
    name_en: Option<Text<'a>>,
    kind: String,
    programme_period: Option<&'a str>,
    parent_id: Option<Id>,
    projects: i32,
    updated_at: chrono::DateTime<chrono::Utc>,
}

#[derive(Serialize)]
struct AwardRow<'a> {
    id: Id,
    project_id: Id,
    project_number: Option<Text<'a>>,
    project_name: Text<'a>,
    kind: String,
    amount: Amount,
    currency: &'a str,
    uncertainty: Amount,
    funder_id: Option<Id>,
    funder_name: Option<Text<'a>>,
    decided_on: Option<chrono::NaiveDate>,
    source_id: Id,
    source_title: Text<'a>,
    line: i32,
}

#[derive(Serialize)]
struct PartnershipRow<'a> {
    id: Id,
    project_id: Id,
    project_number: Option<Text<'a>>,
    project_name: Text<'a>,
    role: String,
    organisation_id: Id,
    organisation_name: Text<'a>,
    organisation_number: Option<String>,
    organisation_kind: String,
    unit_id: Option<Id>,
    unit_name: Option<Text<'a>>,
}

/// Streams a table, as it is now. The condition is on projects for amounts and partnerships too. What is given as turn
/// is given back when nothing more is read.
pub fn stream<T: Send + 'static>(
    db: DatabaseConnection,
    table: Table,
    filter: Filter,
    form: Form,
    turn: T,
) -> impl Stream<Item = io::Result<Vec<u8>>> + use<T> {
    let (mut rows, stream) = Rows::new(form, table.columns());
    tokio::spawn(unhurried(async move {
        let _turn = turn;
        let done = write(&db, table, &filter, &mut rows).await;
        rows.end(done).await;
    }));
    stream
}

/// Fetches some rows after others until there are none; the next while those before are written.
macro_rules! all {
    ($fetch:expr, $row:ident => $write:expr) => {
        let mut some = $fetch(Uuid::nil()).await?;
        loop {
            let after = some.last().filter(|_| some.len() as u64 >= AT_ONCE).map(|last| last.id);
            let next = async {
                match after {
                    Some(after) => $fetch(after).await.map(Some).map_err(Ended::from),
                    None => Ok(None),
                }
            };
            let written = async {
                for $row in &some {
                    $write
                }
                Ok::<(), Ended>(())
            };
            match try_join!(next, written)? {
                (Some(next), ()) => some = next,
                (None, ()) => break,
            }
        }
    };
}

async fn write(db: &DatabaseConnection, table: Table, filter: &Filter, rows: &mut Rows) -> Result<(), Ended> {
    let tx = transaction::snapshot(db).await?;
    let form = rows.form;
    match table {
        Table::Projects => projects(&tx, filter, rows).await?,
        Table::Organisations => {
            all!(|after| listing::some::<Organisation>(&tx, filter, after, AT_ONCE), row => {
                let level = if row.legal_entity_id == row.id { "LEGAL_ENTITY" } else { "UNIT" };
                rows.add(&OrganisationRow {
                    id: Id(b'O', row.id),
                    name: Text(form, &row.name),
                    name_en: row.name_en.as_deref().map(|name| Text(form, name)),
                    kind: row.kind.to_value(),
                    level,
                    number: number(row.number.as_ref()),
                    legal_entity_id: Id(b'O', row.legal_entity_id),
                    municipality_code: row.municipality_code.as_deref(),
                    region_code: row.region_code.as_deref(),
                    projects: row.projects,
                    updated_at: row.updated_at,
                })
                .await?;
            });
        }
        Table::Funders => {
            all!(|after| listing::some::<Funder>(&tx, filter, after, AT_ONCE), row => {
                rows.add(&FunderRow {
                    id: Id(b'F', row.id),
                    name: Text(form, &row.name),
                    name_en: row.name_en.as_deref().map(|name| Text(form, name)),
                    kind: row.kind.to_value(),
                    programme_period: row.programme_period.as_deref(),
                    parent_id: row.parent_id.map(|id| Id(b'F', id)),
                    projects: row.projects,
                    updated_at: row.updated_at,
                })
                .await?;
            });
        }
        Table::Awards => awards(&tx, filter, rows).await?,
        Table::Partnerships => partnerships(&tx, filter, rows).await?,
    }
    transaction::end_snapshot(tx).await?;
    Ok(())
}

async fn awards(tx: &sea_orm::DatabaseTransaction, filter: &Filter, rows: &mut Rows) -> Result<(), Ended> {
    let form = rows.form;
    let funders = funder_names(tx).await?;
    let sources: HashMap<Vec<u8>, (Uuid, String)> =
        listing::source_titles(tx).await?.into_iter().map(|(key, id, title)| (key, (id, title))).collect();
    all!(|after| listing::some::<Award>(tx, filter, after, AT_ONCE), row => {
        let lost = Error::Inconsistent { table: "award", id: row.id };
        let (source_id, source_title) = sources.get(row.source_key()).ok_or(lost)?;
        rows.add(&AwardRow {
            id: Id(b'A', row.id),
            project_id: Id(b'P', row.project_id),
            project_number: row.project_number.as_deref().map(|number| Text(form, number)),
            project_name: Text(form, &row.project_name),
            kind: row.kind.to_value(),
            amount: Amount(row.amount_minor),
            currency: &row.currency,
            uncertainty: Amount(row.uncertainty_minor),
            funder_id: row.funder_id.map(|id| Id(b'F', id)),
            funder_name: row.funder_id.and_then(|id| Some(Text(form, funders.get(&id)?))),
            decided_on: row.decided_on,
            source_id: Id(b'S', *source_id),
            source_title: Text(form, source_title),
            line: row.line,
        })
        .await?;
    });
    Ok(())
}

async fn partnerships(
    tx: &sea_orm::DatabaseTransaction,
    filter: &Filter,
    rows: &mut Rows,
) -> Result<(), Ended> {
    let form = rows.form;
    let mut names = Names::default();
    let mut fetch = async |after: Uuid| {
        let some = listing::some::<Partnership>(tx, filter, after, AT_ONCE).await?;
        let ids = some.iter().flat_map(|row| std::iter::once(row.organisation_id).chain(row.unit_id));
        names.learn(tx, ids).await?;
        let taking = |row: Partnership| TakingPart {
            id: row.id,
            whole: names.of(Some(row.organisation_id)),
            unit: names.of(row.unit_id),
            row,
        };
        Ok::<Vec<TakingPart>, Error>(some.into_iter().map(taking).collect())
    };
    all!(fetch, part => {
        let TakingPart { row, whole, unit, .. } = part;
        let lost = Error::Inconsistent { table: "partnership", id: row.id };
        let whole = whole.as_ref().ok_or(lost)?;
        rows.add(&PartnershipRow {
            id: Id(b'R', row.id),
            project_id: Id(b'P', row.project_id),
            project_number: row.project_number.as_deref().map(|number| Text(form, number)),
            project_name: Text(form, &row.project_name),
            role: row.role.to_value(),
            organisation_id: Id(b'O', row.organisation_id),
            organisation_name: Text(form, &whole.name),
            organisation_number: number(whole.number.as_ref()),
            organisation_kind: whole.kind.to_value(),
            unit_id: row.unit_id.map(|id| Id(b'O', id)),
            unit_name: unit.as_ref().map(|unit| Text(form, &unit.name)),
        })
        .await?;
    });
    Ok(())
}

async fn funder_names(tx: &sea_orm::DatabaseTransaction) -> Result<HashMap<Uuid, String>, Error> {
    Ok(listing::funder_names(tx).await?.into_iter().collect())
}

async fn projects(tx: &sea_orm::DatabaseTransaction, filter: &Filter, rows: &mut Rows) -> Result<(), Ended> {
    let form = rows.form;
    let funders = funder_names(tx).await?;
    // Projects with who pays for them, up to the last of them.
    let mut names = Names::default();
    let mut fetch = async |after: Uuid| {
        let some = listing::some::<Project>(tx, filter, after, AT_ONCE).await?;
        names.learn(tx, some.iter().filter_map(|project| project.owner_id)).await?;
        let last = some.last().map_or(after, |last| last.id);
        let mut paid = listing::paid(tx, after, last).await?.into_iter().peekable();
        let with_funders = |project: Project| {
            let of_it = std::iter::from_fn(|| paid.next_if(|(own, _)| *own == project.id));
            let mut own: Vec<&str> = of_it.filter_map(|(_, id)| Some(funders.get(&id)?.as_str())).collect();
            own.sort_unstable();
            let owner = names.of(project.owner_id);
            Funded { id: project.id, funders: own.join("; "), owner, project }
        };
        Ok::<Vec<Funded>, Error>(some.into_iter().map(with_funders).collect())
    };
    all!(fetch, funded => {
            let Funded { project: row, funders: own, owner, .. } = funded;
            rows.add(&ProjectRow {
                id: Id(b'P', row.id),
                number: row.number.as_deref().map(|number| Text(form, number)),
                name: Text(form, &row.name),
                starts_on: row.starts_on,
                ends_on: row.ends_on,
                period: row.period.as_deref(),
                region_code: row.region_code.as_deref(),
                specific_objective: row.specific_objective.as_deref().map(|text| Text(form, text)),
                decided_on: row.decided_on,
                owner_id: row.owner_id.map(|id| Id(b'O', id)),
                owner_name: owner.as_ref().map(|owner| Text(form, &owner.name)),
                owner_number: owner.as_ref().and_then(|owner| number(owner.number.as_ref())),
                funders: Text(form, own),
                total_budget: row.total_budget_minor.map(Amount),
                total_budget_currency: row.total_budget_currency.as_deref(),
                granted: row.granted_minor.map(Amount),
                granted_currency: row.granted_currency.as_deref(),
                planned_participants: row.planned_participants,
                partners: row.partners,
                conflicts: row.conflicts,
                updated_at: row.updated_at,
            })
            .await?;
    });
    Ok(())
}

/// A project, the names of who pays for it, and its owner.
struct Funded {
    id: Uuid,
    project: Project,
    funders: String,
    owner: Option<Arc<Named>>,
}

/// A part in a project, and whose it is.
struct TakingPart {
    id: Uuid,
    row: Partnership,
    whole: Option<Arc<Named>>,
    unit: Option<Arc<Named>>,
}
