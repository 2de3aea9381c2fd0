//! What can be searched: a project, an organisation or a funder by all its names.

use sea_orm::entity::prelude::*;

/// What a search finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SearchKind {
    /// A project.
    Project,
    /// An organisation or a unit.
    Organisation,
    /// A funder.
    Funder,
}

/// What can be searched: a project, an organisation or a funder by all its names.
#[derive(Clone, Debug, PartialEq, Eq, Hash, DeriveEntityModel)]
#[sea_orm(table_name = "search_entry")]
pub struct Model {
    /// The id of what is found.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// What it is.
    pub kind: SearchKind,
    /// Its name in Swedish order.
    pub sort_key: Vec<u8>,
    /// Its name.
    pub title: String,
    /// Other names and numbers, a line each.
    pub others: String,
}

/// None: what belongs together is asked for in `store`.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
