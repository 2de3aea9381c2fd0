//! Conditions on funders: functions that compose.

use sea_orm::ActiveEnum;
use sea_orm::sea_query::{Condition, Expr, ExprTrait, SelectStatement};

use crate::entities::funder::{self, FunderKind};

/// Funders whose ids a query selects.
#[must_use]
pub fn among(ids: SelectStatement) -> Condition {
    Condition::all().add(Expr::col((funder::Entity, funder::Column::Id)).in_subquery(ids))
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
