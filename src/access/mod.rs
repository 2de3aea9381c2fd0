//! Who asks, what they may see beyond what everybody may, and the log of what they were shown.

pub mod grants;
mod issuer;
pub mod keys;
pub mod log;
mod token;
mod viewer;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use moka::sync::Cache;
use sea_orm::DatabaseConnection;
use sha2::{Digest, Sha256};
use tokio::sync::OnceCell;

pub use self::issuer::Issuer;
pub use self::viewer::{Asker, By, Viewer, ends_soon};

use self::issuer::Keys;
use crate::domain::access_key::{AccessKey, Environment, PREFIX};
use crate::domain::orgnr::OrganisationNumber;
use crate::error::{Error, Result};
use crate::store::access as stored;
use crate::store::database;
use crate::store::exact::Exact;
use crate::store::organisations;

/// How long a key is taken without looking it up again: what is taken back has no effect any more after so long.
pub const FRESH: Duration = Duration::from_secs(5);
/// Keys that are remembered, known and unknown ones.
const REMEMBERED: u64 = 10_000;

/// Where keys, grants, the log and exact rows are.
#[derive(Clone)]
pub struct Places {
    /// The database of keys, grants and the log.
    pub access: String,
    /// The database of exact rows.
    pub exact: String,
    /// The public database, to write corrections into.
    pub public: String,
}

/// Tells who asks.
#[derive(Clone)]
pub struct Access(Arc<Inner>);

struct Inner {
    environment: Environment,
    places: Places,
    issuers: Vec<(Issuer, Keys)>,
    /// Opened when the first key comes: most services have none.
    access: OnceCell<stored::Access>,
    exact: OnceCell<Exact>,
    /// Opened when the first correction comes.
    writer: OnceCell<DatabaseConnection>,
    /// By the name of a key.
    keys: Cache<String, (Instant, Option<Arc<Viewer>>)>,
    /// By the digest of a token: until when it is taken, and who has it.
    tokens: Cache<[u8; 32], (Instant, DateTime<Utc>, Arc<Viewer>)>,
}

/// Why a key is not taken.
#[derive(Debug)]
pub enum Refusal {
    /// It is written wrong, or there is no such key, or it is over: which of them is not said.
    Invalid,
    /// It cannot be looked up at the moment.
    Unavailable(Error),
}

/// Where its databases are may hold passwords.
impl std::fmt::Debug for Access {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Access({:?})", self.0.environment)
    }
}

impl Access {
    /// Tells who asks a service of an environment by what stands in some places. Nothing is opened yet.
    #[must_use]
    pub fn new(environment: Environment, places: Places, issuers: Vec<Issuer>) -> Self {
        let keys = Cache::builder().max_capacity(REMEMBERED).time_to_live(Duration::from_mins(1)).build();
        let tokens = Cache::builder().max_capacity(REMEMBERED).time_to_live(Duration::from_mins(1)).build();
        let issuers = issuers.into_iter().map(|issuer| (issuer, Keys::default())).collect();
        Self(Arc::new(Inner {
            environment,
            places,
            issuers,
            access: OnceCell::new(),
            exact: OnceCell::new(),
            writer: OnceCell::new(),
            keys,
            tokens,
        }))
    }

    /// The database of keys, grants and the log.
    ///
    /// # Errors
    /// As [`stored::Access::open`].
    pub async fn store(&self) -> Result<&stored::Access> {
        self.0.access.get_or_try_init(|| stored::Access::open(&self.0.places.access)).await
    }

    /// The database of exact rows.
    ///
    /// # Errors
    /// As [`Exact::open`].
    pub async fn exact(&self) -> Result<&Exact> {
        self.0.exact.get_or_try_init(|| Exact::open(&self.0.places.exact)).await
    }

    /// The public database, to write into. Who answers questions only reads.
    ///
    /// # Errors
    /// As [`database::open_to_write`].
    pub async fn writer(&self) -> Result<&DatabaseConnection> {
        self.0.writer.get_or_try_init(|| database::open_to_write(&self.0.places.public)).await
    }

