//! Whole tables, some rows at a time in the order of their ids, with the names of what they point at.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, JoinType, Order, Query, SelectStatement};
use sea_orm::{ConnectionTrait, EntityTrait, QuerySelect};
use uuid::Uuid;

use super::batch::{KEYS_AT_ONCE, Parents};
use super::filter::Filter;
use crate::entities::award::AmountKind;
use crate::entities::funder::FunderKind;
use crate::entities::organisation::OrganisationKind;
use crate::entities::partnership::PartnershipRole;
use crate::entities::positional::{self, Positional, positional};
use crate::entities::{award, funder, organisation, partnership, project, project_funder, source};
use crate::error::Result;

/// Rows that can be listed.
pub trait Listed: Positional {
    /// The table with their ids.
    const TABLE: &'static str;

    /// All of them that a condition lets through, with a column `id`.
    fn query(filter: &Filter) -> SelectStatement;
}

/// So many rows at most after an id.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub async fn some<T: Listed>(
    db: &impl ConnectionTrait,
    filter: &Filter,
    after: Uuid,
    most: u64,
) -> Result<Vec<T>> {
    let id = || Expr::col((Alias::new(T::TABLE), Alias::new("id")));
    let mut query = T::query(filter);
    query.and_where(id().gt(after)).order_by_expr(id(), Order::Asc).limit(most);
    let rows = db.query_all(&query).await?;
    Ok(positional::read_all(&rows.into())?)
}

positional! {
    Named { id, name, kind, number }
    Project {
        id, number, name, starts_on, ends_on, period, region_code, specific_objective, decided_on, owner_id,
        total_budget_minor, total_budget_currency, granted_minor, granted_currency, planned_participants, partners,
        conflicts, updated_at
    }
    Organisation {
        id, name, name_en, kind, number, legal_entity_id, municipality_code, region_code, projects, updated_at
    }
    Funder { id, name, name_en, kind, programme_period, parent_id, projects, updated_at }
    Award {
        id, project_id, project_number, project_name, kind, amount_minor, currency, uncertainty_minor, funder_id,
        decided_on, line, sort_key
    }
    Partnership { id, project_id, project_number, project_name, role, organisation_id, unit_id }
}

/// The names of all funders.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub async fn funder_names(db: &impl ConnectionTrait) -> Result<Vec<(Uuid, String)>> {
    let names = funder::Entity::find().select_only().columns([funder::Column::Id, funder::Column::Name]);
    Ok(names.into_tuple().all(db).await?)
}

/// Who pays for the projects with ids after one, up to another, in their order.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub async fn paid(db: &impl ConnectionTrait, after: Uuid, last: Uuid) -> Result<Vec<(Uuid, Uuid)>> {
    use project_funder::Column::{FunderId, ProjectId};
    use sea_orm::{ColumnTrait, QueryFilter, QueryOrder};
    let paid = project_funder::Entity::find().select_only().columns([ProjectId, FunderId]);
    let paid = paid.filter(ProjectId.gt(after)).filter(ProjectId.lte(last)).order_by_asc(ProjectId);
    Ok(paid.into_tuple().all(db).await?)
}

/// What an organisation or a unit is called; a unit has its legal entity's number.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "as in the tables")]
pub struct Named {
    pub id: Uuid,
    pub name: String,
    pub kind: OrganisationKind,
    pub number: Option<String>,
}

/// Selects the number of the legal entity that an organisation is or is a unit of.
fn with_number(query: &mut SelectStatement) {
    use organisation::Column::{Id, LegalEntityId, Number};
    query.expr_as(Expr::col(("whole", Number)), "number").join_as(
        JoinType::InnerJoin,
        organisation::Entity,
        "whole",
        Expr::col(("whole", Id)).equals((organisation::Entity, LegalEntityId)),
    );
}

/// What some organisations are called.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub async fn named(db: &impl ConnectionTrait, ids: &[Uuid]) -> Result<Vec<Named>> {
    use organisation::Column as O;
    let mut rows = Vec::new();
    for some in ids.chunks(KEYS_AT_ONCE) {
        let mut query = Query::select();
        query
            .columns([O::Id, O::Name, O::Kind].map(|column| (organisation::Entity, column)))
            .from(organisation::Entity)
            .and_where(Parents::of(db, some).hold(Expr::col((organisation::Entity, O::Id))));
        with_number(&mut query);
        rows.extend(positional::read_all::<Named>(&db.query_all(&query).await?.into())?);
    }
    Ok(rows)
}

/// A project.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "as in the tables")]
pub struct Project {
    pub id: Uuid,
    pub number: Option<String>,
    pub name: String,
    pub starts_on: Option<NaiveDate>,
    pub ends_on: Option<NaiveDate>,
    pub period: Option<String>,
    pub region_code: Option<String>,
    pub specific_objective: Option<String>,
    pub decided_on: Option<NaiveDate>,
    pub owner_id: Option<Uuid>,
    pub total_budget_minor: Option<i64>,
    pub total_budget_currency: Option<String>,
    pub granted_minor: Option<i64>,
    pub granted_currency: Option<String>,
    pub planned_participants: Option<i32>,
    pub partners: i32,
    pub conflicts: i32,
    pub updated_at: DateTime<Utc>,
}

impl Listed for Project {
    const TABLE: &'static str = "project";

