//! Lists of operations, as every managing authority of the European funds publishes them: Annex XII of Regulation (EU)
//! 1303/2013, and Article 49(3) of Regulation (EU) 2021/1060.

use super::Feed;
use super::columns::Meaning;

/// The format `list-of-operations`.
pub(super) static LIST_OF_OPERATIONS: Feed = Feed {
    name: "list-of-operations",
    publisher: None,
    funder: None,
    needs: &[Meaning::Name, Meaning::Owner, Meaning::Start, Meaning::TotalBudget],
};
