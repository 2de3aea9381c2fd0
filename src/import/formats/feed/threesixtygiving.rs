//! Grants in the 360Giving standard, as JSON or as a spreadsheet.

use super::Feed;
use super::columns::Meaning;

/// The format `360giving`.
pub(super) static THREE_SIXTY_GIVING: Feed = Feed {
    name: "360giving",
    publisher: None,
    funder: None,
    needs: &[Meaning::Number, Meaning::Name, Meaning::Granted, Meaning::Currency, Meaning::Funder],
};
