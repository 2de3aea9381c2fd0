//! What one source says of one project, as recorded.

use sea_orm::entity::prelude::*;

/// What one source says of one project, as recorded.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "statement")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The source.
    pub source_id: Uuid,
    /// Source sequence and ordinal as twelve bytes.
    pub sort_key: Vec<u8>,
    /// Line in the source, from 1.
    pub line: i32,
    /// The name folded for comparing.
    pub name_key: Option<String>,
    /// The project number normalised for comparing.
    pub number_key: Option<String>,
    /// The statement in the exchange format, JSON.
    pub body: String,
    /// The project it was resolved to.
    pub project_id: Option<Uuid>,
    /// The rule that joined it to its project.
    pub matched_by: MatchRule,
}

/// None: what belongs together is asked for in `store`.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Why a statement belongs to its project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum MatchRule {
    /// The same project number.
    Number,
    /// The same name and a compatible owner.
    NameAndOwner,
    /// The same name and an overlapping period.
    NameAndPeriod,
    /// An operator decided so.
    Decision,
    /// The first statement of its project.
    New,
}
