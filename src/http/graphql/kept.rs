//! Answers that are kept as long as the data stay the same: a dashboard that polls is answered from memory, and many that
//! ask the same at once are answered by one execution.

use std::future::Future;
use std::sync::Arc;

use bytes::Bytes;
use moka::{future, sync};

use super::freshness::Key;
use crate::graphql::Reply;
use crate::http::encoding::Encoding;

/// Bytes of an answer that is kept at most.
const LARGEST: usize = 1024 * 1024;
/// Bytes of an answer that is encoded at once at most. A longer one takes milliseconds, or tens of them.
const SHORT: usize = 128 * 1024;
/// What an entry takes besides its answer.
const ENTRY: usize = 256;

/// Answers that are kept.
pub(super) struct Kept(Option<Answers>);

/// All of its caches are shared by its clones.
#[derive(Clone)]
struct Answers {
    /// As they are sent, in each encoding that somebody asked for.
    written: sync::Cache<(Key, Encoding), Bytes>,
    /// Those being made. It keeps nothing: who asks later finds what is written.
    flights: future::Cache<(Key, usize), Bytes>,
    /// Long ones being encoded. It keeps nothing either.
    encodings: future::Cache<(Key, Encoding), Written>,
}

/// An answer as it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Written {
    pub body: Bytes,
    pub encoding: Encoding,
}

/// An answer.
pub(super) enum Answer {
    /// As it is kept: it has no errors.
    Written(Written),
    /// As it was made: it has errors, or is too large to be kept.
    Made(Arc<Reply>),
}

/// What is kept of an answer that somebody asks for in an encoding.
enum Found {
    /// In the encoding.
    Written(Written),
    /// Plain alone.
    Plain(Bytes),
}

impl Kept {
    /// Keeps so many bytes at most; nothing where there are none.
    pub fn new(bytes: u64) -> Self {
        let weigh = |_: &(Key, Encoding), body: &Bytes| u32::try_from(body.len() + ENTRY).unwrap_or(u32::MAX);
        Self((bytes > 0).then(|| Answers {
            written: sync::Cache::builder().max_capacity(bytes).weigher(weigh).build(),
            flights: future::Cache::new(0),
            encodings: future::Cache::new(0),
        }))
    }

    /// The answer with a key for somebody who likes an encoding best, where it is kept so, or is short enough to be encoded
    /// now.
    pub fn find(&self, key: &Key, encoding: Encoding) -> Option<Written> {
        let answers = self.0.as_ref()?;
        let found = answers.find(key, encoding)?;
        answers.encoded_now(key, encoding, found).ok()
    }

    /// The answer with a key, made where there is none, from the database in a place. Whoever asks the same of the same
    /// database meanwhile waits for it; not who asks another one, for this one may fail.
    pub async fn answer(
        &self,
        key: Key,
        encoding: Encoding,
        place: usize,
        make: impl Future<Output = Reply>,
    ) -> Answer {
        let Some(answers) = &self.0 else {
            return Answer::Made(Arc::new(make.await));
        };
        if let Some(found) = answers.find(&key, encoding) {
            return Answer::Written(answers.encoded(key, encoding, found).await);
        }
        let flight = answers.flights.try_get_with((key, place), async {
            let reply = make.await;
            let body = reply.to_json().ok().filter(|body| body.len() <= LARGEST);
            match body.filter(|_| reply.errors.is_empty()) {
                Some(body) => {
                    let body = Bytes::from(body.into_boxed_slice());
                    answers.written.insert((key, Encoding::Identity), body.clone());
                    Ok(body)
                }
                None => Err(reply),
            }
        });
        match flight.await {
            Ok(plain) => {
                // Another who waited may have had it encoded.
                let found = answers.find(&key, encoding).unwrap_or(Found::Plain(plain));
                Answer::Written(answers.encoded(key, encoding, found).await)
            }
            Err(reply) => Answer::Made(reply),
        }
    }
}

impl Answers {
    fn find(&self, key: &Key, encoding: Encoding) -> Option<Found> {
        if let Some(body) = self.written.get(&(*key, encoding)) {
            return Some(Found::Written(Written { body, encoding }));
        }
        if encoding == Encoding::Identity {
            return None;
        }
        self.written.get(&(*key, Encoding::Identity)).map(Found::Plain)
    }

