//! A set of those who pay for the same projects, and one of them.

use sea_orm::entity::prelude::*;

/// A set of those who pay for the same projects, and one of them.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "funding_funder")]
pub struct Model {
    /// The set.
    #[sea_orm(primary_key, auto_increment = false)]
    pub funding_id: Uuid,
    /// The funder.
    #[sea_orm(primary_key, auto_increment = false)]
    pub funder_id: Uuid,
}

/// None: what belongs together is asked for in `store`.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
