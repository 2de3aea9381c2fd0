//! The transaction of a writer: all that sea-orm asks of a connection, and a way for many rows at once, which sea-orm
//! has none for.

use std::sync::Arc;

use futures_util::TryStreamExt;
use sea_orm::prelude::async_trait::async_trait;
use sea_orm::{
    ConnAcquireErr, ConnectionTrait, DatabaseBackend, DatabaseConnection, DbErr, ExecResult, QueryResult,
    RuntimeErr, Statement, Values,
};
use sea_query_sqlx::SqlxValues;
use sqlx::postgres::PgArguments;
use sqlx::sqlite::SqliteArguments;
use sqlx::{AssertSqlSafe, Postgres, Sqlite, Transaction};
use tokio::sync::Mutex;

/// A transaction that writes.
#[derive(Debug)]
pub struct WriteTransaction {
    backend: DatabaseBackend,
    session: Mutex<Session>,
}

/// The transaction of a driver.
#[derive(Debug)]
enum Session {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

/// Rows that are ready for the driver: nothing is left to be done to them by the one who waits for the database.
#[derive(Debug)]
pub(super) enum Bulk {
    /// A statement with all its values.
    Sqlite(Arc<str>, SqliteArguments),
    /// The same.
    Postgres(String, PgArguments),
}

/// Does the same in either driver's transaction.
macro_rules! in_session {
    ($own:expr, $transaction:ident => $work:expr) => {
        match &mut *$own.session.lock().await {
            Session::Sqlite($transaction) => $work,
            Session::Postgres($transaction) => $work,
        }
    };
}

impl WriteTransaction {
    /// Begins one. On SQLite the right to write is asked for at the beginning, where waiting for it is no deadlock; where
    /// a file is filled in place ([`super::in_place`]), readers wait from then on too.
    pub(super) async fn begin(db: &DatabaseConnection) -> Result<Self, DbErr> {
        let backend = db.get_database_backend();
        let session = if backend == DatabaseBackend::Postgres {
            Session::Postgres(db.get_postgres_connection_pool().begin().await.map_err(failed)?)
        } else {
            let begun = db.get_sqlite_connection_pool().begin_with("BEGIN EXCLUSIVE").await;
            Session::Sqlite(begun.map_err(failed)?)
        };
        Ok(Self { backend, session: Mutex::new(session) })
    }

    pub(super) async fn commit(self) -> Result<(), DbErr> {
        match self.session.into_inner() {
            Session::Sqlite(transaction) => transaction.commit().await,
            Session::Postgres(transaction) => transaction.commit().await,
        }
        .map_err(failed)
    }

    pub(super) async fn rollback(self) -> Result<(), DbErr> {
        match self.session.into_inner() {
            Session::Sqlite(transaction) => transaction.rollback().await,
            Session::Postgres(transaction) => transaction.rollback().await,
        }
        .map_err(failed)
    }

    /// Does something with each row that a statement finds, while others are still being read.
    pub(super) async fn each(
        &self,
        statement: Statement,
        mut each: impl FnMut(QueryResult) -> Result<(), DbErr>,
    ) -> Result<(), DbErr> {
        let (sql, values) = parts(statement);
        in_session!(self, transaction => {
            let mut rows = sqlx::query_with(AssertSqlSafe(sql), values).fetch(&mut **transaction);
            while let Some(row) = rows.try_next().await.map_err(failed)? {
                each(row.into())?;
            }
        });
        Ok(())
    }

    /// Writes many rows.
    pub(super) async fn write(&self, rows: Bulk) -> Result<(), DbErr> {
        match (&mut *self.session.lock().await, rows) {
            (Session::Sqlite(transaction), Bulk::Sqlite(sql, values)) => {
                sqlx::query_with(AssertSqlSafe(sql), values)
                    .execute(&mut **transaction)
                    .await
                    .map_err(failed)?;
            }
            (Session::Postgres(transaction), Bulk::Postgres(sql, values)) => {
                sqlx::query_with(AssertSqlSafe(sql), values)
                    .execute(&mut **transaction)
                    .await
                    .map_err(failed)?;
            }
            _ => return Err(DbErr::Custom("rows were made ready for another database".to_owned())),
        }
        Ok(())
    }
}

#[async_trait]
impl ConnectionTrait for WriteTransaction {
    fn get_database_backend(&self) -> DatabaseBackend {
        self.backend
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        let (sql, values) = parts(statement);
        in_session!(self, transaction => sqlx::query_with(AssertSqlSafe(sql), values)
            .execute(&mut **transaction).await.map(ExecResult::from))
        .map_err(failed)
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        in_session!(self, transaction => sqlx::raw_sql(AssertSqlSafe(sql))
            .execute(&mut **transaction).await.map(ExecResult::from))
        .map_err(failed)
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        let (sql, values) = parts(statement);
        in_session!(self, transaction => sqlx::query_with(AssertSqlSafe(sql), values)
            .fetch_optional(&mut **transaction).await.map(|row| row.map(QueryResult::from)))
        .map_err(failed)
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let (sql, values) = parts(statement);
        in_session!(self, transaction => sqlx::query_with(AssertSqlSafe(sql), values)
            .fetch_all(&mut **transaction).await.map(|rows| rows.into_iter().map(QueryResult::from).collect()))
        .map_err(failed)
    }
}

pub(super) fn parts(statement: Statement) -> (String, SqlxValues) {
    (statement.sql, SqlxValues(statement.values.unwrap_or(Values(Vec::new()))))
}

/// As sea-orm tells it.
pub(super) fn failed(cause: sqlx::Error) -> DbErr {
    match cause {
        sqlx::Error::PoolTimedOut => DbErr::ConnectionAcquire(ConnAcquireErr::Timeout),
        sqlx::Error::PoolClosed => DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed),
        cause => DbErr::Exec(RuntimeErr::SqlxError(Arc::new(cause))),
    }
}
