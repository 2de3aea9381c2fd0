//! An indicator of a project, year and sex, as it was delivered. Exact.

use sea_orm::entity::prelude::*;

/// An indicator of a project, year and sex, as it was delivered. Exact.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "indicator_value")]
pub struct Model {
    /// The project's number as it is compared.
    #[sea_orm(primary_key, auto_increment = false)]
    pub project_key: String,
    /// The year; 0 for the whole of the project.
    #[sea_orm(primary_key, auto_increment = false)]
    pub period: i32,
    /// The sex, by its code; empty where none is said.
    #[sea_orm(primary_key, auto_increment = false)]
    pub sex: String,
    /// The indicator's code.
    #[sea_orm(primary_key, auto_increment = false)]
    pub indicator: String,
    /// Whether it is what was planned, and not what came of it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub planned: bool,
    /// The value.
    pub value: i32,
}

/// None: what belongs together is asked for in `store`.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
