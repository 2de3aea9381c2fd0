//! Figures of all projects in one group of a dimension.

use sea_orm::entity::prelude::*;

/// Figures of all projects in one group of a dimension.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "group_figure")]
pub struct Model {
    /// What the groups are made by.
    #[sea_orm(primary_key, auto_increment = false)]
    pub dimension: String,
    /// What the group is known by: an id, a code, a name or a year; empty for projects that have none.
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    /// Its place by name: the name in Swedish order, of whom has one, or the key; the last of all for no key.
    pub name_key: Vec<u8>,
    /// How many projects.
    pub projects: i64,
    /// How many legal entities take part.
    pub organisations: i64,
    /// How many participants are planned for.
    pub planned: i64,
    /// By the project that plans for the fewest.
    pub planned_min: Option<i32>,
    /// By the project that plans for the most.
    pub planned_max: Option<i32>,
    /// How many projects say so.
    pub planned_projects: i64,
}

/// None: what belongs together is asked for in `store`.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
