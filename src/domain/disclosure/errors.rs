//! What rounding has made of sums so far, for the next rounding to make good.

use std::collections::{HashMap, HashSet};

use super::split::{Rule, note};
use super::{Counts, Design};

/// The label of a pool in which the sexes are together.
pub const ALL_SEXES: &str = "*";

/// Published less true counts so far, of categories: nationally by sex and of all, and in regions.
#[derive(Clone, Debug)]
struct Categories {
    /// By sex, those of pools of all sexes last.
    of_sex: Vec<Vec<f64>>,
    of_all: Vec<f64>,
    in_region: HashMap<String, Vec<f64>>,
}

/// Published less true counts so far: of everything, of each sex, of each category.
#[derive(Clone, Debug)]
pub struct Errors {
    /// Of all units.
    pub total: f64,
    sexes: [Vec<f64>; 2],
    sexes_in_region: HashMap<String, Vec<f64>>,
    /// Of categories within their groups: less what the groups themselves are off by.
    within: Categories,
    /// Of categories as such: what is left for pools to make good, which are rounded last.
    whole: Categories,
    /// Of groups that went into pools, by period and region.
    small: HashMap<(i32, String), Vec<f64>>,
    steering: HashSet<String>,
    width: usize,
}

impl Errors {
    /// None so far. Errors are carried within the regions named.
    #[must_use]
    pub fn none(design: &Design, steering: HashSet<String>) -> Self {
        let (sexes, width) = (design.sexes.len(), design.width());
        let categories = Categories {
            of_sex: vec![vec![0.0; width]; sexes + 1],
            of_all: vec![0.0; width],
            in_region: HashMap::new(),
        };
        Self {
            total: 0.0,
            sexes: [vec![0.0; sexes], vec![0.0; sexes]],
            sexes_in_region: HashMap::new(),
            within: categories.clone(),
            whole: categories,
            small: HashMap::new(),
            steering,
            width,
        }
    }

    /// The errors that a division into sexes has to make good.
    pub fn of_sexes(&mut self, region: &str) -> Vec<&mut [f64]> {
        let [one, other] = &mut self.sexes;
        let mut errors: Vec<&mut [f64]> = vec![one, other];
        if self.steering.contains(region) {
            let size = errors[0].len();
            errors.push(self.sexes_in_region.entry(region.to_owned()).or_insert_with(|| vec![0.0; size]));
        }
        errors
    }

    /// The errors that a division into categories has to make good; `sex` is the number of the sex, or that after the
    /// last for all together.
    pub fn of_cells(
        &mut self,
        region: &str,
        sex: usize,
        cells: &std::ops::Range<usize>,
        rule: Rule,
    ) -> Vec<&mut [f64]> {
        let own = if rule == Rule::Categories { &mut self.within } else { &mut self.whole };
        let mut errors: Vec<&mut [f64]> =
            vec![&mut own.of_sex[sex][cells.clone()], &mut own.of_all[cells.clone()]];
        if self.steering.contains(region) {
            let of = own.in_region.entry(region.to_owned()).or_insert_with(|| vec![0.0; self.width]);
            errors.push(&mut of[cells.clone()]);
        }
        errors
    }

    /// Notes what a division into categories is off by, besides the errors that it made good.
    pub fn note(
        &mut self,
        region: &str,
        sex: usize,
        cells: &std::ops::Range<usize>,
        parts: &[u32],
        counts: &[u32],
    ) {
        for errors in self.of_cells(region, sex, cells, Rule::EqualCategories) {
            note(errors, parts, counts, Rule::EqualCategories);
        }
    }

    /// The errors of groups that went into a pool, by sex.
    pub fn small(&mut self, period: i32, region: &str, sexes: usize) -> &mut Vec<f64> {
        self.small.entry((period, region.to_owned())).or_insert_with(|| vec![0.0; sexes])
    }

    /// Takes into account what the categories of a pool will be off by, because its groups are: so that those which are
    /// rounded before it do not make good what it will.
    pub fn expect(&mut self, design: &Design, region: &str, sex: usize, published: u32, counts: &Counts) {
        if counts.all == 0 {
            return;
        }
        let off = f64::from(published) / f64::from(counts.all) - 1.0;
        for table in 0..design.tables.len() {
            let range = design.cells(table);
            for errors in self.of_cells(region, sex, &range, Rule::Pools) {
                for (error, count) in errors.iter_mut().zip(&counts.cells[range.clone()]) {
                    *error += f64::from(*count) * off;
                }
            }
        }
    }

    /// Takes into account a table that was published before and stays.
    pub fn keep(&mut self, design: &Design, region: &str, sex: usize, cells: &[u32], counts: &Counts) {
        for table in 0..design.tables.len() {
            let range = design.cells(table);
            let (parts, counts) = (&cells[range.clone()], &counts.cells[range.clone()]);
            for errors in self.of_cells(region, sex, &range, Rule::Categories) {
                note(errors, parts, counts, Rule::Categories);
            }
            self.note(region, sex, &range, parts, counts);
        }
    }
}
