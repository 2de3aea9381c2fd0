//! Disclosure control: "round once, sum everywhere".
//!
//! Exact counts become one table whose every number is a multiple of five and whose every part adds up. Whatever is
//! public is a sum of its rows, so that no series of questions tells more than the table itself, and the table tells of
//! no small count whether it is one, two, three, four or none. The method is that of small count rounding, as Statistics
//! Norway uses it, with errors carried forward so that large sums stay near the truth.

pub mod audit;
pub mod errors;
pub mod pools;
pub mod split;
pub mod units;

#[cfg(test)]
mod tests;

use hmac::{Hmac, Mac};
use sha2::Sha256;

/// Every published count is a multiple of this.
pub const BASE: u32 = 5;

/// How to round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameters {
    /// A group is shown by categories if its published count is at least this: twice the base, or more.
    pub guard: u32,
    /// What was published is rounded anew only where so many participations changed: who sees both cannot tell which.
    pub batch: u32,
    /// Errors are carried within a region that has at least so many projects; with fewer, one of them could work out
    /// another's.
    pub min_projects_for_steering: usize,
    /// How categories bear what their group is off by.
    pub rule: split::Rule,
    /// Whether groups that are too few even in their region are put together with those of other regions.
    pub pools_across_regions: bool,
}

impl Default for Parameters {
    fn default() -> Self {
        Self {
            guard: 2 * BASE,
            batch: BASE,
            min_projects_for_steering: 10,
            rule: split::Rule::Categories,
            pools_across_regions: true,
        }
    }
}

/// One way to divide a group, or one category of another table, into categories that exclude each other.
#[derive(Clone, Copy, Debug)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// Its categories.
    pub codes: &'static [&'static str],
    /// The table before this one and its category that this one divides; the whole group where none is said.
    pub divides: Option<(usize, usize)>,
}

/// What is counted: sexes, and tables of which no two describe the same persons in ways that depend on each other.
#[derive(Clone, Copy, Debug)]
pub struct Design {
    /// The groups of a unit.
    pub sexes: &'static [&'static str],
    /// The tables; one that divides another comes after it.
    pub tables: &'static [Table],
}

impl Design {
    /// Where the categories of a table begin among all categories.
    #[must_use]
    pub fn start(&self, table: usize) -> usize {
        self.tables.iter().take(table).map(|table| table.codes.len()).sum()
    }

    /// The categories of a table among all categories.
    #[must_use]
    pub fn cells(&self, table: usize) -> std::ops::Range<usize> {
        let start = self.start(table);
        start..start + self.tables[table].codes.len()
    }

    /// How many categories all tables have.
    #[must_use]
    pub fn width(&self) -> usize {
        self.start(self.tables.len())
    }

    /// The category that a table divides, among all categories.
    #[must_use]
    pub fn divided(&self, table: usize) -> Option<usize> {
        self.tables[table].divides.map(|(above, code)| self.start(above) + code)
    }
}

/// What makes the choice between equals unforeseeable. It is kept outside the database.
#[derive(Clone)]
pub struct Secret(Hmac<Sha256>);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Secret {
    /// A secret from its bytes, of which there must be at least one.
    #[must_use]
    pub fn new(bytes: &[u8]) -> Option<Self> {
        if bytes.is_empty() {
            return None;
        }
        Hmac::new_from_slice(bytes).ok().map(Self)
    }

    /// What tells it apart from others without telling it.
    #[must_use]
    pub fn name(&self) -> String {
        hex::encode(&self.digest(&["which secret"])[..8])
    }

    /// A keyed digest of some words.
    #[must_use]
    pub fn digest(&self, words: &[&str]) -> [u8; 32] {
        let mut mac = self.0.clone();
        for (at, word) in words.iter().enumerate() {
            if at > 0 {
                mac.update(b"|");
            }
            mac.update(word.as_bytes());
        }
        mac.finalize().into_bytes().into()
    }

    /// A number from 0 up to 1 that follows from some words.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "48 bits fit")]
    pub fn fraction(&self, words: &[&str]) -> f64 {
        let digest = self.digest(words);
        let number = digest.iter().take(6).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
        number as f64 / (1_u64 << 48) as f64
    }
}

/// Counts of one sex of a unit, or of a pool: how many there are, and how many in each category.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// How many.
    pub all: u32,
    /// How many in each category of each table.
    pub cells: Vec<u32>,
}

impl Counts {
    /// Counts of nobody.
    #[must_use]
    pub fn zero(width: usize) -> Self {
        Self { all: 0, cells: vec![0; width] }
    }

    /// Adds others.
    pub fn add(&mut self, other: &Self) {
        self.all += other.all;
        for (cell, more) in self.cells.iter_mut().zip(&other.cells) {
            *cell += more;
        }
    }
}
