//! A document or file as it was obtained.

use sea_orm::entity::prelude::*;

/// A document or file as it was obtained.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "source")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Its place in the order of recording, from 1.
    pub sequence: i64,
    /// `sequence` as eight bytes.
    pub sort_key: Vec<u8>,
    /// SHA-256 of the file's bytes, in hexadecimal.
    pub sha256: String,
    /// File name without its folder.
    pub file_name: String,
    /// Title of the document, or the file's name.
    pub title: String,
    /// Name of the format that read it.
    pub format: String,
    /// The organisation that published it.
    pub publisher_id: Option<Uuid>,
    /// Where it was found.
    pub url: Option<String>,
    /// When it was published, where it says.
    pub published_on: Option<Date>,
    /// When it was obtained.
    pub obtained_on: Date,
    /// Under which licence.
    pub licence: Option<String>,
    /// How many lines it has.
    pub lines: i32,
    /// How many statements were read.
    pub statements: i32,
    /// How many names, e-mails and phone numbers of contact persons were left out.
    pub personal_details: i32,
    /// When an operator took it back, where one did: then it has no effect.
    pub withdrawn_at: Option<DateTimeUtc>,
    /// Its newer edition, which speaks in its place.
    pub superseded_by_id: Option<Uuid>,
    /// How many of its statements name an owner by organisationsnummer.
    pub with_organisation_number: i32,
    /// How many rows or projects were read, those refused among them.
    pub row_count: i32,
}

/// The formats of registers, which have one row for each project.
pub const REGISTERS: [&str; 5] =
    ["list-of-operations", "esf-export", "kohesio", "tillvaxtverket", "360giving"];

/// None: what belongs together is asked for in `store`.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
