//! The databases that questions are answered from: read replicas as long as they keep up, else the primary.
//!
//! A replica streams what the primary has; how far behind it is, is told by the data version.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::{BoxFuture, join, join_all};
use sea_orm::DatabaseConnection;
use tokio::time::Instant;

use super::database::{self, Pool};
use crate::error::Result;

/// How often the databases are looked at.
const PACE: Duration = Duration::from_millis(500);
/// How long a database may take to say its data version.
const PATIENCE: Duration = Duration::from_secs(1);

/// The databases that questions are answered from.
#[derive(Clone)]
pub struct Readers(Arc<All>);

struct All {
    primary: Reader,
    replicas: Vec<Reader>,
    turn: AtomicUsize,
    /// How long a replica may go on without what the primary has.
    staleness: Duration,
    seen: Mutex<Seen>,
}

/// One of them.
pub struct Reader {
    place: usize,
    db: DatabaseConnection,
    takes_part: AtomicBool,
    /// Whether it did not say its version when it was last looked at. Once it may just have been busy.
    was_silent: AtomicBool,
}

impl Reader {
    fn new(place: usize, db: DatabaseConnection) -> Self {
        Self { place, db, takes_part: AtomicBool::new(false), was_silent: AtomicBool::new(false) }
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
    pub fn db(&self) -> &DatabaseConnection {
        &self.db
    }

    /// Has it asked no more until it was looked at again: it did not answer.
    pub fn leave(&self) {
        self.set(false, "did not answer");
    }

    /// Its data version; none where it does not say so in time.
    async fn version(&self) -> Option<i64> {
        let version = tokio::time::timeout(PATIENCE, database::version(&self.db)).await;
        version.ok()?.ok().map(|row| row.version)
    }

    fn set(&self, takes_part: bool, why: &str) {
        if self.takes_part.swap(takes_part, Ordering::Relaxed) == takes_part {
            return;
        }
        if takes_part {
            tracing::info!(db.replica = self.place, "a replica takes part");
        } else {
            tracing::warn!(db.replica = self.place, "a replica {why} and is left out");
        }
    }
}

impl Readers {
    /// A primary with its replicas, each of which may be away: it takes part once [`Self::watch`] has found it up to
    /// date.
    ///
    /// # Errors
    /// [`crate::error::Error::Refused`] for the URL of a replica that cannot be read or is no PostgreSQL's.
    pub async fn open(
        primary: DatabaseConnection,
        replicas: &[String],
        staleness: Duration,
        pool: &Pool,
    ) -> Result<Self> {
        let mut opened = Vec::with_capacity(replicas.len());
        for (at, url) in replicas.iter().enumerate() {
            opened.push(Reader::new(at + 1, database::open_replica(url, pool).await?));
        }
        Ok(Self::new(primary, opened, staleness))
    }

    fn new(primary: DatabaseConnection, replicas: Vec<Reader>, staleness: Duration) -> Self {
        let primary = Reader::new(0, primary);
        let (turn, seen) = (AtomicUsize::new(0), Mutex::default());
        Self(Arc::new(All { primary, replicas, turn, staleness, seen }))
    }

    /// Where what a partner sees alone is read, and everything is written.
    pub fn primary(&self) -> &DatabaseConnection {
        &self.0.primary.db
    }

    /// All databases, the primary first.
    pub fn all(&self) -> impl Iterator<Item = &Reader> {
        std::iter::once(&self.0.primary).chain(&self.0.replicas)
    }

    /// The database that answers the next question: each replica that keeps up in turn, or the primary where none does.
    pub fn next(&self) -> &Reader {
        let All { primary, replicas, turn, .. } = &*self.0;
        let turn = turn.fetch_add(1, Ordering::Relaxed);
        let after = replicas.iter().cycle().skip(turn % replicas.len().max(1)).take(replicas.len());
        after.into_iter().find(|replica| replica.takes_part.load(Ordering::Relaxed)).unwrap_or(primary)
    }

    /// What a database says, or another one if it does not answer; the primary last.
    ///
    /// # Errors
    /// What the primary failed with.
    pub async fn ask<'a, T, E>(
        &'a self,
        question: impl Fn(&'a Reader) -> BoxFuture<'a, std::result::Result<T, E>>,
    ) -> std::result::Result<(&'a Reader, T), E> {
        loop {
            let reader = self.next();
            match question(reader).await {
                Ok(found) => return Ok((reader, found)),
                Err(cause) if reader.is_primary() => return Err(cause),
                Err(_) => reader.leave(),
            }
        }
    }

    /// Looks after the replicas for as long as it is waited for.
    pub async fn watch(&self) {
        if self.0.replicas.is_empty() {
            return std::future::pending().await;
        }
        loop {
            self.look().await;
            tokio::time::sleep(PACE).await;
        }
    }

