//! What boards ask about the projects of an organisation: when the money falls due, and what is not known.

use chrono::NaiveDate;
use sea_orm::sea_query::{Condition, Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{
    ActiveEnum, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use super::batch::Parents;
use super::filter::Filter;
use super::page::{CHILD, Relation};
use super::project_filter;
use super::projects::OfOrganisation;
use crate::entities::award::AmountKind;
use crate::entities::{outcome_group, project, project_amount, reported_result};
use crate::error::Result;

/// The projects in which an organisation, or a unit below it, takes part.
#[must_use]
pub fn of_organisation(organisation: Uuid) -> Filter {
    let links =
        OfOrganisation { roles: Vec::new(), include_units: true }.links(Parents::Values(&[organisation]));
    let mut ids = Query::select();
    ids.column(("links", CHILD)).from_subquery(links, "links");
    Filter::new(project_filter::among(ids))
}

/// Those that have ended before a day and of which no results are known: none that a source published, and none that
/// are published here.
#[must_use]
pub fn ended_without_results(day: NaiveDate) -> Condition {
    let of_project = |query: &mut SelectStatement, column: Expr| {
        query.expr(Expr::cust("1")).and_where(column.equals((project::Entity, project::Column::Id)));
    };
    let (mut reported, mut published) = (Query::select(), Query::select());
    reported.from(reported_result::Entity);
    of_project(&mut reported, Expr::col((reported_result::Entity, reported_result::Column::ProjectId)));
    published.from(outcome_group::Entity);
    of_project(&mut published, Expr::col((outcome_group::Entity, outcome_group::Column::ProjectId)));
    project_filter::ended(day).add(Expr::exists(reported).not()).add(Expr::exists(published).not())
}

/// Those of which something is not known that a board asks for.
#[must_use]
pub fn lacking() -> Condition {
    use project::Column::{
        DecidedOn, EndsOn, GrantedMinor, Number, OwnerId, PlannedParticipants, RegionCode, SpecificObjective,
        StartsOn, TotalBudgetMinor,
    };
    let columns = [
        Number,
        StartsOn,
        EndsOn,
        OwnerId,
        TotalBudgetMinor,
        GrantedMinor,
        PlannedParticipants,
        SpecificObjective,
        RegionCode,
        DecidedOn,
    ];
    let lacks = |column| Expr::col((project::Entity, column)).is_null();
    columns.into_iter().map(lacks).fold(Condition::any(), Condition::add)
}

/// Which of some projects come first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum First {
    /// By name.
    Name,
    /// What starts first.
    Start,
    /// What ends first.
    End,
}

/// So many projects at most.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub async fn some(
    db: &impl ConnectionTrait,
    filter: Condition,
    first: First,
    most: u64,
) -> Result<Vec<project::Model>> {
    let mut projects = project::Entity::find().filter(filter);
    projects = match first {
        First::Name => projects,
        First::Start => projects.order_by_asc(project::Column::StartsOn),
        First::End => projects.order_by_asc(project::Column::EndsOn),
    };
    projects = projects.order_by_asc(project::Column::SortKey).order_by_asc(project::Column::Id);
    Ok(projects.limit(most).all(db).await?)
}

/// A chosen amount of a project, and when the project runs.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Budget {
    /// The project.
    pub id: Uuid,
    /// Its first day.
    pub starts_on: Option<NaiveDate>,
    /// Its last day.
    pub ends_on: Option<NaiveDate>,
    /// What the amount is; none where the project states none of these.
    pub kind: Option<AmountKind>,
    /// ISO 4217 code.
    pub currency: Option<String>,
    /// In minor units.
    pub amount_minor: Option<i64>,
}

/// The total budgets and own co-financing of some projects, a row for each amount, or one for a project without.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub async fn budgets(db: &impl ConnectionTrait, filter: &Filter) -> Result<Vec<Budget>> {
    let kinds = [AmountKind::TotalBudget, AmountKind::CoFinancing].map(|kind| kind.to_value());
    let amount = |column| Expr::col((project_amount::Entity, column));
    let mut query = Query::select();
    query
        .columns(
            [project::Column::Id, project::Column::StartsOn, project::Column::EndsOn]
                .map(|c| (project::Entity, c)),
        )
        .columns(
            [
                project_amount::Column::Kind,
                project_amount::Column::Currency,
                project_amount::Column::AmountMinor,
            ]
            .map(|column| (project_amount::Entity, column)),
        )
        .from(project::Entity)
        .left_join(
            project_amount::Entity,
            Condition::all()
                .add(amount(project_amount::Column::ProjectId).equals((project::Entity, project::Column::Id)))
                .add(amount(project_amount::Column::Kind).is_in(kinds)),
        )
        .cond_where(filter.condition());
    let rows = db.query_all(&query).await?;
    Ok(rows.iter().map(|row| Budget::from_query_result(row, "")).collect::<std::result::Result<_, _>>()?)
}
