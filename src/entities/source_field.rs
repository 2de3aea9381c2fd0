//! How often a source fills in a field.

use sea_orm::entity::prelude::*;

/// How often a source fills in a field.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "source_field")]
pub struct Model {
    /// The source.
    #[sea_orm(primary_key, auto_increment = false)]
    pub source_id: Uuid,
    /// The field, by its name in the API.
    #[sea_orm(primary_key, auto_increment = false)]
    pub field: String,
    /// How many of its statements say something of it.
    pub filled: i32,
}

/// None: what belongs together is asked for in `store`.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
