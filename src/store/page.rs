//! Keyset pages: of a whole table, and of what belongs to each of many parents.

use sea_orm::sea_query::{Alias, Expr, ExprTrait, IntoIden, Query, SelectStatement, WindowStatement};
use sea_orm::{
    ConnectionTrait, EntityName, EntityTrait, FromQueryResult, Iterable, QueryFilter, QueryOrder,
    QueryResult, QuerySelect, Select,
};
use uuid::Uuid;

use super::batch::{Batched, PARENT};
use crate::entities::{Row, Table};
use crate::error::Result;

/// Which part of a list is wanted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PageRequest {
    /// How many rows at most.
    pub size: u64,
    /// From the end instead of from the start.
    pub backwards: bool,
    /// Only what comes after this position.
    pub after: Option<Position>,
    /// Only what comes before this position.
    pub before: Option<Position>,
}

/// A place in the order of a list: rank first, then the key, then the id.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Position {
    /// 0 but in lists that are ordered by a number first, lowest first.
    pub rank: i64,
    /// The row's key to sort by.
    pub key: Vec<u8>,
    /// The row's id.
    pub id: Uuid,
}

/// A row and its place in the list.
#[derive(Clone, Debug)]
pub struct Placed<M> {
    /// Its place.
    pub position: Position,
    /// The row.
    pub row: M,
}

/// A part of a list, in the order of the list.
#[derive(Clone, Debug)]
pub struct Page<M> {
    /// The rows.
    pub rows: Vec<Placed<M>>,
    /// Whether the list goes on before them.
    pub has_previous: bool,
    /// Whether the list goes on after them.
    pub has_next: bool,
}

impl<M> Page<M> {
    /// Makes a page of rows that were fetched in the direction of the request, one more than asked for.
    #[must_use]
    pub fn new(mut rows: Vec<Placed<M>>, request: &PageRequest) -> Self {
        let size = usize::try_from(request.size).unwrap_or(usize::MAX);
        let more = rows.len() > size;
        rows.truncate(size);
        if request.backwards {
            rows.reverse();
            Self { rows, has_previous: more, has_next: request.before.is_some() }
        } else {
            Self { rows, has_previous: request.after.is_some(), has_next: more }
        }
    }
}

/// A page of all rows that a query selects.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub async fn page<E: Table>(
    db: &impl ConnectionTrait,
    select: Select<E>,
    request: &PageRequest,
) -> Result<Page<E::Model>> {
    let place = || Expr::tuple([Expr::col((E::default(), E::SORT_KEY)), Expr::col((E::default(), E::ID))]);
    let at = |p: &Position| Expr::tuple([Expr::val(p.key.clone()), Expr::val(p.id)]);
    let mut select = select;
    if let Some(after) = &request.after {
        select = select.filter(place().gt(at(after)));
    }
    if let Some(before) = &request.before {
        select = select.filter(place().lt(at(before)));
    }
    select = if request.backwards {
        select.order_by_desc(E::SORT_KEY).order_by_desc(E::ID)
    } else {
        select.order_by_asc(E::SORT_KEY).order_by_asc(E::ID)
    };
    let rows = select.limit(request.size + 1).all(db).await?;
    let rows = rows.into_iter().map(|row| Placed { position: position(0, &row), row }).collect();
    Ok(Page::new(rows, request))
}

fn position(rank: i64, row: &impl Row) -> Position {
    Position { rank, key: row.sort_key().to_vec(), id: row.id() }
}

/// What belongs to a parent, as a list that can be paged and counted.
pub trait Relation: Clone + std::fmt::Debug + Eq + std::hash::Hash + Send + Sync + 'static {
    /// The table of what belongs to it.
    type Child: Table;

    /// Selects, for some parents, [`PARENT`], [`CHILD`] (its id), [`RANK`] and [`KEY`] (what it is sorted by);
    /// each pair of parent and child once.
    fn links(&self, parents: &[Uuid]) -> SelectStatement;
}

/// The column of [`Relation::links`] with the child's id.
pub const CHILD: &str = "child";
/// The column of [`Relation::links`] to sort by first, a `bigint`.
pub const RANK: &str = "rank";
/// The column of [`Relation::links`] to sort by next, bytes.
pub const KEY: &str = "key";

