//! A name by which a project, or one that it continues, can be known.

use sea_orm::entity::prelude::*;

/// A name by which a project, or one that it continues, can be known.
#[derive(Clone, Debug, PartialEq, Eq, Hash, DeriveEntityModel)]
#[sea_orm(table_name = "project_series")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The project.
    pub project_id: Uuid,
    /// The folded name.
    pub name_key: String,
    /// Whether it is the name of a project before this one, and not its own.
    pub is_before: bool,
}

/// None: what belongs together is asked for in `store`.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
