//! What older editions said of a project: it is the same project in the edition that speaks in their place.

use std::collections::{HashMap, HashSet};

use uuid::Uuid;

use super::standing::editions;
use crate::domain::matching::{Cluster, Traits, excludes, same_project};
use crate::entities::{source, statement};

/// For each source that is silent because of a newer edition the newer ones, the next first, the one that speaks last.
pub(super) type Heirs = HashMap<Uuid, Vec<Uuid>>;

/// The newer editions of sources.
pub(super) fn heirs(sources: &HashMap<Uuid, source::Model>, in_force: &HashSet<Uuid>) -> Heirs {
    let heirs = |source: &source::Model| {
        let mut newer: Vec<Uuid> = editions(source, sources).map(|next| next.id).collect();
        newer.truncate(newer.iter().position(|next| in_force.contains(next))? + 1);
        Some(newer)
    };
    let silent = sources.values().filter(|source| !in_force.contains(&source.id));
    silent.filter_map(|source| Some((source.id, heirs(source)?))).collect()
}

/// A statement and what of it tells which project it is about.
pub(super) type Told<'a> = (&'a statement::Model, &'a Traits);

/// The first statement of each project: what an older edition said of it, or else the first that speaks. `silent` are of
/// older editions, `speaking` those that are in `clusters`, both in the order in which they were recorded.
pub(super) fn first_statements(
    heirs: &Heirs,
    silent: &[Told<'_>],
    speaking: &[Told<'_>],
    clusters: &[Cluster],
) -> Vec<Uuid> {
    let of_first = |cluster: &Cluster| cluster.first().map(|&(at, _)| speaking[at].0);
    let mut firsts: Vec<&statement::Model> = clusters.iter().filter_map(of_first).collect();
    let mut editions: Vec<(&Vec<Uuid>, Vec<Told<'_>>)> = Vec::new();
    for told in silent {
        let Some(newer) = heirs.get(&told.0.source_id) else { continue };
        match editions.iter_mut().find(|(_, rows)| rows[0].0.source_id == told.0.source_id) {
            Some((_, rows)) => rows.push(*told),
            None => editions.push((newer, vec![*told])),
        }
    }
    if editions.is_empty() {
        return firsts.into_iter().map(|row| row.id).collect();
    }
    let mut known = Known::default();
    for (cluster, members) in clusters.iter().enumerate() {
        for &(at, _) in members {
            known.add(speaking[at], cluster);
        }
    }
    // Through the editions between an older one and that which speaks: each has most in common with the next.
    editions.sort_by_key(|(newer, _)| newer.len());
    for (newer, rows) in editions {
        for (told, cluster) in known.of_edition(newer, rows) {
            known.add(told, cluster);
            if told.0.sort_key < firsts[cluster].sort_key {
                firsts[cluster] = told.0;
            }
        }
    }
    firsts.into_iter().map(|row| row.id).collect()
}

/// Which projects statements of some editions are about.
#[derive(Default)]
struct Known<'a> {
    /// By source and number.
    numbered: HashMap<(Uuid, &'a str), usize>,
    /// By source and name.
    named: HashMap<(Uuid, &'a str), Vec<(usize, Told<'a>)>>,
}

impl<'a> Known<'a> {
    fn add(&mut self, told: Told<'a>, cluster: usize) {
        let row = told.0;
        if let Some(number) = &row.number_key {
            self.numbered.entry((row.source_id, number)).or_insert(cluster);
        }
        if let Some(name) = &row.name_key {
            self.named.entry((row.source_id, name)).or_default().push((cluster, told));
        }
    }

    /// The projects of an edition's statements: by the number in the first newer edition that has it, or by the name, where
    /// that is of one project alone and of one statement of the older edition, and nothing speaks against it.
    fn of_edition(&self, newer: &[Uuid], rows: Vec<Told<'a>>) -> Vec<(Told<'a>, usize)> {
        let found = |told: &Told<'a>| {
            newer.iter().find_map(|edition| {
                let number = told.0.number_key.as_deref();
                let by_number = number.and_then(|number| self.numbered.get(&(*edition, number)));
                by_number
                    .map(|cluster| (*cluster, true))
                    .or_else(|| Some((self.by_name(*edition, told)?, false)))
            })
        };
        let found: Vec<(Told<'a>, (usize, bool))> =
            rows.into_iter().filter_map(|told| Some((told, found(&told)?))).collect();
        let mut claims: HashMap<usize, usize> = HashMap::new();
        for (_, (cluster, _)) in &found {
            *claims.entry(*cluster).or_default() += 1;
        }
        let is_sure = |(_, (cluster, by_number)): &(_, (usize, bool))| *by_number || claims[cluster] == 1;
        found.into_iter().filter(is_sure).map(|(told, (cluster, _))| (told, cluster)).collect()
    }

    /// The project that the name of a statement stands for in a newer edition. Two numbers are two projects.
    fn by_name(&self, edition: Uuid, (row, traits): &Told<'_>) -> Option<usize> {
        let others = self.named.get(&(edition, row.name_key.as_deref()?))?;
        let possible = others.iter().filter(|(_, (other, other_traits))| {
            (row.number_key.is_none() || other.number_key.is_none()) && !excludes(traits, other_traits)
        });
        let mut near: Vec<_> =
            possible.map(|(cluster, (_, other))| (same_project(traits, other), *cluster)).collect();
        // What is told by owner or period before what is told by the name alone.
        near.sort_unstable_by_key(|(rule, cluster)| (rule.is_none(), *rule, *cluster));
        near.dedup_by_key(|(_, cluster)| *cluster);
        match near.as_slice() {
            [] => None,
            [(_, cluster)] => Some(*cluster),
            [(first, cluster), (second, _), ..] => (first != second && first.is_some()).then_some(*cluster),
        }
    }
}
