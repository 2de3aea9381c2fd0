//! Conditions on funders: functions that compose.

use sea_orm::ActiveEnum;
use sea_orm::sea_query::{Condition, Expr, ExprTrait};

use super::search::Words;
use crate::entities::funder::{self, FunderKind};
use crate::entities::search_entry::SearchKind;

/// Funders that have some words in their names.
#[must_use]
pub fn with_words(words: &Words) -> Condition {
    words.among(SearchKind::Funder, Expr::col((funder::Entity, funder::Column::Id)))
}

/// Funders of some kinds.
#[must_use]
pub fn of_kinds(kinds: &[FunderKind]) -> Condition {
    let kind = Expr::col((funder::Entity, funder::Column::Kind));
    Condition::all().add(kind.is_in(kinds.iter().map(ActiveEnum::to_value)))
}

/// Funders of some programme periods.
#[must_use]
pub fn of_programme_periods(periods: Vec<String>) -> Condition {
    Condition::all().add(Expr::col((funder::Entity, funder::Column::ProgrammePeriod)).is_in(periods))
}
