//! Whether a condition finds few or many, and what SQLite then goes through.

use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Condition, Expr, ExprTrait, Func, Query, SelectStatement, TableRef};
use uuid::Uuid;

use super::page;
use crate::entities::{funder, project, source};
use crate::error::Result;

/// How a condition that other rows tell is looked at: all of them found first, which is quick where they are few, or
/// each project as it comes, which is quick where they are many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Breadth {
    /// There are few.
    #[default]
    Few,
    /// There are many.
    Many,
}

/// So many projects, or organisations, are many.
pub(super) const MANY: i64 = 5_000;

impl Breadth {
    pub(super) fn of(count: i64) -> Self {
        if count > MANY { Self::Many } else { Self::Few }
    }

    /// Of the projects of some funders.
    ///
    /// # Errors
    /// [`crate::error::Error::Database`] if the database fails.
    pub async fn of_funders(db: &impl ConnectionTrait, ids: &[Uuid]) -> Result<Self> {
        let projects = Expr::col(funder::Column::Projects);
        let which = Expr::col(funder::Column::Id).is_in(ids.iter().copied());
        Self::sum(db, funder::Entity.into(), projects, which).await
    }

    /// Of what some sources say.
    ///
    /// # Errors
    /// [`crate::error::Error::Database`] if the database fails.
    pub async fn of_sources(db: &impl ConnectionTrait, ids: &[Uuid]) -> Result<Self> {
        let statements = Expr::col(source::Column::Statements);
        let which = Expr::col(source::Column::Id).is_in(ids.iter().copied());
        Self::sum(db, source::Entity.into(), statements, which).await
    }

    /// By a count that stands beside some rows.
    pub(super) async fn sum(
        db: &impl ConnectionTrait,
        table: TableRef,
        count: Expr,
        which: Expr,
    ) -> Result<Self> {
        let mut query = Query::select();
        query.expr_as(Func::cast_as(count.sum().if_null(0), "bigint"), "count").from(table).and_where(which);
        Ok(Self::of(page::count(db, &query).await?))
    }
}

/// The same, so that no index on it is followed. SQLite does not know how many rows have a value, and would follow an
/// index that finds many where another finds one.
pub(super) fn unindexed(value: Expr) -> Expr {
    Func::coalesce([value, Expr::cust("NULL")]).into()
}

/// The same condition, of which SQLite sees none that an index could tell: each row is looked at as it comes.
#[must_use]
pub fn unseen(condition: Condition) -> Condition {
    let holds: Expr = Expr::case(condition, Expr::cust("1")).finally(Expr::cust("0")).into();
    Condition::all().add(holds.eq(Expr::cust("1")))
}

/// Has SQLite go through projects in the order of their rows, in which their partnerships stand too, rather than in that
/// of an index: a condition that always holds, on a column that no index tells.
pub(super) fn in_order_of_rows(projects: &mut SelectStatement) {
    let partners = unindexed(Expr::col((project::Entity, project::Column::Partners)));
    projects.and_where(partners.gte(0));
}

/// Has SQLite go through projects in the order of their ids, in which their funders stand too: a condition that always
/// holds, on a column that only the index with all figures tells.
pub(super) fn in_order_of_ids(projects: &mut SelectStatement) {
    projects.and_where(Expr::col((project::Entity, project::Column::Conflicts)).gte(0));
}
