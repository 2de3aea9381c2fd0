//! Who exports: a few at a time, for each reads much and keeps a connection to the database.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use super::rate::Client;

/// Exports that are made at the same time.
const AT_ONCE: usize = 2;
/// Of these, how many one client may have.
const OF_ONE: usize = 1;

/// Gives turns, to each in the order of asking.
pub(super) struct Turns {
    all: Arc<Semaphore>,
    /// Of clients that wait or have a turn.
    each: Mutex<HashMap<Option<Client>, Weak<Semaphore>>>,
    /// How long one waits: programs that load several tables ask for all of them together.
    patience: Duration,
}

/// Lasts until it is dropped.
pub(super) struct Turn {
    _of_all: OwnedSemaphorePermit,
    _own: OwnedSemaphorePermit,
}

impl Turns {
    /// Turns that nobody has.
    pub fn new(patience: Duration) -> Self {
        Self { all: Arc::new(Semaphore::new(AT_ONCE)), each: Mutex::default(), patience }
    }

    /// Waits for a turn; none where it did not come.
    pub async fn take(&self, client: Option<Client>) -> Option<Turn> {
        let own = self.of(client);
        let turn = async {
            let own = own.acquire_owned().await.ok()?;
            let of_all = Arc::clone(&self.all).acquire_owned().await.ok()?;
            Some(Turn { _of_all: of_all, _own: own })
        };
        timeout(self.patience, turn).await.ok()?
    }

    fn of(&self, client: Option<Client>) -> Arc<Semaphore> {
        let mut each = self.each.lock().unwrap_or_else(PoisonError::into_inner);
        each.retain(|_, own| own.strong_count() > 0);
        if let Some(own) = each.get(&client).and_then(Weak::upgrade) {
            return own;
        }
        let own = Arc::new(Semaphore::new(OF_ONE));
        each.insert(client, Arc::downgrade(&own));
        own
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn one_client_does_not_have_all_turns() {
        let turns = Turns::new(Duration::from_secs(10));
        let client = |at| Some(Client::Address([192, 0, 2, at].into()));
        let first = turns.take(client(1)).await.unwrap();
        assert!(turns.take(client(1)).await.is_none(), "has one");
        let other = turns.take(client(2)).await.unwrap();
        assert!(turns.take(client(3)).await.is_none(), "all are taken");
        let (waited, ()) = tokio::join!(turns.take(client(1)), async { drop(first) });
        assert!(waited.is_some());
        drop((waited, other));
        assert!(turns.take(None).await.is_some());
        assert_eq!(turns.each.lock().unwrap().len(), 1, "who has gone is forgotten");
    }
}
