//! Published participations of all projects by year and county.

use sea_orm::entity::prelude::*;

/// Published participations of all projects by year and county.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "outcome_sum")]
pub struct Model {
    /// Table and code; empty for how many there are.
    #[sea_orm(primary_key, auto_increment = false)]
    pub category: String,
    /// The year.
    #[sea_orm(primary_key, auto_increment = false)]
    pub period: i32,
    /// The county; empty where none is known.
    #[sea_orm(primary_key, auto_increment = false)]
    pub region_code: String,
    /// The sex, or `*` for several.
    #[sea_orm(primary_key, auto_increment = false)]
    pub sex: String,
    /// How many: a multiple of five, never 0.
    pub value: i32,
}

/// None: what belongs together is asked for in `store`.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
