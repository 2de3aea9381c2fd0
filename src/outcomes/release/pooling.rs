//! Small groups, put together once all units are rounded.

use std::collections::{BTreeMap, HashMap};

use super::census::Place;
use super::fingerprint::{self, Fingerprint};
use super::table::{PoolKey, Table};
use super::{Audit, BATCH, POOL};
use crate::domain::disclosure::errors::Errors;
use crate::domain::disclosure::pools::{self, Pool};
use crate::domain::disclosure::units::{Published, Unit};
use crate::domain::disclosure::{Counts, Parameters, Secret};
use crate::domain::outcomes::aggregate;
use crate::domain::outcomes::design::DESIGN;
use crate::entities::rounded;
use crate::error::Result;

/// Puts small groups together, once all units are rounded.
pub(super) struct Pooling<'a> {
    pub secret: &'a Secret,
    pub parameters: &'a Parameters,
    pub units: &'a [Unit],
    pub results: &'a [Published],
    /// Of each unit, by sex.
    pub by_sex: &'a [Vec<Fingerprint>],
    /// Of which only counts were delivered.
    pub only_counts: &'a [bool],
    /// Of which nobody is left.
    pub closed: &'a [bool],
    pub errors: Errors,
    /// Exact counts of the pools.
    pub pooled: BTreeMap<PoolKey, Counts>,
}

/// What pools publish, and what each that was rounded was made of.
pub(super) type Pooled = (BTreeMap<PoolKey, (u32, Vec<u32>)>, Vec<rounded::Model>);

impl Pooling<'_> {
    pub fn round(
        &mut self,
        pools: Vec<Pool>,
        published: &Table,
        basis: &HashMap<Place, rounded::Model>,
        release: i32,
        audit: &mut Audit<'_>,
    ) -> Result<Pooled> {
        let (mut now, mut made_of, mut anew) = (BTreeMap::new(), Vec::new(), Vec::new());
        for pool in pools {
            let print = Fingerprint::of(pool.members.iter().map(|(unit, sex)| &self.by_sex[*unit][*sex]));
            let key: PoolKey = (pool.period, pool.region.clone(), pool.label(&DESIGN).to_owned());
            let name = format!("{}/{}", key.1, key.2);
            let counts = pool.counts(&DESIGN, self.units);
            self.pooled.insert(key.clone(), counts.clone());
            let before = published.pools.get(&key).filter(|(total, _)| *total == pool.total);
            let basis = basis.get(&(name.clone(), pool.period));
            let only_counts = self.of_only_counts(&pool);
            let few = |basis: &rounded::Model| {
                let persons = Fingerprint::read(&basis.participations).changes(&print);
                let before = fingerprint::counts_of(&basis.counts, DESIGN.width());
                // Earlier versions noted persons alone.
                let counts = match &before[..] {
                    [] => 0,
                    before => aggregate::changes(before, std::slice::from_ref(&only_counts)),
                };
                persons.max(usize::try_from(counts).unwrap_or(usize::MAX)) < BATCH
            };
            // What is closed, or of which nobody is left, can only stay.
            let is_closed = counts.all == 0 || pool.members.iter().any(|(unit, _)| self.closed[*unit]);
            let stays = is_closed || basis.is_some_and(few);
            if let Some((_, cells)) = before.filter(|_| stays) {
                pools::keep(&DESIGN, &pool, cells, &counts, &mut self.errors);
                audit.pool(&pool, self.results, cells)?;
                now.insert(key, (pool.total, cells.clone()));
            } else if counts.all > 0 {
                pools::expect(&DESIGN, &pool, &counts, &mut self.errors);
                made_of.push(rounded::Model {
                    kind: POOL.to_owned(),
                    name,
                    period: pool.period,
                    release,
                    project_id: None,
                    participations: print.bytes(),
                    counts: fingerprint::bytes_of(&[only_counts]),
                });
                anew.push((pool, key, counts));
            }
        }
        for (pool, key, counts) in anew {
            let cells = pools::round(&DESIGN, self.parameters, self.secret, &pool, &counts, &mut self.errors);
            audit.pool(&pool, self.results, &cells)?;
            now.insert(key, (pool.total, cells));
        }
        Ok((now, made_of))
    }

    /// The counts of the groups of which only counts were delivered: nobody in them can be told from another.
    fn of_only_counts(&self, pool: &Pool) -> Counts {
        let mut sum = Counts::zero(DESIGN.width());
        for (unit, sex) in pool.members.iter().filter(|(unit, _)| self.only_counts[*unit]) {
            sum.add(&self.units[*unit].sexes[*sex]);
        }
        sum
    }
}
