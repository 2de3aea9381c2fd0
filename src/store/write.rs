//! Writing rows, many at a time.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DatabaseBackend, DbErr, EntityTrait,
    IdenStatic, IntoActiveModel, Iterable, ModelTrait, PrimaryKeyToColumn, QueryFilter, QueryTrait,
    Statement, Value, Values,
};
use sea_query_sqlx::SqlxValues;
use sqlx::{IntoArguments, Sqlite};
use uuid::Uuid;

use super::unnested::Unnested;
use super::write_transaction::{Bulk, WriteTransaction};
use crate::entities::data_version;
use crate::error::Result;

/// How many values one statement may carry; SQLite's limit is 32 766, PostgreSQL's 65 535.
const VALUES: usize = 30_000;
/// How many rows one statement deletes by their keys.
const KEYS: usize = 256;
/// How many rows one statement writes, the most first: few shapes, so that the database knows each of them already.
const SHAPES: [usize; 4] = [256, 32, 4, 1];

/// Writes rows, a few; a row with the same key is replaced.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails or refuses a row.
pub async fn save<E>(db: &impl ConnectionTrait, rows: Vec<E::Model>) -> Result<()>
where
    E: EntityTrait,
    E::Model: IntoActiveModel<E::ActiveModel>,
    E::ActiveModel: Send,
{
    let others: Vec<E::Column> = others::<E>().collect();
    for statement in statements::<E>(db.get_database_backend(), rows, Some(&others)) {
        db.execute_raw(statement).await?;
    }
    Ok(())
}

/// Writes rows that are not there yet, a few.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails or refuses a row, as one that is there.
pub async fn insert<E>(db: &impl ConnectionTrait, rows: Vec<E::Model>) -> Result<()>
where
    E: EntityTrait,
    E::Model: IntoActiveModel<E::ActiveModel>,
    E::ActiveModel: Send,
{
    for statement in statements::<E>(db.get_database_backend(), rows, None) {
        db.execute_raw(statement).await?;
    }
    Ok(())
}

/// Writes many rows that are not there yet.
///
/// # Errors
/// As [`insert`].
pub async fn insert_many<E>(tx: &WriteTransaction, rows: Vec<E::Model>) -> Result<()>
where
    E: EntityTrait,
    E::Model: IntoActiveModel<E::ActiveModel>,
    E::ActiveModel: Send,
{
    let mut prepared = Prepared::new(tx.get_database_backend());
    prepared.insert::<E>(rows);
    prepared.execute(tx).await
}

/// What is to be written, ready for the database: made on one thread while another writes what was made before.
#[derive(Debug)]
pub struct Prepared {
    backend: DatabaseBackend,
    steps: Vec<Step>,
    /// Why a row cannot be written.
    failed: Option<DbErr>,
}

/// A part of it.
#[derive(Debug)]
enum Step {
    Statement(Statement),
    Rows(Bulk),
}

impl Prepared {
    /// Nothing yet.
    #[must_use]
    pub fn new(backend: DatabaseBackend) -> Self {
        Self { backend, steps: Vec::new(), failed: None }
    }

    /// Adds what writes rows that are not there yet.
    pub fn insert<E>(&mut self, rows: Vec<E::Model>)
    where
        E: EntityTrait,
        E::Model: IntoActiveModel<E::ActiveModel>,
    {
        if rows.is_empty() {
            return;
        }
        if self.backend == DatabaseBackend::Postgres {
            match Unnested::rows::<E>(rows) {
                Ok(Unnested { sql, values }) => self.steps.push(Step::Rows(Bulk::Postgres(sql, values))),
                Err(cause) => self.failed = Some(cause),
            }
            return;
        }
        shaped::<E>(self.backend, rows, None, |sql, values| {
            let values = IntoArguments::<Sqlite>::into_arguments(SqlxValues(Values(values)));
            self.steps.push(Step::Rows(Bulk::Sqlite(Arc::clone(sql), values)));
        });
    }

