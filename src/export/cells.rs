//! What stands in a cell.

use serde::{Serialize, Serializer};
use uuid::Uuid;

use super::{Form, literal};
use crate::domain::ids;
use crate::domain::orgnr::OrganisationNumber;

/// A text that is no formula.
pub(super) struct Text<'a>(pub Form, pub &'a str);

impl Serialize for Text<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&literal(self.0, self.1))
    }
}

/// An amount of minor units, as a decimal with two places.
pub(super) struct Amount(pub i64);

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&rust_decimal::Decimal::new(self.0, 2))
    }
}

/// A global id.
pub(super) struct Id(pub u8, pub Uuid);

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&ids::global(self.0, self.1))
    }
}

/// Organisationsnummer as it is written; never a sole trader's.
pub(super) fn number(digits: Option<&String>) -> Option<String> {
    OrganisationNumber::parse(digits?).ok().map(|number| number.to_string())
}
