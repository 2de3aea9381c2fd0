//! The databases that questions are answered from: read replicas as long as they keep up, else the primary.
//!
//! A replica streams what the primary has; how far behind it is, is told by the data version.

mod reader;
mod seen;
mod watched;

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::future::{BoxFuture, join, join_all};
use sea_orm::DatabaseConnection;
use sqlx::postgres::PgConnectOptions;
use tokio::time::Instant;

pub use self::reader::Reader;
use self::reader::{PATIENCE, Replica, State};
use self::seen::Seen;
use self::watched::{Look, Standing, Watched};
use super::database::{self, Pool};
use super::patience::was_ended;
use crate::error::{Error, Result};

/// How often the databases are looked at.
const PACE: Duration = Duration::from_millis(500);

/// The databases that questions are answered from.
#[derive(Clone)]
pub struct Readers(Arc<All>);

struct All {
    primary: Reader,
    /// How the primary is looked after; none where there are no replicas.
    primary_options: Option<PgConnectOptions>,
    replicas: Vec<Reader>,
    turn: AtomicUsize,
    /// How long a replica may go on without what the primary has.
    staleness: Duration,
}

impl Readers {
    /// A primary, which was opened already, with its replicas, each of which may be away: it takes part once
    /// [`Self::watch`] has found it up to date.
    ///
    /// # Errors
    /// [`Error::Refused`] for the URL of a replica that cannot be read, and for any if the primary is no PostgreSQL's.
    pub async fn open(
        primary: DatabaseConnection,
        primary_url: &str,
        replicas: &[String],
        staleness: Duration,
        pool: &Pool,
    ) -> Result<Self> {
        if replicas.is_empty() {
            return Ok(primary.into());
        }
        let Some(primary_options) = database::postgres_options(primary_url) else {
            let reason =
                "DATABASE_READ_URLS: only PostgreSQL has replicas, and DATABASE_URL is of another kind";
            return Err(Error::Refused(reason.to_owned()));
        };
        let mut opened = Vec::with_capacity(replicas.len());
        for (at, url) in replicas.iter().enumerate() {
            let Some(options) = database::postgres_options(url) else {
                let reason = "DATABASE_READ_URLS: each must be a postgres: URL";
                return Err(Error::Refused(reason.to_owned()));
            };
            let db = database::open_replica(url, pool).await?;
            let replica = Replica { url: url.clone(), options, pool: pool.clone() };
            opened.push(Reader::new(at + 1, Some(replica), db));
        }
        Ok(Self::new(primary, Some(primary_options), opened, staleness))
    }

    fn new(
        primary: DatabaseConnection,
        primary_options: Option<PgConnectOptions>,
        replicas: Vec<Reader>,
        staleness: Duration,
    ) -> Self {
        let primary = Reader::new(0, None, primary);
        Self(Arc::new(All { primary, primary_options, replicas, turn: AtomicUsize::new(0), staleness }))
    }

    /// Where what a partner sees alone is read, and everything is written.
    pub fn primary(&self) -> &Reader {
        &self.0.primary
    }

    /// The replicas, whether or not they take part.
    pub fn replicas(&self) -> &[Reader] {
        &self.0.replicas
    }

    /// The database in a place.
    ///
    /// # Panics
    /// If there are not so many.
    #[must_use]
    pub fn at(&self, place: usize) -> &Reader {
        place.checked_sub(1).map_or(&self.0.primary, |at| &self.0.replicas[at])
    }

    /// The database to ask next: each replica that takes part in turn, but none that was tried; else the primary.
    fn next(&self, tried: &[usize]) -> &Reader {
        let turn = self.0.turn.fetch_add(1, Ordering::Relaxed);
        let next = self.taking_part(turn).find(|reader| !tried.contains(&reader.place()));
        next.unwrap_or(&self.0.primary)
    }

    /// The databases that may be asked, the next first. It stays the next: this is for who may need none.
    pub fn in_turn(&self) -> impl Iterator<Item = &Reader> {
        self.taking_part(self.0.turn.load(Ordering::Relaxed)).chain([&self.0.primary])
    }

    /// The replicas that take part, from the one whose turn it is.
    fn taking_part(&self, turn: usize) -> impl Iterator<Item = &Reader> {
        let replicas = &self.0.replicas;
        let from = replicas.iter().cycle().skip(turn % replicas.len().max(1)).take(replicas.len());
        from.filter(|reader| reader.state() == State::TakesPart)
    }

