//! A fund or body that pays.

use sea_orm::entity::prelude::*;

/// A fund or body that pays.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "funder")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The name in Swedish order.
    pub sort_key: Vec<u8>,
    /// Name in Swedish.
    pub name: String,
    /// Name in English.
    pub name_en: Option<String>,
    /// What kind it is.
    pub kind: FunderKind,
    /// Programme period, such as `2014-2020`.
    pub programme_period: Option<String>,
    /// The organisation that administers it.
    pub administered_by_id: Option<Uuid>,
    /// The fund it is a period or part of.
    pub parent_id: Option<Uuid>,
    /// How many projects it pays for.
    pub projects: i32,
    /// When it was first seen.
    pub created_at: DateTimeUtc,
    /// When it last changed.
    pub updated_at: DateTimeUtc,
}

/// None: what belongs together is asked for in `store`.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What kind of funder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, async_graphql::Enum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FunderKind {
    /// A fund or programme of the European Union.
    Eu,
    /// The Swedish state.
    State,
    /// A region.
    Regional,
    /// A municipality.
    Municipal,
    /// A coordination association (samordningsförbund).
    CoordinationAssociation,
    /// A private body.
    Private,
    /// Something else, or not known.
    Other,
}
