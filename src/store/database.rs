//! Opening a database and keeping its tables up to date.

use std::time::Duration;

use sea_orm::{ConnectOptions, Database, DatabaseBackend, DatabaseConnection, EntityTrait};
use sqlx::migrate::Migrator;

use crate::entities::data_version;
use crate::error::{Error, Result};

static MIGRATIONS: Migrator = sqlx::migrate!();

/// Opens the database behind a URL (`sqlite:` or `postgres:`); a SQLite file that is not there is made.
///
/// # Errors
/// [`Error::Refused`] for any other kind of URL, [`Error::Database`] if it cannot be reached.
#[expect(clippy::disallowed_methods, reason = "this is the one place that connects")]
pub async fn open(url: &str) -> Result<DatabaseConnection> {
    let sqlite = url.starts_with("sqlite:");
    if !sqlite && !url.starts_with("postgres:") && !url.starts_with("postgresql:") {
        return Err(Error::Refused("DATABASE_URL: must begin with sqlite: or postgres:".to_owned()));
    }
    let mut options = ConnectOptions::new(url);
    options.sqlx_logging(false).test_before_acquire(false).acquire_timeout(Duration::from_secs(5));
    if url.contains(":memory:") {
        // Such a database belongs to one connection and ends with it.
        options.max_connections(1).min_connections(1).idle_timeout(None).max_lifetime(None);
    } else {
        options.max_connections(8).min_connections(1);
    }
    if sqlite {
        options.map_sqlx_sqlite_opts(|options| {
            options
                .create_if_missing(true)
                .journal_mode(sqlx::sqlite::SqliteJournalMode::Wal)
                .synchronous(sqlx::sqlite::SqliteSynchronous::Normal)
                .busy_timeout(Duration::from_secs(5))
                .foreign_keys(true)
        });
    }
    Ok(Database::connect(options).await?)
}

/// Brings the tables up to date; safe to repeat, and to run from two servers at once.
///
/// # Errors
/// [`Error::Migration`] if a file was changed after it ran, or the database is newer than this program.
pub async fn migrate(db: &DatabaseConnection) -> Result<()> {
    match db.get_database_backend() {
        DatabaseBackend::Sqlite => MIGRATIONS.run(db.get_sqlite_connection_pool()).await?,
        _ => MIGRATIONS.run(db.get_postgres_connection_pool()).await?,
    }
    Ok(())
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
