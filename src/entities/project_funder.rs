//! A project and one who pays for it.

use sea_orm::entity::prelude::*;

/// A project and one who pays for it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, DeriveEntityModel)]
#[sea_orm(table_name = "project_funder")]
pub struct Model {
    /// The project.
    #[sea_orm(primary_key, auto_increment = false)]
    pub project_id: Uuid,
    /// The funder.
    #[sea_orm(primary_key, auto_increment = false)]
    pub funder_id: Uuid,
    /// The project's sort key.
    pub project_sort_key: Vec<u8>,
}

/// None: what belongs together is asked for in `store`.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
