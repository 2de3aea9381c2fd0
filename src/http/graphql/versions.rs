//! The version of the data that each database has, known without asking every time.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use moka::future::Cache;
use tokio::time::Instant;

use crate::error::{Error, Result};
use crate::store::patience::while_wanted;
use crate::store::readers::{Reader, Readers};

/// So long a version is waited for that nobody waits for yet. Who waits has a limit of their own.
const PATIENCE: Duration = Duration::from_secs(1);

/// The version that each database has, which stands for the present one until it is too old. It is read again while it
/// still stands: else everybody who asks meanwhile would wait for the database, which where many ask is one in a hundred.
#[derive(Clone)]
pub(super) struct Versions(Arc<Shared>);

struct Shared {
    readers: Readers,
    /// How old a version may be; each is read anew where it may have no age.
    age: Duration,
    /// By the places of the databases.
    latest: Vec<Mutex<Option<Latest>>>,
    /// Those being read. It keeps nothing.
    flights: Cache<usize, i64>,
}

/// A version that was read.
#[derive(Clone, Copy)]
struct Latest {
    version: i64,
    /// When reading it began: what changed since may be missing.
    at: Instant,
    /// When it is to be read again.
    due: Instant,
}

impl Versions {
    /// Versions that may be so old.
    pub fn new(readers: &Readers, age: Duration) -> Self {
        let latest = (0..=readers.replicas().len()).map(|_| Mutex::default()).collect();
        Self(Arc::new(Shared { readers: readers.clone(), age, latest, flights: Cache::new(0) }))
    }

    /// The version that a database has, where it is known.
    pub fn known(&self, reader: &Reader) -> Option<i64> {
        let place = reader.place();
        self.known_and_renewed(place, || self.reading(place))
    }

    /// The version that a database has.
    ///
    /// # Errors
    /// What reading it fails with; of all who wait for it at once the same.
    pub async fn of(&self, reader: &Reader) -> std::result::Result<i64, Arc<Error>> {
        if self.0.age.is_zero() {
            return Ok(reader.version().await?.version);
        }
        let place = reader.place();
        self.known_or_read(place, || self.reading(place)).await
    }

    /// What reads the version of the database in a place.
    fn reading(&self, place: usize) -> impl Future<Output = Result<i64>> + Send + use<> {
        let readers = self.0.readers.clone();
        async move { Ok(readers.at(place).version().await?.version) }
    }

    /// The version of the database in a place, which is read in some way where it is not known.
    async fn known_or_read<F>(
        &self,
        place: usize,
        read: impl Fn() -> F,
    ) -> std::result::Result<i64, Arc<Error>>
    where
        F: Future<Output = Result<i64>> + Send + 'static,
    {
        match self.known_and_renewed(place, &read) {
            Some(version) => Ok(version),
            None => self.read(place, read()).await,
        }
    }

    /// The version of the database in a place, where it is known; read again in some way where it is due.
    fn known_and_renewed<F>(&self, place: usize, read: impl FnOnce() -> F) -> Option<i64>
    where
        F: Future<Output = Result<i64>> + Send + 'static,
    {
        let (version, is_due) = self.look(place, Instant::now())?;
        if is_due {
            self.renew(place, read());
        }
        Some(version)
    }

    /// Has it read again. Where that fails or takes too long, whoever asks once this one is too old tries again, and is told.
    fn renew(&self, place: usize, read: impl Future<Output = Result<i64>> + Send + 'static) {
        let versions = self.clone();
        let read = async move { tokio::time::timeout(PATIENCE, versions.read(place, read)).await };
        tokio::spawn(while_wanted(read));
    }

    /// What is known, and whether it is the caller's to have it read again.
    fn look(&self, place: usize, now: Instant) -> Option<(i64, bool)> {
        let mut latest = self.latest(place);
        let latest = latest.as_mut().filter(|latest| now < latest.at + self.0.age)?;
        let is_due = now >= latest.due;
        if is_due {
            latest.due = now + self.0.age / 2;
        }
        Some((latest.version, is_due))
    }

    /// Reads it, once for all who wait for it.
    async fn read(
        &self,
        place: usize,
        read: impl Future<Output = Result<i64>>,
    ) -> std::result::Result<i64, Arc<Error>> {
        let flight = async {
            let at = Instant::now();
            let version = read.await?;
            *self.latest(place) = Some(Latest { version, at, due: at + self.0.age / 2 });
            Ok(version)
        };
        self.0.flights.try_get_with(place, flight).await
    }

