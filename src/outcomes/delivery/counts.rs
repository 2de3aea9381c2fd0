//! Files of counts: indicators by project, year and sex, planned or actual.

use std::collections::{BTreeMap, HashSet};

use chrono::{Datelike, NaiveDate};

use super::columns::Columns;
use super::{Reading, Refused};
use crate::domain::matching::number_key;
use crate::domain::names::fold;
use crate::domain::outcomes::aggregate::{self, COUNTED, Values};
use crate::domain::outcomes::codes::Field;
use crate::domain::outcomes::indicators::Indicator;
use crate::entities::indicator_value;
use crate::error::Result;
use crate::import::records::Row;
use crate::store::exact::indicators;

/// The first year that a count may be for.
const FIRST_YEAR: i32 = 1995;

/// A project, a year and a sex of which there are actual counts.
type Group = (String, i32, String);

/// Whether a file is one of counts.
pub(super) fn is_of_counts(columns: &Columns) -> bool {
    columns.has("indicator") && columns.has("value")
}

/// What a row says.
fn read(
    columns: &Columns,
    row: &[String],
    project: Option<&str>,
    today: NaiveDate,
) -> std::result::Result<indicator_value::Model, String> {
    let cell = |name: &str| columns.cell(row, name);
    let project = cell("project_number").or(project).ok_or("project_number is empty")?;
    let planned = match cell("kind").map(fold).as_deref() {
        None | Some("actual" | "utfall" | "verkligt" | "resultat") => false,
        Some("planned" | "planerat" | "plan" | "planerad" | "mål" | "target") => true,
        Some(_) => return Err("kind is neither planned nor actual".to_owned()),
    };
    let indicator = cell("indicator").ok_or("indicator is empty")?.to_uppercase();
    let known = Indicator::all().iter().any(|own| own.code == indicator);
    if !known {
        return Err("indicator is no common indicator such as EECO02".to_owned());
    }
    if !planned && !COUNTED.contains(&indicator.as_str()) {
        return Err(format!("{indicator} is not counted here; counted are {}", COUNTED.join(", ")));
    }
    let sex = match cell("sex") {
        None if planned => String::new(),
        None => return Err("sex is empty".to_owned()),
        Some(text) => Field::Sex.read(text).ok_or("sex is none of its codes")?.to_owned(),
    };
    let period = match cell("year") {
        None if planned => 0,
        None => return Err("year is empty".to_owned()),
        Some(text) => {
            let year: i32 = text.parse().map_err(|_| "year is no year of four digits")?;
            let last = if planned { today.year() + 10 } else { today.year() };
            let fits = (FIRST_YEAR..=last).contains(&year);
            fits.then_some(year).ok_or("year is not one that a count can be for")?
        }
    };
    let value = cell("value").ok_or("value is empty")?;
    let value: i32 = value.parse().map_err(|_| "value is no whole number")?;
    if !(0..=10_000_000).contains(&value) {
        return Err("value is no count of persons".to_owned());
    }
    Ok(indicator_value::Model { project_key: number_key(project).0, period, sex, indicator, planned, value })
}

impl Reading<'_> {
    /// Reads a file of counts. Counts of one project, year and sex that break a rule together are all refused.
    pub(super) async fn counts(&mut self, columns: &Columns, rows: impl Iterator<Item = Row>) -> Result<()> {
        let today = self.now.date_naive();
        let mut sound: Vec<(u32, indicator_value::Model)> = Vec::new();
        for row in rows {
            self.report.rows += 1;
            if let Ok((line, cells)) = &row {
                super::no_person(&self.report.path, *line, cells)?;
            }
            let read = row.and_then(|(line, cells)| {
                read(columns, &cells, self.options.project.as_deref(), today)
                    .map(|value| (line, value))
                    .map_err(|reason| Refused { line: Some(line), reason })
            });
            match read {
                Ok(value) => sound.push(value),
                Err(refused) => self.report.refused.push(refused),
            }
        }
        let keys: HashSet<String> = sound.iter().map(|(_, own)| own.project_key.clone()).collect();
        let keys: Vec<String> = keys.into_iter().collect();
        self.look_up(keys.clone()).await?;
        if self.options.replace {
            for key in &keys {
                self.forget(key).await?;
            }
        }
        let known = indicators::of_projects(self.tx, &self.viewer, &keys).await?;
        let key = |own: &indicator_value::Model| {
            (own.project_key.clone(), own.period, own.sex.clone(), own.indicator.clone(), own.planned)
        };
        let before: BTreeMap<_, i32> = known.iter().map(|own| (key(own), own.value)).collect();
        let mut groups: BTreeMap<Group, Values> = BTreeMap::new();
        for own in known.iter().chain(sound.iter().map(|(_, own)| own)).filter(|own| !own.planned) {
            let group = (own.project_key.clone(), own.period, own.sex.clone());
            let value = u32::try_from(own.value).unwrap_or_default();
            groups.entry(group).or_default().insert(own.indicator.clone(), value);
        }
        let broken: BTreeMap<Group, String> = groups
            .into_iter()
            .filter_map(|(group, values)| Some((group, aggregate::counts(&values).err()?)))
            .collect();
        let mut rows: BTreeMap<_, indicator_value::Model> = BTreeMap::new();
        for (line, own) in sound {
            let group = (own.project_key.clone(), own.period, own.sex.clone());
            let rule = broken.get(&group).filter(|_| !own.planned).cloned();
            let objection = self.objection(&own.project_key, own.period).map(str::to_owned);
            if let Some(reason) = objection.or(rule) {
                self.report.refused.push(Refused { line: Some(line), reason });
                continue;
            }
            match before.get(&key(&own)).or(rows.get(&key(&own)).map(|own| &own.value)) {
                None => self.report.new += 1,
                Some(value) if *value == own.value => self.report.unchanged += 1,
                Some(_) => self.report.revised += 1,
            }
            rows.insert(key(&own), own);
        }
        indicators::save(self.tx, rows.into_values().collect()).await
    }
}
