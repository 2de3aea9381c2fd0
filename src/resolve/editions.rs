//! What older editions said of a project: it is the same project in the edition that speaks in their place.

use std::collections::{HashMap, HashSet};

use uuid::Uuid;

use crate::domain::matching::Cluster;
use crate::entities::{source, statement};

/// For each source that is silent because of a newer edition, the one that speaks in its place.
pub(super) fn heirs(sources: &HashMap<Uuid, source::Model>, in_force: &HashSet<Uuid>) -> HashMap<Uuid, Uuid> {
    let newer = |id: &Uuid| sources.get(id)?.superseded_by_id;
    let heir = |source: &Uuid| {
        let mut seen = HashSet::from([*source]);
        // A chain of editions has an end; a damaged one that goes round is cut.
        let mut chain = std::iter::successors(newer(source), newer).take_while(|next| seen.insert(*next));
        chain.find(|next| in_force.contains(next))
    };
    let silent = sources.keys().filter(|source| !in_force.contains(*source));
    silent.filter_map(|source| Some((*source, heir(source)?))).collect()
}

/// The first statement of each project: what an older edition said of it, or else the first that speaks. A statement of an
/// older edition is of the project with the same number in the edition that speaks, or, if one of them has no number, with
/// the same name. `silent` and `speaking` are in the order in which they were recorded, and `clusters` of those that speak.
pub(super) fn first_statements(
    heirs: &HashMap<Uuid, Uuid>,
    silent: &[statement::Model],
    speaking: &[&statement::Model],
    clusters: &[Cluster],
) -> Vec<Uuid> {
    let of_first = |cluster: &Cluster| cluster.first().map(|&(at, _)| speaking[at]);
    let mut firsts: Vec<_> = clusters.iter().filter_map(of_first).collect();
    let (mut numbered, mut named) = (HashMap::new(), HashMap::new());
    if !silent.is_empty() {
        for (cluster, members) in clusters.iter().enumerate() {
            for row in members.iter().map(|&(at, _)| speaking[at]) {
                let key = |key: &Option<String>| key.clone().map(|key| (row.source_id, key));
                key(&row.number_key).map(|key| numbered.entry(key).or_insert(cluster));
                key(&row.name_key).map(|key| named.entry(key).or_insert((cluster, row.number_key.is_none())));
            }
        }
    }
    for row in silent {
        let Some(&heir) = heirs.get(&row.source_id) else { continue };
        let by_number = row.number_key.clone().and_then(|key| numbered.get(&(heir, key)).copied());
        let by_name = || {
            let &(cluster, is_unnumbered) = named.get(&(heir, row.name_key.clone()?))?;
            (is_unnumbered || row.number_key.is_none()).then_some(cluster)
        };
        if let Some(cluster) = by_number.or_else(by_name)
            && row.sort_key < firsts[cluster].sort_key
        {
            firsts[cluster] = row;
        }
    }
    firsts.into_iter().map(|row| row.id).collect()
}
