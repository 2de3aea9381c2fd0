//! All that belongs to each of many parents.

use sea_orm::sea_query::{Expr, ExprTrait, IntoIden, Query, SelectStatement};
use sea_orm::{DbErr, EntityName, EntityTrait};

use super::{CHILD, KEY, RANK, Relation};
use crate::entities::Table;
use crate::entities::positional::{Column, Found};
use crate::store::batch::{Batched, Of, PARENT, Parents, columns_of};
use crate::store::columns::Columns;

/// All that belongs to each of many parents; for what is few by nature.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Everything<R> {
    /// The relation.
    relation: R,
    /// What of it.
    columns: Columns,
}

impl<R> Everything<R> {
    /// All columns of it.
    pub fn of(relation: R) -> Self {
        Self { relation, columns: Columns::ALL }
    }

    /// Some columns of it.
    pub fn with(relation: R, columns: Columns) -> Self {
        Self { relation, columns }
    }
}

impl<R: Relation> Batched for Everything<R> {
    type Row = <R::Child as EntityTrait>::Model;

    fn query(&self, parents: Parents<'_>) -> SelectStatement {
        let child = R::Child::default();
        let mut query = Query::select();
        if let Some(parent) = self.relation.parent() {
            query
                .expr_as(Expr::col(parent), PARENT)
                .columns(self.columns.iter::<R::Child>())
                .from(child.table_ref())
                .and_where(parents.hold(Expr::col(parent)));
            for column in [parent, R::Child::SORT_KEY, R::Child::ID] {
                query.order_by(column, sea_orm::sea_query::Order::Asc);
            }
            return query;
        }
        query.expr_as(Expr::col(("links", PARENT)), PARENT);
        for column in self.columns.iter::<R::Child>() {
            query.column((child, column));
        }
        query
            .from_subquery(self.relation.links(parents), "links")
            .inner_join(child.table_ref(), Expr::col(("links", CHILD)).equals((child, R::Child::ID)));
        for column in [PARENT, RANK, KEY, CHILD] {
            query.order_by(("links".into_iden(), column.into_iden()), sea_orm::sea_query::Order::Asc);
        }
        query
    }

    fn columns() -> Vec<Column> {
        columns_of::<Self::Row>()
    }

    fn read(&self, found: &Found) -> std::result::Result<Vec<Of<Self::Row>>, DbErr> {
        self.columns.read(found)
    }
}
