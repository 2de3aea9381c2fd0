//! Opening a database and keeping its tables up to date.

use std::str::FromStr;
use std::time::Duration;

use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseBackend, DatabaseConnection, DbErr, EntityTrait,
    FromQueryResult, RuntimeErr,
};
use sqlx::migrate::{MigrateError, Migration, Migrator};
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;

use super::{fundings, group_figures, patience, transaction};
use crate::entities::data_version;
use crate::error::{Error, Result};

static MIGRATIONS: Migrator = sqlx::migrate!();
/// What only one kind of database can say.
static SQLITE_MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES_MIGRATIONS: Migrator = sqlx::migrate!("migrations/postgres");
static EXACT_MIGRATIONS: Migrator = sqlx::migrate!("migrations/exact");
static ACCESS_MIGRATIONS: Migrator = sqlx::migrate!("migrations/access");
static SQLITE_ACCESS_MIGRATIONS: Migrator = sqlx::migrate!("migrations/access/sqlite");
static POSTGRES_ACCESS_MIGRATIONS: Migrator = sqlx::migrate!("migrations/access/postgres");

/// Opens the database behind a URL (`sqlite:` or `postgres:`); a SQLite file that is not there is made.
///
/// # Errors
/// [`Error::Refused`] for a URL that cannot be read, which is not repeated, for it can hold a password;
/// [`Error::Database`] if the database cannot be reached.
pub async fn open(url: &str) -> Result<DatabaseConnection> {
    connect(url, true, &Pool::default()).await
}

/// Opens a database to write much into.
///
/// # Errors
/// As [`open`].
pub async fn open_to_write(url: &str) -> Result<DatabaseConnection> {
    // A large transaction would else go to disk and back at every index. What is derived refers only to what is derived
    // with it, which the tests look at: looking again takes as long as writing.
    let pool = Pool { connections: 1, cache: 96 * 1024, checks_references: false, ..Pool::default() };
    connect(url, true, &pool).await
}

/// Opens a database that must be there.
///
/// # Errors
/// As [`open`], and [`Error::Database`] where the SQLite file is missing.
pub async fn open_existing(url: &str) -> Result<DatabaseConnection> {
    connect(url, false, &Pool::default()).await
}

/// Opens the database of exact rows, with its tables up to date.
///
/// # Errors
/// As [`open`] and [`migrate`].
pub(super) async fn open_exact(url: &str) -> Result<DatabaseConnection> {
    let db = open_apart(url, 2).await?;
    run(&EXACT_MIGRATIONS, &db).await?;
    Ok(db)
}

/// Opens the database of keys and the access log, with its tables up to date.
///
/// # Errors
/// As [`open`] and [`migrate`].
pub(super) async fn open_access(url: &str) -> Result<DatabaseConnection> {
    let db = open_apart(url, 4).await?;
    run(&together(&db, &ACCESS_MIGRATIONS, [&SQLITE_ACCESS_MIGRATIONS, &POSTGRES_ACCESS_MIGRATIONS]), &db)
        .await?;
    Ok(db)
}

/// Opens a database that stands beside the public one; on PostgreSQL its schema is made.
async fn open_apart(url: &str, connections: u32) -> Result<DatabaseConnection> {
    let db = connect(url, true, &Pool { connections, ..Pool::default() }).await?;
    if db.get_database_backend() == DatabaseBackend::Postgres {
        // The schema that is looked into first need not be there yet. Who may not make one may use one that is.
        let first = "split_part(current_setting('search_path'), ',', 1)";
        let create = format!(
            "DO $$ BEGIN IF to_regnamespace({first}) IS NULL THEN \
             EXECUTE 'CREATE SCHEMA IF NOT EXISTS ' || {first}; END IF; END $$"
        );
        db.execute_unprepared(&create).await?;
    }
    Ok(db)
}

/// Opens a database to answer questions from, with its tables up to date.
///
/// # Errors
/// As [`open`] and [`migrate`].
pub async fn open_to_serve(url: &str, pool: &Pool) -> Result<DatabaseConnection> {
    let db = open(url).await?;
    // Who only reads may not be allowed to look after the tables.
    if check(&db).await.is_err() {
        migrate(&db).await?;
    } else {
        fundings::complete(&db).await?;
    }
    if is_in_memory(url) {
        return Ok(db);
    }
    let role = has_public_role(&db).await?.then_some(PUBLIC_ROLE);
    // A migration may take longer than a question.
    db.close().await?;
    connect(url, true, &Pool { role, ..pool.clone() }).await
}

/// How the PostgreSQL database behind a URL is reached; none for a URL that cannot be read or is of another kind.
pub(super) fn postgres_options(url: &str) -> Option<PgConnectOptions> {
    PgConnectOptions::from_str(url).ok().filter(|_| url.starts_with("postgres"))
}

/// Prepares to answer questions from a replica of a PostgreSQL database, which may be away for now.
///
/// # Errors
/// As [`open`] for a URL that cannot be read.
pub(super) async fn open_replica(url: &str, pool: &Pool) -> Result<DatabaseConnection> {
    connect(url, false, &Pool { is_lazy: true, ..pool.clone() }).await
}

