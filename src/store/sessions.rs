//! The connections that answers are read on. A pool asks each connection that comes back whether it is still there, which
//! takes it and the database as long as to look a project up. So those that were read on a moment ago stand by for the next
//! answer. The pool has one back instead where somebody may wait for one, all of them a tenth of a second after somebody may,
//! and each after a second.

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use sea_orm::{DatabaseConnection, DbErr};
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnection, PgPool, Postgres};
use tokio::runtime::Handle;
use tokio::time::Instant;

use super::write_transaction::failed;

/// How long a connection stands by at most: the server may have closed one that stood still for longer.
const STANDBY: Duration = Duration::from_secs(1);
/// How often those that stand by are looked at.
const LOOK: Duration = Duration::from_millis(100);
/// After how long in use the pool is to look at a connection: whether it is too old, and how it is.
const IN_USE: Duration = Duration::from_mins(1);
/// How many connections never stand by: whoever asks the pool finds one without waiting.
const LEFT_TO_POOL: usize = 2;

/// A database, and the connections to it that stand by.
#[derive(Clone, Debug)]
pub struct Sessions {
    db: DatabaseConnection,
    standing: Arc<Mutex<Standing>>,
}

/// Connections that stand by, the last used last.
#[derive(Debug, Default)]
struct Standing {
    sessions: Vec<(Session, Instant)>,
    /// Where a task looks after them, as long as there are any.
    watched_in: Option<Handle>,
}

/// A connection to PostgreSQL.
#[derive(Debug)]
pub(super) struct Session {
    connection: PoolConnection<Postgres>,
    /// When the pool gave it.
    since: Instant,
}

impl From<DatabaseConnection> for Sessions {
    /// None of whose connections stand by yet. What is left to the pool is left by these alone: a database has one.
    fn from(db: DatabaseConnection) -> Self {
        Self { db, standing: Arc::default() }
    }
}

impl Sessions {
    /// The database.
    #[must_use]
    pub fn db(&self) -> &DatabaseConnection {
        &self.db
    }

    /// How many connections stand by.
    #[must_use]
    pub fn standing_by(&self) -> usize {
        locked(&self.standing).sessions.len()
    }

    /// A connection to PostgreSQL: one that stands by, or of the pool.
    pub(super) async fn take(&self) -> Result<Session, DbErr> {
        if let Some(session) = locked(&self.standing).take() {
            return Ok(session);
        }
        let connection = self.db.get_postgres_connection_pool().acquire().await.map_err(failed)?;
        Ok(Session { connection, since: Instant::now() })
    }

    /// Gives back a connection that has nothing left to do. It stands by, or goes to the pool where somebody may wait.
    pub(super) fn give_back(&self, session: Session) {
        let pool = self.db.get_postgres_connection_pool();
        if is_waited_for(pool) || session.since.elapsed() > IN_USE {
            return;
        }
        let mut standing = locked(&self.standing);
        if standing.sessions.len() + LEFT_TO_POOL >= pool.options().get_max_connections() as usize {
            return;
        }
        standing.sessions.push((session, Instant::now()));
        if standing.watched_in.is_none() {
            standing.watched_in = Some(Handle::current());
            tokio::spawn(watch(Arc::downgrade(&self.standing), pool.clone()));
        }
    }
}

impl Standing {
    /// The last that was used. If it stood by for too long, all did: they go back to the pool, which asks them.
    fn take(&mut self) -> Option<Session> {
        match self.sessions.pop() {
            Some((session, at)) if at.elapsed() < STANDBY => Some(session),
            _ => {
                self.sessions.clear();
                None
            }
        }
    }
}

/// Whether somebody may wait for a connection of a pool.
fn is_waited_for(pool: &PgPool) -> bool {
    pool.num_idle() == 0 && pool.size() >= pool.options().get_max_connections()
}

/// Gives the pool what stands by for too long, and everything where somebody may wait, until nothing stands by any more.
async fn watch(standing: Weak<Mutex<Standing>>, pool: PgPool) {
    loop {
        tokio::time::sleep(LOOK).await;
        let Some(standing) = standing.upgrade() else { return };
        let mut standing = locked(&standing);
        let is_waited_for = is_waited_for(&pool);
        standing.sessions.retain(|(_, at)| !is_waited_for && at.elapsed() < STANDBY);
        if standing.sessions.is_empty() {
            standing.watched_in = None;
            return;
        }
    }
}

fn locked(standing: &Mutex<Standing>) -> MutexGuard<'_, Standing> {
    standing.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Drop for Standing {
    fn drop(&mut self) {
        // A connection goes back to its pool in a task, for which there must be a runtime.
        let _entered = self.watched_in.as_ref().map(Handle::enter);
        self.sessions.clear();
    }
}

impl Deref for Session {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        &self.connection
    }
}

impl DerefMut for Session {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.connection
    }
}
