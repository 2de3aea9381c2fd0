//! Periods, answered directly.

use super::Period;
use crate::graphql::direct::{Asked, Below, Direct, Selected, Written};

impl Direct for Period {
    const NAME: &'static str = "Period";
    const FIELDS: &'static [(&'static str, Below)] = &[
        ("start", Below::Value),
        ("end", Below::Value),
        ("edtf", Below::Value),
        ("startPrecision", Below::Value),
        ("endPrecision", Below::Value),
    ];

    fn write<'d>(&self, field: &Selected<'d>, _: &Asked<'d>, to: &mut Written) -> Option<()> {
        match field.name {
            "start" => to.plain(self.start.map(|day| day.0)),
            "end" => to.plain(self.end.map(|day| day.0)),
            "edtf" => to.words(Some(&self.edtf.0)),
            "startPrecision" => to.value(&self.start_precision),
            "endPrecision" => to.value(&self.end_precision),
            _ => None,
        }
    }
}
