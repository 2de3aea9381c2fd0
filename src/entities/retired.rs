//! A project and year whose participations were deleted because their time was up.

use sea_orm::entity::prelude::*;

/// A project and year whose participations were deleted because their time was up.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "retired")]
pub struct Model {
    /// The project's number as it is compared.
    #[sea_orm(primary_key, auto_increment = false)]
    pub project_key: String,
    /// The year.
    #[sea_orm(primary_key, auto_increment = false)]
    pub start_year: i32,
    /// When they were deleted.
    pub retired_on: Date,
    /// How many there were.
    pub participations: i32,
}

/// None: what belongs together is asked for in `store`.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
