//! Published participations in the projects of a set of funders, by year and county.

use sea_orm::entity::prelude::*;

/// Published participations in the projects of a set of funders, by year and county.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "outcome_funding")]
pub struct Model {
    /// Table and code; empty for how many there are.
    #[sea_orm(primary_key, auto_increment = false)]
    pub category: String,
    /// The set; nil for projects without any funder.
    #[sea_orm(primary_key, auto_increment = false)]
    pub funding_id: Uuid,
    /// The year.
    #[sea_orm(primary_key, auto_increment = false)]
    pub period: i32,
    /// The county; empty where none is known.
    #[sea_orm(primary_key, auto_increment = false)]
    pub region_code: String,
    /// The sex.
    #[sea_orm(primary_key, auto_increment = false)]
    pub sex: String,
    /// How many: a multiple of five.
    pub value: i32,
    /// How many groups it is the sum of; 0 of a category.
    pub groups: i32,
    /// How many of these are shown by categories.
    pub shown: i32,
}

/// None: what belongs together is asked for in `store`.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
