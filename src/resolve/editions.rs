//! What older editions said of a project: it is the same project in the edition that speaks in their place.

use std::collections::{BTreeSet, HashMap, HashSet};

use uuid::Uuid;

use super::standing::editions;
use crate::domain::matching::{self, Cluster, Rule, Traits, excludes, same_project};
use crate::domain::rulings::Rulings;
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
        for (told, cluster) in known.of_edition(newer, &rows) {
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
    named: HashMap<(Uuid, &'a str), BTreeSet<usize>>,
    /// What a source says of a project.
    said: HashMap<(Uuid, usize), Vec<Told<'a>>>,
}

impl<'a> Known<'a> {
    fn add(&mut self, told: Told<'a>, cluster: usize) {
        let row = told.0;
        if let Some(number) = &row.number_key {
            self.numbered.entry((row.source_id, number)).or_insert(cluster);
        }
        if let Some(name) = &row.name_key {
            self.named.entry((row.source_id, name)).or_default().insert(cluster);
        }
        self.said.entry((row.source_id, cluster)).or_default().push(told);
    }

    /// The projects that an edition's statements are about: by number in a newer edition, or by name, where that is of one
    /// project in both and nothing speaks against it.
    fn of_edition(&self, newer: &[Uuid], rows: &[Told<'a>]) -> Vec<(Told<'a>, usize)> {
        let traits: Vec<Traits> = rows.iter().map(|(_, traits)| Traits::clone(traits)).collect();
        let projects = matching::cluster(&traits, &Rulings::default()).into_iter();
        let projects = projects.map(|own| own.into_iter().map(|(at, _)| rows[at]).collect::<Vec<_>>());
        let found: Vec<(Vec<Told<'a>>, usize, bool)> = projects
            .filter_map(|own| {
                let by_number = self.by_number(newer, &own);
                let cluster = by_number.or_else(|| self.by_name(newer, &own))?;
                Some((own, cluster, by_number.is_some()))
            })
            .collect();
        let mut claims: HashMap<usize, usize> = HashMap::new();
        for (_, cluster, _) in &found {
            *claims.entry(*cluster).or_default() += 1;
        }
        let sure = found.into_iter().filter(|(_, cluster, by_number)| *by_number || claims[cluster] == 1);
        sure.flat_map(|(own, cluster, _)| own.into_iter().map(move |told| (told, cluster))).collect()
    }

    fn by_number(&self, newer: &[Uuid], own: &[Told<'_>]) -> Option<usize> {
        let numbers = || own.iter().filter_map(|(row, _)| row.number_key.as_deref());
        let of = |edition: &Uuid| numbers().find_map(|number| self.numbered.get(&(*edition, number)));
        newer.iter().find_map(of).copied()
    }

    /// The project with a name of these in the first newer edition that has one.
    fn by_name(&self, newer: &[Uuid], own: &[Told<'_>]) -> Option<usize> {
        newer.iter().find_map(|edition| {
            let names = own.iter().filter_map(|(row, _)| row.name_key.as_deref());
            let clusters: BTreeSet<usize> =
                names.filter_map(|name| self.named.get(&(*edition, name))).flatten().copied().collect();
            let near = |cluster| Some((nearness(own, self.said.get(&(*edition, cluster))?)?, cluster));
            let mut near: Vec<_> = clusters.into_iter().filter_map(near).collect();
            near.sort_unstable();
            match near.as_slice() {
                [] => None,
                [(_, cluster)] => Some(Some(*cluster)),
                [(first, cluster), (second, _), ..] => Some((first < second).then_some(*cluster)),
            }
        })?
    }
}

/// How near what two editions say of a project of one name is to each other, the nearest first: by owner or period, or by
/// the name alone. None where something speaks against it: two numbers are two projects.
fn nearness(own: &[Told<'_>], others: &[Told<'_>]) -> Option<(bool, Option<Rule>)> {
    let pairs = || own.iter().flat_map(|one| others.iter().map(move |other| (one, other)));
    let are_numbered = |((one, _), (other, _)): &(&Told<'_>, &Told<'_>)| {
        one.number_key.is_some() && other.number_key.is_some()
    };
    let named_alike = |((one, _), (other, _)): &(&Told<'_>, &Told<'_>)| one.name_key == other.name_key;
    if pairs().any(|pair| are_numbered(&pair))
        || pairs().filter(named_alike).any(|((_, one), (_, other))| excludes(one, other))
    {
        return None;
    }
    let rule =
        pairs().filter(named_alike).filter_map(|((_, one), (_, other))| same_project(one, other)).min();
    Some((rule.is_none(), rule))
}
