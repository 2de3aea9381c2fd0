//! Batching: what the fields of one request look up is looked up together, level by level.
//!
//! Lookups wait until no field of the request asks for more and no lookup of an earlier level is under way.
//! So the number of SQL statements follows from the shape of a query, never from its rows. There is no timer.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;

use dataloader::BatchFn;
use dataloader::cached::Loader;
use sea_orm::{ConnectionTrait, DatabaseConnection, FromQueryResult};
use tokio::sync::Notify;
use uuid::Uuid;

use super::failure::{Answer, Failure};
use crate::store::batch::{Batched, PARENT};

/// Keys of one SQL statement at most; SQLite takes 32 766 values.
const KEYS_AT_ONCE: usize = 5_000;

type Rows<Q> = Arc<Vec<<Q as Batched>::Row>>;

/// The lookups of one request. Made anew for each, so that no two requests or viewers share what they found.
pub(super) struct Loaders {
    db: DatabaseConnection,
    turn: Arc<Turn>,
    by_question: Mutex<HashMap<TypeId, Box<dyn Any + Send + Sync>>>,
}

impl Loaders {
    /// No lookups yet.
    pub fn new(db: DatabaseConnection) -> Self {
        Self { db, turn: Arc::default(), by_question: Mutex::default() }
    }

    /// The rows that a question has for one parent.
    pub async fn load<Q: Batched>(&self, question: Q, parent: Uuid) -> Answer<Rows<Q>> {
        let loader = self.loader::<Q>();
        self.turn.asked.fetch_add(1, Ordering::Relaxed);
        let mut lookup = pin!(loader.try_load((question, parent)));
        // The first poll puts the key into the batch; the batch must not leave before its turn.
        if let Poll::Ready(found) = futures_poll(lookup.as_mut()).await {
            return found.unwrap_or_else(|lost| Err(lost_key(&lost)));
        }
        self.turn.come().await;
        lookup.await.unwrap_or_else(|lost| Err(lost_key(&lost)))
    }

    fn loader<Q: Batched>(&self) -> Loader<(Q, Uuid), Answer<Rows<Q>>, Batch> {
        let mut loaders = self.by_question.lock().unwrap_or_else(PoisonError::into_inner);
        let new = || {
            let batch = Batch { db: self.db.clone(), turn: Arc::clone(&self.turn) };
            Loader::<(Q, Uuid), Answer<Rows<Q>>, Batch>::new(batch)
                .with_max_batch_size(usize::MAX)
                .with_yield_count(1)
        };
        let known = loaders.entry(TypeId::of::<Q>()).or_insert_with(|| Box::new(new()));
        // The type is the key, so this never makes a second one.
        known.downcast_ref::<Loader<(Q, Uuid), Answer<Rows<Q>>, Batch>>().cloned().unwrap_or_else(new)
    }
}

/// Polls a future once and says how far it came.
async fn futures_poll<F: Future>(mut future: std::pin::Pin<&mut F>) -> Poll<F::Output> {
    std::future::poll_fn(|cx| Poll::Ready(future.as_mut().poll(cx))).await
}

fn lost_key(lost: &std::io::Error) -> Failure {
    crate::error::Error::Refused(format!("a lookup was lost: {lost}")).into()
}

/// Whose turn it is to ask the database.
#[derive(Default)]
struct Turn {
    /// How many lookups have been asked for.
    asked: AtomicU64,
    /// How many statements are under way.
    running: AtomicUsize,
    /// `asked` when the last statement left.
    level: AtomicU64,
    done: Notify,
}

impl Turn {
    /// Comes back when this level of the query has asked for all it wants and the level before is answered.
    async fn come(&self) {
        loop {
            let asked = self.quiet().await;
            if self.running.load(Ordering::Acquire) == 0 || self.level.load(Ordering::Acquire) == asked {
                return;
            }
            let mut done = pin!(self.done.notified());
            done.as_mut().enable();
            if self.running.load(Ordering::Acquire) != 0 {
                done.await;
            }
        }
    }

    /// Lets the other fields go on until two rounds bring no new lookup.
    async fn quiet(&self) -> u64 {
        let mut seen = self.asked.load(Ordering::Relaxed);
        let mut rounds = 0;
        while rounds < 2 {
            tokio::task::yield_now().await;
            let now = self.asked.load(Ordering::Relaxed);
            rounds = if now == seen { rounds + 1 } else { 0 };
            seen = now;
        }
        seen
    }

    fn start(&self) -> Running<'_> {
        self.level.store(self.asked.load(Ordering::Relaxed), Ordering::Release);
        self.running.fetch_add(1, Ordering::AcqRel);
        Running(self)
    }
}

/// A statement under way.
struct Running<'a>(&'a Turn);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.running.fetch_sub(1, Ordering::AcqRel);
        self.0.done.notify_waiters();
    }
}

/// Asks the database for many parents at once.
struct Batch {
    db: DatabaseConnection,
    turn: Arc<Turn>,
}

impl<Q: Batched> BatchFn<(Q, Uuid), Answer<Rows<Q>>> for Batch {
    async fn load(&mut self, keys: &[(Q, Uuid)]) -> HashMap<(Q, Uuid), Answer<Rows<Q>>> {
        let _running = self.turn.start();
        let mut parents: HashMap<Q, Vec<Uuid>> = HashMap::new();
        for (question, parent) in keys {
            parents.entry(question.clone()).or_default().push(*parent);
        }
        let mut answers = HashMap::with_capacity(keys.len());
        for (question, mut parents) in parents {
            parents.sort_unstable();
            for some in parents.chunks(KEYS_AT_ONCE) {
                let found = ask(&self.db, &question, some).await;
                // Every key gets an answer: none found is no rows, a failure is a failure for all.
                let mut rows = match found {
                    Ok(rows) => rows,
                    Err(failure) => {
                        let failed = some.iter().map(|p| ((question.clone(), *p), Err(failure.clone())));
                        answers.extend(failed);
                        continue;
                    }
                };
                for parent in some {
                    let own = Arc::new(rows.remove(parent).unwrap_or_default());
                    answers.insert((question.clone(), *parent), Ok(own));
                }
            }
        }
        answers
    }
}

async fn ask<Q: Batched>(
    db: &DatabaseConnection,
    question: &Q,
    parents: &[Uuid],
) -> Answer<HashMap<Uuid, Vec<Q::Row>>> {
    let mut rows: HashMap<Uuid, Vec<Q::Row>> = HashMap::with_capacity(parents.len());
    for row in db.query_all(&question.query(parents)).await? {
        let parent: Uuid = row.try_get("", PARENT)?;
        rows.entry(parent).or_default().push(Q::Row::from_query_result(&row, "")?);
    }
    Ok(rows)
}
