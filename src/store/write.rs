//! Writing rows, many at a time.

use std::collections::BTreeMap;
use std::fmt::Write;

use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DatabaseBackend, EntityTrait, IdenStatic,
    IntoActiveModel, Iterable, ModelTrait, PrimaryKeyToColumn, QueryFilter, QueryTrait, Statement, Value,
};
use uuid::Uuid;

use crate::entities::data_version;
use crate::error::Result;

/// How many values one statement may carry; SQLite's limit is 32 766, PostgreSQL's 65 535.
const VALUES: usize = 30_000;
/// How many rows one statement deletes by their keys.
const KEYS: usize = 256;
/// How many rows one statement writes, the most first: few shapes, so that the database knows each of them already.
const SHAPES: [usize; 4] = [256, 32, 4, 1];

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
    let others: Vec<E::Column> = others::<E>().collect();
    let mut prepared = Prepared::new(db.get_database_backend());
    prepared.put::<E>(rows, Some(&others));
    prepared.execute(db).await
}

/// Writes rows that are not there yet.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails or refuses a row, as one that is there.
pub async fn insert<E>(db: &impl ConnectionTrait, rows: Vec<E::Model>) -> Result<()>
where
    E: EntityTrait,
    E::Model: IntoActiveModel<E::ActiveModel>,
    E::ActiveModel: Send,
{
    let mut prepared = Prepared::new(db.get_database_backend());
    prepared.insert::<E>(rows);
    prepared.execute(db).await
}

/// Statements that are ready to be executed.
#[derive(Debug)]
pub struct Prepared {
    backend: DatabaseBackend,
    statements: Vec<Statement>,
}

impl Prepared {
    /// Nothing yet.
    #[must_use]
    pub fn new(backend: DatabaseBackend) -> Self {
        Self { backend, statements: Vec::new() }
    }

    /// Adds what writes rows that are not there yet.
    pub fn insert<E>(&mut self, rows: Vec<E::Model>)
    where
        E: EntityTrait,
        E::Model: IntoActiveModel<E::ActiveModel>,
    {
        self.put::<E>(rows, None);
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
            self.put::<E>(rows, Some(&differing));
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
            self.statements.push(E::delete_many().filter(condition).build(self.backend));
        }
    }

    /// Adds what writes rows; of those that are there only some columns, if that is wanted.
    fn put<E>(&mut self, rows: Vec<E::Model>, replace: Option<&[E::Column]>)
    where
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
            let sql = sql::<E>(&columns, shape, replace, self.backend);
            while left >= shape {
                let mut values: Vec<Value> = Vec::with_capacity(shape * columns.len());
                for row in rows.by_ref().take(shape) {
                    let mut row = row.into_active_model();
                    values.extend(columns.iter().filter_map(|column| row.take(*column).into_value()));
                }
                self.statements.push(Statement::from_sql_and_values(self.backend, &sql, values));
                left -= shape;
            }
        }
    }

    /// Executes them.
    ///
    /// # Errors
    /// [`crate::error::Error::Database`] if the database fails or refuses a row.
    pub async fn execute(self, db: &impl ConnectionTrait) -> Result<()> {
        for statement in self.statements {
            db.execute_raw(statement).await?;
        }
        Ok(())
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
        let texts: Vec<&str> = prepared.statements.iter().map(|statement| &*statement.sql).collect();
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
