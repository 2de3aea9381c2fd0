//! One way to look up related rows: for many parents in one statement.

use std::fmt::Debug;
use std::hash::Hash;
use std::marker::PhantomData;

use rustc_hash::{FxBuildHasher, FxHashMap};
use sea_orm::sea_query::extension::postgres::PgFunc;
use sea_orm::sea_query::{Expr, ExprTrait, Func, FunctionCall, Query, SelectStatement};
use sea_orm::{ConnectionTrait, DatabaseBackend, DbErr, FromQueryResult, QueryResult};
use uuid::Uuid;

use super::columns::Columns;
use crate::entities::Table;
use crate::entities::positional::{Cells, Column, Found, Positional};
use crate::error::Result;

/// The column in which a batched query says whose row it is.
pub const PARENT: &str = "parent";

/// Which database knows the answer to a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// That of everybody.
    Public,
    /// That of keys and the access log.
    Access,
}

/// Keys of one SQL statement at most; SQLite takes 32 766 values.
pub const KEYS_AT_ONCE: usize = 5_000;

/// The parents that a question is asked for.
#[derive(Clone, Copy, Debug)]
pub enum Parents<'a> {
    /// Some, each a value of its own in the statement.
    Values(&'a [Uuid]),
    /// Some, together one value of the statement, which then has one plan however many there are (PostgreSQL).
    Array(&'a [Uuid]),
    /// The one in the row that a part of a statement is carried out for: see [`Parents::each`].
    EachRow,
}

/// The table, and its column, of the parents in a statement that goes through them.
const EACH: &str = "parents";

impl<'a> Parents<'a> {
    /// Some, as a database takes them best.
    pub fn of(db: &impl ConnectionTrait, ids: &'a [Uuid]) -> Self {
        match db.get_database_backend() {
            DatabaseBackend::Postgres => Self::Array(ids),
            _ => Self::Values(ids),
        }
    }

    /// Whether what an expression says is one of them.
    pub fn hold(self, column: impl Into<Expr>) -> Expr {
        let column = column.into();
        match self {
            Self::Values(ids) => column.is_in(filled(ids)),
            Self::Array([id]) => column.eq(*id),
            Self::Array(ids) => column.eq(PgFunc::any(unseen(ids))),
            Self::EachRow => column.equals((EACH, EACH)),
        }
    }

    /// The parent, where there is only one.
    pub fn only(self) -> Expr {
        match self {
            Self::Values(ids) | Self::Array(ids) => Expr::val(ids.first().copied().unwrap_or_default()),
            Self::EachRow => Expr::col((EACH, EACH)),
        }
    }

    /// Begins a statement that goes through some parents, whose parts join them by [`Parents::EachRow`].
    pub fn each(ids: &[Uuid], query: &mut SelectStatement) {
        let rows = Func::cust("unnest").arg(unseen(ids));
        query.expr_as(Expr::col((EACH, EACH)), PARENT).from_function(rows, EACH);
    }
}

/// An array whose length PostgreSQL does not see when it plans. It would expect ten keys of one that it will be given, and
/// find that it does better for the three that it is given: so it would plan anew each time, which takes longer than to
/// look three rows up.
fn unseen(ids: &[Uuid]) -> FunctionCall {
    let mut given = Query::select();
    given.expr(Expr::val(ids.to_vec()));
    Func::cast_as(Expr::SubQuery(None, Box::new(given.into())), "uuid[]")
}

/// Some keys, the last of them so often that there are 1, 2, 4, 8 … of them. Databases keep the plan of a statement by
/// its text, so that a plan for every number of keys would have to be made anew each time.
fn filled(keys: &[Uuid]) -> Vec<Uuid> {
    let mut all = keys.to_vec();
    if let Some(last) = keys.last() {
        all.resize(keys.len().next_power_of_two().min(KEYS_AT_ONCE).max(keys.len()), *last);
    }
    all
}

/// A question that is asked for many parents at once.
pub trait Batched: Clone + Debug + Eq + Hash + Send + Sync + 'static {
    /// Which database knows.
    const PLACE: Place = Place::Public;

    /// What comes back, any number of rows for each parent.
    type Row: FromQueryResult + Send + Sync + 'static;

    /// The query for some parents. It selects [`PARENT`] and the columns of the row, in the order wanted.
    fn query(&self, parents: Parents<'_>) -> SelectStatement;

    /// The columns that the rows may have with their parent, where they are read by position: then it can be asked
    /// together with other questions. None where they are read by name.
    fn columns() -> Vec<Column> {
        Vec::new()
    }

    /// The rows that were found, each with its parent; of what there can be many, read by position.
    ///
    /// # Errors
    /// [`DbErr`] for what cannot be read.
    fn read(&self, found: &Found) -> std::result::Result<Vec<Of<Self::Row>>, DbErr> {
        let read = |row: &QueryResult| {
            Ok(Of { parent: row.try_get("", PARENT)?, row: Self::Row::from_query_result(row, "")? })
        };
        found.rows().iter().map(read).collect()
    }
}

/// A row that belongs to a parent.
pub struct Of<T> {
    /// The parent.
    pub parent: Uuid,
    /// The row.
    pub row: T,
}

impl<T: Positional> Positional for Of<T> {
    fn columns(columns: &mut Vec<Column>) {
        columns.push(Column::of::<Uuid>(PARENT));
        T::columns(columns);
    }

    fn read(cells: &mut Cells<'_>) -> std::result::Result<Self, DbErr> {
        Ok(Self { parent: cells.take()?, row: T::read(cells)? })
    }
}

/// The rows of each of some parents. (Ids are our own: nobody chooses them so that they get in each other's way.)
pub type ByParent<T> = FxHashMap<Uuid, Vec<T>>;

/// The rows of each of so many parents.
pub fn by_parent<T>(rows: Vec<Of<T>>, parents: usize) -> ByParent<T> {
    let mut own = ByParent::with_capacity_and_hasher(parents, FxBuildHasher);
    // Most have as many as others: their rows, which are large, need not be moved to where there is room.
    let usual = rows.len().div_ceil(parents.max(1));
    for Of { parent, row } in rows {
        own.entry(parent).or_insert_with(|| Vec::with_capacity(usual)).push(row);
    }
    own
}

/// The columns of rows that are read by position, with their parent.
pub(super) fn columns_of<T: Positional>() -> Vec<Column> {
    let mut columns = Vec::new();
    Of::<T>::columns(&mut columns);
    columns
}

/// The rows that a question has for one parent, for who has no others to ask for.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub async fn ask<Q: Batched>(db: &impl ConnectionTrait, question: &Q, parent: Uuid) -> Result<Vec<Q::Row>> {
    let rows = db.query_all(&question.query(Parents::of(db, &[parent]))).await?;
    Ok(question.read(&rows.into())?.into_iter().map(|own| own.row).collect())
}

