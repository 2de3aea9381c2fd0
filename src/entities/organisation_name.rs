//! A name under which sources know an organisation.

use sea_orm::entity::prelude::*;

/// A name under which sources know an organisation.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "organisation_name")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The organisation.
    pub organisation_id: Uuid,
    /// The name as written.
    pub value: String,
    /// What kind of name.
    pub kind: NameKind,
    /// The first source that used it; none for the catalogue's.
    pub source_id: Option<Uuid>,
}

/// None: what belongs together is asked for in `store`.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What kind of name an organisation's name is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum NameKind {
    /// Its name.
    Primary,
    /// A former name.
    Former,
    /// Another name that a source uses.
    Alias,
}
