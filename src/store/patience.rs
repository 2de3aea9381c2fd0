//! How long a statement may take, and that it ends when nobody waits for it any more.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
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
    let gone = Arc::default();
    let future = Box::pin(GONE.scope(Arc::clone(&gone), future));
    Wanted { leaving: Leaving { gone, is_done: false }, future }.await
}

/// A future that somebody waits for. That nobody does any more is said before it gives back its connections.
struct Wanted<F> {
    leaving: Leaving,
    future: Pin<Box<F>>,
}

impl<F: Future> Future for Wanted<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let polled = self.future.as_mut().poll(cx);
        self.leaving.is_done = polled.is_ready();
        polled
    }
}

/// Says so when it goes.
struct Leaving {
    gone: Arc<AtomicBool>,
    is_done: bool,
}

impl Drop for Leaving {
    fn drop(&mut self) {
        self.gone.store(true, Ordering::Relaxed);
        if !self.is_done {
            gave_up();
        }
    }
}

/// When a statement was last given up that may still be at work.
static GIVEN_UP: Mutex<Option<Instant>> = Mutex::new(None);

/// How long after that connections are looked at closely when they come back.
const CARE: Duration = Duration::from_secs(10);

/// Notes that a statement may be at work that nobody waits for any more.
pub fn gave_up() {
    *GIVEN_UP.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
}

fn is_care_needed() -> bool {
    let given_up = *GIVEN_UP.lock().unwrap_or_else(PoisonError::into_inner);
    given_up.is_some_and(|at| at.elapsed() < CARE)
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
        Ok(is_free(connection))
    }
    .boxed()
}

/// Whether nothing has begun on a connection that is to be used. Where the disk is full SQLite ends a transaction by itself;
/// the driver, which finds nothing to end then, counts it as begun for ever, and no other can begin on its connection.
pub(super) fn is_free(connection: &SqliteConnection) -> bool {
    !connection.is_in_transaction()
}

/// The same for a PostgreSQL pool, whose connections take a role. The server ends the statement of a connection that is
/// gone, so a connection that comes back at work is broken off.
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

/// Whether a connection that comes back does nothing any more. The pool asks it too, but waits for as long as it takes;
/// so it is asked here only where something was given up.
async fn is_idle(connection: &mut PgConnection) -> Result<bool, Error> {
    if !is_care_needed() {
        return Ok(true);
    }
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
