//! All that is published of a project's participations.

use sea_orm::entity::prelude::*;

/// All that is published of a project's participations: its rows of `outcome_group` and `outcome_cell` in one.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "project_outcome")]
pub struct Model {
    /// The project; it may be gone.
    #[sea_orm(primary_key, auto_increment = false)]
    pub project_id: Uuid,
    /// Of each group and of each cell `YEAR SEX CATEGORY VALUE SHOWN`, apart by `;`: see [`crate::store::outcomes`].
    pub numbers: String,
}

/// None: what belongs together is asked for in `store`.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