    /// What was found in an encoding.
    ///
    /// # Errors
    /// The plain answer, which is too long to be encoded at once.
    fn encoded_now(&self, key: &Key, encoding: Encoding, found: Found) -> Result<Written, Bytes> {
        match found {
            Found::Written(written) => Ok(written),
            Found::Plain(plain) if plain.len() <= SHORT => Ok(self.encode(key, encoding, plain)),
            Found::Plain(plain) => Err(plain),
        }
    }

    /// The same; a long one is encoded, once for all who wait for it, where it keeps nobody else waiting.
    async fn encoded(&self, key: Key, encoding: Encoding, found: Found) -> Written {
        let plain = match self.encoded_now(&key, encoding, found) {
            Ok(written) => return written,
            Err(plain) => plain,
        };
        let encode = async {
            let (answers, body) = (self.clone(), plain.clone());
            let encoded = tokio::task::spawn_blocking(move || answers.encode(&key, encoding, body)).await;
            encoded.unwrap_or(Written { body: plain, encoding: Encoding::Identity })
        };
        self.encodings.get_with((key, encoding), encode).await
    }

    /// An answer in an encoding, kept for who asks for it next. Such as are sent when it is made are encoded here too: one
    /// entity tag stands for the same bytes.
    fn encode(&self, key: &Key, encoding: Encoding, plain: Bytes) -> Written {
        let encoding = encoding.of_length(plain.len());
        if encoding == Encoding::Identity {
            return Written { body: plain, encoding };
        }
        match encoding.encode(&plain) {
            Ok(body) => {
                self.written.insert((*key, encoding), body.clone());
                Written { body, encoding }
            }
            Err(cause) => {
                tracing::error!(error.cause = ?cause, "an answer could not be encoded");
                Written { body: plain, encoding: Encoding::Identity }
            }
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
            kept.answer(self::key(key), Encoding::Identity, 0, async move {
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
        assert!(matches!(
            off.answer(key(1), Encoding::Identity, 0, async { Reply::default() }).await,
            Answer::Made(_)
        ));
    }

    #[tokio::test]
    async fn a_long_answer_is_encoded_in_its_turn_and_a_short_one_at_once() {
        let kept = Kept::new(10_000_000);
        let long = Bytes::from("x".repeat(SHORT + 1));
        for (number, body) in [(1, long.slice(..100)), (2, long.clone())] {
            kept.0.as_ref().unwrap().written.insert((key(number), Encoding::Identity), body);
        }
        assert_eq!(kept.find(&key(1), Encoding::Gzip).unwrap().encoding, Encoding::Gzip);
        assert_eq!(kept.find(&key(2), Encoding::Gzip), None);
        let ask = || kept.answer(key(2), Encoding::Gzip, 0, std::future::pending());
        let (Answer::Written(one), Answer::Written(other)) = tokio::join!(ask(), ask()) else { panic!() };
        assert_eq!(one, Written { body: Encoding::Gzip.encode(&long).unwrap(), encoding: Encoding::Gzip });
        assert_eq!(one.body.as_ptr(), other.body.as_ptr(), "encoded once");
        assert_eq!(kept.find(&key(2), Encoding::Gzip), Some(one));
    }

    #[tokio::test]
    async fn who_asks_another_database_does_not_wait_for_one_that_hangs() {
        let kept = Kept::new(100_000);
        let hangs = kept.answer(key(1), Encoding::Identity, 1, std::future::pending());
        let answers = async {
            tokio::task::yield_now().await;
            kept.answer(key(1), Encoding::Identity, 2, async { Reply::default() }).await
        };
        let answer = tokio::select! { biased; answer = hangs => answer, answer = answers => answer };
        assert!(matches!(answer, Answer::Written(_)));
        // What one has written stands for all.
        let known = kept.answer(key(1), Encoding::Identity, 1, std::future::pending()).await;
        assert!(matches!(known, Answer::Written(_)));
    }
}
