//! How far behind a replica is.

use std::time::Duration;

use tokio::time::Instant;

/// The data versions that the primary was seen at, and since when; of the first it is not known.
#[derive(Debug, Default)]
pub(super) struct Seen(Vec<(i64, Option<Instant>)>);

impl Seen {
    /// The primary is at a version. Should it be away later, this stays the last that is known.
    pub fn note(&mut self, version: i64, now: Instant, staleness: Duration) {
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
    pub fn is_recent(&self, version: i64, now: Instant, staleness: Duration) -> bool {
        let newer = self.0.iter().find(|(seen, _)| *seen > version);
        !self.0.is_empty() && newer.is_none_or(|(_, since)| is_within(*since, now, staleness))
    }
}

fn is_within(since: Option<Instant>, now: Instant, time: Duration) -> bool {
    since.is_some_and(|since| now.duration_since(since) <= time)
}

#[cfg(test)]
mod tests {
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
}
