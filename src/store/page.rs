//! Keyset pages: of a whole table, and of what belongs to each of many parents.

mod counted;
mod each;
mod everything;
mod place;

pub use self::counted::{Count, Counted};
pub use self::each::Branch;
pub use self::everything::Everything;
use self::place::PLACE;
pub use self::place::Ranked;

use sea_orm::sea_query::{
    Alias, Expr, ExprTrait, IntoIden, Query, SelectStatement, UnionType, WindowStatement,
};
use sea_orm::{ConnectionTrait, DbErr, EntityName, EntityTrait, IdenStatic, QuerySelect, QueryTrait, Select};

use super::batch::{Batched, Of, PARENT, Parents, columns_of};
use super::columns::Columns;
use super::order::{Order, Place, Position, Sorting, direction};
use crate::entities::Table;
use crate::entities::positional::{Column, Found};
use crate::error::Result;

/// Which part of a list is wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct PageRequest {
    /// How many rows at most.
    pub size: u64,
    /// From the end instead of from the start.
    pub backwards: bool,
    /// Only what comes after this position.
    pub after: Option<Position>,
    /// Only what comes before this position.
    pub before: Option<Position>,
    /// Whether nobody asks if the list goes on: then no row is fetched beyond the page.
    pub ends_there: bool,
}

impl PageRequest {
    /// The rows of a whole list, in its order, that would be fetched for a first or last page: in the direction of the
    /// request, as many as are [fetched](Self::fetched).
    pub fn of_list<M>(&self, mut rows: Vec<M>) -> impl Iterator<Item = M> {
        if self.backwards {
            rows.reverse();
        }
        rows.into_iter().take(usize::try_from(self.fetched()).unwrap_or(usize::MAX))
    }

    /// How many rows are fetched at most: one more than asked for tells whether the list goes on.
    #[must_use]
    pub fn fetched(&self) -> u64 {
        self.size + u64::from(!self.ends_there)
    }
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
    /// The same page of other rows.
    pub fn map<N>(self, change: impl FnMut(Placed<M>) -> Placed<N>) -> Page<N> {
        let rows = self.rows.into_iter().map(change).collect();
        Page { rows, has_previous: self.has_previous, has_next: self.has_next }
    }

    /// Makes a page of rows that were fetched in the direction of the request, as many as [`PageRequest::fetched`] says.
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
    columns: Columns,
    order: &Order,
    request: &PageRequest,
) -> Result<Page<E::Model>> {
    let found = db.query_all(&page_query(select, columns, order, request)).await?;
    let rows: Vec<E::Model> = columns.read(&found.into())?;
    let place = |row| Placed { position: order.position::<E>(0, &row), row };
    Ok(Page::new(rows.into_iter().map(place).collect(), request))
}

/// The statement of [`page`].
#[must_use]
pub fn page_query<E: Table>(
    select: Select<E>,
    columns: Columns,
    order: &Order,
    request: &PageRequest,
) -> SelectStatement {
    let column = |name: &'static str| Expr::col((E::default(), Alias::new(name)));
    let sorting = Sorting::new(
        order.keys.iter().map(|key| (column(key.column), *key)).collect(),
        column(E::ID.as_str()),
    );
    let columns = columns.with::<E>(order);
    let query = if columns.are_all() { select } else { select.select_only().columns(columns.iter::<E>()) };
    let query = query.into_query();
    let Some((with, without)) = sorting.parts() else {
        return part(query, &sorting, request.after.as_ref(), request.before.as_ref(), request);
    };
    let skipped = sorting.width_of_first();
    let has_it = |place: &Position| place.values.first() != Some(&Place::Missing);
    let rest = |place: &Position| Position { values: place.values[skipped..].to_vec(), id: place.id };
    let (after, before) = (request.after.as_ref(), request.before.as_ref());
    let mut parts = Vec::new();
    if after.is_none_or(has_it) {
        let mut query = query.clone();
        query.and_where(sorting.keys[0].0.clone().is_not_null());
        parts.push(part(query, &with, after, before.filter(|place| has_it(place)), request));
    }
    if before.is_none_or(|place| !has_it(place)) {
        let mut query = query;
        // Those that are missing with the first too, so that an index is followed by id.
        for (expr, _) in &sorting.keys[..skipped] {
            query.and_where(expr.clone().is_null());
        }
        let after = after.filter(|place| !has_it(place)).map(rest);
        parts.push(part(query, &without, after.as_ref(), before.map(rest).as_ref(), request));
    }
    together::<E>(parts, columns, order, request)
}

