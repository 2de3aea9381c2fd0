//! One way to look up related rows: for many parents in one statement.

use std::fmt::Debug;
use std::hash::Hash;
use std::marker::PhantomData;

use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ConnectionTrait, FromQueryResult, Iterable};
use uuid::Uuid;

use crate::entities::Table;
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

/// A question that is asked for many parents at once.
pub trait Batched: Clone + Debug + Eq + Hash + Send + Sync + 'static {
    /// Which database knows.
    const PLACE: Place = Place::Public;

    /// What comes back, any number of rows for each parent.
    type Row: FromQueryResult + Send + Sync + 'static;

    /// The query for some parents. It selects [`PARENT`] and the columns of the row, in the order wanted.
    fn query(&self, parents: &[Uuid]) -> SelectStatement;
}

/// The rows that a question has for one parent, for who has no others to ask for.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub async fn ask<Q: Batched>(db: &impl ConnectionTrait, question: &Q, parent: Uuid) -> Result<Vec<Q::Row>> {
    let rows = db.query_all(&question.query(&[parent])).await?;
    Ok(rows.iter().map(|row| Q::Row::from_query_result(row, "")).collect::<std::result::Result<_, _>>()?)
}

/// The row of a table with an id.
pub struct ById<E>(PhantomData<fn() -> E>);

impl<E> Default for ById<E> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

impl<E: Table> Batched for ById<E> {
    type Row = E::Model;

    fn query(&self, ids: &[Uuid]) -> SelectStatement {
        let mut query = Query::select();
        query
            .columns(E::Column::iter())
            .expr_as(Expr::col(E::ID), PARENT)
            .from(E::default().table_ref())
            .and_where(Expr::col(E::ID).is_in(ids.iter().copied()));
        query
    }
}

// Written out, because deriving would ask the same of `E`.
impl<E> Clone for ById<E> {
    fn clone(&self) -> Self {
        Self::default()
    }
}
impl<E> Debug for ById<E> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(std::any::type_name::<Self>())
    }
}
impl<E> PartialEq for ById<E> {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}
impl<E> Eq for ById<E> {}
impl<E> Hash for ById<E> {
    fn hash<H: std::hash::Hasher>(&self, _: &mut H) {}
}