    fn latest(&self, place: usize) -> std::sync::MutexGuard<'_, Option<Latest>> {
        self.0.latest[place].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicI64, Ordering};

    use sea_orm::{DatabaseConnection, DatabaseConnectionType};
    use tokio::sync::Semaphore;

    use super::*;

    const AGE: Duration = Duration::from_millis(50);

    /// A database that says how often it was asked, once it is let.
    struct Database {
        versions: Versions,
        asked: Arc<AtomicI64>,
        answers: Arc<Semaphore>,
    }

    impl Database {
        fn new() -> Self {
            let readers = Readers::from(DatabaseConnection::from(DatabaseConnectionType::Disconnected));
            let versions = Versions::new(&readers, AGE);
            Self { versions, asked: Arc::default(), answers: Arc::new(Semaphore::new(0)) }
        }

        async fn version(&self) -> std::result::Result<i64, Arc<Error>> {
            let read = || {
                let (asked, answers) = (Arc::clone(&self.asked), Arc::clone(&self.answers));
                async move {
                    let version = asked.fetch_add(1, Ordering::Relaxed);
                    answers.acquire().await.unwrap().forget();
                    if version == 2 { Err(Error::Refused("no".to_owned())) } else { Ok(version) }
                }
            };
            self.versions.known_or_read(0, read).await
        }

        /// Answers once, with a version that is due now.
        async fn first(&self) {
            self.answers.add_permits(1);
            assert_eq!(self.version().await.unwrap(), 0);
            tokio::time::advance(AGE / 2).await;
        }

        fn asked(&self) -> i64 {
            self.asked.load(Ordering::Relaxed)
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_version_is_read_again_while_it_still_stands_and_nobody_waits_for_that() {
        let database = Database::new();
        database.answers.add_permits(1);
        let (one, other) = tokio::join!(database.version(), database.version());
        assert_eq!((one.unwrap(), other.unwrap(), database.asked()), (0, 0, 1), "read once for all who wait");

        tokio::time::advance(Duration::from_millis(24)).await;
        assert_eq!(database.version().await.unwrap(), 0);
        tokio::task::yield_now().await;
        assert_eq!(database.asked(), 1, "not due yet");

        tokio::time::advance(Duration::from_millis(1)).await;
        assert_eq!(database.version().await.unwrap(), 0);
        assert_eq!(database.version().await.unwrap(), 0);
        tokio::task::yield_now().await;
        assert_eq!(database.asked(), 2, "by one of those who ask");
        database.answers.add_permits(1);
        tokio::task::yield_now().await;
        assert_eq!(database.version().await.unwrap(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_version_that_is_too_old_is_waited_for_and_a_failure_is_told() {
        let database = Database::new();
        database.first().await;
        assert_eq!(database.version().await.unwrap(), 0);
        // Reading it again takes too long.
        tokio::time::advance(AGE / 2).await;
        let waits = async {
            database.answers.add_permits(1);
        };
        let (version, ()) = tokio::join!(database.version(), waits);
        assert_eq!((version.unwrap(), database.asked()), (1, 2), "what is being read serves whoever waits");

        database.answers.add_permits(2);
        tokio::time::advance(AGE).await;
        assert!(database.version().await.is_err());
        assert_eq!(database.version().await.unwrap(), 3);
    }

    #[tokio::test(start_paused = true)]
    async fn a_read_that_never_ends_is_given_up_and_harms_no_later_one() {
        let database = Database::new();
        database.first().await;
        // This one has it read again, without an answer.
        assert_eq!(database.version().await.unwrap(), 0);
        tokio::task::yield_now().await;
        tokio::time::advance(PATIENCE).await;
        // The third of these is the one that fails.
        database.asked.store(7, Ordering::Relaxed);
        let asks = async { tokio::time::timeout(AGE, database.version()).await };
        let answers = async {
            tokio::task::yield_now().await;
            database.answers.add_permits(1);
        };
        let version = tokio::join!(asks, answers).0.unwrap();
        assert_eq!(version.unwrap(), 7, "by a read of its own");
    }

    #[tokio::test(start_paused = true)]
    async fn a_version_is_as_old_as_the_question_for_it() {
        let database = Database::new();
        let answer_late = async {
            tokio::task::yield_now().await;
            tokio::time::advance(AGE).await;
            database.answers.add_permits(1);
        };
        let (version, ()) = tokio::join!(database.version(), answer_late);
        assert_eq!(version.unwrap(), 0);
        database.answers.add_permits(1);
        assert_eq!(database.version().await.unwrap(), 1);
    }
}