/// The rows of several parts in the order of the list.
fn together<E: Table>(
    parts: Vec<SelectStatement>,
    columns: Columns,
    order: &Order,
    request: &PageRequest,
) -> SelectStatement {
    const PART: &str = "part";
    let whole = |part| {
        let mut query = Query::select();
        query.columns(columns.iter::<E>()).from_subquery(part, PART);
        query
    };
    let mut parts = parts.into_iter().map(whole);
    let Some(mut union) = parts.next() else {
        // After what has no value and before what has one there is nothing.
        let mut none = Query::select();
        none.columns(columns.iter::<E>()).from(E::default().table_ref()).and_where(Expr::cust("1 = 0"));
        return none;
    };
    for other in parts {
        union.union(UnionType::All, other);
    }
    let column = |name: &'static str| Expr::col((Alias::new(PART), Alias::new(name)));
    let sorting = Sorting::new(
        order.keys.iter().map(|key| (column(key.column), *key)).collect(),
        column(E::ID.as_str()),
    );
    let mut query = whole(union);
    sorting.apply(&mut query, request.backwards);
    query.limit(request.fetched());
    query
}

/// So many rows of a query between two places.
pub(super) fn part(
    mut query: SelectStatement,
    sorting: &Sorting,
    after: Option<&Position>,
    before: Option<&Position>,
    request: &PageRequest,
) -> SelectStatement {
    for (position, is_after) in [(after, true), (before, false)] {
        if let Some(position) = position {
            query.cond_where(sorting.beyond(position, is_after));
        }
    }
    sorting.apply(&mut query, request.backwards);
    query.limit(request.fetched());
    query
}

/// What belongs to a parent, as a list that can be paged and counted.
pub trait Relation: Clone + std::fmt::Debug + Eq + std::hash::Hash + Send + Sync + 'static {
    /// The table of what belongs to it.
    type Child: Table;

    /// The column in which children name their one parent, where that is all there is to it.
    fn parent(&self) -> Option<<Self::Child as EntityTrait>::Column> {
        None
    }

    /// Selects, for some parents, [`PARENT`], [`CHILD`] (its id), [`RANK`] and [`KEY`] (what it is sorted by);
    /// each pair of parent and child once.
    fn links(&self, parents: Parents<'_>) -> SelectStatement;

    /// The links in parts, each of which an index has in order; none where there are no such parts.
    fn branch(&self) -> Option<Branch> {
        None
    }

    /// Whether the one child of every parent is the parent itself.
    fn is_itself(&self) -> bool {
        false
    }

    /// Whether parents are funders, and children all projects that they pay for.
    fn is_of_funders(&self) -> bool {
        false
    }

    /// Which list it is: cursors are of one list.
    fn list(&self) -> String {
        format!("{self:?}")
    }
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
pub fn own_links<E: Table>(parent: E::Column, parents: Parents<'_>) -> SelectStatement {
    let mut query = Query::select();
    query
        .expr_as(Expr::col(parent), PARENT)
        .expr_as(Expr::col(E::ID), CHILD)
        .expr_as(no_rank(), RANK)
        .expr_as(Expr::col(E::SORT_KEY), KEY)
        .from(E::default().table_ref())
        .and_where(parents.hold(Expr::col(parent)));
    query
}

/// The same page of a relation for each of many parents.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Paged<R> {
    /// The relation.
    pub relation: R,
    /// In which order; by rank and key where nothing is said.
    pub order: Option<Order>,
    /// The page.
    pub request: PageRequest,
    /// What of it.
    pub columns: Columns,
    /// Whether it is told where in the list each row stands: then it has its rank, and what the list is ordered by.
    pub is_placed: bool,
}

