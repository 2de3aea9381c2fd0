//! By which categories participations are counted for the public, and how the categories divide each other.
//!
//! No two tables describe the same persons in ways that depend on each other, or both would say less than five about
//! them: those without consent are set apart once, for all tables; those who have not left once, for exit and what came
//! after; and the target group, which goes by education, is counted together with it.

use std::sync::LazyLock;

use chrono::NaiveDate;
use rustc_hash::FxHashMap;

use super::codes::{ANONYMOUS, Field, NOT_DUE, SEXES, STILL_PARTICIPATING, UNKNOWN};
use super::participation::Facts;
use crate::domain::disclosure::{Design, Table};

/// By what participations are counted; one of them in a question, besides sex, period, and what is known of projects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dimension {
    /// Age at enrolment.
    Age,
    /// Highest completed education.
    Education,
    /// Position on the labour market at entry.
    EntryStatus,
    /// Position upon leaving.
    ExitStatus,
    /// Position six months after leaving.
    StatusAfterSixMonths,
    /// Category of the target group.
    TargetGroup,
    /// The furthest step of the pathway.
    StepReached,
}

const COVERAGE: usize = 0;
const REGISTERED: usize = 1;
const AGE: usize = 1;
const SCHOOLING: usize = 2;
const ENTRY: usize = 3;
const STEP: usize = 4;
const STAGE: usize = 5;
const LEFT: usize = 1;
const EXIT: usize = 6;
const AFTER: usize = 7;

/// The tables.
pub const DESIGN: Design = Design {
    sexes: &SEXES,
    tables: &[
        Table { name: "COVERAGE", codes: &[ANONYMOUS, "REGISTERED"], divides: None },
        Table { name: "AGE", codes: Field::Age.codes(), divides: Some((COVERAGE, REGISTERED)) },
        Table {
            name: "SCHOOLING",
            // Target group and education.
            codes: &[
                "STAY_12_MONTHS/ISCED_0_2",
                "STAY_12_MONTHS/ISCED_3_4",
                "STAY_12_MONTHS/ISCED_5_8",
                "STAY_12_MONTHS/UNKNOWN",
                "STAY_6_MONTHS/ISCED_0_2",
                "STAY_6_MONTHS/ISCED_3_4",
                "STAY_6_MONTHS/ISCED_5_8",
                "STAY_6_MONTHS/UNKNOWN",
                "UNKNOWN/ISCED_0_2",
                "UNKNOWN/ISCED_3_4",
                "UNKNOWN/ISCED_5_8",
                "UNKNOWN/UNKNOWN",
            ],
            divides: Some((COVERAGE, REGISTERED)),
        },
        Table {
            name: "ENTRY_STATUS",
            codes: Field::EntryStatus.codes(),
            divides: Some((COVERAGE, REGISTERED)),
        },
        Table { name: "STEP_REACHED", codes: Field::Step.codes(), divides: Some((COVERAGE, REGISTERED)) },
        Table { name: "STAGE", codes: &[STILL_PARTICIPATING, "LEFT"], divides: Some((COVERAGE, REGISTERED)) },
        Table { name: "EXIT_STATUS", codes: Field::ExitStatus.codes(), divides: Some((STAGE, LEFT)) },
        Table {
            name: "AFTER_SIX_MONTHS",
            codes: Field::AfterSixMonths.codes(),
            divides: Some((STAGE, LEFT)),
        },
    ],
};

/// The name of a category, as it is stored.
#[must_use]
pub fn name(cell: usize) -> Option<(&'static str, &'static str)> {
    let table = (0..DESIGN.tables.len()).find(|table| DESIGN.cells(*table).contains(&cell))?;
    Some((DESIGN.tables[table].name, DESIGN.tables[table].codes[cell - DESIGN.start(table)]))
}

/// All categories as they are stored.
static STORED: LazyLock<Vec<String>> = LazyLock::new(|| {
    let names = (0..DESIGN.width()).filter_map(name);
    names.map(|(table, code)| format!("{table}:{code}")).collect()
});

/// A category as it is stored, such as `EXIT_STATUS:WORK`.
#[must_use]
pub fn category(cell: usize) -> Option<&'static str> {
    STORED.get(cell).map(String::as_str)
}

/// Some categories as they are stored.
#[must_use]
pub fn categories_of(cells: &[usize]) -> Vec<&'static str> {
    cells.iter().copied().filter_map(category).collect()
}

/// The category that is stored so.
#[must_use]
pub fn stored_as(category: &str) -> Option<usize> {
    static CELLS: LazyLock<FxHashMap<&str, usize>> =
        LazyLock::new(|| STORED.iter().enumerate().map(|(cell, name)| (name.as_str(), cell)).collect());
    CELLS.get(category).copied()
}

