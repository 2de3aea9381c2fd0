//! What an operator decided.

use sea_orm::entity::prelude::*;

/// What an operator decided.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "decision")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Its place in the order of decisions, from 1.
    pub sequence: i64,
    /// What kind of decision.
    pub kind: DecisionKind,
    /// The field that is chosen, by its name in the API.
    pub field: Option<String>,
    /// Why, in the operator's words.
    pub note: Option<String>,
    /// When it was made.
    pub decided_at: DateTimeUtc,
    /// When it was taken back, where it was: it has no effect then.
    pub undone_at: Option<DateTimeUtc>,
}

/// None: what belongs together is asked for in `store`.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Kinds of decisions.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, serde::Serialize, serde::Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DecisionKind {
    /// All its members are one project, or one organisation: the last one.
    Merge,
    /// The statements on the one side are one project, and another than those on the other side.
    Split,
    /// The two sides are two, however alike.
    Reject,
    /// What the statement says of a field is what the project shows.
    Choose,
}
