//! Batching: what the fields of one request look up is looked up together, level by level.
//!
//! Lookups wait until no field of the request asks for more and no lookup of an earlier level is under way.
//! So the number of SQL statements follows from the shape of a query, never from its rows. There is no timer.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::future::Future;
use std::hash::Hash;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;

use dataloader::BatchFn;
use dataloader::cached::Loader;
use sea_orm::{ConnectionTrait, DatabaseConnection};
use tokio::sync::Notify;
use uuid::Uuid;

use super::failure::{Answer, Failure};
use super::filter::Memo;
use super::own;
use crate::access::Access;
use crate::error::Error;
use crate::outcomes::own::Unit;
use crate::store::batch::{Batched, ByParent, KEYS_AT_ONCE, Parents, Place, by_parent};

/// So many rounds without a new lookup mean that a level is complete: fields that were woken together are
/// not always polled in one round.
const QUIET_ROUNDS: u32 = 3;

type Rows<Q> = Arc<Vec<<Q as Batched>::Row>>;

/// The lookups of one request. Made anew for each, so that no two requests or viewers share what they found.
pub(super) struct Loaders {
    db: DatabaseConnection,
    /// The database of keys and the access log, for those who have one.
    apart: Option<DatabaseConnection>,
    turn: Turn,
    /// What filters have looked up.
    pub memo: Memo,
    by_question: Mutex<HashMap<TypeId, Box<dyn Any + Send + Sync>>>,
}

impl Loaders {
    /// No lookups yet.
    pub fn new(db: DatabaseConnection, apart: Option<DatabaseConnection>) -> Self {
        Self { db, apart, turn: Turn::default(), memo: Memo::default(), by_question: Mutex::default() }
    }

    /// The rows that a question has for one parent.
    pub async fn load<Q: Batched>(&self, question: Q, parent: Uuid) -> Answer<Rows<Q>> {
        let db = match Q::PLACE {
            Place::Public => Some(&self.db),
            Place::Access => self.apart.as_ref(),
        };
        let Some(db) = db else { return Err(Error::Unauthenticated("this").into()) };
        self.wait(self.loader(|| Batch { db: db.clone() }), (question, parent)).await
    }

    /// The participations of a project, by its number, for one who was granted them.
    pub async fn exact(&self, access: &Access, number: String) -> Answer<Arc<Vec<Unit>>> {
        self.wait(self.loader(|| Exactly { access: access.clone() }), number).await
    }

    /// Looks a key up together with those of others.
    async fn wait<K, V, F>(&self, loader: Loader<K, Answer<V>, F>, key: K) -> Answer<V>
    where
        K: Clone + Eq + Hash + std::fmt::Debug,
        V: Clone,
        F: BatchFn<K, Answer<V>>,
    {
        let mut lookup = pin!(loader.try_load(key));
        // A loader takes no keys while its statement is under way.
        self.turn.level_done().await;
        // The first poll puts the key into the batch; the batch must not leave before its turn.
        let found = match first_poll(lookup.as_mut()).await {
            Poll::Ready(found) => found,
            Poll::Pending => {
                let ticket = self.turn.ask();
                ticket.come().await;
                lookup.await
            }
        };
        found.unwrap_or_else(|lost| Err(lost_key(&lost)))
    }

    /// Asks the database for something that no other field asks for, such as a page of a root list.
    pub async fn alone<T>(&self, question: impl Future<Output = T>) -> T {
        let ticket = self.turn.ask();
        ticket.come().await;
        question.await
    }

    /// The loader of a kind of batch, made when it is first needed.
    fn loader<K, V, F>(&self, batch: impl Fn() -> F) -> Loader<K, Answer<V>, F>
    where
        K: Clone + Eq + Hash + std::fmt::Debug + Send + Sync + 'static,
        V: Clone + Send + Sync + 'static,
        F: BatchFn<K, Answer<V>> + Send + Sync + 'static,
    {
        let mut loaders = self.by_question.lock().unwrap_or_else(PoisonError::into_inner);
        let new =
            || Loader::<K, Answer<V>, F>::new(batch()).with_max_batch_size(usize::MAX).with_yield_count(1);
        let kind = TypeId::of::<Loader<K, Answer<V>, F>>();
        let known = loaders.entry(kind).or_insert_with(|| Box::new(new()));
        // The type is the key, so this never makes a second one.
        known.downcast_ref::<Loader<K, Answer<V>, F>>().cloned().unwrap_or_else(new)
    }
}

/// Polls a future once and says how far it came, whatever is left of the task's budget.
async fn first_poll<F: Future>(mut future: std::pin::Pin<&mut F>) -> Poll<F::Output> {
    let once = std::future::poll_fn(|cx| Poll::Ready(future.as_mut().poll(cx)));
    tokio::task::coop::unconstrained(once).await
}

