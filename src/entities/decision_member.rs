//! What a decision is about.

use sea_orm::entity::prelude::*;

/// What a decision is about: a statement, or an organisation.
#[derive(Clone, Debug, Default, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "decision_member")]
pub struct Model {
    /// The decision.
    #[sea_orm(primary_key, auto_increment = false)]
    pub decision_id: Uuid,
    /// Its place among the members, from 0.
    #[sea_orm(primary_key, auto_increment = false)]
    pub ordinal: i32,
    /// The side that it stands on, 0 or 1.
    pub side: i32,
    /// The statement, which may not be here yet.
    pub statement_id: Option<Uuid>,
    /// The organisation, which may not be here yet.
    pub organisation_id: Option<Uuid>,
    /// File name of the statement's source.
    pub document: Option<String>,
    /// SHA-256 of the statement's source.
    pub sha256: Option<String>,
    /// Line of the statement.
    pub line: Option<i32>,
    /// Name of the project or organisation.
    pub name: Option<String>,
    /// Number of the project or organisation.
    pub number: Option<String>,
}

/// None: what belongs together is asked for in `store`.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
