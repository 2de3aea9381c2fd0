//! Participations of small groups together, by year and county, rounded.

use sea_orm::entity::prelude::*;

/// Participations of small groups together, by year and county, rounded.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "outcome_pool")]
pub struct Model {
    /// The year.
    #[sea_orm(primary_key, auto_increment = false)]
    pub period: i32,
    /// The county; empty where none is known.
    #[sea_orm(primary_key, auto_increment = false)]
    pub region_code: String,
    /// The sex, or `*` for several.
    #[sea_orm(primary_key, auto_increment = false)]
    pub sex: String,
    /// Table and code; empty for how many there are.
    #[sea_orm(primary_key, auto_increment = false)]
    pub category: String,
    /// How many: a multiple of five, never 0.
    pub value: i32,
}

/// None: what belongs together is asked for in `store`.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
