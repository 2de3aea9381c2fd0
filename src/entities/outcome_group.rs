//! Participations of one sex in one project and year, rounded.

use sea_orm::entity::prelude::*;

/// Participations of one sex in one project and year, rounded.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "outcome_group")]
pub struct Model {
    /// The project; it may be gone.
    #[sea_orm(primary_key, auto_increment = false)]
    pub project_id: Uuid,
    /// The year.
    #[sea_orm(primary_key, auto_increment = false)]
    pub period: i32,
    /// The sex, by its code.
    #[sea_orm(primary_key, auto_increment = false)]
    pub sex: String,
    /// The project's county when it was rounded; empty where none is known.
    pub region_code: String,
    /// How many: a multiple of five.
    pub value: i32,
    /// Whether it is shown by categories.
    pub shown: bool,
}

/// None: what belongs together is asked for in `store`.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
