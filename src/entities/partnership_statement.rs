//! A partnership and a statement that states it.

use sea_orm::entity::prelude::*;

/// A partnership and a statement that states it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, DeriveEntityModel)]
#[sea_orm(table_name = "partnership_statement")]
pub struct Model {
    /// The partnership.
    #[sea_orm(primary_key, auto_increment = false)]
    pub partnership_id: Uuid,
    /// The statement.
    #[sea_orm(primary_key, auto_increment = false)]
    pub statement_id: Uuid,
}

/// None: what belongs together is asked for in `store`.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
