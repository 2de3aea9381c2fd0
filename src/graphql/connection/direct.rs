//! Places in lists, answered directly.

use super::PageInfo;
use crate::graphql::direct::{Asked, Below, Direct, Selected, Written};

impl Direct for PageInfo {
    const NAME: &'static str = "PageInfo";
    const FIELDS: &'static [(&'static str, Below)] = &[
        ("hasNextPage", Below::Value),
        ("hasPreviousPage", Below::Value),
        ("startCursor", Below::Value),
        ("endCursor", Below::Value),
    ];

    fn write<'d>(&self, field: &Selected<'d>, _: &Asked<'d>, to: &mut Written) -> Option<()> {
        match field.name {
            "hasNextPage" => to.value(&self.has_next_page),
            "hasPreviousPage" => to.value(&self.has_previous_page),
            "startCursor" => to.value(&self.start_cursor),
            "endCursor" => to.value(&self.end_cursor),
            _ => None,
        }
    }
}
