//! Transactions: of who writes, and of who reads.

use std::future::Future;

use sea_orm::{
    AccessMode, ConnectionTrait, DatabaseBackend, DatabaseConnection, DatabaseTransaction, DbErr,
    IsolationLevel, RuntimeErr, TransactionTrait,
};

pub use super::write_transaction::WriteTransaction;
use crate::error::{Error, Result};

/// Begins a transaction that is the only one to write. Readers see what was before until it is committed; where a SQLite
/// file is filled in place ([`super::in_place`]) there are none.
///
/// # Errors
/// [`Error::Locked`] where another one is at work, [`Error::Database`] if the database fails.
pub async fn begin(db: &DatabaseConnection) -> Result<WriteTransaction> {
    begin_on(db, "source").await
}

/// The same, of a database whose writers meet at a table.
///
/// # Errors
/// As [`begin`].
pub async fn begin_on(db: &DatabaseConnection, table: &str) -> Result<WriteTransaction> {
    let locked = |cause: DbErr| if is_locked(&cause) { Error::Locked } else { cause.into() };
    let tx = WriteTransaction::begin(db).await.map_err(locked)?;
    if tx.get_database_backend() == DatabaseBackend::Postgres {
        // What takes long here goes through much simply, and compiling it takes longer still.
        let lock = format!("SET LOCAL jit = off; LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE NOWAIT");
        tx.execute_unprepared(&lock).await.map_err(locked)?;
    }
    Ok(tx)
}

/// Begins a transaction that waits until nobody else writes.
///
/// # Errors
/// [`Error::Database`] if the database fails, or it takes too long.
pub async fn begin_in_turn(db: &DatabaseConnection, table: &str) -> Result<WriteTransaction> {
    let tx = WriteTransaction::begin(db).await?;
    if tx.get_database_backend() == DatabaseBackend::Postgres {
        let lock = format!("SET LOCAL lock_timeout = '5s'; LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE");
        tx.execute_unprepared(&lock).await?;
    }
    Ok(tx)
}

/// Begins a transaction that reads everything as it is now, whatever is written meanwhile.
///
/// # Errors
/// [`Error::Database`] if the database fails.
pub async fn snapshot(db: &DatabaseConnection) -> Result<DatabaseTransaction> {
    if db.get_database_backend() != DatabaseBackend::Postgres {
        return Ok(db.begin().await?);
    }
    let (isolation, access) = (IsolationLevel::RepeatableRead, AccessMode::ReadOnly);
    Ok(db.begin_with_config(Some(isolation), Some(access)).await?)
}

/// Ends what [`snapshot`] began. What its connection has read of a SQLite file is forgotten: of a whole table little will
/// be asked for again.
///
/// # Errors
/// [`Error::Database`] if the database fails.
pub async fn end_snapshot(tx: DatabaseTransaction) -> Result<()> {
    if tx.get_database_backend() == DatabaseBackend::Sqlite {
        tx.execute_unprepared("PRAGMA shrink_memory").await?;
    }
    Ok(tx.commit().await?)
}

/// Does some work in a transaction that is the only one to write: all of it, or nothing if it fails.
///
/// # Errors
/// As [`begin`], and what the work fails with.
pub async fn run<T>(
    db: &DatabaseConnection,
    work: impl AsyncFnOnce(&WriteTransaction) -> Result<T>,
) -> Result<T> {
    let tx = begin(db).await?;
    let done = work(&tx).await;
    end(tx, done).await
}

/// Ends a transaction: what was done stays, or is taken back where it failed.
///
/// # Errors
/// What it failed with, and [`Error::Database`] if the database fails.
pub async fn end<T>(tx: WriteTransaction, done: Result<T>) -> Result<T> {
    if done.is_ok() {
        tx.commit().await?;
    } else {
        give_up(tx).await;
    }
    done
}

/// Does some work within a transaction so that it can be taken back alone; kept is what is worth keeping.
///
/// # Errors
/// What the work fails with, and [`Error::Database`] if the database fails.
pub async fn within<T>(
    tx: &WriteTransaction,
    work: impl Future<Output = Result<T>>,
    is_worth_keeping: impl FnOnce(&T) -> bool,
) -> Result<T> {
    tx.execute_unprepared("SAVEPOINT part").await?;
    let done = work.await;
    let is_kept = done.as_ref().is_ok_and(is_worth_keeping);
    let end = if is_kept { "" } else { "ROLLBACK TO SAVEPOINT part; " };
    let ended = tx.execute_unprepared(&format!("{end}RELEASE SAVEPOINT part")).await;
    match (done, ended) {
        (Ok(_), Err(cause)) => Err(cause.into()),
        // What the work failed with may have ended the whole transaction.
        (done, _) => done,
    }
}

/// Takes back what was done in a transaction. Merely dropped, it would hold its locks until its connection is used again.
pub async fn give_up(tx: WriteTransaction) {
    if let Err(cause) = tx.rollback().await {
        tracing::debug!(error.cause = ?cause, "a transaction ended by itself");
    }
}

/// Ends a transaction that only read. Committed, for a database that is watched counts what is rolled back as failed.
pub async fn done_reading(tx: DatabaseTransaction) {
    if let Err(cause) = tx.commit().await {
        tracing::debug!(error.cause = ?cause, "a transaction that read ended by itself");
    }
}

/// Whether somebody else holds what is asked for: SQLite's `SQLITE_BUSY`, PostgreSQL's `lock_not_available`.
pub(super) fn is_locked(cause: &DbErr) -> bool {
    let (DbErr::Conn(RuntimeErr::SqlxError(cause))
    | DbErr::Exec(RuntimeErr::SqlxError(cause))
    | DbErr::Query(RuntimeErr::SqlxError(cause))) = cause
    else {
        return false;
    };
    let code = cause.as_database_error().and_then(sqlx::error::DatabaseError::code);
    code.is_some_and(|code| matches!(&*code, "5" | "261" | "517" | "55P03"))
}
