//! What happened to a project.

use sea_orm::entity::prelude::*;

/// What happened to a project.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "change")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The data version that brought it and its place within, as sixteen bytes.
    pub sort_key: Vec<u8>,
    /// When.
    pub at: DateTimeUtc,
    /// What.
    pub r#type: ChangeType,
    /// The project; it may be gone.
    pub project_id: Uuid,
    /// Which fields of the project, by their names in the API, with commas between them.
    pub fields: String,
    /// The project that it went into.
    pub merged_into_id: Option<Uuid>,
}

/// None: what belongs together is asked for in `store`.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What happened to a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ChangeType {
    /// It is new.
    Created,
    /// What is known of it is not what it was.
    Changed,
    /// It was found to be the same as another and went into that.
    Merged,
    /// Nothing speaks of it any more.
    Removed,
}