fn lost_key(lost: &std::io::Error) -> Failure {
    Error::Refused(format!("a lookup was lost: {lost}")).into()
}

/// Whose turn it is to ask the database. Lookups draw tickets; a gate lets through all that were drawn before it
/// was opened, and is opened anew when those have their answers and no field asks for more. One of those that wait
/// leads: it alone looks whether fields still ask, so that waiting costs the others nothing.
#[derive(Default)]
struct Turn {
    state: Mutex<Level>,
    /// The gate was opened, or what it let through is done, or nobody leads any more.
    changed: Notify,
}

#[derive(Clone, Copy, Default)]
struct Level {
    /// How many tickets have been drawn.
    drawn: u64,
    /// The last ticket that is let through.
    gate: u64,
    /// How many tickets that were let through have no answer yet.
    open: u64,
    /// How many tickets wait for the gate.
    waiting: u64,
    /// Whether one of them leads.
    is_led: bool,
}

impl Turn {
    fn level(&self) -> MutexGuard<'_, Level> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ask(&self) -> Ticket<'_> {
        let mut level = self.level();
        level.drawn += 1;
        level.waiting += 1;
        Ticket { turn: self, number: level.drawn }
    }

    /// Comes back with what is wanted of the level, as soon as that is something.
    async fn until<T>(&self, wanted: impl Fn(&mut Level) -> Option<T>) -> T {
        loop {
            let mut changed = pin!(self.changed.notified());
            changed.as_mut().enable();
            let found = wanted(&mut self.level());
            if let Some(found) = found {
                return found;
            }
            changed.await;
        }
    }

    /// Comes back when all that were let through have their answers.
    async fn level_done(&self) {
        self.until(|level| (level.open == 0).then_some(())).await;
    }

    /// Lets the other fields go on until some rounds bring no new lookup.
    async fn quiet(&self) {
        let mut seen = self.level().drawn;
        let mut rounds = 0;
        while rounds < QUIET_ROUNDS {
            tokio::task::yield_now().await;
            let drawn = self.level().drawn;
            rounds = if drawn == seen { rounds + 1 } else { 0 };
            seen = drawn;
        }
    }
}

struct Ticket<'a> {
    turn: &'a Turn,
    number: u64,
}

impl Ticket<'_> {
    /// Comes back when it is this ticket's turn.
    async fn come(&self) {
        let leads = self.turn.until(|level| {
            let leads = self.number > level.gate && level.open == 0 && !level.is_led;
            level.is_led |= leads;
            (leads || self.number <= level.gate).then_some(leads)
        });
        if leads.await {
            let lead = Lead(self.turn);
            self.turn.quiet().await;
            let mut level = self.turn.level();
            level.gate = level.drawn;
            level.open = std::mem::take(&mut level.waiting);
            drop(level);
            drop(lead);
        }
    }
}

// A field that is given up, as when a sibling fails, must not keep the others waiting.
impl Drop for Ticket<'_> {
    fn drop(&mut self) {
        let mut level = self.turn.level();
        if self.number <= level.gate {
            level.open -= 1;
        } else {
            level.waiting -= 1;
        }
        let is_done = level.open == 0;
        drop(level);
        if is_done {
            self.turn.changed.notify_waiters();
        }
    }
}

/// Leads until it is dropped.
struct Lead<'a>(&'a Turn);

impl Drop for Lead<'_> {
    fn drop(&mut self) {
        self.0.level().is_led = false;
        self.0.changed.notify_waiters();
    }
}

/// Asks the database for many parents at once.
struct Batch {
    db: DatabaseConnection,
}

impl<Q: Batched> BatchFn<(Q, Uuid), Answer<Rows<Q>>> for Batch {
    async fn load(&mut self, keys: &[(Q, Uuid)]) -> HashMap<(Q, Uuid), Answer<Rows<Q>>> {
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

/// Counts the participations of many projects at once.
struct Exactly {
    access: Access,
}

impl BatchFn<String, Answer<Arc<Vec<Unit>>>> for Exactly {
    async fn load(&mut self, numbers: &[String]) -> HashMap<String, Answer<Arc<Vec<Unit>>>> {
        match own::count(&self.access, numbers).await {
            Ok(mut units) => {
                let mut own = |number: &String| Arc::new(units.remove(number).unwrap_or_default());
                numbers.iter().map(|number| (number.clone(), Ok(own(number)))).collect()
            }
            Err(cause) => {
                let failure = Failure::from(cause);
                numbers.iter().map(|number| (number.clone(), Err(failure.clone()))).collect()
            }
        }
    }
}

/// The rows that a question has for each of some parents.
async fn ask<Q: Batched>(
    db: &impl ConnectionTrait,
    question: &Q,
    parents: &[Uuid],
) -> Answer<ByParent<Q::Row>> {
    let found = db.query_all(&question.query(Parents::of(db, parents))).await?;
    Ok(by_parent(question.read(&found.into())?, parents.len()))
}