/// The category with a name.
#[must_use]
pub fn cell(table: &str, code: &str) -> Option<usize> {
    let table = DESIGN.tables.iter().position(|own| own.name == table)?;
    let at = DESIGN.tables[table].codes.iter().position(|own| *own == code)?;
    Some(DESIGN.start(table) + at)
}

/// The categories that a participation is in, one of each table that has one for it, as of a day. Nothing is known of
/// those without consent.
pub fn categories(facts: Option<&Facts>, day: NaiveDate) -> impl Iterator<Item = usize> + use<> {
    let Some(record) = facts else {
        return [Some(DESIGN.start(COVERAGE)), None, None, None, None, None, None, None]
            .into_iter()
            .flatten();
    };
    let place = |table: usize, field: Field, code: &str| {
        let codes = field.codes();
        let at = codes
            .iter()
            .position(|own| *own == code)
            .or_else(|| codes.iter().position(|own| *own == UNKNOWN));
        DESIGN.start(table) + at.unwrap_or(0)
    };
    let or_unknown = |code: Option<&'static str>| code.unwrap_or(UNKNOWN);
    let group = Field::TargetGroup.codes().iter().position(|own| *own == or_unknown(record.target_group));
    let level = Field::Education.codes().iter().position(|own| *own == or_unknown(record.education));
    let levels = Field::Education.codes().len();
    let schooling =
        group.unwrap_or(Field::TargetGroup.codes().len() - 1) * levels + level.unwrap_or(levels - 1);
    let has_left = record.exit_on.is_some_and(|exit| exit <= day);
    let exit = place(EXIT, Field::ExitStatus, or_unknown(record.exit_status));
    let after = if record.is_due(day) { or_unknown(record.after_six_months) } else { NOT_DUE };
    let after = place(AFTER, Field::AfterSixMonths, after);
    [
        Some(DESIGN.start(COVERAGE) + REGISTERED),
        Some(place(AGE, Field::Age, or_unknown(record.age))),
        Some(DESIGN.start(SCHOOLING) + schooling),
        Some(place(ENTRY, Field::EntryStatus, or_unknown(record.entry_status))),
        Some(place(STEP, Field::Step, or_unknown(record.step))),
        Some(DESIGN.start(STAGE) + usize::from(has_left) * LEFT),
        has_left.then_some(exit),
        has_left.then_some(after),
    ]
    .into_iter()
    .flatten()
}

impl Dimension {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Age,
        Self::Education,
        Self::EntryStatus,
        Self::ExitStatus,
        Self::StatusAfterSixMonths,
        Self::TargetGroup,
        Self::StepReached,
    ];

    /// Its name in the API.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Age => "AGE",
            Self::Education => "EDUCATION",
            Self::EntryStatus => "ENTRY_STATUS",
            Self::ExitStatus => "EXIT_STATUS",
            Self::StatusAfterSixMonths => "STATUS_AFTER_SIX_MONTHS",
            Self::TargetGroup => "TARGET_GROUP",
            Self::StepReached => "STEP_REACHED",
        }
    }

    /// The field that has its codes.
    #[must_use]
    pub fn field(self) -> Field {
        match self {
            Self::Age => Field::Age,
            Self::Education => Field::Education,
            Self::EntryStatus => Field::EntryStatus,
            Self::ExitStatus => Field::ExitStatus,
            Self::StatusAfterSixMonths => Field::AfterSixMonths,
            Self::TargetGroup => Field::TargetGroup,
            Self::StepReached => Field::Step,
        }
    }

    /// Its public codes in order, each with the categories that it is the sum of. Together they are all who are shown.
    #[must_use]
    pub fn codes(self) -> &'static [Sum] {
        static CODES: LazyLock<[Vec<Sum>; Dimension::ALL.len()]> =
            LazyLock::new(|| Dimension::ALL.map(Dimension::sums));
        // They stand in the order in which they are declared, which a test keeps.
        &CODES[self as usize]
    }

    /// [`Dimension::codes`], put together.
    fn sums(self) -> Vec<Sum> {
        let own = |table: usize| -> Vec<Sum> {
            let codes = DESIGN.tables[table].codes.iter();
            codes.enumerate().map(|(at, code)| (*code, vec![DESIGN.start(table) + at])).collect()
        };
        let schooling = |field: Field, part: fn((&'static str, &'static str)) -> &'static str| {
            let sum = |code: &'static str| {
                let parts = own(SCHOOLING).into_iter();
                let of =
                    parts.filter(|(both, _)| both.split_once('/').is_some_and(|both| part(both) == code));
                (code, of.flat_map(|(_, cells)| cells).collect())
            };
            field.codes().iter().map(|code| sum(code)).collect::<Vec<_>>()
        };
        let still = (STILL_PARTICIPATING, vec![DESIGN.start(STAGE)]);
        let mut codes = match self {
            Self::Age => own(AGE),
            Self::Education => schooling(Field::Education, |(_, education)| education),
            Self::TargetGroup => schooling(Field::TargetGroup, |(group, _)| group),
            Self::EntryStatus => own(ENTRY),
            Self::StepReached => own(STEP),
            Self::ExitStatus => [own(EXIT), vec![still]].concat(),
            Self::StatusAfterSixMonths => [own(AFTER), vec![still]].concat(),
        };
        codes.push((ANONYMOUS, vec![DESIGN.start(COVERAGE)]));
        codes
    }
}

