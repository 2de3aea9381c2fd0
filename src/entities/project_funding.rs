//! A project of which outcomes are published, and who pays for it.

use sea_orm::entity::prelude::*;

/// A project of which outcomes are published, and who pays for it.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "project_funding")]
pub struct Model {
    /// The project.
    #[sea_orm(primary_key, auto_increment = false)]
    pub project_id: Uuid,
    /// The set of those who pay for it; nil where there are none.
    pub funding_id: Uuid,
}

/// None: what belongs together is asked for in `store`.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
