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

/// Rounds a unit.
#[must_use]
pub fn round(
    design: &Design,
    parameters: &Parameters,
    secret: &Secret,
    unit: &Unit,
    errors: &mut Errors,
) -> Published {
    let period = unit.period.to_string();
    let counts: Vec<u32> = unit.sexes.iter().map(|sex| sex.all).collect();
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
    let sexes = split(all, &counts, &mut carried, jitter, Rule::Sexes);
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
        cells.push(Some(divide(
            design,
            *published,
            &unit.sexes[sex],
            errors,
            (&unit.region, sex),
            parameters.rule,
            word,
        )));
    }
    Published { sexes, cells }
}

/// Divides a published count by every table.
pub(super) fn divide(
    design: &Design,
    published: u32,
    counts: &Counts,
    errors: &mut Errors,
    (region, sex): (&str, usize),
    rule: Rule,
    jitter: impl Fn(usize, usize) -> f64,
) -> Vec<u32> {
    let mut cells = vec![0; design.width()];
    for table in 0..design.tables.len() {
        let range = design.cells(table);
        let whole = design.divided(table).map_or(published, |above| cells[above]);
        let parts = split(
            whole,
            &counts.cells[range.clone()],
            &mut errors.of_cells(region, sex, &range, rule),
            |code| jitter(table, code),
            rule,
        );
        if rule == Rule::Categories {
            errors.note(region, sex, &range, &parts, &counts.cells[range.clone()]);
        }
        cells[range].copy_from_slice(&parts);
    }
    cells
}

/// Takes into account a unit whose publication stays as it is.
pub fn keep(design: &Design, unit: &Unit, published: &Published, errors: &mut Errors) {
    let counts: Vec<u32> = unit.sexes.iter().map(|sex| sex.all).collect();
    errors.total += f64::from(published.total()) - f64::from(unit.count());
    for errors in errors.of_sexes(&unit.region) {
        note(errors, &published.sexes, &counts, Rule::Sexes);
    }
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
