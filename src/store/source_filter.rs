//! Conditions on sources: functions that compose.

use sea_orm::sea_query::{Condition, Expr, ExprTrait};
use uuid::Uuid;

use crate::entities::source;

/// Sources that some formats read.
#[must_use]
pub fn in_formats(formats: Vec<String>) -> Condition {
    Condition::all().add(Expr::col((source::Entity, source::Column::Format)).is_in(formats))
}

/// Sources that some organisations published.
#[must_use]
pub fn published_by(publishers: Vec<Uuid>) -> Condition {
    Condition::all().add(Expr::col((source::Entity, source::Column::PublisherId)).is_in(publishers))
}

/// Sources in whose place a newer edition speaks, or those in whose place none does.
#[must_use]
pub fn superseded(yes: bool) -> Condition {
    let by = Expr::col((source::Entity, source::Column::SupersededById));
    Condition::all().add(if yes { by.is_not_null() } else { by.is_null() })
}
