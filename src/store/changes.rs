//! Questions about what happened.

use sea_orm::{ColumnTrait, QueryFilter, Select};

use crate::entities::change::{self, ChangeType};

/// Only changes of these types; all where none are given.
#[must_use]
pub fn of_types(select: Select<change::Entity>, types: &[ChangeType]) -> Select<change::Entity> {
    if types.is_empty() { select } else { select.filter(change::Column::Type.is_in(types.iter().copied())) }
}
