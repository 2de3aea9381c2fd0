//! The look after databases: whether they answer, what they are, and which data they have.

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, PgConnection};
use tokio::time::timeout;

use super::reader::PATIENCE;

/// A PostgreSQL server as it is looked after: over a connection of its own, for those that answer questions may all be
/// taken, or lead nowhere.
pub(super) struct Watched {
    options: PgConnectOptions,
    connection: Option<PgConnection>,
    /// The version that it was last seen at.
    pub version: Option<i64>,
    /// Looks in a row that it let pass without an answer. Once it may just have been busy.
    pub silences: u32,
}

/// What a look found.
#[derive(Debug)]
pub(super) enum Look {
    /// The data version.
    Version(i64),
    /// There is nobody, or nobody who knows the data version.
    Away(sqlx::Error),
    /// It said nothing in time.
    Silence,
}

/// What a server is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Standing {
    /// Whether it has what it has from another server, by streaming.
    pub is_replica: bool,
    /// What a server and its replicas have in common and no other; none where it may not be read.
    pub system: Option<i64>,
}

impl Watched {
    pub fn new(options: PgConnectOptions) -> Self {
        Self { options: options.disable_statement_logging(), connection: None, version: None, silences: 0 }
    }

    /// Looks for its data version.
    pub async fn look(&mut self) -> Look {
        let had_connection = self.connection.is_some();
        let mut look = self.look_once().await;
        // It may have been started anew since.
        if had_connection && matches!(look, Look::Away(_)) {
            look = self.look_once().await;
        }
        self.silences = if matches!(look, Look::Silence) { self.silences + 1 } else { 0 };
        look
    }

    async fn look_once(&mut self) -> Look {
        match timeout(PATIENCE, self.read_version()).await {
            Ok(Ok(version)) => Look::Version(version),
            Ok(Err(cause)) => Look::Away(cause),
            Err(_) => Look::Silence,
        }
    }

    async fn read_version(&mut self) -> sqlx::Result<i64> {
        let mut connection = self.connect().await?;
        let version =
            sqlx::query_scalar("SELECT version FROM data_version WHERE id = 1").fetch_one(&mut connection);
        let version = version.await?;
        self.connection = Some(connection);
        Ok(version)
    }

    /// What it is; none where it does not say so in time.
    pub async fn standing(&mut self) -> Option<Standing> {
        timeout(PATIENCE, self.read_standing()).await.ok()?.ok()
    }

    async fn read_standing(&mut self) -> sqlx::Result<Standing> {
        let mut connection = self.connect().await?;
        let is_replica = sqlx::query_scalar("SELECT pg_is_in_recovery()").fetch_one(&mut connection).await?;
        let system = sqlx::query_scalar("SELECT system_identifier FROM pg_control_system()");
        let system = match system.fetch_one(&mut connection).await {
            Ok(system) => Some(system),
            // Not everybody may read it everywhere.
            Err(sqlx::Error::Database(_)) => None,
            Err(cause) => return Err(cause),
        };
        self.connection = Some(connection);
        Ok(Standing { is_replica, system })
    }

    /// The connection, taken out: one that is given up half-way is never used again.
    async fn connect(&mut self) -> sqlx::Result<PgConnection> {
        match self.connection.take() {
            Some(connection) => Ok(connection),
            None => self.options.connect().await,
        }
    }
}
