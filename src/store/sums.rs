//! Sums of chosen amounts, one for each currency and kind. A project counts once in each.

use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ActiveEnum, FromQueryResult};
use uuid::Uuid;

use super::batch::{Batched, PARENT};
use super::page::{CHILD, Relation};
use crate::entities::award::AmountKind;
use crate::entities::{project, project_amount};

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

impl<R: Relation<Child = project::Entity>> Batched for Sums<R> {
    type Row = Sum;

    fn query(&self, parents: &[Uuid]) -> SelectStatement {
        let mut query = Query::select();
        query
            .expr_as(Expr::col(("links", PARENT)), PARENT)
            .column(project_amount::Column::Kind)
            .column(project_amount::Column::Currency)
            .expr_as(Expr::cust("CAST(SUM(amount_minor) AS bigint)"), "sum")
            .expr_as(Expr::cust("MIN(amount_minor)"), "min")
            .expr_as(Expr::cust("MAX(amount_minor)"), "max")
            .expr_as(Expr::cust("COUNT(*)"), "projects")
            .from_subquery(self.projects.links(parents), "links")
            .inner_join(
                project_amount::Entity,
                Expr::col(project_amount::Column::ProjectId).equals(("links", CHILD)),
            )
            .group_by_col(("links", PARENT))
            .group_by_col(project_amount::Column::Kind)
            .group_by_col(project_amount::Column::Currency)
            .order_by(project_amount::Column::Kind, sea_orm::sea_query::Order::Asc)
            .order_by(project_amount::Column::Currency, sea_orm::sea_query::Order::Asc);
        if !self.kinds.is_empty() {
            query.and_where(
                Expr::col(project_amount::Column::Kind).is_in(self.kinds.iter().map(ActiveEnum::to_value)),
            );
        }
        query
    }
}
