//! Sums of chosen amounts, one for each currency and kind, and counts, over the projects of a relation. A project
//! counts once in each.

use sea_orm::sea_query::{Expr, ExprTrait, Func, Query, SelectStatement};
use sea_orm::{ActiveEnum, FromQueryResult};

use super::batch::{Batched, PARENT, Parents};
use super::page::{CHILD, Count, Relation};
use crate::entities::award::AmountKind;
use crate::entities::{partnership, project, project_amount};

/// Sums over the projects of a relation, for each parent.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Sums<R> {
    /// Which projects.
    pub projects: R,
    /// Only these kinds of amounts; all where empty.
    pub kinds: Vec<AmountKind>,
}

/// A sum over one kind and one currency, in minor units.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Sum {
    /// The kind of amount.
    pub kind: AmountKind,
    /// ISO 4217 code.
    pub currency: String,
    /// The sum.
    pub sum: i64,
    /// The smallest amount.
    pub min: i64,
    /// The largest amount.
    pub max: i64,
    /// How many projects have such an amount.
    pub projects: i64,
}

impl Sum {
    /// Selects its columns of `project_amount`, grouped and in order.
    pub(super) fn select(query: &mut SelectStatement) {
        let amount = |column| Expr::col((project_amount::Entity, column));
        let (kind, currency) =
            (amount(project_amount::Column::Kind), amount(project_amount::Column::Currency));
        Self::columns(query, kind.clone(), currency.clone(), &amount(project_amount::Column::AmountMinor));
        query
            .add_group_by([kind.clone(), currency.clone()])
            .order_by_expr(kind, sea_orm::sea_query::Order::Asc)
            .order_by_expr(currency, sea_orm::sea_query::Order::Asc);
    }

    /// Selects its columns of amounts, wherever they stand.
    pub(super) fn columns(query: &mut SelectStatement, kind: Expr, currency: Expr, minor: &Expr) {
        query.expr_as(kind, "kind").expr_as(currency, "currency");
        Self::figures(query, "", minor);
    }

    /// Selects what is told of amounts, as columns whose names begin with something.
    pub(super) fn figures(query: &mut SelectStatement, named: &str, minor: &Expr) {
        let minor = || minor.clone();
        query
            .expr_as(Func::cast_as(minor().sum(), "bigint"), format!("{named}sum"))
            .expr_as(minor().min(), format!("{named}min"))
            .expr_as(minor().max(), format!("{named}max"))
            .expr_as(minor().count(), format!("{named}projects"));
    }

    /// Adds what other projects have of the same.
    pub(super) fn add(&mut self, other: &Self) {
        self.sum += other.sum;
        self.min = Ord::min(self.min, other.min);
        self.max = Ord::max(self.max, other.max);
        self.projects += other.projects;
    }
}

impl<R: Relation<Child = project::Entity>> Batched for Sums<R> {
    type Row = Sum;

    fn query(&self, parents: Parents<'_>) -> SelectStatement {
        let mut query = Query::select();
        query
            .expr_as(Expr::col(("links", PARENT)), PARENT)
            .from_subquery(self.projects.links(parents), "links")
            .inner_join(
                project_amount::Entity,
                Expr::col(project_amount::Column::ProjectId).equals(("links", CHILD)),
            )
            .group_by_col(("links", PARENT));
        Sum::select(&mut query);
        if !self.kinds.is_empty() {
            query.and_where(
                Expr::col(project_amount::Column::Kind).is_in(self.kinds.iter().map(ActiveEnum::to_value)),
            );
        }
        query
    }
}

/// What some projects plan for.
#[derive(Clone, Copy, Debug, Default, FromQueryResult)]
pub struct Planned {
    /// Participants of all.
    pub sum: i64,
    /// Of the project with the fewest.
    pub min: Option<i32>,
    /// Of the project with the most.
    pub max: Option<i32>,
    /// How many projects say.
    pub projects: i64,
}

impl Planned {
    /// Adds what other projects plan for.
    pub(super) fn add(&mut self, other: &Self) {
        self.sum += other.sum;
        self.min = self.min.into_iter().chain(other.min).min();
        self.max = self.max.into_iter().chain(other.max).max();
        self.projects += other.projects;
    }

    /// Selects its columns.
    pub(super) fn select(query: &mut SelectStatement, planned: &Expr) {
        let planned = || planned.clone();
        query
            .expr_as(Func::cast_as(planned().sum().if_null(0), "bigint"), "sum")
            .expr_as(planned().min(), "min")
            .expr_as(planned().max(), "max")
            .expr_as(planned().count(), "projects");
    }
}

/// What the projects of a relation plan for, for each parent.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PlannedBy<R>(
    /// Which projects.
    pub R,
);

impl<R: Relation<Child = project::Entity>> Batched for PlannedBy<R> {
    type Row = Planned;

    fn query(&self, parents: Parents<'_>) -> SelectStatement {
        let mut query = Query::select();
        query
            .expr_as(Expr::col(("links", PARENT)), PARENT)
            .from_subquery(self.0.links(parents), "links")
            .inner_join(
                project::Entity,
                Expr::col((project::Entity, project::Column::Id)).equals(("links", CHILD)),
            )
            .group_by_col(("links", PARENT));
        Planned::select(&mut query, &Expr::col((project::Entity, project::Column::PlannedParticipants)));
        query
    }
}

/// How many legal entities take part in the projects of a relation, for each parent.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Taking<R>(
    /// Which projects.
    pub R,
);

impl<R: Relation<Child = project::Entity>> Batched for Taking<R> {
    type Row = Count;

    fn query(&self, parents: Parents<'_>) -> SelectStatement {
        let mut query = Query::select();
        query
            .expr_as(Expr::col(("links", PARENT)), PARENT)
            .expr_as(Expr::cust("COUNT(DISTINCT \"partnership\".\"organisation_id\")"), "count")
            .from_subquery(self.0.links(parents), "links")
            .inner_join(
                partnership::Entity,
                Expr::col((partnership::Entity, partnership::Column::ProjectId)).equals(("links", CHILD)),
            )
            .group_by_col(("links", PARENT));
        query
    }
}
