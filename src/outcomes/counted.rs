//! What a participation is counted by, as the database has it.

use chrono::NaiveDate;

use crate::domain::outcomes::codes::Field;
use crate::domain::outcomes::design::{self, DESIGN};
use crate::domain::outcomes::participation::{self, Facts};
use crate::store::exact::participations;

/// The categories that a participation is in, as of a day.
pub(super) fn categories(
    row: &participations::Counted,
    day: NaiveDate,
) -> impl Iterator<Item = usize> + use<> {
    let facts = (!row.anonymous).then(|| facts(row));
    design::categories(facts.as_ref(), day)
}

/// What a row is counted by.
fn facts(row: &participations::Counted) -> Facts {
    let code = |field: Field, value: &Option<String>| value.as_deref().and_then(|value| field.code(value));
    Facts {
        age: participation::age(row.birth_year, row.start_year).or_else(|| code(Field::Age, &row.age_band)),
        education: code(Field::Education, &row.education),
        entry_status: code(Field::EntryStatus, &row.entry_status),
        target_group: code(Field::TargetGroup, &row.target_group),
        step: participation::step(usize::try_from(row.step).unwrap_or_default()),
        exit_on: row.exit_on,
        exit_status: code(Field::ExitStatus, &row.exit_status),
        after_six_months: code(Field::AfterSixMonths, &row.after_six_months),
    }
}

/// The place of a sex; the last is that of those of whom it is not stated.
pub(super) fn sex(code: &str) -> usize {
    DESIGN.sexes.iter().position(|sex| *sex == code).unwrap_or(DESIGN.sexes.len() - 1)
}
