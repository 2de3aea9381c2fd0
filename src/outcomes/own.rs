//! Exact figures for those who were granted them.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use chrono::{Datelike, NaiveDate};
use uuid::Uuid;

use super::counted::{categories, sex};
use crate::domain::disclosure::Counts;
use crate::domain::outcomes::aggregate::{self, Values};
use crate::domain::outcomes::design::DESIGN;
use crate::entities::outcome_word::{Category, Sex};
use crate::error::Result;
use crate::store::exact::{Exact, Viewer, indicators, participations};
use crate::store::outcomes::{Number, Tabulation};
use crate::store::own::Own;

/// Projects whose persons are fetched at once.
const AT_ONCE: usize = 100;

/// The participations of one project, year and sex, exactly.
#[derive(Clone, Debug)]
pub struct Unit {
    /// Year of enrolment.
    pub period: i32,
    /// The place of the sex.
    pub sex: usize,
    /// How many, in all and by category.
    pub counts: Counts,
}

/// The participations of some projects, by their numbers as they are compared, as of a day. Only what is granted is read;
/// of a project without participations there is nothing.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub async fn count(exact: &Exact, granted: &[String], day: NaiveDate) -> Result<HashMap<String, Vec<Unit>>> {
    let viewer = Viewer::granted(granted.iter().cloned().collect());
    let mut units: BTreeMap<(String, i32, usize), Counts> = BTreeMap::new();
    for some in granted.chunks(AT_ONCE) {
        let mut persons: HashSet<(String, i32)> = HashSet::new();
        for row in participations::shown(exact, &viewer, some, day).await? {
            let place = (row.project_key.clone(), row.start_year, sex(&row.sex));
            let counts = units.entry(place).or_insert_with(|| Counts::zero(DESIGN.width()));
            counts.all += 1;
            categories(&row, day).for_each(|category| counts.cells[category] += 1);
            persons.insert((row.project_key, row.start_year));
        }
        let mut values: BTreeMap<(String, i32, usize), Values> = BTreeMap::new();
        for row in indicators::shown(exact, &viewer, some).await? {
            // Where persons were delivered too, they count.
            if !row.planned
                && row.period <= day.year()
                && !persons.contains(&(row.project_key.clone(), row.period))
            {
                let own = values.entry((row.project_key, row.period, sex(&row.sex))).or_default();
                own.insert(row.indicator, u32::try_from(row.value).unwrap_or_default());
            }
        }
        // Counts that break a rule were refused when they were delivered.
        let counted =
            values.into_iter().filter_map(|(place, own)| Some((place, aggregate::counts(&own).ok()?)));
        units.extend(counted);
    }
    let mut by_number: HashMap<String, Vec<Unit>> = HashMap::new();
    for ((number, period, sex), counts) in units {
        by_number.entry(number).or_default().push(Unit { period, sex, counts });
    }
    Ok(by_number)
}

/// The numbers that answer a question, each exact: as those of published outcomes, but that everything is shown.
#[must_use]
pub fn numbers(asked: &Tabulation, own: &[(Own, &[Unit])]) -> Vec<Number> {
    type Place = (Uuid, Uuid, String, i32, Sex);
    let mut sums: BTreeMap<(Place, Category), i64> = BTreeMap::new();
    let mut add = |place: Place, category: Category, count: u32| {
        *sums.entry((place, category)).or_default() += i64::from(count);
    };
    let wanted = |unit: &Unit| {
        (asked.periods.is_empty() || asked.periods.contains(&unit.period))
            && (asked.sexes.is_empty() || asked.sexes.iter().any(|sex| *sex == DESIGN.sexes[unit.sex]))
    };
    let mut counted: BTreeSet<(&str, Uuid)> = BTreeSet::new();
    for (project, units) in own {
        // A project of several funders stands here once for each.
        let first = counted.insert((&project.number_key, project.project_id));
        for unit in units.iter().filter(|unit| wanted(unit)) {
            if first {
                add(Place::default(), Category::Total, unit.counts.all);
            } else if !asked.by_funder {
                continue;
            }
            let place = (
                if asked.by_project { project.project_id } else { Uuid::nil() },
                project.funder_id.filter(|_| asked.by_funder).unwrap_or_default(),
                project.region_code.clone().filter(|_| asked.by_region).unwrap_or_default(),
                if asked.by_period { unit.period } else { 0 },
                Sex(Some(unit.sex).filter(|_| asked.by_sex)),
            );
            add(place.clone(), Category::All, unit.counts.all);
            for (cell, count) in unit.counts.cells.iter().enumerate() {
                if asked.categories.contains(&cell) {
                    add(place.clone(), Category::Of(cell), *count);
                }
            }
        }
    }
    let number = |((place, category), value)| {
        let (project_id, funder_id, region_code, period, sex) = place;
        Number { project_id, funder_id, region_code, period, sex, category, value, groups: 1, shown: 1 }
    };
    sums.into_iter().map(number).collect()
}
