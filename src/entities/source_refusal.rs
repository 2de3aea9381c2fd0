//! A row of a source that could not be used.

use sea_orm::entity::prelude::*;

/// A row of a source that could not be used.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "source_refusal")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The source.
    pub source_id: Uuid,
    /// Line in the source, from 1.
    pub line: Option<i32>,
    /// Why, as a sentence.
    pub reason: String,
}

/// None: what belongs together is asked for in `store`.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
