//! All that belongs to each of many parents.

use sea_orm::sea_query::{Expr, ExprTrait, IntoIden, Query, SelectStatement};
use sea_orm::{DbErr, EntityName, EntityTrait, Iterable, QueryResult};

use super::{CHILD, KEY, RANK, Relation};
use crate::entities::Table;
use crate::entities::positional::read_all;
use crate::store::batch::{Batched, Of, PARENT, Parents};

/// All that belongs to each of many parents; for what is few by nature.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Everything<R>(
    /// The relation.
    pub R,
);

impl<R: Relation> Batched for Everything<R> {
    type Row = <R::Child as EntityTrait>::Model;

    fn query(&self, parents: Parents<'_>) -> SelectStatement {
        let child = R::Child::default();
        let mut query = Query::select();
        if let Some(parent) = self.0.parent() {
            query
                .expr_as(Expr::col(parent), PARENT)
                .columns(<R::Child as EntityTrait>::Column::iter())
                .from(child.table_ref())
                .and_where(parents.hold(Expr::col(parent)));
            for column in [parent, R::Child::SORT_KEY, R::Child::ID] {
                query.order_by(column, sea_orm::sea_query::Order::Asc);
            }
            return query;
        }
        query.expr_as(Expr::col(("links", PARENT)), PARENT);
        for column in <R::Child as EntityTrait>::Column::iter() {
            query.column((child, column));
        }
        query
            .from_subquery(self.0.links(parents), "links")
            .inner_join(child.table_ref(), Expr::col(("links", CHILD)).equals((child, R::Child::ID)));
        for column in [PARENT, RANK, KEY, CHILD] {
            query.order_by(("links".into_iden(), column.into_iden()), sea_orm::sea_query::Order::Asc);
        }
        query
    }

    fn read(found: &[QueryResult]) -> std::result::Result<Vec<Of<Self::Row>>, DbErr> {
        read_all(found)
    }
}
