//! Counties, answered directly.

use super::Region;
use crate::graphql::direct::{Asked, Below, Direct, Selected, Written};

impl Direct for Region {
    const NAME: &'static str = "Region";
    const FIELDS: &'static [(&'static str, Below)] =
        &[("code", Below::Value), ("nuts", Below::Value), ("name", Below::Value)];

    fn write<'d>(&self, field: &Selected<'d>, asked: &Asked<'d>, to: &mut Written) -> Option<()> {
        match field.name {
            "code" => to.words(Some(&self.0.code)),
            "nuts" => to.words(Some(&self.0.nuts3)),
            "name" => to.words(Some(self.name_in(field.argument_or_default("lang", asked)?))),
            _ => None,
        }
    }
}
