//! Questions about projects: conditions that compose, and lists that belong to others.

use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, Iterable, QueryFilter, QuerySelect,
    QueryTrait, Select,
};
use uuid::Uuid;

use super::batch::{Batched, PARENT, Parents};
use super::filter::Filter;
use super::page::{Branch, CHILD, KEY, RANK, Relation, no_rank};
use super::partnerships::{members, only};
use crate::entities::partnership::{self, PartnershipRole};
use crate::entities::{
    indicator_target, organisation_tree, project, project_amount, project_funder, project_name,
    project_number, reported_result,
};
use crate::error::Result;

/// The project known by a number, given as its key.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub async fn by_number(db: &impl ConnectionTrait, key: &str) -> Result<Option<project::Model>> {
    let number =
        project_number::Entity::find().filter(project_number::Column::NumberKey.eq(key)).one(db).await?;
    match number {
        Some(number) => Ok(project::Entity::find_by_id(number.project_id).one(db).await?),
        None => Ok(None),
    }
}

/// The projects known by some numbers, given as their keys: each key with a project, of which there may be several.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub async fn with_numbers(db: &impl ConnectionTrait, keys: Vec<String>) -> Result<Vec<(String, Uuid)>> {
    let numbers = project_number::Entity::find()
        .select_only()
        .distinct()
        .columns([project_number::Column::NumberKey, project_number::Column::ProjectId])
        .filter(project_number::Column::NumberKey.is_in(keys));
    Ok(numbers.into_tuple().all(db).await?)
}

/// The counties of some projects, of those that have one.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub async fn regions(db: &impl ConnectionTrait, ids: Vec<Uuid>) -> Result<Vec<(Uuid, String)>> {
    let regions = project::Entity::find()
        .select_only()
        .columns([project::Column::Id, project::Column::RegionCode])
        .filter(project::Column::Id.is_in(ids))
        .filter(project::Column::RegionCode.is_not_null());
    Ok(regions.into_tuple().all(db).await?)
}

/// The projects with some ids.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub async fn with_ids(db: &impl ConnectionTrait, ids: Vec<Uuid>) -> Result<Vec<project::Model>> {
    Ok(project::Entity::find().filter(project::Column::Id.is_in(ids)).all(db).await?)
}

/// The ids of projects, as a query.
#[must_use]
pub fn ids_of(select: Select<project::Entity>) -> SelectStatement {
    select.select_only().column(project::Column::Id).into_query()
}

/// All projects that a condition lets through, as what belongs to any parent: for questions that are asked of
/// relations.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct All(
    /// The condition.
    pub Filter,
);

impl Relation for All {
    type Child = project::Entity;

    fn links(&self, parents: Parents<'_>) -> SelectStatement {
        let mut query = Query::select();
        query
            .expr_as(parents.only(), PARENT)
            .expr_as(Expr::col((project::Entity, project::Column::Id)), CHILD)
            .expr_as(no_rank(), RANK)
            .expr_as(Expr::col((project::Entity, project::Column::SortKey)), KEY)
            .from(project::Entity)
            .cond_where(self.0.condition());
        query
    }
}

/// Projects in which an organisation, or a unit below it, takes part.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OfOrganisation {
    /// Only in these parts; in any where empty.
    pub roles: Vec<PartnershipRole>,
    /// Those of the units below it too.
    pub include_units: bool,
}

impl Relation for OfOrganisation {
    type Child = project::Entity;

    fn links(&self, organisations: Parents<'_>) -> SelectStatement {
        let mut query = Query::select();
        query
            .distinct()
            .expr_as(Expr::col(organisation_tree::Column::AncestorId), PARENT)
            .expr_as(Expr::col(partnership::Column::ProjectId), CHILD)
            .expr_as(no_rank(), RANK)
            .expr_as(Expr::col(partnership::Column::ProjectSortKey), KEY);
        members(&mut query, organisations);
        only(&mut query, &self.roles);
        if !self.include_units {
            query.and_where(without_units());
        }
        query
    }

    /// A branch is the organisation, or a unit below it.
    fn branch(&self) -> Option<Branch> {
        let member = (organisation_tree::Entity, organisation_tree::Column::DescendantId);
        let (key, child) = (partnership::Column::ProjectSortKey, partnership::Column::ProjectId);
        let mut links = Query::select();
        links
            .distinct()
            .expr_as(Expr::col(child), CHILD)
            .expr_as(no_rank(), RANK)
            .expr_as(Expr::col(key), KEY)
            .from(partnership::Entity)
            .and_where(Expr::col(partnership::Column::MemberId).equals(member));
        only(&mut links, &self.roles);
        let mut branches = Query::select();
        branches.from(organisation_tree::Entity).and_where(
            Parents::EachRow
                .hold(Expr::col((organisation_tree::Entity, organisation_tree::Column::AncestorId))),
        );
        if !self.include_units {
            branches.and_where(without_units());
        }
        Some(Branch { branches, links, key: Expr::col(key), child: Expr::col(child) })
    }
}

