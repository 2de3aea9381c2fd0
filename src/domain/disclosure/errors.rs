//! What rounding has made of sums so far, for the next rounding to make good.

use std::collections::{HashMap, HashSet};

use super::split::{Rule, note};
use super::{Counts, Design};

/// The label of a pool in which the sexes are together.
pub const ALL_SEXES: &str = "*";

/// Published less true counts so far: of everything, of each sex, of each category nationally and in regions.
#[derive(Clone, Debug)]
pub struct Errors {
    /// Of all units.
    pub total: f64,
    sexes: [Vec<f64>; 2],
    sexes_in_region: HashMap<String, Vec<f64>>,
    /// By sex, those of pools of all sexes last.
    cells_of_sex: Vec<Vec<f64>>,
    cells: Vec<f64>,
    cells_in_region: HashMap<String, Vec<f64>>,
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
        Self {
            total: 0.0,
            sexes: [vec![0.0; sexes], vec![0.0; sexes]],
            sexes_in_region: HashMap::new(),
            cells_of_sex: vec![vec![0.0; width]; sexes + 1],
            cells: vec![0.0; width],
            cells_in_region: HashMap::new(),
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
    pub fn of_cells(&mut self, region: &str, sex: usize, cells: &std::ops::Range<usize>) -> Vec<&mut [f64]> {
        let mut errors: Vec<&mut [f64]> =
            vec![&mut self.cells_of_sex[sex][cells.clone()], &mut self.cells[cells.clone()]];
        if self.steering.contains(region) {
            let own = self.cells_in_region.entry(region.to_owned()).or_insert_with(|| vec![0.0; self.width]);
            errors.push(&mut own[cells.clone()]);
        }
        errors
    }

    /// The errors of groups that went into a pool, by sex.
    pub fn small(&mut self, period: i32, region: &str, sexes: usize) -> &mut Vec<f64> {
        self.small.entry((period, region.to_owned())).or_insert_with(|| vec![0.0; sexes])
    }

    /// Takes into account a table that was published before and stays.
    pub fn keep(&mut self, design: &Design, region: &str, sex: usize, cells: &[u32], counts: &Counts) {
        for table in 0..design.tables.len() {
            let range = design.cells(table);
            for errors in self.of_cells(region, sex, &range) {
                note(errors, &cells[range.clone()], &counts.cells[range.clone()], Rule::Categories);
            }
        }
    }
}