    /// What a database says. Where one fails, or is lost while it is waited for, another one is asked, each once and the
    /// primary last; unless the failure is one that would be the same everywhere.
    ///
    /// # Errors
    /// What the last one failed with.
    pub async fn ask<'a, T, E>(
        &'a self,
        question: impl Fn(&'a Reader) -> BoxFuture<'a, std::result::Result<T, E>>,
        is_everywhere: impl Fn(&E) -> bool,
    ) -> std::result::Result<T, E> {
        let mut tried = Vec::new();
        loop {
            let reader = self.next(&tried);
            tokio::select! {
                biased;
                answer = question(reader) => match answer {
                    Err(cause) if !reader.is_primary() && !is_everywhere(&cause) => {}
                    answer => return answer,
                },
                () = reader.is_lost() => {}
            }
            tried.push(reader.place());
        }
    }

    /// Looks after the replicas for as long as it is waited for.
    pub async fn watch(&self) -> Infallible {
        let Some(mut watch) = self.watched() else { return std::future::pending().await };
        loop {
            watch.look().await;
            tokio::time::sleep(PACE).await;
        }
    }

    /// How each replica is found: the data version that it has, or why it would be left out.
    pub async fn examine(&self) -> Vec<std::result::Result<i64, String>> {
        let Some(mut watch) = self.watched() else { return Vec::new() };
        let standing = watch.primary.standing().await;
        let examine = async |reader: &Reader, watched: &mut Watched| match watched.look().await {
            Look::Version(version) => match unfit(&reader.db(), watched, standing.as_ref()).await {
                None => Ok(version),
                Some(why) => Err(why.to_owned()),
            },
            Look::Away(cause) => Err(format!("does not answer: {cause}")),
            Look::Silence => Err("does not answer".to_owned()),
        };
        join_all(watch.replicas.iter_mut().map(|(reader, watched)| examine(reader, watched))).await
    }

    fn watched(&self) -> Option<Watch<'_>> {
        let All { primary_options, replicas, staleness, .. } = &*self.0;
        let watched = |reader: &'_ Reader| Some(Watched::new(reader.replica()?.options.clone()));
        Some(Watch {
            primary: Watched::new(primary_options.clone()?),
            standing: None,
            replicas: replicas.iter().filter_map(|reader| Some((reader, watched(reader)?))).collect(),
            seen: Seen::default(),
            staleness: *staleness,
        })
    }
}

/// The databases as they are looked after.
struct Watch<'a> {
    primary: Watched,
    /// What the primary is, once it has said so.
    standing: Option<Standing>,
    replicas: Vec<(&'a Reader, Watched)>,
    seen: Seen,
    staleness: Duration,
}

impl Watch<'_> {
    async fn look(&mut self) {
        let looks = join_all(self.replicas.iter_mut().map(|(_, watched)| watched.look()));
        let (primary, looks) = join(self.primary.look(), looks).await;
        let now = Instant::now();
        let primary = if let Look::Version(version) = primary { Some(version) } else { None };
        if let Some(version) = primary {
            self.seen.note(version, now, self.staleness);
        }
        if self.standing.is_none() {
            self.standing = self.primary.standing().await;
        }
        let (seen, staleness, standing) = (&self.seen, self.staleness, self.standing.as_ref());
        join_all(self.replicas.iter_mut().zip(looks).map(|((reader, watched), look)| async move {
            match look {
                Look::Version(version) => {
                    // The primary was asked after the replica had that, so it has it too, or is another.
                    let was_ahead = primary.zip(watched.version).is_some_and(|(primary, had)| had > primary);
                    watched.version = Some(version);
                    let state = if was_ahead {
                        State::Unfit("has what the primary has not")
                    } else if seen.is_recent(version, now, staleness) {
                        welcome(reader, watched, standing).await
                    } else {
                        State::Behind
                    };
                    reader.set(state, None);
                }
                Look::Away(cause) => reader.set(State::Silent, Some(&cause.to_string())),
                Look::Silence if watched.silences > 1 => reader.set(State::Silent, None),
                Look::Silence => {}
            }
        }))
        .await;
    }
}

