//! Filling a SQLite file in which nothing is yet: with a write-ahead log all of it would be written twice, once into the
//! log and once from there into the file. Without, nobody can look into the file until it is filled, so it is done only
//! where nobody has it open.

use sea_orm::{ConnectionTrait, DatabaseBackend, DatabaseConnection, DbErr, EntityTrait, Statement};

use crate::entities::statement;
use crate::error::Result;

/// Has what is written next go into the file at once, if the file is empty and nobody else has it open. Whether it does:
/// then [`end`] must be called when it is written. Whoever comes meanwhile waits. A process that is killed meanwhile leaves
/// the file empty to the next who opens it, by the journal beside it.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub async fn begin(db: &DatabaseConnection) -> Result<bool> {
    if db.get_database_backend() != DatabaseBackend::Sqlite
        || statement::Entity::find().one(db).await?.is_some()
    {
        return Ok(false);
    }
    // There will be no log that outlasts a failure of power: file and journal must reach the disk in order.
    db.execute_unprepared("PRAGMA synchronous = FULL").await?;
    // It fails where others have the file open.
    let is_begun = set_mode(db, "DELETE").await.is_ok_and(|mode| mode == "delete");
    if !is_begun {
        end(db).await;
    }
    Ok(is_begun)
}

/// Has everything go through the log again, as whoever opens the file wants it anyway.
pub async fn end(db: &DatabaseConnection) {
    match set_mode(db, "WAL").await {
        Ok(mode) if mode == "wal" => {
            if let Err(cause) = db.execute_unprepared("PRAGMA synchronous = NORMAL").await {
                tracing::debug!(error.cause = ?cause, "everything is written to the disk more often than need be");
            }
        }
        other => tracing::debug!(?other, "somebody else opened the file first"),
    }
}

/// Asks for a journal mode, and returns the one that there is then.
async fn set_mode(db: &DatabaseConnection, mode: &str) -> Result<String> {
    let wanted = Statement::from_string(DatabaseBackend::Sqlite, format!("PRAGMA journal_mode = {mode}"));
    let row = db.query_one_raw(wanted).await?;
    let row = row.ok_or_else(|| DbErr::Custom("SQLite names no journal mode".to_owned()))?;
    Ok(row.try_get_by_index(0)?)
}
