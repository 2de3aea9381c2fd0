//! The participations of one project and period: rounded, or kept as they were published.

use std::collections::{HashMap, HashSet};

use super::errors::Errors;
use super::split::{Rule, note, split, total};
use super::{Counts, Design, Parameters, Secret};

/// What is rounded at once: the participations of one project that began in one period.
#[derive(Clone, Debug)]
pub struct Unit {
    /// The project, by its id.
    pub project: String,
    /// The year.
    pub period: i32,
    /// The region of the project, by its code; empty where none is known.
    pub region: String,
    /// True counts, by sex.
    pub sexes: Vec<Counts>,
}

impl Unit {
    /// How many there are.
    #[must_use]
    pub fn count(&self) -> u32 {
        self.sexes.iter().map(|sex| sex.all).sum()
    }
}

/// What is published of a unit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Published {
    /// How many of each sex.
    pub sexes: Vec<u32>,
    /// How many in each category, by sex; none where the group is too small to be shown by categories.
    pub cells: Vec<Option<Vec<u32>>>,
}

impl Published {
    /// How many.
    #[must_use]
    pub fn total(&self) -> u32 {
        self.sexes.iter().sum()
    }
}

/// The regions in which there are enough projects to carry errors.
#[must_use]
pub fn steering(units: &[Unit], parameters: &Parameters) -> HashSet<String> {
    let mut projects: HashMap<&str, HashSet<&str>> = HashMap::new();
    for unit in units {
        projects.entry(&unit.region).or_default().insert(&unit.project);
    }
    let enough = |projects: &HashSet<&str>| projects.len() >= parameters.min_projects_for_steering;
    projects.into_iter().filter(|(_, own)| enough(own)).map(|(region, _)| region.to_owned()).collect()
}

/// The order in which units are rounded.
#[must_use]
pub fn order(units: &[Unit], secret: &Secret) -> Vec<usize> {
    let key = |unit: &Unit| secret.digest(&["order", &unit.project, &unit.period.to_string()]);
    let mut order: Vec<usize> = (0..units.len()).collect();
    order.sort_by_cached_key(|at| key(&units[*at]));
    order
}

/// What was published of a unit, and the counts that each part of it was made of.
#[derive(Clone, Copy, Debug)]
pub struct Earlier<'a> {
    /// What was published.
    pub published: &'a Published,
    /// What it was made of, by sex.
    pub made_of: &'a [Counts],
}

/// Rounds a unit. The division into sexes, and every table of which the whole is the same, stay as they were where fewer
/// than so many participations changed in them: else what did not change would be seen rounded in several ways. Besides
/// what is published gives the counts that each part of it was made of.
#[must_use]
pub fn round(
    design: &Design,
    parameters: &Parameters,
    secret: &Secret,
    unit: &Unit,
    earlier: Option<Earlier<'_>>,
    errors: &mut Errors,
) -> (Published, Vec<Counts>) {
    let period = unit.period.to_string();
    let counts: Vec<u32> = unit.sexes.iter().map(|sex| sex.all).collect();
    let mut made_of = unit.sexes.clone();
    let as_before = earlier.filter(|earlier| {
        let before: Vec<u32> = earlier.made_of.iter().map(|sex| sex.all).collect();
        changes(&before, &counts) < parameters.batch
    });
    let sexes = if let Some(earlier) = as_before {
        for (made, before) in made_of.iter_mut().zip(earlier.made_of) {
            made.all = before.all;
        }
        keep_sexes(unit, &earlier.published.sexes, &counts, errors);
        earlier.published.sexes.clone()
    } else {
        let all = total(&counts, &mut errors.total);
        let small = errors.small(unit.period, &unit.region, counts.len());
        let mut pooled: Vec<f64> = small
            .iter()
            .zip(&counts)
            .map(|(error, count)| if *count < parameters.guard { *error } else { 0.0 })
            .collect();
        let mut carried = errors.of_sexes(&unit.region);
        carried.push(&mut pooled);
        let jitter = |at: usize| secret.fraction(&["sex", &unit.project, &period, design.sexes[at]]);
        split(all, &counts, &mut carried, jitter, Rule::Sexes)
    };
    let mut cells = Vec::with_capacity(sexes.len());
    for (sex, published) in sexes.iter().enumerate() {
        if *published < parameters.guard {
            errors.small(unit.period, &unit.region, counts.len())[sex] +=
                f64::from(*published) - f64::from(counts[sex]);
            cells.push(None);
            continue;
        }
        let word = |table: usize, code: usize| {
            let table = &design.tables[table];
            secret.fraction(&[table.name, &unit.project, &period, design.sexes[sex], table.codes[code]])
        };
        let before = earlier.and_then(|earlier| {
            let cells = earlier.published.cells[sex].as_deref()?;
            (earlier.published.sexes[sex] == *published).then_some((cells, &earlier.made_of[sex].cells[..]))
        });
        let (own, own_made_of) = divide(
            design,
            *published,
            &unit.sexes[sex],
            before.map(|before| (before, parameters.batch)),
            errors,
            (&unit.region, sex),
            parameters.rule,
            word,
        );
        cells.push(Some(own));
        made_of[sex].cells = own_made_of;
    }
    (Published { sexes, cells }, made_of)
}

