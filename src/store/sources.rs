//! Questions about the files that were read.

use sea_orm::sea_query::{Condition, Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, Iterable, QueryFilter, QueryOrder,
    QuerySelect,
};

use super::batch::{Batched, PARENT, Parents};
use super::breadth::unindexed;
use crate::entities::source_warning::WarningCode;
use crate::entities::statement::MatchRule;
use crate::entities::{source, source_field, source_refusal, source_warning, statement};
use crate::error::Result;

/// The source with these bytes, by their SHA-256.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub async fn by_sha256(db: &impl ConnectionTrait, sha256: &str) -> Result<Option<source::Model>> {
    Ok(source::Entity::find().filter(source::Column::Sha256.eq(sha256)).one(db).await?)
}

/// The sources that a file's name, or the beginning of its SHA-256 in at least eight digits, names.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub async fn named(db: &impl ConnectionTrait, name: &str) -> Result<Vec<source::Model>> {
    let mut wanted = Condition::any().add(source::Column::FileName.eq(name));
    if name.len() >= 8 && name.bytes().all(|b| b.is_ascii_hexdigit()) {
        wanted = wanted.add(source::Column::Sha256.starts_with(name.to_ascii_lowercase()));
    }
    Ok(source::Entity::find().filter(wanted).order_by_asc(source::Column::Sequence).all(db).await?)
}

/// The highest sequence given to a source; 0 where there is none.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub async fn last_sequence(db: &impl ConnectionTrait) -> Result<i64> {
    let last: Option<Option<i64>> = source::Entity::find()
        .select_only()
        .column_as(source::Column::Sequence.max(), "last")
        .into_tuple()
        .one(db)
        .await?;
    Ok(last.flatten().unwrap_or(0))
}

/// The other sources with the file name, format and publisher of one, the last recorded first.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub async fn alike(db: &impl ConnectionTrait, source: &source::Model) -> Result<Vec<source::Model>> {
    let publisher = match source.publisher_id {
        Some(id) => source::Column::PublisherId.eq(id),
        None => source::Column::PublisherId.is_null(),
    };
    Ok(source::Entity::find()
        .filter(source::Column::FileName.eq(&*source.file_name))
        .filter(source::Column::Format.eq(&*source.format))
        .filter(publisher)
        .filter(source::Column::Id.ne(source.id))
        .order_by_desc(source::Column::Sequence)
        .all(db)
        .await?)
}

/// How many statements of one source are about a project, by number or name, that another speaks of too.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub async fn in_common(
    db: &impl ConnectionTrait,
    source: &source::Model,
    other: &source::Model,
) -> Result<i64> {
    #[derive(FromQueryResult)]
    struct Count {
        count: i64,
    }
    let again = |key: statement::Column| {
        let mut again = Query::select();
        again
            .expr(Expr::cust("1"))
            .from_as(statement::Entity, "other")
            .and_where(Expr::col(("other", key)).equals(("own", key)))
            // Few have a key, and a source may have a million.
            .and_where(unindexed(Expr::col(("other", statement::Column::SourceId))).eq(other.id));
        Expr::exists(again)
    };
    let mut query = Query::select();
    query
        .expr_as(Expr::cust("COUNT(*)"), "count")
        .from_as(statement::Entity, "own")
        .and_where(Expr::col(("own", statement::Column::SourceId)).eq(source.id))
        .cond_where(
            Condition::any().add(again(statement::Column::NumberKey)).add(again(statement::Column::NameKey)),
        );
    let row = db.query_one(&query).await?;
    Ok(row.map(|row| Count::from_query_result(&row, "")).transpose()?.map_or(0, |row| row.count))
}

/// The rows of a source that could not be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Refusals;

impl Batched for Refusals {
    type Row = source_refusal::Model;

    fn query(&self, sources: Parents<'_>) -> SelectStatement {
        let mut query = Query::select();
        query
            .columns(source_refusal::Column::iter())
            .expr_as(Expr::col(source_refusal::Column::SourceId), PARENT)
            .from(source_refusal::Entity)
            .and_where(sources.hold(Expr::col(source_refusal::Column::SourceId)))
            .order_by(source_refusal::Column::Line, sea_orm::sea_query::Order::Asc);
        query
    }
}

/// How many statements of a source say something of each field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Filled;

impl Batched for Filled {
    type Row = source_field::Model;

    fn query(&self, sources: Parents<'_>) -> SelectStatement {
        let mut query = Query::select();
        query
            .columns(source_field::Column::iter())
            .expr_as(Expr::col(source_field::Column::SourceId), PARENT)
            .from(source_field::Entity)
            .and_where(sources.hold(Expr::col(source_field::Column::SourceId)))
            .order_by(source_field::Column::Field, sea_orm::sea_query::Order::Asc);
        query
    }
}

/// How often each kind of trouble was met in a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Warnings;

/// How often one kind of trouble was met.
#[derive(Clone, Copy, Debug, FromQueryResult)]
pub struct WarningCount {
    /// The kind.
    pub code: WarningCode,
    /// How often.
    pub count: i64,
}

impl Batched for Warnings {
    type Row = WarningCount;

    fn query(&self, sources: Parents<'_>) -> SelectStatement {
        counts(
            source_warning::Entity,
            source_warning::Column::SourceId,
            source_warning::Column::Code,
            sources,
        )
    }
}

/// How many statements of a source each rule of resolution joined to their project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Matches;

/// How many statements one rule joined.
#[derive(Clone, Copy, Debug, FromQueryResult)]
pub struct MatchCount {
    /// The rule.
    pub matched_by: MatchRule,
    /// How many.
    pub count: i64,
}

impl Batched for Matches {
    type Row = MatchCount;

    fn query(&self, sources: Parents<'_>) -> SelectStatement {
        counts(statement::Entity, statement::Column::SourceId, statement::Column::MatchedBy, sources)
    }
}

fn counts<E: EntityTrait>(
    table: E,
    source: E::Column,
    what: E::Column,
    sources: Parents<'_>,
) -> SelectStatement {
    let mut query = Query::select();
    query
        .expr_as(Expr::col(source), PARENT)
        .column(what)
        .expr_as(Expr::cust("COUNT(*)"), "count")
        .from(table)
        .and_where(sources.hold(Expr::col(source)))
        .group_by_col(source)
        .group_by_col(what)
        .order_by(what, sea_orm::sea_query::Order::Asc);
    query
}
