//! A number under which a source knows a project.

use sea_orm::entity::prelude::*;

/// A number under which a source knows a project.
#[derive(Clone, Debug, PartialEq, Eq, Hash, DeriveEntityModel)]
#[sea_orm(table_name = "project_number")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The project.
    pub project_id: Uuid,
    /// The number as written.
    pub value: String,
    /// Whose numbering it is.
    pub scheme: String,
    /// Normalised for comparing.
    pub number_key: String,
    /// The first source that states it.
    pub source_id: Uuid,
}

/// None: what belongs together is asked for in `store`.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
