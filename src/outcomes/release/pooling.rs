//! Small groups, put together once all units are rounded.

use std::collections::{BTreeMap, HashMap};

use super::census::Place;
use super::fingerprint::Fingerprint;
use super::table::{PoolKey, Table};
use super::{Audit, BATCH};
use crate::domain::disclosure::errors::Errors;
use crate::domain::disclosure::pools::{self, Pool};
use crate::domain::disclosure::units::{Published, Unit};
use crate::domain::disclosure::{Counts, Parameters, Secret};
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
    /// Of which nobody is left.
    pub closed: &'a [bool],
    pub errors: Errors,
    /// Exact counts of the pools.
    pub pooled: BTreeMap<PoolKey, Counts>,
}

/// What pools publish, and of each that was rounded its name, its year and of whom it was made.
pub(super) type Pooled = (BTreeMap<PoolKey, (u32, Vec<u32>)>, Vec<(String, i32, Vec<u8>)>);

impl Pooling<'_> {
    pub fn round(
        &mut self,
        pools: Vec<Pool>,
        published: &Table,
        basis: &HashMap<Place, rounded::Model>,
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
            let few =
                |basis: &rounded::Model| Fingerprint::read(&basis.participations).changes(&print) < BATCH;
            // What is closed, or of which nobody is left, can only stay.
            let is_closed = counts.all == 0 || pool.members.iter().any(|(unit, _)| self.closed[*unit]);
            let stays = is_closed || basis.is_some_and(few);
            if let Some((_, cells)) = before.filter(|_| stays) {
                pools::keep(&DESIGN, &pool, cells, &counts, &mut self.errors);
                audit.pool(&pool, self.results, cells)?;
                now.insert(key, (pool.total, cells.clone()));
            } else if counts.all > 0 {
                pools::expect(&DESIGN, &pool, &counts, &mut self.errors);
                made_of.push((name, pool.period, print.bytes()));
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
}
