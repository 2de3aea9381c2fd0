//! Writing rows, many at a time.

use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, Iterable, PrimaryKeyToColumn, QueryFilter,
};
use uuid::Uuid;

use crate::entities::data_version;
use crate::error::Result;

/// How many values one statement may carry; SQLite's limit is 32 766, PostgreSQL's 65 535.
const VALUES: usize = 30_000;

/// Writes rows; a row with the same key is replaced.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails or refuses a row.
pub async fn save<E>(db: &impl ConnectionTrait, rows: Vec<E::Model>) -> Result<()>
where
    E: EntityTrait,
    E::Model: IntoActiveModel<E::ActiveModel>,
    E::ActiveModel: Send,
{
    let keys: Vec<E::Column> = E::PrimaryKey::iter().map(PrimaryKeyToColumn::into_column).collect();
    let others: Vec<E::Column> =
        E::Column::iter().filter(|c| !keys.iter().any(|k| format!("{k:?}") == format!("{c:?}"))).collect();
    let mut replace = OnConflict::columns(keys);
    if others.is_empty() {
        replace.do_nothing();
    } else {
        replace.update_columns(others);
    }
    let at_once = VALUES / E::Column::iter().count().max(1);
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let some: Vec<E::ActiveModel> =
            rows.by_ref().take(at_once).map(IntoActiveModel::into_active_model).collect();
        E::insert_many(some).on_conflict(replace.clone()).exec_without_returning(db).await?;
    }
    Ok(())
}

/// Deletes the rows that have one of some values in a column.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub async fn delete<E: EntityTrait>(
    db: &impl ConnectionTrait,
    column: E::Column,
    values: &[Uuid],
) -> Result<()> {
    for some in values.chunks(VALUES) {
        E::delete_many().filter(column.is_in(some.iter().copied())).exec(db).await?;
    }
    Ok(())
}

/// Says that the data changed.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub async fn bump_version(db: &impl ConnectionTrait, now: chrono::DateTime<chrono::Utc>) -> Result<()> {
    use sea_orm::sea_query::{Expr, ExprTrait};
    data_version::Entity::update_many()
        .col_expr(data_version::Column::Version, Expr::col(data_version::Column::Version).add(1))
        .col_expr(data_version::Column::UpdatedAt, Expr::value(now))
        .filter(data_version::Column::Id.eq(1))
        .exec(db)
        .await?;
    Ok(())
}
