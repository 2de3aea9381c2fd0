//! What is read of one moment, without a transaction where that does: to begin and to end one is to wait for the database
//! twice, and a question about a project waits for its answer once.

use std::sync::PoisonError;

use sea_orm::prelude::async_trait::async_trait;
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{
    ConnectionTrait, DatabaseBackend, DatabaseConnection, DatabaseTransaction, DbErr, ExecResult,
    QueryResult, Statement, TransactionTrait,
};
use sqlx::pool::PoolConnection;
use sqlx::{AssertSqlSafe, Sqlite};
use tokio::sync::Mutex;

use super::sessions::{self, Sessions};
use super::together::{Part, Places};
use super::transaction;
use super::write_transaction::{failed, parts};
use crate::entities::data_version;
use crate::entities::positional::{Cells, Column, Found, Positional, read_all};

/// What is read of one moment. Whatever changes the data changes their version in the same transaction, so what was read
/// is of one moment if the version was the same before and after.
#[derive(Debug)]
pub struct Moment {
    session: Session,
    seen: std::sync::Mutex<Seen>,
}

#[derive(Debug)]
enum Session {
    /// All within a transaction.
    Held(DatabaseTransaction),
    /// Each statement by itself.
    Sqlite(Mutex<PoolConnection<Sqlite>>),
    /// The same, on a connection that goes back to the others.
    Postgres(Mutex<sessions::Session>, Sessions),
}

/// What was seen of the data.
#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    /// How many statements there were.
    statements: usize,
    /// The version before the first.
    before: i64,
    /// The version that the last said.
    last: Option<i64>,
}

/// Does the same in a transaction, and on either driver's connection.
macro_rules! in_session {
    ($own:expr, $session:ident => $held:expr, $apart:expr) => {
        match &$own.session {
            Session::Held($session) => $held,
            Session::Sqlite(connection) => {
                let $session = &mut **connection.lock().await;
                $apart.map_err(failed)
            }
            Session::Postgres(connection, _) => {
                let $session = &mut **connection.lock().await;
                $apart.map_err(failed)
            }
        }
    };
}

impl Moment {
    /// Reads by statements of their own, of data that had a version a moment ago. [`Self::end`] says whether they still
    /// had it.
    ///
    /// # Errors
    /// [`DbErr`] if there is no connection.
    pub async fn of(sessions: &Sessions, version: i64) -> Result<Self, DbErr> {
        let db = sessions.db();
        let session = if db.get_database_backend() == DatabaseBackend::Postgres {
            Session::Postgres(Mutex::new(sessions.take().await?), sessions.clone())
        } else {
            let connection = db.get_sqlite_connection_pool().acquire().await.map_err(failed)?;
            Session::Sqlite(Mutex::new(connection))
        };
        let seen = Seen { before: version, ..Seen::default() };
        Ok(Self { session, seen: seen.into() })
    }

    /// Reads in a transaction, which on a connection that serves sees everything as it is now ([`super::patience`]).
    ///
    /// # Errors
    /// [`DbErr`] if the database fails.
    pub async fn held(db: &DatabaseConnection) -> Result<Self, DbErr> {
        Ok(Self { session: Session::Held(db.begin().await?), seen: Seen::default().into() })
    }

    /// Whether the database can tell the rows of several questions apart.
    pub fn asks_together(&self) -> bool {
        self.get_database_backend() == DatabaseBackend::Postgres
    }

    /// Asks several questions: as one statement, where the database and they allow it.
    ///
    /// # Errors
    /// [`DbErr`] if the database fails.
    pub async fn ask(&self, questions: Vec<Part>) -> Result<Vec<Found>, DbErr> {
        let mut found: Vec<Option<Found>> = questions.iter().map(|_| None).collect();
        let (mut places, mut together) = (Vec::new(), Vec::new());
        for (place, question) in questions.into_iter().enumerate() {
            if self.asks_together() && !question.columns.is_empty() {
                places.push(place);
                together.push(question);
            } else {
                found[place] = Some(self.query_all(&question.query).await?.into());
            }
        }
        for (place, rows) in places.into_iter().zip(self.ask_together(together).await?) {
            found[place] = Some(rows);
        }
        Ok(found.into_iter().flatten().collect())
    }

