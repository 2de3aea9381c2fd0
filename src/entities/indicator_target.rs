//! What a project plans for, by indicator.

use sea_orm::entity::prelude::*;

/// What a project plans for, by indicator.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "indicator_target")]
pub struct Model {
    /// The project; it may be gone.
    #[sea_orm(primary_key, auto_increment = false)]
    pub project_id: Uuid,
    /// The year; 0 for the whole of the project.
    #[sea_orm(primary_key, auto_increment = false)]
    pub period: i32,
    /// The sex, by its code; empty where none is said.
    #[sea_orm(primary_key, auto_increment = false)]
    pub sex: String,
    /// The indicator's code.
    #[sea_orm(primary_key, auto_increment = false)]
    pub indicator: String,
    /// How many.
    pub value: i32,
}

/// None: what belongs together is asked for in `store`.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