    /// Adds what writes rows that are there, as they were and as they shall be: of each only the columns that differ.
    pub fn amend<E>(&mut self, rows: Vec<(E::Model, E::Model)>)
    where
        E: EntityTrait,
        E::Model: IntoActiveModel<E::ActiveModel>,
    {
        let columns: Vec<E::Column> = others::<E>().collect();
        let mut alike: BTreeMap<Vec<usize>, Vec<E::Model>> = BTreeMap::new();
        for (before, row) in rows {
            let differ = |at: &usize| before.get(columns[*at]) != row.get(columns[*at]);
            let differing = (0..columns.len()).filter(differ).collect();
            alike.entry(differing).or_default().push(row);
        }
        for (differing, rows) in alike {
            let differing: Vec<E::Column> = differing.into_iter().map(|at| columns[at]).collect();
            let writing = statements::<E>(self.backend, rows, Some(&differing));
            self.steps.extend(writing.into_iter().map(Step::Statement));
        }
    }

    /// Adds what deletes rows.
    pub fn delete<E: EntityTrait>(&mut self, rows: &[E::Model]) {
        let keys: Vec<E::Column> = E::PrimaryKey::iter().map(PrimaryKeyToColumn::into_column).collect();
        for some in rows.chunks(KEYS) {
            let condition = match keys[..] {
                [key] => Condition::all().add(key.is_in(some.iter().map(|row| row.get(key)))),
                _ => some.iter().fold(Condition::any(), |any, row| {
                    let own = keys.iter().fold(Condition::all(), |all, key| all.add(key.eq(row.get(*key))));
                    any.add(own)
                }),
            };
            self.steps.push(Step::Statement(E::delete_many().filter(condition).build(self.backend)));
        }
    }

    /// Writes it.
    ///
    /// # Errors
    /// [`crate::error::Error::Database`] if the database fails or refuses a row.
    pub async fn execute(self, tx: &WriteTransaction) -> Result<()> {
        if let Some(cause) = self.failed {
            return Err(cause.into());
        }
        for step in self.steps {
            match step {
                Step::Statement(statement) => {
                    tx.execute_raw(statement).await?;
                }
                Step::Rows(rows) => tx.write(rows).await?,
            }
        }
        Ok(())
    }
}

/// The statements that write rows; of those that are there only some columns, if that is wanted.
fn statements<E>(
    backend: DatabaseBackend,
    rows: Vec<E::Model>,
    replace: Option<&[E::Column]>,
) -> Vec<Statement>
where
    E: EntityTrait,
    E::Model: IntoActiveModel<E::ActiveModel>,
{
    let mut statements = Vec::new();
    shaped::<E>(backend, rows, replace, |sql, values| {
        statements.push(Statement::from_sql_and_values(backend, &**sql, values));
    });
    statements
}

/// Cuts rows into statements of a few shapes, each with its values.
fn shaped<E>(
    backend: DatabaseBackend,
    rows: Vec<E::Model>,
    replace: Option<&[E::Column]>,
    mut each: impl FnMut(&Arc<str>, Vec<Value>),
) where
    E: EntityTrait,
    E::Model: IntoActiveModel<E::ActiveModel>,
{
    let columns: Vec<E::Column> = E::Column::iter().collect();
    let mut left = rows.len();
    let mut rows = rows.into_iter();
    for shape in SHAPES {
        if left < shape {
            continue;
        }
        let sql: Arc<str> = sql::<E>(&columns, shape, replace, backend).into();
        while left >= shape {
            let mut values: Vec<Value> = Vec::with_capacity(shape * columns.len());
            for row in rows.by_ref().take(shape) {
                let mut row = row.into_active_model();
                values.extend(columns.iter().filter_map(|column| row.take(*column).into_value()));
            }
            each(&sql, values);
            left -= shape;
        }
    }
}

/// The columns that are no key.
fn others<E: EntityTrait>() -> impl Iterator<Item = E::Column> {
    let is_key =
        |column: &E::Column| E::PrimaryKey::iter().any(|key| key.into_column().as_str() == column.as_str());
    E::Column::iter().filter(move |column| !is_key(column))
}

