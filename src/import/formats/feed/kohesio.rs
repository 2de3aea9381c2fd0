//! What Kohesio, the European Commission's register of cohesion projects, gives out.

use super::Feed;
use super::columns::Meaning;

/// The format `kohesio`.
pub(super) static KOHESIO: Feed = Feed {
    name: "kohesio",
    publisher: None,
    funder: None,
    needs: &[Meaning::Name, Meaning::Owner, Meaning::TotalBudget, Meaning::Currency],
};
