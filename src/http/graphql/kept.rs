//! Answers that are kept as long as the data stay the same: a dashboard that polls is answered from memory, and many that
//! ask the same at once are answered by one execution.

use std::future::Future;
use std::sync::Arc;

use bytes::Bytes;
use moka::future::Cache;

use crate::graphql::Reply;

/// Bytes of an answer that is kept at most.
const LARGEST: usize = 1024 * 1024;
/// What an entry takes besides its answer.
const ENTRY: usize = 256;

/// What tells an answer from every other.
pub(super) type Key = [u8; 32];

/// Answers that are kept.
pub(super) struct Kept(Option<Cache<Key, Bytes>>);

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
        Self((bytes > 0).then(|| Cache::builder().max_capacity(bytes).weigher(weigh).build()))
    }

    /// The answer with a key, made where there is none. Whoever asks meanwhile waits for it.
    pub async fn answer(&self, key: Key, make: impl Future<Output = Reply>) -> Answer {
        let Some(answers) = &self.0 else { return Answer::Made(Arc::new(make.await)) };
        let written = answers.try_get_with(key, async {
            let reply = make.await;
            let body = reply.to_json().ok().filter(|body| body.len() <= LARGEST);
            match body.filter(|_| reply.errors.is_empty()) {
                Some(body) => Ok(Bytes::from(body)),
                None => Err(reply),
            }
        });
        match written.await {
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

    #[tokio::test]
    async fn what_is_asked_at_once_is_made_once_and_errors_are_not_kept() {
        let (kept, made) = (Kept::new(100_000), AtomicUsize::new(0));
        let ask = |key: u8, reply: fn() -> Reply| {
            let made = &made;
            kept.answer([key; 32], async move {
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
        assert!(matches!(off.answer([1; 32], async { Reply::default() }).await, Answer::Made(_)));
    }
}