    /// Who holds a key or a token, asking from an address at some time.
    ///
    /// # Errors
    /// [`Refusal`].
    pub async fn viewer(
        &self,
        public: &DatabaseConnection,
        bearer: &str,
        address: Option<IpAddr>,
        now: DateTime<Utc>,
        tick: Instant,
    ) -> std::result::Result<Arc<Viewer>, Refusal> {
        if !bearer.starts_with(PREFIX) && bearer.contains('.') {
            return self.token(public, bearer, now, tick).await;
        }
        // A slip costs no lookup.
        let key = AccessKey::parse(self.0.environment, bearer).ok_or(Refusal::Invalid)?;
        let viewer = self.known(&key, now, tick).await.map_err(Refusal::Unavailable)?;
        let viewer = viewer.ok_or(Refusal::Invalid)?;
        if viewer.takes(&key, address, now) { Ok(viewer) } else { Err(Refusal::Invalid) }
    }

    /// Who holds a token.
    async fn token(
        &self,
        public: &DatabaseConnection,
        token: &str,
        now: DateTime<Utc>,
        tick: Instant,
    ) -> std::result::Result<Arc<Viewer>, Refusal> {
        let digest: [u8; 32] = Sha256::digest(token).into();
        if let Some((at, until, viewer)) = self.0.tokens.get(&digest)
            && tick.saturating_duration_since(at) < FRESH
            && now < until
        {
            return Ok(viewer);
        }
        let holder = token::holder(token, &self.0.issuers, now, tick).await?;
        let until = holder.expires_at;
        let find = async {
            let Ok(number) = OrganisationNumber::parse(&holder.organisation) else { return Ok(None) };
            let Some(own) = organisations::by_number(public, number.digits()).await? else { return Ok(None) };
            let grants = stored::grants::list(self.store().await?, Some(own.id)).await?;
            Ok(Some(Arc::new(Viewer::of_token(holder, own.id, &grants))))
        };
        let viewer = find.await.map_err(Refusal::Unavailable)?.ok_or(Refusal::Invalid)?;
        self.0.tokens.insert(digest, (tick, until, Arc::clone(&viewer)));
        Ok(viewer)
    }

    /// The viewer with a key's name, as it was a few seconds ago or is now.
    async fn known(&self, key: &AccessKey, now: DateTime<Utc>, tick: Instant) -> Result<Option<Arc<Viewer>>> {
        let name = key.name();
        if let Some((at, viewer)) = self.0.keys.get(name)
            && tick.saturating_duration_since(at) < FRESH
        {
            return Ok(viewer);
        }
        let store = self.store().await?;
        let viewer = match stored::keys::find(store, name).await? {
            Some(row) => {
                let grants = stored::grants::list(store, Some(row.organisation_id)).await?;
                Some(Arc::new(Viewer::of_key(row, &grants)))
            }
            None => None,
        };
        if let Some(viewer) = viewer.as_ref().filter(|viewer| viewer.has(key, now)) {
            self.note_use(viewer, now);
        }
        self.0.keys.insert(name.to_owned(), (tick, viewer.clone()));
        Ok(viewer)
    }

    /// Notes that a key was used, once a day and while its holder is answered.
    fn note_use(&self, viewer: &Viewer, now: DateTime<Utc>) {
        let By::Key(key) = &viewer.by else { return };
        let (name, day) = (key.id.clone(), now.date_naive());
        if key.last_used_on == Some(day) {
            return;
        }
        let own = self.clone();
        tokio::spawn(async move {
            let Ok(store) = own.store().await else { return };
            if let Err(cause) = stored::keys::note_use(store, &name, day).await {
                tracing::warn!(access.key = name, error.cause = ?cause, "the use of a key could not be noted");
            }
        });
    }

    /// Writes down what somebody was shown, before it is shown.
    ///
    /// # Errors
    /// [`Error::Database`] if it cannot be written: then nothing may be shown.
    pub async fn log(&self, public: &DatabaseConnection, shown: log::Shown) -> Result<()> {
        log::append(self.store().await?, public, shown).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn guesses_are_remembered_up_to_a_bound() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}?mode=rwc", folder.path().join("a.db").display());
        let places = Places { access: url.clone(), exact: url.clone(), public: url };
        let access = Access::new(Environment::Live, places, Vec::new());
        let tick = Instant::now();
        for at in 0..REMEMBERED + 500 {
            let guess =
                AccessKey::new(Environment::Live, &format!("guess{at:07}"), "abcdefghijklmnopqrstuvwxyzabcd");
            assert!(access.known(&guess, Utc::now(), tick).await.unwrap().is_none());
        }
        access.0.keys.run_pending_tasks();
        assert!((1..=REMEMBERED).contains(&access.0.keys.entry_count()), "{}", access.0.keys.entry_count());
    }
}