/// How many participations must have changed, at least, for some counts to become others.
fn changes(before: &[u32], after: &[u32]) -> u32 {
    let sum = |counts: &[u32]| counts.iter().sum::<u32>();
    let apart: u32 = before.iter().zip(after).map(|(one, other)| one.abs_diff(*other)).sum();
    sum(before).abs_diff(sum(after)).max(apart.div_ceil(2))
}

/// Divides a published count by every table; a table stays as it was before where fewer than so many changed in it and
/// what it divides is the same. Gives the parts, and the counts that they were made of.
#[expect(clippy::type_complexity, reason = "what was published and what it was made of, side by side")]
pub(super) fn divide(
    design: &Design,
    published: u32,
    counts: &Counts,
    before: Option<((&[u32], &[u32]), u32)>,
    errors: &mut Errors,
    (region, sex): (&str, usize),
    rule: Rule,
    jitter: impl Fn(usize, usize) -> f64,
) -> (Vec<u32>, Vec<u32>) {
    let (mut cells, mut made_of) = (vec![0; design.width()], counts.cells.clone());
    for table in 0..design.tables.len() {
        let range = design.cells(table);
        let above = design.divided(table);
        let own = &counts.cells[range.clone()];
        let stays = before.filter(|((earlier, made), batch)| {
            let is_same = above.is_none_or(|above| earlier[above] == cells[above]);
            is_same && changes(&made[range.clone()], own) < *batch
        });
        let mut carried = errors.of_cells(region, sex, &range, rule);
        let parts = if let Some(((earlier, made), _)) = stays {
            made_of[range.clone()].copy_from_slice(&made[range.clone()]);
            for carried in &mut carried {
                note(carried, &earlier[range.clone()], own, rule);
            }
            earlier[range.clone()].to_vec()
        } else {
            let whole = above.map_or(published, |above| cells[above]);
            split(whole, own, &mut carried, |code| jitter(table, code), rule)
        };
        if rule == Rule::Categories {
            errors.note(region, sex, &range, &parts, own);
        }
        cells[range].copy_from_slice(&parts);
    }
    (cells, made_of)
}

fn keep_sexes(unit: &Unit, published: &[u32], counts: &[u32], errors: &mut Errors) {
    errors.total += f64::from(published.iter().sum::<u32>()) - f64::from(unit.count());
    for errors in errors.of_sexes(&unit.region) {
        note(errors, published, counts, Rule::Sexes);
    }
}

/// Takes into account a unit whose publication stays as it is.
pub fn keep(design: &Design, unit: &Unit, published: &Published, errors: &mut Errors) {
    let counts: Vec<u32> = unit.sexes.iter().map(|sex| sex.all).collect();
    keep_sexes(unit, &published.sexes, &counts, errors);
    for (sex, cells) in published.cells.iter().enumerate() {
        match cells {
            Some(cells) => errors.keep(design, &unit.region, sex, cells, &unit.sexes[sex]),
            None => {
                errors.small(unit.period, &unit.region, counts.len())[sex] +=
                    f64::from(published.sexes[sex]) - f64::from(counts[sex]);
            }
        }
    }
}
