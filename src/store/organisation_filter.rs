//! Conditions on organisations: functions that compose.

use sea_orm::ActiveEnum;
use sea_orm::sea_query::{Condition, Expr, ExprTrait, Query};

use super::search::Words;
use crate::entities::organisation::{self, OrganisationKind};
use crate::entities::organisation_tree;
use crate::entities::partnership::{self, PartnershipRole};
use crate::entities::search_entry::SearchKind;

fn col(column: organisation::Column) -> Expr {
    Expr::col((organisation::Entity, column))
}

/// Organisations that have some words in their names or numbers.
#[must_use]
pub fn with_words(words: &Words) -> Condition {
    words.among(SearchKind::Organisation, col(organisation::Column::Id))
}

/// Those with some numbers of ten digits.
#[must_use]
pub fn numbered(digits: Vec<String>) -> Condition {
    Condition::all().add(col(organisation::Column::Number).is_in(digits))
}

/// Those of some kinds.
#[must_use]
pub fn of_kinds(kinds: &[OrganisationKind]) -> Condition {
    Condition::all().add(col(organisation::Column::Kind).is_in(kinds.iter().map(ActiveEnum::to_value)))
}

/// Legal entities, or units of one.
#[must_use]
pub fn of_level(legal_entities: bool) -> Condition {
    let parent = col(organisation::Column::ParentId);
    Condition::all().add(if legal_entities { parent.is_null() } else { parent.is_not_null() })
}

/// Those in some counties.
#[must_use]
pub fn in_regions(codes: Vec<String>) -> Condition {
    Condition::all().add(col(organisation::Column::RegionCode).is_in(codes))
}

/// Those in some municipalities.
#[must_use]
pub fn in_municipalities(codes: Vec<String>) -> Condition {
    Condition::all().add(col(organisation::Column::MunicipalityCode).is_in(codes))
}

/// Those that have, or a unit of which has, one of some parts in a project.
#[must_use]
pub fn in_roles(roles: &[PartnershipRole]) -> Condition {
    let mut parts = Query::select();
    parts
        .expr(Expr::cust("1"))
        .from(organisation_tree::Entity)
        .inner_join(
            partnership::Entity,
            Expr::col((partnership::Entity, partnership::Column::MemberId))
                .equals((organisation_tree::Entity, organisation_tree::Column::DescendantId)),
        )
        .and_where(
            Expr::col((organisation_tree::Entity, organisation_tree::Column::AncestorId))
                .equals((organisation::Entity, organisation::Column::Id)),
        )
        .and_where(
            Expr::col((partnership::Entity, partnership::Column::Role))
                .is_in(roles.iter().map(ActiveEnum::to_value)),
        );
    Condition::all().add(Expr::exists(parts))
}
