//! A figure of results that a source has published.

use sea_orm::entity::prelude::*;

/// A figure of results that a source has published.
#[derive(Clone, Debug, PartialEq, Eq, Hash, DeriveEntityModel)]
#[sea_orm(table_name = "reported_result")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The project.
    pub project_id: Uuid,
    /// The statement.
    pub statement_id: Uuid,
    /// Measure, sex and statement.
    pub sort_key: Vec<u8>,
    /// What is counted.
    pub measure: String,
    /// `women`, `men` or none.
    pub sex: Option<String>,
    /// How many.
    pub value: i32,
}

/// None: what belongs together is asked for in `store`.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
