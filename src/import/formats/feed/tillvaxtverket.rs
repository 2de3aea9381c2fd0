//! The project bank of Tillväxtverket for the regional development fund.

use super::Feed;
use super::columns::Meaning;

/// The format `tillvaxtverket`.
pub(super) static TILLVAXTVERKET: Feed = Feed {
    name: "tillvaxtverket",
    publisher: Some("Tillväxtverket"),
    funder: Some("ERUF"),
    needs: &[Meaning::Number, Meaning::Name, Meaning::Owner, Meaning::Granted],
};
