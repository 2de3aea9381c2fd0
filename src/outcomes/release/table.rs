//! What is published, as rows and as the method knows it.

use std::collections::{BTreeMap, HashMap};

use sea_orm::DatabaseConnection;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::domain::disclosure::units::Published;
use crate::domain::outcomes::design::{self, DESIGN};
use crate::entities::{indicator_target, outcome_cell, outcome_group, outcome_pool, outcome_sum};
use crate::error::Result;
use crate::store::releases::{self, Rows};

/// Projects that are fetched at once.
const AT_ONCE: u64 = 500;

/// A pool: year, county, and sex or `*`.
pub(super) type PoolKey = (i32, String, String);

/// Everything that is published.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Table {
    pub units: BTreeMap<(Uuid, i32), (String, Published)>,
    /// How many, and how many in each category.
    pub pools: BTreeMap<PoolKey, (u32, Vec<u32>)>,
    /// What projects plan for: project, indicator, year and sex.
    pub targets: BTreeMap<(Uuid, String, i32, String), i32>,
}

fn cell(category: &str) -> Option<usize> {
    category.split_once(':').and_then(|(table, code)| design::cell(table, code))
}

fn stored(value: u32) -> i32 {
    i32::try_from(value).unwrap_or(i32::MAX)
}

fn read(value: i32) -> u32 {
    u32::try_from(value).unwrap_or_default()
}

fn sex(code: &str) -> usize {
    DESIGN.sexes.iter().position(|own| *own == code).unwrap_or(DESIGN.sexes.len() - 1)
}

impl Table {
    /// What is public now.
    pub async fn read(db: &DatabaseConnection) -> Result<Self> {
        let (mut table, mut after) = (Self::default(), Uuid::nil());
        loop {
            let some = releases::some(db, after, AT_ONCE).await?;
            let Some(last) = some.groups.iter().map(|group| group.project_id).max() else { break };
            after = last;
            table.add(some);
        }
        let (pools, targets) = (releases::pools(db).await?, releases::targets(db).await?);
        table.add(Rows { pools, targets, ..Rows::default() });
        Ok(table)
    }

    fn add(&mut self, rows: Rows) {
        let table = self;
        let nothing =
            || Published { sexes: vec![0; DESIGN.sexes.len()], cells: vec![None; DESIGN.sexes.len()] };
        for row in rows.groups {
            let place = (row.project_id, row.period);
            let (_, unit) = table.units.entry(place).or_insert_with(|| (row.region_code.clone(), nothing()));
            let sex = sex(&row.sex);
            unit.sexes[sex] = read(row.value);
            unit.cells[sex] = row.shown.then(|| vec![0; DESIGN.width()]);
        }
        for row in rows.cells {
            let unit = table.units.get_mut(&(row.project_id, row.period));
            let cells = unit.and_then(|(_, unit)| unit.cells[sex(&row.sex)].as_mut());
            if let (Some(cells), Some(cell)) = (cells, cell(&row.category)) {
                cells[cell] = read(row.value);
            }
        }
        for row in rows.pools {
            let key = (row.period, row.region_code, row.sex);
            let (total, cells) = table.pools.entry(key).or_insert_with(|| (0, vec![0; DESIGN.width()]));
            match cell(&row.category) {
                Some(cell) => cells[cell] = read(row.value),
                None => *total = read(row.value),
            }
        }
        for row in rows.targets {
            table.targets.insert((row.project_id, row.indicator, row.period, row.sex), row.value);
        }
    }

    /// Its rows, in order.
    pub fn rows(&self) -> Rows {
        let names: Vec<&str> = (0..DESIGN.width()).filter_map(design::category).collect();
        let mut rows = Rows::default();
        for ((project_id, period), (region_code, unit)) in &self.units {
            for (at, sex) in DESIGN.sexes.iter().enumerate() {
                if unit.sexes[at] == 0 {
                    continue;
                }
                let sex = (*sex).to_owned();
                for (cell, value) in
                    unit.cells[at].iter().flatten().enumerate().filter(|(_, value)| **value > 0)
                {
                    rows.cells.push(outcome_cell::Model {
                        project_id: *project_id,
                        category: names[cell].to_owned(),
                        period: *period,
                        sex: sex.clone(),
                        value: stored(*value),
                    });
                }
                rows.groups.push(outcome_group::Model {
                    project_id: *project_id,
                    period: *period,
                    sex,
                    region_code: region_code.clone(),
                    value: stored(unit.sexes[at]),
                    shown: unit.cells[at].is_some(),
                });
            }
        }
        for ((period, region_code, sex), (total, cells)) in &self.pools {
            let row = |category: &str, value: u32| outcome_pool::Model {
                period: *period,
                region_code: region_code.clone(),
                sex: sex.clone(),
                category: category.to_owned(),
                value: stored(value),
            };
            rows.pools.push(row("", *total));
            let shown = cells.iter().enumerate().filter(|(_, value)| **value > 0);
            rows.pools.extend(shown.map(|(cell, value)| row(names[cell], *value)));
        }
        let target = |((project_id, indicator, period, sex), value): (&(Uuid, String, i32, String), &i32)| {
            let (indicator, sex) = (indicator.clone(), sex.clone());
            indicator_target::Model {
                project_id: *project_id,
                period: *period,
                sex,
                indicator,
                value: *value,
            }
        };
        rows.targets = self.targets.iter().map(target).collect();
        rows
    }
}

/// Sums of rows by category, year, county and sex: how many there are by their groups, how many in categories by what is
/// shown of projects and of pools.
pub(super) fn sums(rows: &Rows) -> Vec<outcome_sum::Model> {
    let mut sums: BTreeMap<(&str, i32, &str, &str), i32> = BTreeMap::new();
    let mut regions: HashMap<(Uuid, i32), &str> = HashMap::new();
    for group in &rows.groups {
        regions.insert((group.project_id, group.period), &group.region_code);
        *sums.entry(("", group.period, &group.region_code, &group.sex)).or_default() += group.value;
    }
    for cell in &rows.cells {
        let region = regions.get(&(cell.project_id, cell.period)).copied().unwrap_or_default();
        *sums.entry((&cell.category, cell.period, region, &cell.sex)).or_default() += cell.value;
    }
    for pool in rows.pools.iter().filter(|pool| !pool.category.is_empty()) {
        *sums.entry((&pool.category, pool.period, &pool.region_code, &pool.sex)).or_default() += pool.value;
    }
    let row = |((category, period, region_code, sex), value): ((&str, i32, &str, &str), i32)| {
        let (category, region_code, sex) = (category.to_owned(), region_code.to_owned(), sex.to_owned());
        outcome_sum::Model { category, period, region_code, sex, value }
    };
    sums.into_iter().map(row).collect()
}

/// SHA-256 of all rows, in hexadecimal.
pub(super) fn digest(rows: &Rows) -> String {
    let mut hash = Sha256::new();
    for row in &rows.groups {
        hash.update(format!(
            "{} {} {} {} {}\n",
            row.project_id, row.period, row.sex, row.region_code, row.value
        ));
    }
    for row in &rows.cells {
        hash.update(format!(
            "{} {} {} {} {}\n",
            row.project_id, row.period, row.sex, row.category, row.value
        ));
    }
    for row in &rows.pools {
        hash.update(format!(
            "{} {} {} {} {}\n",
            row.period, row.region_code, row.sex, row.category, row.value
        ));
    }
    hex::encode(hash.finalize())
}
