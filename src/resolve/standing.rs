//! Which sources speak, and how much each counts.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use uuid::Uuid;

use crate::domain::claims;
use crate::entities::source;

/// How much a source counts, 0 most, and the day it is dated by: published, or else obtained.
#[must_use]
pub fn standing(source: &source::Model) -> (u8, NaiveDate) {
    (claims::rank(&source.format), source.published_on.unwrap_or(source.obtained_on))
}

/// The sources that speak: not withdrawn, and with no newer edition that does.
pub(super) fn in_force(sources: &HashMap<Uuid, source::Model>) -> HashSet<Uuid> {
    let speaks = |source: &&source::Model| {
        let mut seen = HashSet::from([source.id]);
        let newer = |source: &&source::Model| sources.get(&source.superseded_by_id?);
        // A chain of editions has an end; a damaged one that goes round is cut.
        let mut editions =
            std::iter::successors(newer(source), newer).take_while(|next| seen.insert(next.id));
        source.withdrawn_at.is_none() && !editions.any(|next| next.withdrawn_at.is_none())
    };
    sources.values().filter(speaks).map(|source| source.id).collect()
}