/// Has a replica take part that is up to date. One that did not so far is looked at more closely, over new connections:
/// the old ones may lead nowhere.
async fn welcome(reader: &Reader, watched: &mut Watched, primary: Option<&Standing>) -> State {
    if reader.state() == State::TakesPart {
        return State::TakesPart;
    }
    let Some(Replica { url, pool, .. }) = reader.replica() else { return State::TakesPart };
    let Ok(db) = database::open_replica(url, pool).await else {
        return State::Silent;
    };
    if let Some(why) = unfit(&db, watched, primary).await {
        return State::Unfit(why);
    }
    reader.take_connections(db);
    State::TakesPart
}

/// Why a replica that answers may not take part.
async fn unfit(
    db: &DatabaseConnection,
    watched: &mut Watched,
    primary: Option<&Standing>,
) -> Option<&'static str> {
    let (Some(primary), Some(standing)) = (primary, watched.standing().await) else {
        return Some("could not be compared with the primary");
    };
    if !standing.is_replica {
        return Some("is no replica: it is not streaming from another server");
    }
    if standing.system.zip(primary.system).is_some_and(|(own, primary)| own != primary) {
        return Some("is a replica of another server");
    }
    match tokio::time::timeout(PATIENCE, database::check(db)).await {
        Ok(Ok(())) => None,
        Ok(Err(_)) => Some("has other tables than this program"),
        Err(_) => Some("did not say which tables it has"),
    }
}

/// Whether every database would fail so: a statement takes too long.
pub fn is_everywhere(error: &Error) -> bool {
    matches!(error, Error::Database(cause) if was_ended(cause))
}

impl From<DatabaseConnection> for Readers {
    fn from(primary: DatabaseConnection) -> Self {
        Self::new(primary, None, Vec::new(), Duration::ZERO)
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    fn readers() -> Readers {
        let replicas = [1, 2].map(|place| Reader::new(place, None, DatabaseConnection::default()));
        let readers =
            Readers::new(DatabaseConnection::default(), None, replicas.into(), Duration::from_secs(5));
        for replica in readers.replicas() {
            replica.set(State::TakesPart, None);
        }
        readers
    }

    #[tokio::test]
    async fn replicas_that_take_part_are_asked_in_turn_and_else_the_primary() {
        let readers = readers();
        let next = || readers.next(&[]).place();
        let in_turn = || readers.in_turn().map(Reader::place).collect::<Vec<_>>();
        assert_eq!([next(), next(), next()], [1, 2, 1]);
        assert_eq!([in_turn(), in_turn()], [[2, 1, 0], [2, 1, 0]]);
        assert_eq!(readers.next(&[2]).place(), 1);
        for state in [State::Silent, State::Behind, State::Unfit("is another"), State::Unknown] {
            readers.replicas()[0].set(state, None);
            assert_eq!([next(), next()], [2, 2]);
        }
        assert_eq!(in_turn(), [2, 0]);
        readers.replicas()[1].set(State::Behind, None);
        assert_eq!([next(), next()], [0, 0]);
    }

    #[tokio::test]
    async fn who_fails_is_asked_once_and_the_primary_last() {
        let readers = readers();
        let asked = std::sync::Mutex::new(Vec::new());
        let ask = async |fails: fn(usize) -> bool, is_everywhere: bool| {
            let answer = readers.ask(
                |reader| {
                    asked.lock().unwrap().push(reader.place());
                    let place = reader.place();
                    async move { if fails(place) { Err(place) } else { Ok(place) } }.boxed()
                },
                |_| is_everywhere,
            );
            (answer.await, std::mem::take(&mut *asked.lock().unwrap()))
        };
        assert_eq!(ask(|place| place > 0, false).await, (Ok(0), vec![1, 2, 0]));
        assert_eq!(ask(|_| true, false).await, (Err(0), vec![2, 1, 0]));
        let (answer, asked) = ask(|_| true, true).await;
        assert_eq!((answer, asked.len()), (Err(asked[0]), 1));
    }

    #[tokio::test]
    async fn who_is_lost_is_waited_for_no_longer() {
        let readers = readers();
        let question = |reader: &Reader| {
            let (is_first, place) = (reader.place() == 1, reader.place());
            async move { if is_first { std::future::pending().await } else { Ok::<_, ()>(place) } }.boxed()
        };
        let answer = readers.ask(question, |()| false);
        let lose = async {
            tokio::task::yield_now().await;
            readers.replicas()[0].set(State::Silent, None);
        };
        assert_eq!(join(answer, lose).await.0, Ok(2));
    }
}
