//! How many requests are answered at the same time. What comes beyond waits a moment and is then sent away, so that a
//! service with too much to do still does as much as it can.

use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};

/// How long a request waits for its turn.
const PATIENCE: Duration = Duration::from_millis(500);
/// How many wait for each that is answered.
const WAITING: usize = 4;

/// Lets some requests through at a time.
#[derive(Debug)]
pub(super) struct Gate {
    through: Semaphore,
    line: Semaphore,
}

impl Gate {
    /// A gate that lets so many through at a time.
    pub fn new(concurrency: usize) -> Self {
        Self {
            through: Semaphore::new(concurrency),
            line: Semaphore::new(concurrency.saturating_mul(WAITING).min(Semaphore::MAX_PERMITS)),
        }
    }

    /// Whether whoever comes now is sent away.
    pub fn is_full(&self) -> bool {
        self.line.available_permits() == 0
    }

    /// Waits for a turn, which lasts as long as what is given back; none where there is too much to do.
    pub async fn enter(&self) -> Option<SemaphorePermit<'_>> {
        if let Ok(turn) = self.through.try_acquire() {
            return Some(turn);
        }
        let _place = self.line.try_acquire().ok()?;
        tokio::time::timeout(PATIENCE, self.through.acquire()).await.ok()?.ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_is_too_much_is_sent_away_and_the_next_turn_is_given_on() {
        let gate = Gate::new(1);
        let turn = gate.enter().await.unwrap();
        assert!(gate.enter().await.is_none());
        let (next, ()) = tokio::join!(gate.enter(), async { drop(turn) });
        assert!(next.is_some());
    }

    #[tokio::test]
    async fn a_full_line_sends_away_at_once() {
        let gate = Gate { through: Semaphore::new(0), line: Semaphore::new(0) };
        assert!(gate.is_full() && gate.enter().await.is_none());
    }
}
