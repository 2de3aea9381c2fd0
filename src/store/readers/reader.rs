//! A database that questions are answered from.

use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use sea_orm::{DatabaseConnection, DbErr, RuntimeErr};
use sqlx::postgres::PgConnectOptions;
use tokio::sync::watch;

use crate::entities::data_version;
use crate::error::Result;
use crate::store::database::{self, Pool};
use crate::store::sessions::Sessions;

/// How long a replica may take to say its data version.
pub(super) const PATIENCE: Duration = Duration::from_secs(1);

/// A database that questions are answered from.
pub struct Reader {
    place: usize,
    /// How a replica is reached; none for the primary.
    replica: Option<Replica>,
    sessions: RwLock<Sessions>,
    state: watch::Sender<State>,
}

/// How a replica is reached.
pub(super) struct Replica {
    pub url: String,
    pub options: PgConnectOptions,
    pub pool: Pool,
}

/// How a replica was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// It was not looked at yet.
    Unknown,
    /// It is asked.
    TakesPart,
    /// It is not asked: it has not got what the primary has had for too long.
    Behind,
    /// It is not asked: it does not answer.
    Silent,
    /// It is not asked: what it has is not what the primary has, for a reason.
    Unfit(&'static str),
}

impl Reader {
    pub(super) fn new(place: usize, replica: Option<Replica>, db: DatabaseConnection) -> Self {
        Self { place, replica, sessions: RwLock::new(db.into()), state: watch::Sender::new(State::Unknown) }
    }

    /// Which it is: 0 for the primary, and for a replica its place in the list.
    pub fn place(&self) -> usize {
        self.place
    }

    /// Whether it is the primary: there is none to ask in its place.
    pub fn is_primary(&self) -> bool {
        self.place == 0
    }

    /// The database.
    pub fn db(&self) -> DatabaseConnection {
        self.sessions().db().clone()
    }

    /// The database, with the connections to it that answers are read on.
    pub fn sessions(&self) -> Sessions {
        self.sessions.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The version of its data and when they last changed.
    ///
    /// # Errors
    /// [`crate::error::Error::Database`] if it cannot be read; of a replica, in time.
    pub async fn version(&self) -> Result<data_version::Model> {
        let db = self.db();
        let read = database::version(&db);
        if self.is_primary() {
            return read.await;
        }
        let late = |_| DbErr::Conn(RuntimeErr::Internal("the replica did not answer in time".to_owned()));
        tokio::time::timeout(PATIENCE, read).await.map_err(late)?
    }

    /// Waits until it is left out because nothing may come from it any more.
    pub(super) async fn is_lost(&self) {
        let is_lost = |state: &State| matches!(state, State::Silent | State::Unfit(_));
        if self.is_primary() || self.state.subscribe().wait_for(is_lost).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    pub(super) fn replica(&self) -> Option<&Replica> {
        self.replica.as_ref()
    }

    /// Takes new connections: the old ones may lead nowhere.
    pub(super) fn take_connections(&self, db: DatabaseConnection) {
        *self.sessions.write().unwrap_or_else(PoisonError::into_inner) = db.into();
    }

    pub(super) fn state(&self) -> State {
        *self.state.borrow()
    }

    /// Says how it was found, and the cause if there is one; what is new goes to the log.
    pub(super) fn set(&self, state: State, cause: Option<&str>) {
        let is_new = self.state.send_if_modified(|old| std::mem::replace(old, state) != state);
        let why = match state {
            _ if !is_new => return,
            State::Unknown => return,
            State::TakesPart => {
                tracing::info!(db.replica = self.place, "a replica takes part");
                return;
            }
            State::Behind => "is too far behind",
            State::Silent => "did not answer",
            State::Unfit(why) => why,
        };
        tracing::warn!(db.replica = self.place, error.cause = cause, "a replica {why} and is left out");
    }
}
