//! Participations of one category, sex, project and year, rounded.

use sea_orm::entity::prelude::*;

/// Participations of one category, sex, project and year, rounded.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "outcome_cell")]
pub struct Model {
    /// The project; it may be gone.
    #[sea_orm(primary_key, auto_increment = false)]
    pub project_id: Uuid,
    /// Table and code, such as `EXIT_STATUS:WORK`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub category: String,
    /// The year.
    #[sea_orm(primary_key, auto_increment = false)]
    pub period: i32,
    /// The sex, by its code.
    #[sea_orm(primary_key, auto_increment = false)]
    pub sex: String,
    /// How many: a multiple of five, never 0.
    pub value: i32,
}

/// None: what belongs together is asked for in `store`.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