    async fn ask_together(&self, mut questions: Vec<Part>) -> Result<Vec<Found>, DbErr> {
        if questions.is_empty() {
            return Ok(Vec::new());
        }
        let number = self.seen(|seen| seen.statements + 1);
        // This may be the last statement: then nothing needs to be asked for the version.
        let says_version = number > 1 && !matches!(self.session, Session::Held(_));
        if says_version {
            let mut columns = Vec::new();
            Version::columns(&mut columns);
            questions.push(Part { query: version(), columns });
        }
        if let [question] = &*questions {
            return Ok(vec![self.query_all(&question.query).await?.into()]);
        }
        let (statement, places) = Places::together(questions)?;
        let mut found = places.split(self.query_all_raw(statement).await?)?;
        if says_version && let Some(said) = found.pop() {
            let said = read_all(&said)?.first().map(|Version(version)| *version);
            // Another that came meanwhile is read after it.
            self.seen(|seen| seen.last = said.filter(|_| seen.statements == number));
        }
        Ok(found)
    }

    /// Ends the reading. Whether all that was read is of one moment.
    ///
    /// # Errors
    /// [`DbErr`] if the database fails.
    pub async fn end(self) -> Result<bool, DbErr> {
        let Seen { statements, before, last } = self.seen(|seen| *seen);
        // What one statement reads is of one moment anyway.
        let needs_version = statements > 1 && !matches!(self.session, Session::Held(_));
        let is_of_one_moment = match last {
            _ if !needs_version => true,
            Some(last) => last == before,
            None => {
                let rows = self.query_all(&version()).await?.into();
                read_all(&rows)?.first().is_some_and(|Version(version)| *version == before)
            }
        };
        match self.session {
            Session::Held(tx) => transaction::done_reading(tx).await,
            Session::Sqlite(_) => {}
            Session::Postgres(session, sessions) => sessions.give_back(session.into_inner()),
        }
        Ok(is_of_one_moment)
    }

    /// Counts a statement.
    fn begin_statement(&self) {
        self.seen(|seen| *seen = Seen { statements: seen.statements + 1, last: None, ..*seen });
    }

    fn seen<T>(&self, look: impl FnOnce(&mut Seen) -> T) -> T {
        look(&mut self.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The version of the data.
struct Version(i64);

impl Positional for Version {
    fn columns(columns: &mut Vec<Column>) {
        columns.push(Column::of::<i64>("version"));
    }

    fn read(cells: &mut Cells<'_>) -> Result<Self, DbErr> {
        cells.take().map(Self)
    }
}

fn version() -> SelectStatement {
    let mut query = Query::select();
    query
        .column(data_version::Column::Version)
        .from(data_version::Entity)
        .and_where(Expr::col(data_version::Column::Id).eq(Expr::cust("1")));
    query
}

#[async_trait]
impl ConnectionTrait for Moment {
    fn get_database_backend(&self) -> DatabaseBackend {
        match &self.session {
            Session::Held(tx) => tx.get_database_backend(),
            Session::Sqlite(_) => DatabaseBackend::Sqlite,
            Session::Postgres(..) => DatabaseBackend::Postgres,
        }
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.begin_statement();
        in_session!(self, session => session.execute_raw(statement).await, {
            let (sql, values) = parts(statement);
            sqlx::query_with(AssertSqlSafe(sql), values).execute(session).await.map(ExecResult::from)
        })
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.begin_statement();
        in_session!(
            self,
            session => session.execute_unprepared(sql).await,
            sqlx::raw_sql(AssertSqlSafe(sql)).execute(session).await.map(ExecResult::from)
        )
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.begin_statement();
        in_session!(self, session => session.query_one_raw(statement).await, {
            let (sql, values) = parts(statement);
            let row = sqlx::query_with(AssertSqlSafe(sql), values).fetch_optional(session).await;
            row.map(|row| row.map(QueryResult::from))
        })
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.begin_statement();
        in_session!(self, session => session.query_all_raw(statement).await, {
            let (sql, values) = parts(statement);
            let rows = sqlx::query_with(AssertSqlSafe(sql), values).fetch_all(session).await;
            rows.map(|rows| rows.into_iter().map(QueryResult::from).collect())
        })
    }
}