    async fn look(&self) {
        let All { primary, replicas, staleness, seen, .. } = &*self.0;
        let (version, versions) =
            join(primary.version(), join_all(replicas.iter().map(Reader::version))).await;
        let (mut seen, now) = (seen.lock().unwrap_or_else(PoisonError::into_inner), Instant::now());
        if let Some(version) = version {
            seen.note(version, now, *staleness);
        }
        for (replica, version) in replicas.iter().zip(versions) {
            let was_silent = replica.was_silent.swap(version.is_none(), Ordering::Relaxed);
            match version {
                Some(version) => replica.set(seen.is_recent(version, now, *staleness), "is too far behind"),
                None if was_silent => replica.leave(),
                None => {}
            }
        }
    }
}

impl From<DatabaseConnection> for Readers {
    fn from(primary: DatabaseConnection) -> Self {
        Self::new(primary, Vec::new(), Duration::ZERO)
    }
}

/// The data versions that the primary was seen at, and since when; of the first it is not known.
#[derive(Debug, Default)]
struct Seen(Vec<(i64, Option<Instant>)>);

impl Seen {
    /// The primary is at a version. Should it be away later, this stays the last that is known.
    fn note(&mut self, version: i64, now: Instant, staleness: Duration) {
        match self.0.last() {
            None => self.0.push((version, None)),
            Some((last, _)) if *last == version => {}
            Some((last, _)) => {
                // It was put back to what it was before.
                if version < *last {
                    self.0.clear();
                }
                self.0.push((version, Some(now)));
            }
        }
        // Of those that are no longer recent the newest says all.
        let recent = self.0.iter().position(|(_, since)| is_within(*since, now, staleness));
        self.0.drain(..recent.unwrap_or(self.0.len()).saturating_sub(1));
    }

    /// Whether a version was still the primary's not longer ago than may be.
    fn is_recent(&self, version: i64, now: Instant, staleness: Duration) -> bool {
        let newer = self.0.iter().find(|(seen, _)| *seen > version);
        !self.0.is_empty() && newer.is_none_or(|(_, since)| is_within(*since, now, staleness))
    }
}

fn is_within(since: Option<Instant>, now: Instant, time: Duration) -> bool {
    since.is_some_and(|since| now.duration_since(since) <= time)
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    const LIMIT: Duration = Duration::from_secs(5);

    #[test]
    fn a_replica_may_be_behind_for_so_long() {
        let (mut seen, start) = (Seen::default(), Instant::now());
        let at = |seconds| start + Duration::from_secs(seconds);
        assert!(!seen.is_recent(7, start, LIMIT), "nothing is known of the primary");
        seen.note(7, start, LIMIT);
        assert!(seen.is_recent(7, start, LIMIT) && seen.is_recent(8, start, LIMIT));
        assert!(!seen.is_recent(6, start, LIMIT), "since when it is behind is not known");
        seen.note(8, at(10), LIMIT);
        seen.note(9, at(12), LIMIT);
        assert!(seen.is_recent(7, at(15), LIMIT) && !seen.is_recent(7, at(16), LIMIT));
        assert!(seen.is_recent(8, at(17), LIMIT) && !seen.is_recent(8, at(18), LIMIT));
        assert!(!seen.is_recent(6, at(11), LIMIT));
        // However many versions go by, few are remembered, and none is forgotten too early.
        for version in 10..100_i64 {
            let now = at(u64::try_from(version).unwrap() + 20);
            seen.note(version, now, LIMIT);
            assert!(seen.0.len() <= 8);
            let is_recent = |behind: i64| seen.is_recent(version - behind, now, LIMIT);
            assert!(version < 20 || (is_recent(5) && !is_recent(7)));
        }
        // A primary that was put back.
        seen.note(50, at(120), LIMIT);
        assert!(seen.is_recent(50, at(200), LIMIT) && !seen.is_recent(49, at(200), LIMIT));
    }

    #[tokio::test]
    async fn replicas_that_take_part_are_asked_in_turn_and_else_the_primary() {
        let replicas = [1, 2].map(|place| Reader::new(place, DatabaseConnection::default()));
        let readers = Readers::new(DatabaseConnection::default(), replicas.into(), LIMIT);
        let next = || readers.next().place();
        assert_eq!([next(), next()], [0, 0]);
        for replica in &readers.0.replicas {
            replica.set(true, "");
        }
        assert_eq!([next(), next(), next()], [1, 2, 1]);
        readers.0.replicas[0].leave();
        assert_eq!([next(), next()], [2, 2]);
        let asked = readers.ask(|reader| async { reader.is_primary().then_some(7).ok_or(()) }.boxed()).await;
        assert!(asked.is_ok_and(|(reader, found)| reader.is_primary() && found == 7));
        assert_eq!(next(), 0);
        assert!(readers.ask(|_| async { Err::<(), _>(()) }.boxed()).await.is_err());
    }
}
