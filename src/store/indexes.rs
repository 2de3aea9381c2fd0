//! Indexes that are set aside while much is written into tables that were empty: sorted once they are built in a
//! fraction of the time.

use sea_orm::{ConnectionTrait, DatabaseBackend, FromQueryResult, Statement};

use crate::error::Result;

/// An index: its name, and what makes it again.
#[derive(Debug, FromQueryResult)]
struct Index {
    name: String,
    definition: String,
}

/// Indexes that are not there for the time being.
#[derive(Debug, Default)]
pub struct SetAside(Vec<Index>);

/// Sets the indexes of some tables aside, but for those that keep their rows apart and some others by name.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub async fn set_aside(db: &impl ConnectionTrait, tables: &[&str], but: &[&str]) -> Result<SetAside> {
    let list = |names: &[&str]| names.iter().map(|name| format!("'{name}'")).collect::<Vec<_>>().join(", ");
    let (tables, but) = (list(tables), list(but));
    let backend = db.get_database_backend();
    let sql = match backend {
        DatabaseBackend::Postgres => format!(
            "SELECT indexname::text AS name, indexdef AS definition FROM pg_indexes \
             WHERE schemaname = current_schema() AND tablename IN ({tables}) AND indexname NOT IN ({but}) \
             AND indexdef LIKE 'CREATE INDEX%' ORDER BY indexname"
        ),
        _ => format!(
            "SELECT name, sql AS definition FROM sqlite_master WHERE type = 'index' AND tbl_name IN ({tables}) \
             AND name NOT IN ({but}) AND sql LIKE 'CREATE INDEX%' ORDER BY name"
        ),
    };
    let rows = db.query_all_raw(Statement::from_string(backend, sql)).await?;
    let mut indexes = Vec::new();
    for row in rows {
        let index = Index::from_query_result(&row, "")?;
        db.execute_unprepared(&format!("DROP INDEX \"{}\"", index.name)).await?;
        indexes.push(index);
    }
    Ok(SetAside(indexes))
}

impl SetAside {
    /// Makes them again.
    ///
    /// # Errors
    /// [`crate::error::Error::Database`] if the database fails.
    pub async fn restore(&mut self, db: &impl ConnectionTrait) -> Result<()> {
        for index in std::mem::take(&mut self.0) {
            db.execute_unprepared(&index.definition).await?;
        }
        Ok(())
    }
}
