//! The export of the Swedish ESF Council's project bank for ESF+.

use super::Feed;
use super::columns::Meaning;

/// The format `esf-export`.
pub(super) static ESF_EXPORT: Feed = Feed {
    name: "esf-export",
    publisher: Some("Rådet för Europeiska socialfonden i Sverige"),
    funder: Some("ESF+"),
    needs: &[Meaning::Number, Meaning::Owner, Meaning::OwnerNumber, Meaning::Name, Meaning::EuSupport],
};
