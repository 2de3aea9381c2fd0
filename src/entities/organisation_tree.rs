//! An organisation with itself, or with a unit anywhere below it.

use sea_orm::entity::prelude::*;

/// An organisation with itself, or with a unit anywhere below it.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "organisation_tree")]
pub struct Model {
    /// The organisation above.
    #[sea_orm(primary_key, auto_increment = false)]
    pub ancestor_id: Uuid,
    /// The organisation itself or below.
    #[sea_orm(primary_key, auto_increment = false)]
    pub descendant_id: Uuid,
}

/// None: what belongs together is asked for in `store`.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