/// The statement that writes so many rows.
fn sql<E: EntityTrait>(
    columns: &[E::Column],
    rows: usize,
    replace: Option<&[E::Column]>,
    backend: DatabaseBackend,
) -> String {
    let quoted = |column: &E::Column| format!("\"{}\"", column.as_str());
    let list = |columns: &mut dyn Iterator<Item = String>| columns.collect::<Vec<_>>().join(", ");
    let names = list(&mut columns.iter().map(quoted));
    // One row that fails fails the transaction: SQLite need not keep every page as it was before the statement.
    let insert = if backend == DatabaseBackend::Sqlite { "INSERT OR FAIL INTO" } else { "INSERT INTO" };
    let mut sql = format!("{insert} \"{}\" ({names}) VALUES ", E::default().table_name());
    let mut place = 0;
    for row in 0..rows {
        sql.push_str(if row == 0 { "(" } else { ", (" });
        for column in 0..columns.len() {
            place += 1;
            let comma = if column == 0 { "" } else { ", " };
            let _infallible = match backend {
                DatabaseBackend::Postgres => write!(sql, "{comma}${place}"),
                _ => write!(sql, "{comma}?"),
            };
        }
        sql.push(')');
    }
    if let Some(columns) = replace {
        let keys: Vec<String> = E::PrimaryKey::iter().map(|key| quoted(&key.into_column())).collect();
        let set = list(&mut columns.iter().map(quoted).map(|column| format!("{column} = excluded.{column}")));
        let action = if set.is_empty() { "NOTHING".to_owned() } else { format!("UPDATE SET {set}") };
        let _infallible = write!(sql, " ON CONFLICT ({}) DO {action}", keys.join(", "));
    }
    sql
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

/// Says that it is the graph that changed with the last version of the data.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub async fn graph_changed(db: &impl ConnectionTrait) -> Result<()> {
    use sea_orm::sea_query::Expr;
    data_version::Entity::update_many()
        .col_expr(data_version::Column::GraphVersion, Expr::col(data_version::Column::Version))
        .filter(data_version::Column::Id.eq(1))
        .exec(db)
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entities::project_funder;
    use crate::store::difference::Difference;

    fn paid(project: u128, funder: u128, key: &[u8]) -> project_funder::Model {
        let (project_id, funder_id) = (Uuid::from_u128(project), Uuid::from_u128(funder));
        project_funder::Model { project_id, funder_id, project_sort_key: key.to_vec() }
    }

    #[test]
    fn only_what_differs_is_written() {
        let old = vec![paid(1, 1, b"a"), paid(1, 2, b"a"), paid(2, 1, b"b")];
        let new = vec![paid(1, 1, b"a"), paid(2, 1, b"c"), paid(3, 3, b"d")];
        let difference = Difference::<project_funder::Entity>::between(old.clone(), new);
        assert_eq!(difference.before().collect::<Vec<_>>(), [&old[1], &old[2]]);
        let mut prepared = Prepared::new(DatabaseBackend::Sqlite);
        difference.delete(&mut prepared);
        difference.write(&mut prepared);
        let text = |step: &Step| match step {
            Step::Statement(statement) => statement.sql.clone(),
            Step::Rows(Bulk::Sqlite(sql, _)) => sql.to_string(),
            Step::Rows(Bulk::Postgres(sql, _)) => sql.clone(),
        };
        let texts: Vec<String> = prepared.steps.iter().map(text).collect();
        assert_eq!(
            texts,
            [
                "DELETE FROM \"project_funder\" WHERE \"project_funder\".\"project_id\" = ? \
                 AND \"project_funder\".\"funder_id\" = ?",
                "INSERT OR FAIL INTO \"project_funder\" (\"project_id\", \"funder_id\", \"project_sort_key\") \
                 VALUES (?, ?, ?) ON CONFLICT (\"project_id\", \"funder_id\") \
                 DO UPDATE SET \"project_sort_key\" = excluded.\"project_sort_key\"",
                "INSERT OR FAIL INTO \"project_funder\" (\"project_id\", \"funder_id\", \"project_sort_key\") \
                 VALUES (?, ?, ?)",
            ]
        );
    }
}
