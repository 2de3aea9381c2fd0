//! Exact figures that were shown to somebody.

use sea_orm::entity::prelude::*;

/// Exact figures that were shown to somebody.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "access_entry")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Its number as eight bytes, counted from one.
    pub sort_key: Vec<u8>,
    /// When, to the microsecond, which both databases keep.
    pub at: DateTimeUtc,
    /// The id of the request.
    pub request: String,
    /// The organisation that was shown them.
    pub organisation_id: Uuid,
    /// By which key or token.
    pub actor: String,
    /// What for, in its words.
    pub purpose: Option<String>,
    /// The operation or the file, by name.
    pub operation: Option<String>,
    /// SHA-256 of the document, or of the file's address.
    pub document: String,
    /// The variables as JSON.
    pub variables: String,
    /// How many projects the figures were made of.
    pub projects: i32,
    /// How many participations they were made of.
    pub participations: i32,
    /// The digest of the entry before; empty of the first.
    pub previous: Vec<u8>,
    /// SHA-256 of all that.
    pub digest: Vec<u8>,
}

/// None: what belongs together is asked for in `store`.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
