//! Answers that are kept as long as the data stay the same: a dashboard that polls is answered from memory, and many that
//! ask the same at once are answered by one execution.

use std::future::Future;
use std::sync::Arc;

use bytes::Bytes;
use moka::{future, sync};

use super::freshness::Key;
use crate::graphql::Reply;

/// Bytes of an answer that is kept at most.
const LARGEST: usize = 1024 * 1024;
/// What an entry takes besides its answer.
const ENTRY: usize = 256;

/// Answers that are kept.
pub(super) struct Kept(Option<Answers>);

struct Answers {
    written: sync::Cache<Key, Bytes>,
    /// Those being made. It keeps nothing: who asks later finds what is written.
    flights: future::Cache<(Key, usize), Bytes>,
}

/// An answer.
pub(super) enum Answer {
    /// As it is written: it has no errors.
    Written(Bytes),
    /// As it was made: it has errors, or is too large to be kept.
    Made(Arc<Reply>),
}

impl Kept {
    /// Keeps so many bytes at most; nothing where there are none.
    pub fn new(bytes: u64) -> Self {
        let weigh = |_: &Key, body: &Bytes| u32::try_from(body.len() + ENTRY).unwrap_or(u32::MAX);
        Self((bytes > 0).then(|| Answers {
            written: sync::Cache::builder().max_capacity(bytes).weigher(weigh).build(),
            flights: future::Cache::new(0),
        }))
    }

    /// The answer with a key as it is written, where it is kept.
    pub fn find(&self, key: &Key) -> Option<Bytes> {
        self.0.as_ref()?.written.get(key)
    }

    /// The answer with a key, made where there is none, from the database in a place. Whoever asks the same of the same
    /// database meanwhile waits for it; not who asks another one, for this one may fail.
    pub async fn answer(&self, key: Key, place: usize, make: impl Future<Output = Reply>) -> Answer {
        let Some(Answers { written, flights }) = &self.0 else {
            return Answer::Made(Arc::new(make.await));
        };
        if let Some(body) = written.get(&key) {
            return Answer::Written(body);
        }
        let flight = flights.try_get_with((key, place), async {
            let reply = make.await;
            let body = reply.to_json().ok().filter(|body| body.len() <= LARGEST);
            match body.filter(|_| reply.errors.is_empty()) {
                Some(body) => {
                    let body = Bytes::from(body);
                    written.insert(key, body.clone());
                    Ok(body)
                }
                None => Err(reply),
            }
        });
        match flight.await {
            Ok(body) => Answer::Written(body),
            Err(reply) => Answer::Made(reply),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::graphql::{Code, Problem};

    /// Different for each number.
    fn key(number: u8) -> Key {
        Key::of([number; 32])
    }

    #[tokio::test]
    async fn what_is_asked_at_once_is_made_once_and_errors_are_not_kept() {
        let (kept, made) = (Kept::new(100_000), AtomicUsize::new(0));
        let ask = |key: u8, reply: fn() -> Reply| {
            let made = &made;
            kept.answer(self::key(key), 0, async move {
                made.fetch_add(1, Ordering::Relaxed);
                tokio::task::yield_now().await;
                reply()
            })
        };
        let (one, other) = tokio::join!(ask(1, Reply::default), ask(1, Reply::default));
        assert!(matches!((one, other), (Answer::Written(_), Answer::Written(_))));
        assert_eq!(made.load(Ordering::Relaxed), 1);
        for _ in 0..2 {
            let failed = ask(2, || Problem::new(Code::Timeout, "too slow").into()).await;
            assert!(matches!(failed, Answer::Made(_)));
        }
        assert_eq!(made.load(Ordering::Relaxed), 3);
        let off = Kept::new(0);
        assert!(matches!(off.answer(key(1), 0, async { Reply::default() }).await, Answer::Made(_)));
    }

    #[tokio::test]
    async fn who_asks_another_database_does_not_wait_for_one_that_hangs() {
        let kept = Kept::new(100_000);
        let hangs = kept.answer(key(1), 1, std::future::pending());
        let answers = async {
            tokio::task::yield_now().await;
            kept.answer(key(1), 2, async { Reply::default() }).await
        };
        let answer = tokio::select! { biased; answer = hangs => answer, answer = answers => answer };
        assert!(matches!(answer, Answer::Written(_)));
        // What one has written stands for all.
        let known = kept.answer(key(1), 1, std::future::pending()).await;
        assert!(matches!(known, Answer::Written(_)));
    }
}