    fn query(filter: &Filter) -> SelectStatement {
        use project::Column as P;
        let mut query = Query::select();
        query
            .columns(
                [
                    P::Id,
                    P::Number,
                    P::Name,
                    P::StartsOn,
                    P::EndsOn,
                    P::Period,
                    P::RegionCode,
                    P::SpecificObjective,
                    P::DecidedOn,
                    P::OwnerId,
                    P::TotalBudgetMinor,
                    P::TotalBudgetCurrency,
                    P::GrantedMinor,
                    P::GrantedCurrency,
                    P::PlannedParticipants,
                    P::Partners,
                    P::Conflicts,
                    P::UpdatedAt,
                ]
                .map(|column| (project::Entity, column)),
            )
            .from(project::Entity)
            .cond_where(filter.condition());
        query
    }
}

/// An organisation or a unit; a unit has its legal entity's number.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "as in the tables")]
pub struct Organisation {
    pub id: Uuid,
    pub name: String,
    pub name_en: Option<String>,
    pub kind: OrganisationKind,
    pub number: Option<String>,
    pub legal_entity_id: Uuid,
    pub municipality_code: Option<String>,
    pub region_code: Option<String>,
    pub projects: i32,
    pub updated_at: DateTime<Utc>,
}

impl Listed for Organisation {
    const TABLE: &'static str = "organisation";

    fn query(filter: &Filter) -> SelectStatement {
        use organisation::Column as O;
        let mut query = Query::select();
        query
            .columns(
                [
                    O::Id,
                    O::Name,
                    O::NameEn,
                    O::Kind,
                    O::LegalEntityId,
                    O::MunicipalityCode,
                    O::RegionCode,
                    O::Projects,
                    O::UpdatedAt,
                ]
                .map(|column| (organisation::Entity, column)),
            )
            .from(organisation::Entity)
            .cond_where(filter.condition());
        with_number(&mut query);
        query
    }
}

/// A funder.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "as in the tables")]
pub struct Funder {
    pub id: Uuid,
    pub name: String,
    pub name_en: Option<String>,
    pub kind: FunderKind,
    pub programme_period: Option<String>,
    pub parent_id: Option<Uuid>,
    pub projects: i32,
    pub updated_at: DateTime<Utc>,
}

impl Listed for Funder {
    const TABLE: &'static str = "funder";

    fn query(filter: &Filter) -> SelectStatement {
        use funder::Column as F;
        let mut query = Query::select();
        query
            .columns(
                [
                    F::Id,
                    F::Name,
                    F::NameEn,
                    F::Kind,
                    F::ProgrammePeriod,
                    F::ParentId,
                    F::Projects,
                    F::UpdatedAt,
                ]
                .map(|column| (funder::Entity, column)),
            )
            .from(funder::Entity)
            .cond_where(filter.condition());
        query
    }
}

/// An amount and its project.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "as in the tables")]
pub struct Award {
    pub id: Uuid,
    pub project_id: Uuid,
    pub project_number: Option<String>,
    pub project_name: String,
    pub kind: AmountKind,
    pub amount_minor: i64,
    pub currency: String,
    pub uncertainty_minor: i64,
    pub funder_id: Option<Uuid>,
    pub decided_on: Option<NaiveDate>,
    pub line: i32,
    pub sort_key: Vec<u8>,
}

impl Award {
    /// The key of the source that states it: within the statement's, after the kind.
    #[must_use]
    pub fn source_key(&self) -> &[u8] {
        self.sort_key.get(1..9).unwrap_or_default()
    }
}

/// The key, id and title of every source.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub async fn source_titles(db: &impl ConnectionTrait) -> Result<Vec<(Vec<u8>, Uuid, String)>> {
    use source::Column::{Id, SortKey, Title};
    Ok(source::Entity::find().select_only().columns([SortKey, Id, Title]).into_tuple().all(db).await?)
}

/// Joins the project that a row belongs to, with its name and number.
fn with_project(query: &mut SelectStatement, table: &'static str, filter: &Filter) {
    query
        .expr_as(Expr::col((project::Entity, project::Column::Number)), "project_number")
        .expr_as(Expr::col((project::Entity, project::Column::Name)), "project_name")
        .inner_join(
            project::Entity,
            Expr::col((project::Entity, project::Column::Id)).equals((table, "project_id")),
        )
        .cond_where(filter.condition());
}

impl Listed for Award {
    const TABLE: &'static str = "award";

    fn query(filter: &Filter) -> SelectStatement {
        use award::Column as A;
        let mut query = Query::select();
        query
            .columns(
                [
                    A::Id,
                    A::ProjectId,
                    A::Kind,
                    A::AmountMinor,
                    A::Currency,
                    A::UncertaintyMinor,
                    A::FunderId,
                    A::DecidedOn,
                    A::Line,
                    A::SortKey,
                ]
                .map(|column| (award::Entity, column)),
            )
            .from(award::Entity);
        with_project(&mut query, Self::TABLE, filter);
        query
    }
}

/// A part in a project.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "as in the tables")]
pub struct Partnership {
    pub id: Uuid,
    pub project_id: Uuid,
    pub project_number: Option<String>,
    pub project_name: String,
    pub role: PartnershipRole,
    pub organisation_id: Uuid,
    pub unit_id: Option<Uuid>,
}

impl Listed for Partnership {
    const TABLE: &'static str = "partnership";

    fn query(filter: &Filter) -> SelectStatement {
        use partnership::Column as R;
        let mut query = Query::select();
        query
            .columns(
                [R::Id, R::ProjectId, R::Role, R::OrganisationId, R::UnitId]
                    .map(|column| (partnership::Entity, column)),
            )
            .from(partnership::Entity);
        with_project(&mut query, Self::TABLE, filter);
        query
    }
}