/// A code of a dimension, with the categories that it is the sum of.
pub type Sum = (&'static str, Vec<usize>);

/// Codes of two dimensions, with the categories that they are the sum of together.
pub type Pair = (&'static str, Option<&'static str>, Vec<usize>);

/// The codes of two dimensions together, each pair with the categories that it is the sum of; none where they are not
/// counted together. Those of whom neither is known stand last, without a second code.
#[must_use]
pub fn crossed(one: Dimension, other: Dimension) -> Option<Vec<Pair>> {
    let swapped = match (one, other) {
        (Dimension::TargetGroup, Dimension::Education) => false,
        (Dimension::Education, Dimension::TargetGroup) => true,
        _ => return None,
    };
    let mut codes = Vec::new();
    for (at, both) in DESIGN.tables[SCHOOLING].codes.iter().enumerate() {
        let (group, education) = both.split_once('/')?;
        let (one, other) = if swapped { (education, group) } else { (group, education) };
        codes.push((one, Some(other), vec![DESIGN.start(SCHOOLING) + at]));
    }
    codes.push((ANONYMOUS, None, vec![DESIGN.start(COVERAGE)]));
    Some(codes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::participation::{Participation, Record};
    use super::*;
    use crate::domain::disclosure::{Counts, audit};

    fn any_participation() -> impl Strategy<Value = Participation> {
        let codes = |field: Field| prop::option::of(prop::sample::select(field.codes()));
        let record = (
            (1930_i32..2010, codes(Field::Education), codes(Field::EntryStatus), codes(Field::TargetGroup)),
            (0_i64..900, prop::option::of(0_i64..900), codes(Field::ExitStatus), codes(Field::ExitStatus)),
            prop::option::of(0_usize..6),
        );
        (prop::option::weighted(0.8, record), prop::sample::select(&SEXES)).prop_map(|(record, sex)| {
            let first = NaiveDate::from_ymd_opt(2022, 1, 1).unwrap();
            let record =
                record.map(|((birth, education, entry, group), (start, stay, exit, after), step)| {
                    let enrolled = first + chrono::TimeDelta::days(start);
                    let mut steps = [None; 6];
                    if let Some(step) = step {
                        steps[step] = Some(enrolled);
                    }
                    Record {
                        birth_year: Some(birth),
                        education,
                        entry_status: entry,
                        target_group: group,
                        enrolled_on: enrolled,
                        last_enrolled_on: enrolled,
                        exit_on: stay.map(|stay| enrolled + chrono::TimeDelta::days(stay)),
                        exit_status: stay.and(exit),
                        after_six_months: stay.and(after),
                        steps,
                        ..Record::default()
                    }
                });
            Participation { sex, start_year: 2022, record }
        })
    }

    proptest! {
        #[test]
        fn categories_are_a_tree_and_every_dimension_counts_everybody_once(
            persons in prop::collection::vec(any_participation(), 0..60), later in 0_i64..1500,
        ) {
            let day = NaiveDate::from_ymd_opt(2022, 1, 1).unwrap() + chrono::TimeDelta::days(later);
            let mut counts = Counts::zero(DESIGN.width());
            for person in &persons {
                counts.all += 1;
                categories(person.record.as_ref().map(Record::facts).as_ref(), day).for_each(|cell| counts.cells[cell] += 1);
            }
            prop_assert!(audit::is_consistent(&DESIGN, &counts));
            let both = crossed(Dimension::Education, Dimension::TargetGroup).unwrap();
            let sum: u32 = both.iter().flat_map(|(_, _, cells)| cells).map(|cell| counts.cells[*cell]).sum();
            prop_assert_eq!(sum, counts.all);
            for dimension in Dimension::ALL {
                let sum: u32 =
                    dimension.codes().iter().flat_map(|(_, cells)| cells).map(|cell| counts.cells[*cell]).sum();
                prop_assert_eq!(sum, counts.all, "{:?}", dimension);
            }
        }
    }

    #[test]
    fn categories_are_found_by_their_names_and_every_public_code_has_a_label() {
        for at in 0..DESIGN.width() {
            let (table, code) = name(at).unwrap();
            assert_eq!(cell(table, code), Some(at));
        }
        for dimension in Dimension::ALL {
            assert_eq!(dimension.codes(), dimension.sums());
            for (code, _) in dimension.codes() {
                assert!(dimension.field().label(code).is_some(), "{dimension:?} {code}");
            }
        }
    }
}
