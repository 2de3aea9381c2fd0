//! How organisations are connected: chains of shared projects.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::network::{neighbours, shared_project};
use crate::error::{Error, Result};

/// How many pairs may be looked at for one step, and how many steps there may be.
const MOST: u64 = 300_000;
const STEPS: usize = 12;
/// Organisations that are asked about at once.
const AT_ONCE: usize = 5_000;

/// One end of a search: who was reached, and from whom.
struct Side {
    reached: BTreeMap<Uuid, Option<Uuid>>,
    last: Vec<Uuid>,
}

impl Side {
    fn at(id: Uuid) -> Self {
        Self { reached: BTreeMap::from([(id, None)]), last: vec![id] }
    }

    /// Goes one step further.
    async fn step(&mut self, db: &impl ConnectionTrait) -> Result<()> {
        let mut next: BTreeMap<Uuid, Uuid> = BTreeMap::new();
        let mut left = MOST;
        for some in self.last.chunks(AT_ONCE) {
            let pairs = neighbours(db, some, left + 1).await?;
            if pairs.len() as u64 > left {
                let reason =
                    "too many work together on the way to say how these two are connected".to_owned();
                return Err(Error::Argument { argument: "organisation".into(), reason });
            }
            left -= pairs.len() as u64;
            for (from, to) in pairs {
                if !self.reached.contains_key(&to) {
                    // Of several ways the same is taken each time.
                    let before = next.entry(to).or_insert(from);
                    *before = (*before).min(from);
                }
            }
        }
        self.last = next.keys().copied().collect();
        self.reached.extend(next.into_iter().map(|(to, from)| (to, Some(from))));
        Ok(())
    }

    /// From who was reached back to the end.
    fn back(&self, from: Uuid) -> Vec<Uuid> {
        std::iter::successors(Some(from), |id| self.reached.get(id).copied().flatten()).collect()
    }
}

/// The shortest chain between two legal entities: each with the project it shares with the one before, by name the
/// first. None where there is no chain.
///
/// # Errors
/// [`Error::Argument`] where too many are on the way, [`Error::Database`] if the database fails.
pub async fn shortest(
    db: &impl ConnectionTrait,
    from: Uuid,
    to: Uuid,
) -> Result<Option<Vec<(Uuid, Option<Uuid>)>>> {
    let (mut start, mut end) = (Side::at(from), Side::at(to));
    for _ in 0..=STEPS {
        let met: BTreeSet<Uuid> =
            start.reached.keys().filter(|id| end.reached.contains_key(id)).copied().collect();
        // All of these were met in the same step, so each makes a shortest chain.
        if let Some(met) = met.first() {
            let mut chain = start.back(*met);
            chain.reverse();
            chain.extend(end.back(*met).into_iter().skip(1));
            return Ok(Some(with_projects(db, &chain).await?));
        }
        if start.last.is_empty() || end.last.is_empty() {
            return Ok(None);
        }
        let nearer = if start.last.len() <= end.last.len() { &mut start } else { &mut end };
        nearer.step(db).await?;
    }
    let reason = format!("these two are more than {STEPS} steps apart");
    Err(Error::Argument { argument: "organisation".into(), reason })
}

async fn with_projects(db: &impl ConnectionTrait, chain: &[Uuid]) -> Result<Vec<(Uuid, Option<Uuid>)>> {
    let mut steps = Vec::with_capacity(chain.len());
    for (at, id) in chain.iter().enumerate() {
        let via = match at.checked_sub(1) {
            Some(before) => shared_project(db, chain[before], *id).await?,
            None => None,
        };
        steps.push((*id, via));
    }
    Ok(steps)
}