/// That of an organisation and the units below it only itself is meant.
fn without_units() -> Expr {
    Expr::col((organisation_tree::Entity, organisation_tree::Column::DescendantId))
        .equals((organisation_tree::Entity, organisation_tree::Column::AncestorId))
}

/// Projects whose owner, as chosen among what sources say, is an organisation or a unit below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OwnedBy;

impl Relation for OwnedBy {
    type Child = project::Entity;

    fn links(&self, organisations: Parents<'_>) -> SelectStatement {
        let mut query = Query::select();
        query
            .expr_as(Expr::col(organisation_tree::Column::AncestorId), PARENT)
            .expr_as(Expr::col((project::Entity, project::Column::Id)), CHILD)
            .expr_as(no_rank(), RANK)
            .expr_as(Expr::col((project::Entity, project::Column::SortKey)), KEY)
            .from(organisation_tree::Entity)
            .inner_join(
                project::Entity,
                Expr::col(project::Column::OwnerId).equals(organisation_tree::Column::DescendantId),
            )
            .and_where(organisations.hold(Expr::col(organisation_tree::Column::AncestorId)));
        query
    }
}

/// Projects that a funder pays for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OfFunder;

impl Relation for OfFunder {
    type Child = project::Entity;

    fn links(&self, funders: Parents<'_>) -> SelectStatement {
        let mut query = Query::select();
        query
            .expr_as(Expr::col(project_funder::Column::FunderId), PARENT)
            .expr_as(Expr::col(project_funder::Column::ProjectId), CHILD)
            .expr_as(no_rank(), RANK)
            .expr_as(Expr::col(project_funder::Column::ProjectSortKey), KEY)
            .from(project_funder::Entity)
            .and_where(funders.hold(Expr::col(project_funder::Column::FunderId)));
        query
    }

    fn is_of_funders(&self) -> bool {
        true
    }
}

/// Rows of a table that belong to a project and are few by nature, in a fixed order.
macro_rules! details {
    ($(#[$doc:meta])* $name:ident, $table:ident, $order:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub struct $name;

        impl Batched for $name {
            type Row = $table::Model;

            fn query(&self, projects: Parents<'_>) -> SelectStatement {
                let mut query = Query::select();
                query
                    .columns($table::Column::iter())
                    .expr_as(Expr::col($table::Column::ProjectId), PARENT)
                    .from($table::Entity)
                    .and_where(projects.hold(Expr::col($table::Column::ProjectId)))
                    .order_by($table::Column::$order, sea_orm::sea_query::Order::Asc);
                query
            }
        }
    };
}

details!(
    /// The other names of a project.
    Aliases, project_name, Value
);
details!(
    /// The numbers of a project.
    Numbers, project_number, Value
);
details!(
    /// The chosen amounts of a project.
    Amounts, project_amount, Kind
);
details!(
    /// What a project plans for.
    Targets, indicator_target, Indicator
);
details!(
    /// The results that sources have published for a project.
    Results, reported_result, SortKey
);

/// How much the database holds, and on how many fields sources disagree.
#[derive(Clone, Copy, Debug, FromQueryResult)]
pub struct Holdings {
    /// Number of projects.
    pub projects: i64,
    /// Number of fields of projects on which sources disagree.
    pub conflicts: i64,
    /// Number of organisations and units.
    pub organisations: i64,
    /// Number of funders.
    pub funders: i64,
    /// Number of sources.
    pub sources: i64,
    /// Number of statements.
    pub statements: i64,
}

/// The ids of all projects.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub async fn ids(db: &impl ConnectionTrait) -> Result<Vec<Uuid>> {
    Ok(project::Entity::find().select_only().column(project::Column::Id).into_tuple().all(db).await?)
}

/// Counts what the database holds.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub async fn holdings(db: &impl ConnectionTrait) -> Result<Holdings> {
    let count = |what: &str| Expr::cust(format!("(SELECT COUNT(*) FROM {what})"));
    let mut query = Query::select();
    query
        .expr_as(count("project"), "projects")
        .expr_as(Expr::cust("(SELECT COALESCE(SUM(conflicts), 0) FROM project)"), "conflicts")
        .expr_as(count("organisation"), "organisations")
        .expr_as(count("funder"), "funders")
        .expr_as(count("source"), "sources")
        .expr_as(count("statement"), "statements");
    let row = db.query_one(&query).await?.ok_or(sea_orm::DbErr::RecordNotFound("counts".into()))?;
    Ok(Holdings::from_query_result(&row, "")?)
}
