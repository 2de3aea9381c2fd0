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

/// The newer editions of a source among some, the next first.
pub(crate) fn editions<'a>(
    source: &source::Model,
    sources: &'a HashMap<Uuid, source::Model>,
) -> impl Iterator<Item = &'a source::Model> {
    let mut seen = HashSet::from([source.id]);
    let newer = |id: Option<Uuid>| sources.get(&id?);
    // A chain of editions has an end; a damaged one that goes round is cut.
    std::iter::successors(newer(source.superseded_by_id), move |next| newer(next.superseded_by_id))
        .take_while(move |next| seen.insert(next.id))
}

/// The sources that speak: not withdrawn, and with no newer edition that does.
#[must_use]
pub(crate) fn in_force(sources: &HashMap<Uuid, source::Model>) -> HashSet<Uuid> {
    let speaks = |source: &&source::Model| {
        source.withdrawn_at.is_none() && !editions(source, sources).any(|next| next.withdrawn_at.is_none())
    };
    sources.values().filter(speaks).map(|source| source.id).collect()
}
