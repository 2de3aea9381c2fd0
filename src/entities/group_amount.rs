//! The sum of the amounts of one kind and currency of all projects in one group of a dimension.

use sea_orm::entity::prelude::*;

use super::award::AmountKind;

/// The sum of the amounts of one kind and currency of all projects in one group of a dimension, in minor units.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "group_amount")]
pub struct Model {
    /// What the groups are made by.
    #[sea_orm(primary_key, auto_increment = false)]
    pub dimension: String,
    /// What the group is known by.
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    /// What the amounts are.
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: AmountKind,
    /// ISO 4217 code.
    #[sea_orm(primary_key, auto_increment = false)]
    pub currency: String,
    /// The sum.
    pub sum: i64,
    /// The smallest.
    pub min: i64,
    /// The largest.
    pub max: i64,
    /// How many projects have such an amount.
    pub projects: i64,
}

/// None: what belongs together is asked for in `store`.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
