//! What has to be settled together.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use fastbloom::BloomFilter;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::rulings::Decisions;
use super::settle::Entry;
use crate::entities::statement;
use crate::error::Result;

/// How many keys one statement looks up.
const KEYS: usize = 10_000;

/// Bits that tell which names and numbers were written: with two million of them one in a hundred thousand others is looked
/// for in vain, with twenty million one in twenty-five.
const BITS: usize = 1 << 27;

/// The names and numbers of all statements that the database has, where it had none before: most of a first import are
/// new, and need not be looked for.
pub(super) struct Written(BloomFilter);

impl Written {
    /// None yet.
    pub fn none() -> Self {
        Self(BloomFilter::with_num_bits(BITS).hashes(4))
    }

    /// Notes what statements are found by.
    pub fn add<'a>(&mut self, rows: impl Iterator<Item = &'a statement::Model>) {
        for row in rows {
            for key in [&row.name_key, &row.number_key].into_iter().flatten() {
                self.0.insert(key);
            }
        }
    }

    /// Whether some statement may have a name or number.
    fn may_have(&self, key: &String) -> bool {
        self.0.contains(key)
    }
}

/// Some statements and all that are joined to them by names, numbers and decisions, first recorded first.
pub(super) async fn related(
    db: &impl ConnectionTrait,
    entries: Vec<Entry>,
    decisions: &Decisions,
    written: Option<&Written>,
) -> Result<Vec<Entry>> {
    let mut found: BTreeMap<(Vec<u8>, Uuid), Entry> = BTreeMap::new();
    let (mut names, mut numbers, mut ids) = (HashSet::new(), HashSet::new(), HashSet::new());
    let mut fresh = entries;
    while !fresh.is_empty() {
        let keys = |key: fn(&statement::Model) -> &Option<String>, known: &mut HashSet<String>| {
            let new: BTreeSet<String> = fresh.iter().filter_map(|entry| key(&entry.row).clone()).collect();
            new.into_iter().filter(|key| known.insert(key.clone())).collect::<Vec<String>>()
        };
        let new_names = keys(|s| &s.name_key, &mut names);
        let new_numbers = keys(|s| &s.number_key, &mut numbers);
        ids.extend(fresh.iter().map(|entry| entry.row.id));
        let decided: BTreeSet<Uuid> =
            fresh.iter().flat_map(|entry| decisions.joined_with(entry.row.id)).collect();
        let decided: Vec<Uuid> = decided.into_iter().filter(|id| !ids.contains(id)).collect();
        for entry in std::mem::take(&mut fresh) {
            found.insert((entry.row.sort_key.clone(), entry.row.id), entry);
        }
        let mut wanted: BTreeSet<Uuid> = decided.into_iter().collect();
        for (column, keys) in
            [(statement::Column::NameKey, new_names), (statement::Column::NumberKey, new_numbers)]
        {
            let may_be = |key: &String| written.is_none_or(|written| written.may_have(key));
            let keys: Vec<String> = keys.into_iter().filter(may_be).collect();
            for some in keys.chunks(KEYS) {
                // Most are known already: their ids are enough.
                let others: Vec<Uuid> = statement::Entity::find()
                    .select_only()
                    .column(statement::Column::Id)
                    .filter(column.is_in(some.iter().map(String::as_str)))
                    .into_tuple()
                    .all(db)
                    .await?;
                wanted.extend(others.into_iter().filter(|id| !ids.contains(id)));
            }
        }
        let wanted: Vec<Uuid> = wanted.into_iter().collect();
        for some in wanted.chunks(KEYS) {
            let rows = statement::Entity::find()
                .filter(statement::Column::Id.is_in(some.iter().copied()))
                .all(db)
                .await?;
            for row in rows {
                fresh.push(Entry::stored(row)?);
            }
        }
    }
    Ok(found.into_values().collect())
}
