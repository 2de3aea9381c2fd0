//! What a release shows, how far it is from the truth, and what can be worked out of it: for the operator.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde::Serialize;

use super::Draft;
use crate::domain::disclosure::pools::ALL_REGIONS;
use crate::domain::disclosure::units::Published;
use crate::domain::outcomes::design::Dimension;

/// How far published counts are from the truth.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Deviation {
    /// How many counts were compared.
    pub counts: usize,
    /// Root of the mean square.
    pub rmse: f64,
    /// The largest.
    pub largest: f64,
}

impl Deviation {
    fn of(differences: impl IntoIterator<Item = f64>) -> Self {
        let (mut counts, mut squares, mut largest) = (0_u32, 0.0, 0.0_f64);
        for difference in differences {
            counts += 1;
            squares += difference * difference;
            largest = largest.max(difference.abs());
        }
        let rmse = if counts == 0 { 0.0 } else { (squares / f64::from(counts)).sqrt() };
        Self { counts: counts as usize, rmse, largest }
    }
}

/// What a release is. It tells of exact counts, so it is for the operator.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The number of the release.
    pub number: i32,
    /// The number of the release that says the same; then none was made.
    pub unchanged_since: Option<i32>,
    /// Participations that were counted.
    pub counted: usize,
    /// Participations that were not, since their project is no more.
    pub without_project: usize,
    /// Participations that are published.
    pub participations: u32,
    /// Of them, shown by categories with their project.
    pub shown: u32,
    /// Of them, shown by categories with others of their year and county.
    pub pooled: u32,
    /// Of them, not shown by categories.
    pub not_shown: u32,
    /// Projects and years that were rounded.
    pub rounded: usize,
    /// Projects and years that stay as they were.
    pub kept: usize,
    /// How far totals, and positions upon leaving where they are shown, are from the truth, by level.
    pub deviation: BTreeMap<&'static str, Deviation>,
    /// Sums that the audit looked at.
    pub sums: u64,
    /// The fewest values that any of them can have, by what somebody knows besides.
    pub fewest: BTreeMap<&'static str, Option<u32>>,
}

impl Report {
    pub(super) fn of(draft: &Draft) -> Self {
        let published: u32 = draft.table.units.values().map(|(_, unit)| unit.total()).sum();
        let groups = draft.table.units.values().flat_map(|(_, unit)| unit.sexes.iter().zip(&unit.cells));
        let shown: u32 = groups.filter(|(_, cells)| cells.is_some()).map(|(value, _)| value).sum();
        let pooled: u32 = draft.table.pools.values().map(|(total, _)| total).sum();
        Self {
            number: 0,
            unchanged_since: None,
            counted: draft.counted,
            without_project: draft.without_project,
            participations: published,
            shown,
            pooled,
            not_shown: published.saturating_sub(shown + pooled),
            rounded: draft.rounded,
            kept: draft.kept,
            deviation: deviation(draft),
            sums: draft.findings.values().map(|found| found.sums).sum(),
            fewest: draft.findings.iter().map(|(name, found)| (*name, found.fewest)).collect(),
        }
    }

    /// What everybody may read of the audit: it follows from what is published.
    #[must_use]
    pub fn audit(&self) -> String {
        let fewest = self.fewest.get("nothing").copied().flatten();
        let fewest = fewest.map_or("none was shown".to_owned(), |fewest| {
            format!("every one of them can have {fewest} values or more")
        });
        format!("Sums of categories were looked at as somebody would who knows the method; {fewest}.")
    }

    /// The report for a terminal.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = match self.unchanged_since {
            Some(number) => format!("Release {number} stays: what would be published is the same.\n"),
            None => format!("Release {} is public.\n", self.number),
        };
        let percent = |part: u32| {
            if self.participations == 0 {
                0.0
            } else {
                100.0 * f64::from(part) / f64::from(self.participations)
            }
        };
        let _infallible = write!(
            text,
            "{} participations were counted and {} are published: by categories with their project {:.1} %, with others of \
             their year and county {:.1} %, not by categories {:.1} %.\n\
             {} projects and years were rounded, {} stay as they were.\n",
            self.counted,
            self.participations,
            percent(self.shown),
            percent(self.pooled),
            percent(self.not_shown),
            self.rounded,
            self.kept,
        );
        if self.without_project > 0 {
            let _infallible = writeln!(
                text,
                "{} participations of projects that are not known any more were left out.",
                self.without_project
            );
        }
        for (level, deviation) in &self.deviation {
            let _infallible = writeln!(
                text,
                "off by {:.1} (root mean square), {} at most: {level}, {} counts",
                deviation.rmse, deviation.largest, deviation.counts
            );
        }
        let _infallible =
            write!(text, "The audit looked at {} sums. The fewest values that one can have:", self.sums);
        for (knowledge, fewest) in &self.fewest {
            let fewest = fewest.map_or("-".to_owned(), |fewest| fewest.to_string());
            let _infallible = write!(text, " {fewest} for who knows {knowledge};");
        }
        text.truncate(text.trim_end_matches(';').len());
        text.push('.');
        text
    }
}

/// How far from the truth totals and positions upon leaving are, of what is shown by categories at each level.
fn deviation(draft: &Draft) -> BTreeMap<&'static str, Deviation> {
    let codes = Dimension::ExitStatus.codes();
    let sum =
        |cells: &[u32], code: usize| codes[code].1.iter().map(|cell| f64::from(cells[*cell])).sum::<f64>();
    let (mut totals, mut of_groups) = (Vec::new(), Vec::new());
    let mut by_region: BTreeMap<(&str, usize), f64> = BTreeMap::new();
    for (unit, (place, is_closed)) in draft.units.iter().zip(&draft.places) {
        if *is_closed {
            continue;
        }
        let shown = draft.table.units.get(place).map(|(_, unit)| unit);
        totals.push(f64::from(shown.map_or(0, Published::total)) - f64::from(unit.count()));
        for (own, truth) in shown.iter().flat_map(|shown| shown.cells.iter().zip(&unit.sexes)) {
            let Some(own) = own else { continue };
            for code in 0..codes.len() {
                let off = sum(own, code) - sum(&truth.cells, code);
                of_groups.push(off);
                *by_region.entry((&unit.region, code)).or_default() += off;
            }
        }
    }
    for (((_, region, _), (_, own)), (_, truth)) in draft.table.pools.iter().zip(&draft.pooled) {
        for code in 0..codes.len() {
            *by_region.entry((region, code)).or_default() += sum(own, code) - sum(&truth.cells, code);
        }
    }
    let mut of_all = vec![0.0; codes.len()];
    for ((_, code), off) in &by_region {
        of_all[*code] += off;
    }
    by_region.retain(|(region, _), _| *region != ALL_REGIONS);
    BTreeMap::from([
        ("participations by project and year", Deviation::of(totals)),
        ("positions upon leaving by project, year and sex", Deviation::of(of_groups)),
        ("positions upon leaving by county", Deviation::of(by_region.into_values())),
        ("positions upon leaving of all", Deviation::of(of_all)),
    ])
}
