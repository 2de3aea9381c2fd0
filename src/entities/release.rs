//! A release of participant outcomes.

use sea_orm::entity::prelude::*;

/// A release of participant outcomes.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "release")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Its number, as eight bytes.
    pub sort_key: Vec<u8>,
    /// Its number.
    pub number: i32,
    /// The day as of which participations were counted.
    pub as_of: Date,
    /// When it was made.
    pub made_at: DateTimeUtc,
    /// Whether what is public is of this release.
    pub active: bool,
    /// How many participations it shows: a multiple of five.
    pub participations: i32,
    /// SHA-256 of all rows.
    pub digest: String,
    /// Tells secrets apart without telling them.
    pub secret: String,
    /// What the audit found.
    pub audit: String,
}

/// None: what belongs together is asked for in `store`.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