/// The row of a table with an id.
pub struct ById<E> {
    columns: Columns,
    table: PhantomData<fn() -> E>,
}

impl<E> ById<E> {
    /// Some columns of it.
    #[must_use]
    pub fn with(columns: Columns) -> Self {
        Self { columns, table: PhantomData }
    }
}

impl<E: Table> Batched for ById<E> {
    type Row = E::Model;

    fn query(&self, ids: Parents<'_>) -> SelectStatement {
        let mut query = Query::select();
        query
            .columns(self.columns.iter::<E>())
            .expr_as(Expr::col(E::ID), PARENT)
            .from(E::default().table_ref())
            .and_where(ids.hold(Expr::col(E::ID)));
        query
    }

    fn columns() -> Vec<Column> {
        columns_of::<E::Model>()
    }

    fn read(&self, found: &Found) -> std::result::Result<Vec<Of<E::Model>>, DbErr> {
        self.columns.read(found)
    }
}

// Written out, because deriving would ask the same of `E`.
impl<E> Clone for ById<E> {
    fn clone(&self) -> Self {
        Self::with(self.columns)
    }
}
impl<E> Debug for ById<E> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {:?}", std::any::type_name::<Self>(), self.columns)
    }
}
impl<E> PartialEq for ById<E> {
    fn eq(&self, other: &Self) -> bool {
        self.columns == other.columns
    }
}
impl<E> Eq for ById<E> {}
impl<E> Hash for ById<E> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.columns.hash(state);
    }
}
