//! A key by which a partner organisation is known.

use sea_orm::entity::prelude::*;

/// A key by which a partner organisation is known.
#[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "access_key")]
pub struct Model {
    /// The part of the key that names it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// `live` or `test`.
    pub environment: String,
    /// The organisation in the public database.
    pub organisation_id: Uuid,
    /// What it was called when the key was made.
    pub organisation_name: String,
    /// What the key is for, in the operator's words.
    pub label: String,
    /// SHA-256 of the whole key.
    pub digest: Vec<u8>,
    /// What it may do, in words with spaces between them.
    pub scopes: String,
    /// Networks from which it is taken, with commas between them; from everywhere where empty.
    pub networks: String,
    /// When it was made.
    pub created_at: DateTimeUtc,
    /// Until when it is taken.
    pub expires_at: DateTimeUtc,
    /// The last day on which it was used.
    pub last_used_on: Option<Date>,
    /// When it was taken back.
    pub revoked_at: Option<DateTimeUtc>,
}

/// Its name alone: a digest has no place in a log.
impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "key {}", self.id)
    }
}

/// None: what belongs together is asked for in `store`.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
