//! How long a statement may take, and that it ends when nobody waits for it any more.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use sea_orm::{ConnectOptions, DbErr, RuntimeErr};
use sqlx::error::DatabaseError;
use sqlx::postgres::PgConnection;
use sqlx::sqlite::SqliteConnection;
use sqlx::{Connection, Error};

/// So many steps of SQLite's machine lie between two looks at the clock; some tenths of a millisecond.
const STEPS: i32 = 10_000;
/// How often PostgreSQL looks whether the client is still there, in milliseconds.
const LOOK: &str = "500";
/// How long a connection that comes back may take to answer before it counts as still at work.
const STILL_AT_WORK: Duration = Duration::from_millis(100);

tokio::task_local! {
    /// Whether the one who asks has gone.
    static GONE: Arc<AtomicBool>;
    /// Set where statements may take as long as they like.
    static UNHURRIED: ();
}

/// Runs a future whose transactions on SQLite may take as long as they like: all that is done on a connection until it
/// is given back has one limit, and an export reads for long.
pub async fn unhurried<T>(future: impl Future<Output = T>) -> T {
    UNHURRIED.scope((), future).await
}

/// Runs a future whose statements are ended if it is dropped before it is done, as when a client leaves.
pub async fn while_wanted<T>(future: impl Future<Output = T>) -> T {
    let gone = Leaving(Arc::default());
    GONE.scope(Arc::clone(&gone.0), future).await
}

/// Says so when it goes.
struct Leaving(Arc<AtomicBool>);

impl Drop for Leaving {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Gives every statement of a SQLite pool a limit. Each takes a connection of its own from the pool.
pub(super) fn on_sqlite(options: &mut ConnectOptions, limit: Duration) {
    options.map_sqlx_sqlite_before_acquire(move |connection, _| watch(connection, limit));
    options.map_sqlx_sqlite_pool_opts(move |pool| {
        pool.after_connect(move |connection, _| watch(connection, limit).map(|done| done.map(drop)).boxed())
    });
}

fn watch(connection: &mut SqliteConnection, limit: Duration) -> BoxFuture<'_, Result<bool, Error>> {
    let end = if UNHURRIED.try_with(|()| ()).is_ok() { None } else { Some(Instant::now() + limit) };
    let gone = GONE.try_with(Arc::clone).ok();
    async move {
        let go_on = move || {
            end.is_none_or(|end| Instant::now() < end)
                && !gone.as_ref().is_some_and(|gone| gone.load(Ordering::Relaxed))
        };
        connection.lock_handle().await?.set_progress_handler(STEPS, go_on);
        Ok(true)
    }
    .boxed()
}

/// The same for a PostgreSQL pool, whose connections take a role. The server ends the statement of a connection that is gone, so a connection that
/// comes back at work is broken off.
pub(super) fn on_postgres(options: &mut ConnectOptions, limit: Duration, role: Option<&'static str>) {
    let limit = limit.as_millis().to_string();
    options.map_sqlx_postgres_opts(move |options| {
        options.options([
            ("statement_timeout", limit.as_str()),
            ("client_connection_check_interval", LOOK),
            // What is read in one transaction is of one moment.
            ("default_transaction_isolation", "repeatable read"),
        ])
    });
    options.map_sqlx_postgres_pool_opts(move |pool| {
        pool.after_release(|connection, _| is_idle(connection).boxed())
            .after_connect(move |connection, _| take(connection, role).boxed())
    });
}

/// Has a connection do no more than a role may.
async fn take(connection: &mut PgConnection, role: Option<&'static str>) -> Result<(), Error> {
    if let Some(role) = role {
        sqlx::raw_sql(sqlx::AssertSqlSafe(format!("SET ROLE {role}"))).execute(connection).await?;
    }
    Ok(())
}

async fn is_idle(connection: &mut PgConnection) -> Result<bool, Error> {
    match tokio::time::timeout(STILL_AT_WORK, connection.ping()).await {
        Ok(answered) => answered.map(|()| true),
        Err(_) => Err(Error::Protocol("still at work for a client that has gone".into())),
    }
}

/// Whether an error says that a statement was ended: PostgreSQL's `query_canceled`, SQLite's `SQLITE_INTERRUPT`.
#[must_use]
pub fn was_ended(error: &DbErr) -> bool {
    let (DbErr::Query(RuntimeErr::SqlxError(cause)) | DbErr::Exec(RuntimeErr::SqlxError(cause))) = error
    else {
        return false;
    };
    cause.as_database_error().and_then(DatabaseError::code).is_some_and(|code| code == "57014" || code == "9")
}
