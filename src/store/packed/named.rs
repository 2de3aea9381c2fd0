//! Who takes part in a project or pays for it, by name.

use chrono::DateTime;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::entities::funder::{self, FunderKind};
use crate::entities::organisation::{self, OrganisationKind};

/// The columns of an organisation or a funder that are known where it is packed with a project.
pub const NAMES: [&str; 2] = ["name", "name_en"];

/// An organisation or a funder, and what it is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named<'a> {
    /// Its id.
    pub id: Uuid,
    /// Its name in Swedish.
    pub name: &'a str,
    /// Its name in English.
    pub name_en: Option<&'a str>,
}

impl From<&Named<'_>> for organisation::Model {
    /// The row of an organisation, of which no more is known.
    fn from(named: &Named<'_>) -> Self {
        Self {
            id: named.id,
            sort_key: Vec::new(),
            name: named.name.to_owned(),
            name_en: named.name_en.map(ToOwned::to_owned),
            kind: OrganisationKind::Unknown,
            number: None,
            parent_id: None,
            legal_entity_id: Uuid::nil(),
            municipality_code: None,
            region_code: None,
            projects: 0,
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
        }
    }
}

impl From<&Named<'_>> for funder::Model {
    /// The row of a funder, of which no more is known.
    fn from(named: &Named<'_>) -> Self {
        Self {
            id: named.id,
            sort_key: Vec::new(),
            name: named.name.to_owned(),
            name_en: named.name_en.map(ToOwned::to_owned),
            kind: FunderKind::Other,
            programme_period: None,
            administered_by_id: None,
            parent_id: None,
            projects: 0,
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
        }
    }
}
