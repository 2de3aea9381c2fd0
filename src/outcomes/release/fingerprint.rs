//! Who, and what, a published part is made of: keyed digests, to count how many have changed since.

use std::cmp::Ordering;
use std::hash::Hasher;

use siphasher::sip::SipHasher13;
use uuid::Uuid;

use crate::domain::disclosure::{Counts, Secret};

/// Of each participation, in order: whose it is, and what is counted of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Fingerprint(Vec<(u64, u64)>);

/// Makes digests that nobody without the secret can make.
#[derive(Clone)]
pub(super) struct Digests(SipHasher13);

impl Digests {
    /// Digests with a secret.
    pub fn new(secret: &Secret) -> Self {
        let key = secret.digest(&["fingerprint"]);
        let [key @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] = key;
        Self(SipHasher13::new_with_key(&key))
    }

    /// The digests of somebody of whom only the number is known: the so manieth of a sex in a place.
    pub fn of_nobody(&self, project: &str, period: i32, sex: usize, which: u32) -> (u64, u64) {
        let mut whose = self.0;
        whose.write(project.as_bytes());
        whose.write_i32(period);
        whose.write_usize(sex);
        whose.write_u32(which);
        (whose.finish(), 0)
    }

    /// The digests of a participation that is counted in some categories.
    pub fn of(&self, id: Uuid, sex: usize, categories: &[usize]) -> (u64, u64) {
        let (whose, what) = (self.0, self.0);
        let (mut whose, mut what) = (whose, what);
        whose.write(id.as_bytes());
        what.write(id.as_bytes());
        what.write_usize(sex);
        for category in categories {
            what.write_usize(*category);
        }
        (whose.finish(), what.finish())
    }
}

impl Fingerprint {
    /// Takes a participation in.
    pub fn add(&mut self, digests: (u64, u64)) {
        self.0.push(digests);
    }

    /// That of some together.
    pub fn of<'a>(parts: impl IntoIterator<Item = &'a Self>) -> Self {
        let mut all: Vec<_> = parts.into_iter().flat_map(|part| part.0.iter().copied()).collect();
        all.sort_unstable();
        Self(all)
    }

    /// Sixteen bytes for each participation.
    pub fn bytes(&self) -> Vec<u8> {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        sorted
            .into_iter()
            .flat_map(|(whose, what)| [whose.to_be_bytes(), what.to_be_bytes()].concat())
            .collect()
    }

    /// From such bytes.
    pub fn read(bytes: &[u8]) -> Self {
        let number = |bytes: &[u8]| bytes.iter().fold(0, |number: u64, byte| number << 8 | u64::from(*byte));
        Self(bytes.chunks_exact(16).map(|chunk| (number(&chunk[..8]), number(&chunk[8..]))).collect())
    }

    /// How many participations are new, gone or counted otherwise. Both are in order.
    pub fn changes(&self, other: &Self) -> usize {
        let (mut one, mut two, mut changes) = (self.0.iter().peekable(), other.0.iter().peekable(), 0);
        loop {
            let order = match (one.peek(), two.peek()) {
                (None, None) => return changes,
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(a), Some(b)) => {
                    changes += usize::from(a.0 == b.0 && a.1 != b.1);
                    a.0.cmp(&b.0)
                }
            };
            changes += usize::from(order != Ordering::Equal);
            if order != Ordering::Greater {
                one.next();
            }
            if order != Ordering::Less {
                two.next();
            }
        }
    }
}

/// Counts by sex of which no persons are known, as bytes.
pub(super) fn bytes_of(sexes: &[Counts]) -> Vec<u8> {
    let numbers = sexes.iter().flat_map(|sex| std::iter::once(sex.all).chain(sex.cells.iter().copied()));
    numbers.flat_map(u32::to_be_bytes).collect()
}

/// From such bytes.
pub(super) fn counts_of(bytes: &[u8], width: usize) -> Vec<Counts> {
    let number = |bytes: &[u8]| bytes.iter().fold(0, |number: u32, byte| number << 8 | u32::from(*byte));
    let numbers: Vec<u32> = bytes.chunks_exact(4).map(number).collect();
    let sex = |own: &[u32]| Counts { all: own[0], cells: own[1..].to_vec() };
    numbers.chunks_exact(width + 1).map(sex).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn print(parts: &[(u64, u64)]) -> Fingerprint {
        Fingerprint::of([&Fingerprint(parts.to_vec())])
    }

    #[test]
    fn changes_are_those_who_came_went_or_changed() {
        let before = print(&[(1, 10), (2, 20), (3, 30)]);
        assert_eq!(before.changes(&before), 0);
        assert_eq!(before.changes(&print(&[(1, 10), (2, 21), (4, 40)])), 3);
        assert_eq!(before.changes(&print(&[])), 3);
        assert_eq!(print(&[]).changes(&before), 3);
    }

    proptest! {
        #[test]
        fn bytes_are_read_back(parts in prop::collection::vec(any::<(u64, u64)>(), 0..20)) {
            let one = print(&parts);
            prop_assert_eq!(Fingerprint::read(&one.bytes()), one);
        }
    }
}