/// The role that answers the public on PostgreSQL: it may read the public tables and nothing else.
pub const PUBLIC_ROLE: &str = "samverkan_public";

/// Whether exact rows in the same database are out of reach of who answers the public: on PostgreSQL, whether there is
/// the role to take. On SQLite they are in another file anyway.
///
/// # Errors
/// [`Error::Database`] if the database fails.
pub async fn has_public_role(db: &DatabaseConnection) -> Result<bool> {
    if db.get_database_backend() != DatabaseBackend::Postgres {
        return Ok(true);
    }
    let mut query = Query::select();
    query
        .expr(Expr::cust("1"))
        .from("pg_roles")
        .and_where(Expr::col("rolname").eq(PUBLIC_ROLE))
        .and_where(Expr::cust("pg_has_role(current_user, oid, 'MEMBER')"));
    Ok(db.query_one(&query).await?.is_some())
}

/// Makes the role that answers the public, where this user may, and has it read the public tables.
async fn look_after_public_role(db: &DatabaseConnection) -> Result<()> {
    let make = format!(
        "DO $$ BEGIN CREATE ROLE {PUBLIC_ROLE} NOLOGIN; GRANT {PUBLIC_ROLE} TO CURRENT_USER; \
         EXCEPTION WHEN duplicate_object OR unique_violation OR insufficient_privilege THEN NULL; END $$"
    );
    db.execute_unprepared(&make).await?;
    if has_public_role(db).await? {
        let grant = format!(
            "DO $$ BEGIN EXECUTE format('GRANT USAGE ON SCHEMA %I TO {PUBLIC_ROLE}', current_schema()); \
             EXECUTE format('GRANT SELECT ON ALL TABLES IN SCHEMA %I TO {PUBLIC_ROLE}', current_schema()); END $$"
        );
        db.execute_unprepared(&grant).await?;
    }
    Ok(())
}

/// How a database is used.
#[derive(Clone, Debug)]
pub struct Pool {
    /// Connections at most.
    pub connections: u32,
    /// How long a statement may take; as long as it likes where nothing is said.
    pub statement_timeout: Option<Duration>,
    /// How much of a SQLite file a connection may keep in memory, in KiB.
    pub cache: u32,
    /// Whether SQLite looks at every reference between rows.
    pub checks_references: bool,
    /// The role that connections to PostgreSQL take, where statements have a limit.
    pub role: Option<&'static str>,
    /// Whether nothing is asked before it is needed, and whoever waits for a connection then does so for a moment only:
    /// there is another database to ask.
    pub is_lazy: bool,
}

impl Default for Pool {
    fn default() -> Self {
        Self {
            connections: 8,
            statement_timeout: None,
            cache: 16 * 1024,
            checks_references: true,
            role: None,
            is_lazy: false,
        }
    }
}

/// Whether a database belongs to one connection and ends with it.
fn is_in_memory(url: &str) -> bool {
    url.contains(":memory:")
}

#[expect(clippy::disallowed_methods, reason = "this is the one place that connects")]
async fn connect(url: &str, create: bool, pool: &Pool) -> Result<DatabaseConnection> {
    let refuse = |what: &str| Error::Refused(format!("DATABASE_URL: {what}"));
    let sqlite = url.starts_with("sqlite:");
    if sqlite {
        if url.trim_start_matches("sqlite:").trim_matches('/').is_empty() {
            return Err(refuse("names no SQLite file"));
        }
        SqliteConnectOptions::from_str(url).map_err(|_| refuse("cannot be read as a URL"))?;
    } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
        PgConnectOptions::from_str(url).map_err(|_| refuse("cannot be read as a URL"))?;
    } else {
        return Err(refuse("must begin with sqlite: or postgres:"));
    }
    let mut options = ConnectOptions::new(url);
    options
        .sqlx_logging(false)
        .test_before_acquire(false)
        // One that stood still may be one that the server has closed.
        .test_before_acquire_if_idle_for(Duration::from_secs(1))
        .connect_lazy(pool.is_lazy)
        .acquire_timeout(Duration::from_secs(if pool.is_lazy { 1 } else { 5 }));
    match pool.statement_timeout {
        Some(limit) if sqlite => patience::on_sqlite(&mut options, limit),
        Some(limit) => patience::on_postgres(&mut options, limit, pool.role),
        None => {
            options.map_sqlx_sqlite_before_acquire(|connection, _| {
                Box::pin(std::future::ready(Ok(patience::is_free(connection))))
            });
        }
    }
    if is_in_memory(url) {
        options.max_connections(1).min_connections(1).idle_timeout(None).max_lifetime(None);
    } else {
        options.max_connections(pool.connections).min_connections(1);
    }
    if sqlite {
        let (cache, checks_references) = (format!("-{}", pool.cache), pool.checks_references);
        options.map_sqlx_sqlite_opts(move |options| {
            options
                .pragma("cache_size", cache.clone())
                // Of a new file: with long rows and keys it is filled a fourth faster than with 4 KiB.
                .page_size(16384)
                .create_if_missing(create)
                .journal_mode(sqlx::sqlite::SqliteJournalMode::Wal)
                .synchronous(sqlx::sqlite::SqliteSynchronous::Normal)
                .busy_timeout(Duration::from_secs(5))
                // Rows come from a thread of the connection's own: it need not wait for each few to be taken.
                .row_buffer_size(1024)
                .foreign_keys(checks_references)
        });
    }
    if !sqlite {
        return Ok(Database::connect(options).await?);
    }
    for attempt in 1..TRIES {
        match Database::connect(options.clone()).await {
            // Another process makes the file at this moment: SQLite then does not wait. Or it fills it.
            Err(cause) if is_taken(&cause) => {
                if attempt == 1 {
                    tracing::warn!(error.cause = ?cause, "the database is locked: waiting for another process to be done");
                }
                tokio::time::sleep(PAUSE).await;
            }
            done => return Ok(done?),
        }
    }
    Database::connect(options)
        .await
        .map_err(|cause| if is_taken(&cause) { Error::Locked } else { cause.into() })
}

