//! How much each address, and each key, may ask for, counted in the cost of its requests.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};

use super::settings::RateLimit;

/// After so many requests, addresses that have their full share again are forgotten.
const FORGET_AFTER: u32 = 10_000;

/// Whose requests are counted together.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Client {
    /// Those of an address that has no key.
    Address(IpAddr),
    /// Those of a partner by its key or token, wherever they come from.
    Partner(String),
}

/// Counts what each client asks for.
pub(super) struct Rate {
    counts: Option<Counts>,
}

struct Counts {
    limit: NonZeroU32,
    spares_loopback: bool,
    limiter: RateLimiter<Client, DashMapStateStore<Client>, DefaultClock, StateInformationMiddleware>,
    asked: AtomicU32,
}

/// What is left of a client's share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Share {
    /// The whole share, for a minute.
    pub limit: u32,
    /// What is left of it.
    pub left: u32,
    /// How long until all of it is there again, or until the refused request can be asked.
    pub wait: Duration,
}

impl Rate {
    /// Counts as a setting says.
    pub fn new(limit: RateLimit) -> Self {
        let (limit, spares_loopback) = match limit {
            RateLimit::Others(limit) => (limit, true),
            RateLimit::All(limit) => (limit, false),
            RateLimit::None => (0, false),
        };
        let counts = NonZeroU32::new(limit).map(|limit| {
            let limiter = RateLimiter::dashmap(Quota::per_minute(limit)).with_middleware();
            Counts { limit, spares_loopback, limiter, asked: AtomicU32::new(0) }
        });
        Self { counts }
    }

    /// Takes the cost of a request from the share of a client; none where nothing is counted.
    ///
    /// # Errors
    /// The share, where not enough is left of it.
    pub fn charge(&self, client: Option<Client>, cost: u64) -> Result<Option<Share>, Share> {
        let (Some(counts), Some(client)) = (&self.counts, client) else { return Ok(None) };
        if counts.spares_loopback && matches!(client, Client::Address(address) if address.is_loopback()) {
            return Ok(None);
        }
        if counts.asked.fetch_add(1, Ordering::Relaxed) % FORGET_AFTER == FORGET_AFTER - 1 {
            counts.limiter.retain_recent();
            counts.limiter.shrink_to_fit();
        }
        let limit = counts.limit;
        // What costs more than a whole share is asked with a whole one.
        let cost = u32::try_from(cost).ok().and_then(NonZeroU32::new).unwrap_or(NonZeroU32::MIN).min(limit);
        match counts.limiter.check_key_n(&client, cost) {
            Ok(Ok(state)) => {
                let left = state.remaining_burst_capacity();
                let missing = f64::from(limit.get().saturating_sub(left)) / f64::from(limit.get());
                Ok(Some(Share { limit: limit.get(), left, wait: Duration::from_secs_f64(60.0 * missing) }))
            }
            Ok(Err(later)) => {
                let wait = later.wait_time_from(DefaultClock::default().now());
                Err(Share { limit: limit.get(), left: 0, wait })
            }
            // Cannot be: no cost is larger than the share.
            Err(_) => Err(Share { limit: limit.get(), left: 0, wait: Duration::from_mins(1) }),
        }
    }
}

impl Share {
    /// `RateLimit-Policy`.
    pub fn policy(&self) -> String {
        format!("\"cost\";q={};w=60", self.limit)
    }

    /// `RateLimit`.
    pub fn state(&self) -> String {
        format!("\"cost\";r={};t={}", self.left, self.seconds())
    }

    /// The wait in whole seconds, rounded up.
    pub fn seconds(&self) -> u64 {
        self.wait.as_secs() + u64::from(self.wait.subsec_nanos() > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_address_has_a_share_of_its_own() {
        let rate = Rate::new(RateLimit::All(1_000));
        let [one, other] =
            ["192.0.2.1", "192.0.2.2"].map(|address| Some(Client::Address(address.parse().unwrap())));
        let key = Some(Client::Partner("a".to_owned()));
        assert_eq!(rate.charge(one.clone(), 900).unwrap().unwrap().left, 100);
        let refused = rate.charge(one, 900).unwrap_err();
        assert!(refused.left == 0 && (1..=60).contains(&refused.seconds()), "{refused:?}");
        assert!(rate.charge(other.clone(), 1_000_000).is_ok(), "the dearest request takes a whole share");
        assert!(rate.charge(other, 1).is_err());
        assert_eq!(rate.charge(key, 900).unwrap().unwrap().left, 100, "a key has a share of its own");
    }

    #[test]
    fn this_machine_is_counted_only_where_the_operator_says_so() {
        let here = || Some(Client::Address("127.0.0.1".parse().unwrap()));
        assert_eq!(Rate::new(RateLimit::Others(1)).charge(here(), 5), Ok(None));
        assert!(Rate::new(RateLimit::All(1)).charge(here(), 5).unwrap().is_some());
        assert_eq!(Rate::new(RateLimit::None).charge(here(), 5), Ok(None));
    }
}
