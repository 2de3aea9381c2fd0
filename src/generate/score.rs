//! How well rows were joined, against what is true.

use std::collections::HashMap;
use std::hash::Hash;

/// How well rows were joined, pair by pair.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Score {
    /// Of the pairs that were joined, the share that belong together.
    pub precision: f64,
    /// Of the pairs that belong together, the share that were joined.
    pub recall: f64,
}

/// Counts the pairs among rows: for each, what it is truly about, and what it was found to be about.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "a share of what fits in memory")]
pub fn score<T: Eq + Hash + Copy, F: Eq + Hash + Copy>(rows: &[(T, F)]) -> Score {
    fn pairs<K: Eq + Hash>(keys: impl Iterator<Item = K>) -> u64 {
        let mut counts: HashMap<K, u64> = HashMap::new();
        for key in keys {
            *counts.entry(key).or_default() += 1;
        }
        counts.values().map(|count| count * (count - 1) / 2).sum()
    }
    let both = pairs(rows.iter().copied());
    let (truly, found) = (pairs(rows.iter().map(|row| row.0)), pairs(rows.iter().map(|row| row.1)));
    let share = |of: u64| if of == 0 { 1.0 } else { both as f64 / of as f64 };
    Score { precision: share(found), recall: share(truly) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_counted() {
        let rows = [(1, 'a'), (1, 'a'), (1, 'b'), (2, 'b'), (3, 'c')];
        // True: three pairs of 1. Found: one of a, one of b. Both: one.
        assert_eq!(score(&rows), Score { precision: 0.5, recall: 1.0 / 3.0 });
        assert_eq!(score::<u8, u8>(&[]), Score { precision: 1.0, recall: 1.0 });
    }
}
