//! How many children each of many parents has.

use sea_orm::sea_query::{Expr, Query, SelectStatement};
use sea_orm::{DbErr, FromQueryResult};

use super::Relation;
use crate::entities::positional::{Cells, Column, Found, Positional, read_all};
use crate::store::batch::{Batched, Of, PARENT, Parents, columns_of};

/// How many children each parent has.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Counted<R>(
    /// The relation.
    pub R,
);

/// A number of rows.
#[derive(Clone, Copy, Debug, FromQueryResult)]
pub struct Count {
    /// The number.
    pub count: i64,
}

impl Positional for Count {
    fn columns(columns: &mut Vec<Column>) {
        columns.push(Column::of::<i64>("count"));
    }

    fn read(cells: &mut Cells<'_>) -> Result<Self, DbErr> {
        Ok(Self { count: cells.take()? })
    }
}

impl<R: Relation> Batched for Counted<R> {
    type Row = Count;

    fn query(&self, parents: Parents<'_>) -> SelectStatement {
        let mut query = Query::select();
        query
            .column(PARENT)
            .expr_as(Expr::cust("COUNT(*)"), "count")
            .from_subquery(self.0.links(parents), "links")
            .group_by_col(PARENT);
        query
    }

    fn columns() -> Vec<Column> {
        columns_of::<Count>()
    }

    fn read(&self, found: &Found) -> Result<Vec<Of<Count>>, DbErr> {
        read_all(found)
    }
}
