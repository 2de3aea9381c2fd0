//! A file of participations that was read. Exact.

use sea_orm::entity::prelude::*;

/// A file of participations that was read. Exact.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "delivery")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
    /// Its name.
    pub name: String,
    /// When it was read.
    pub read_at: DateTimeUtc,
    /// How many rows it has.
    pub rows: i32,
    /// How many of them were refused.
    pub refused: i32,
    /// Tells secrets apart without telling them.
    pub secret: String,
}

/// None: what belongs together is asked for in `store`.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