/// A column of a table under another name.
pub(super) fn of(table: &'static str, column: impl IntoIden) -> Expr {
    Expr::col((Alias::new(table), column))
}

/// [`RANK`] of lists that need none.
#[must_use]
pub fn no_rank() -> Expr {
    Expr::cust("CAST(0 AS bigint)")
}

/// The links of children that name their parent in a column of their own.
#[must_use]
pub fn own_links<E: Table>(parent: E::Column, parents: &[Uuid]) -> SelectStatement {
    let mut query = Query::select();
    query
        .expr_as(Expr::col(parent), PARENT)
        .expr_as(Expr::col(E::ID), CHILD)
        .expr_as(no_rank(), RANK)
        .expr_as(Expr::col(E::SORT_KEY), KEY)
        .from(E::default().table_ref())
        .and_where(Expr::col(parent).is_in(parents.iter().copied()));
    query
}

/// The same page of a relation for each of many parents.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Paged<R> {
    /// The relation.
    pub relation: R,
    /// The page.
    pub request: PageRequest,
}

impl<R: Relation> Batched for Paged<R> {
    type Row = Placed<<R::Child as EntityTrait>::Model>;

    fn query(&self, parents: &[Uuid]) -> SelectStatement {
        const PLACE: &str = "place";
        let order = if self.request.backwards {
            sea_orm::sea_query::Order::Desc
        } else {
            sea_orm::sea_query::Order::Asc
        };
        let mut window = WindowStatement::partition_by(PARENT);
        for column in [RANK, KEY, CHILD] {
            window.order_by(column, order.clone());
        }
        let place = || Expr::tuple([Expr::col(RANK), Expr::col(KEY), Expr::col(CHILD)]);
        let at = |p: &Position| Expr::tuple([Expr::val(p.rank), Expr::val(p.key.clone()), Expr::val(p.id)]);
        let mut placed = Query::select();
        placed
            .columns([PARENT, CHILD, RANK])
            .expr_window_as(Expr::cust("ROW_NUMBER()"), window, PLACE)
            .from_subquery(self.relation.links(parents), "links");
        if let Some(after) = &self.request.after {
            placed.and_where(place().gt(at(after)));
        }
        if let Some(before) = &self.request.before {
            placed.and_where(place().lt(at(before)));
        }

        let child = R::Child::default();
        let mut query = Query::select();
        query.expr_as(Expr::col(("placed", PARENT)), PARENT).expr_as(Expr::col(("placed", RANK)), RANK);
        for column in <R::Child as EntityTrait>::Column::iter() {
            query.column((child, column));
        }
        query
            .from_subquery(placed, "placed")
            .inner_join(child.table_ref(), Expr::col(("placed", CHILD)).equals((child, R::Child::ID)))
            .and_where(Expr::col(("placed", PLACE)).lte(self.request.size + 1))
            .order_by(("placed".into_iden(), PARENT.into_iden()), sea_orm::sea_query::Order::Asc)
            .order_by(("placed".into_iden(), PLACE.into_iden()), sea_orm::sea_query::Order::Asc);
        query
    }
}

impl<M: FromQueryResult + Row> FromQueryResult for Placed<M> {
    fn from_query_result(result: &QueryResult, prefix: &str) -> std::result::Result<Self, sea_orm::DbErr> {
        let row = M::from_query_result(result, prefix)?;
        Ok(Self { position: position(result.try_get(prefix, RANK)?, &row), row })
    }
}

/// All that belongs to each of many parents; for what is few by nature.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Everything<R>(
    /// The relation.
    pub R,
);

impl<R: Relation> Batched for Everything<R> {
    type Row = <R::Child as EntityTrait>::Model;

    fn query(&self, parents: &[Uuid]) -> SelectStatement {
        let child = R::Child::default();
        let mut query = Query::select();
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
}

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

impl<R: Relation> Batched for Counted<R> {
    type Row = Count;

    fn query(&self, parents: &[Uuid]) -> SelectStatement {
        let mut query = Query::select();
        query
            .column(PARENT)
            .expr_as(Expr::cust("COUNT(*)"), "count")
            .from_subquery(self.0.links(parents), "links")
            .group_by_col(PARENT);
        query
    }
}