impl<R: Relation> Paged<R> {
    /// The order, said or not.
    pub fn order(&self) -> Order {
        self.order.clone().unwrap_or_else(|| Order { by_rank: true, ..Order::by_sort_key::<R::Child>() })
    }

    /// The columns that are selected.
    fn columns(&self) -> impl Iterator<Item = <R::Child as EntityTrait>::Column> {
        let all = if self.is_placed { self.columns.with::<R::Child>(&self.order()) } else { self.columns };
        all.iter::<R::Child>()
    }

    /// What links, and the children they lead to where the order is by columns of theirs, are sorted by.
    fn sorting(&self) -> Sorting {
        let own = |column: &'static str| Expr::col(("links", column));
        let keys = match &self.order {
            None => [RANK, KEY].into_iter().map(|key| (own(key), Order::by(key).keys[0])).collect(),
            Some(order) => {
                let column = |name| Expr::col((R::Child::default(), Alias::new(name)));
                order.keys.iter().map(|key| (column(key.column), *key)).collect()
            }
        };
        Sorting::new(keys, own(CHILD))
    }
}

impl<R: Relation> Batched for Paged<R> {
    type Row = Ranked<<R::Child as EntityTrait>::Model>;

    fn query(&self, parents: Parents<'_>) -> SelectStatement {
        if let Parents::Array(ids) = parents {
            return self.for_each(ids);
        }
        let (sorting, child) = (self.sorting(), R::Child::default());
        let mut window = WindowStatement::partition_by(("links", PARENT));
        for (expr, falls) in sorting.directions(self.request.backwards) {
            window.order_by_expr(expr, direction(falls));
        }
        let mut placed = Query::select();
        placed
            .columns([("links", PARENT), ("links", CHILD), ("links", RANK)])
            .expr_window_as(Expr::cust("ROW_NUMBER()"), window, PLACE)
            .from_subquery(self.relation.links(parents), "links");
        if self.order.is_some() {
            placed.inner_join(child.table_ref(), Expr::col(("links", CHILD)).equals((child, R::Child::ID)));
        }
        for (position, is_after) in [(&self.request.after, true), (&self.request.before, false)] {
            if let Some(position) = position {
                placed.cond_where(sorting.beyond(position, is_after));
            }
        }

        let mut query = Query::select();
        query.expr_as(Expr::col(("placed", PARENT)), PARENT);
        if self.is_placed {
            query.expr_as(Expr::col(("placed", RANK)), RANK);
        }
        for column in self.columns() {
            query.column((child, column));
        }
        query
            .from_subquery(placed, "placed")
            .inner_join(child.table_ref(), Expr::col(("placed", CHILD)).equals((child, R::Child::ID)))
            .and_where(Expr::col(("placed", PLACE)).lte(self.request.fetched()))
            .order_by(("placed".into_iden(), PARENT.into_iden()), sea_orm::sea_query::Order::Asc)
            .order_by(("placed".into_iden(), PLACE.into_iden()), sea_orm::sea_query::Order::Asc);
        query
    }

    fn columns() -> Vec<Column> {
        columns_of::<Self::Row>()
    }

    fn read(&self, found: &Found) -> std::result::Result<Vec<Of<Self::Row>>, DbErr> {
        let mut rows = self.columns.read(found)?;
        place::put(&mut rows);
        Ok(rows)
    }
}

/// The number that a query selects as `count`; 0 where it selects nothing.
pub(super) async fn count(db: &impl ConnectionTrait, query: &SelectStatement) -> Result<i64> {
    let row = db.query_one(query).await?;
    Ok(row.map(|row| row.try_get("", "count")).transpose()?.unwrap_or_default())
}