/// Whether somebody else has a SQLite file for himself: SQLite says so, or has waited longer than the pool does.
fn is_taken(cause: &DbErr) -> bool {
    let has_waited = matches!(cause, DbErr::Conn(RuntimeErr::SqlxError(cause)) if matches!(**cause, sqlx::Error::PoolTimedOut));
    has_waited || transaction::is_locked(cause)
}

/// How often and how long to wait for another process that migrates the same SQLite file, for which SQLite has no lock, or
/// fills it: then each time takes five seconds more.
const TRIES: u32 = 20;
const PAUSE: Duration = Duration::from_millis(250);

/// Brings the tables up to date; safe to repeat, and to run from two processes at once.
///
/// # Errors
/// [`Error::Migration`] if a file was changed after it ran, or the database is newer than this program.
pub async fn migrate(db: &DatabaseConnection) -> Result<()> {
    run(&migrations(db), db).await?;
    // First, for what follows may have to be tried again.
    if db.get_database_backend() == DatabaseBackend::Postgres {
        look_after_public_role(db).await?;
    }
    fundings::complete(db).await?;
    group_figures::complete(db).await
}

/// All migrations for a kind of database, in their order.
fn migrations(db: &DatabaseConnection) -> Migrator {
    together(db, &MIGRATIONS, [&SQLITE_MIGRATIONS, &POSTGRES_MIGRATIONS])
}

/// What both kinds of databases understand, with what only SQLite or only PostgreSQL does.
fn together(db: &DatabaseConnection, common: &Migrator, [sqlite, postgres]: [&Migrator; 2]) -> Migrator {
    let own = if db.get_database_backend() == DatabaseBackend::Postgres { postgres } else { sqlite };
    let mut all: Vec<Migration> = common.iter().chain(own.iter()).cloned().collect();
    all.sort_by_key(|migration| migration.version);
    Migrator::with_migrations(all)
}

async fn run(migrations: &Migrator, db: &DatabaseConnection) -> Result<()> {
    if db.get_database_backend() != DatabaseBackend::Sqlite {
        return Ok(migrations.run(db.get_postgres_connection_pool()).await?);
    }
    for _ in 1..TRIES {
        match migrations.run(db.get_sqlite_connection_pool()).await {
            // Another process is at it, or was a moment ago.
            Err(MigrateError::Execute(_) | MigrateError::ExecuteMigration(..)) => {
                tokio::time::sleep(PAUSE).await;
            }
            done => return Ok(done?),
        }
    }
    Ok(migrations.run(db.get_sqlite_connection_pool()).await?)
}

/// Checks that the tables are those that this program knows, no older and no newer.
///
/// # Errors
/// [`Error::Refused`], naming the number of the last migration on either side.
pub async fn check(db: &DatabaseConnection) -> Result<()> {
    #[derive(FromQueryResult)]
    struct Last {
        version: Option<i64>,
    }
    let mut query = Query::select();
    query.expr_as(Expr::cust("MAX(version)"), "version").from("_sqlx_migrations");
    let last = match db.query_one(&query).await {
        Ok(Some(row)) => Last::from_query_result(&row, "")?.version.unwrap_or(0),
        Ok(None) | Err(_) => 0,
    };
    let known = migrations(db).iter().map(|migration| migration.version).max().unwrap_or(0);
    if last == known {
        return Ok(());
    }
    let remedy = if last < known { "run samverkan migrate" } else { "use a newer program" };
    Err(Error::Refused(format!("the database is at migration {last}, this program at {known}: {remedy}")))
}

/// The version of the data and when they last changed.
///
/// # Errors
/// [`Error::Database`] if it cannot be read: the tables are missing, or the database is away.
pub async fn version(db: &DatabaseConnection) -> Result<data_version::Model> {
    data_version::Entity::find_by_id(1)
        .one(db)
        .await?
        .ok_or(Error::Refused("the database holds no data version".to_owned()))
}
