//! When a project runs.

mod direct;

use async_graphql::{Enum, SimpleObject};

use super::scalars::{Date, Edtf};
use crate::domain;
use crate::domain::written_date::{Edge, Precision};

/// How precisely a date is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub(super) enum DatePrecision {
    /// To the day.
    Day,
    /// To the month.
    Month,
    /// To the year.
    Year,
}

/// When a project runs, as precisely as its source says.
#[derive(Clone, Debug, SimpleObject)]
pub(super) struct Period {
    /// First day; of the first month or year where the source is no more precise. Null where not known.
    start: Option<Date>,
    /// Last day, likewise.
    end: Option<Date>,
    /// The period in EDTF, with its precision.
    edtf: Edtf,
    /// How precisely the start is known.
    start_precision: Option<DatePrecision>,
    /// How precisely the end is known.
    end_precision: Option<DatePrecision>,
}

impl Period {
    /// A period from its EDTF text; none where it is none.
    pub fn read(edtf: &str) -> Option<Self> {
        let period: domain::period::Period = edtf.parse().ok()?;
        let precision = |edge: Edge| match edge.precision() {
            Precision::Day => DatePrecision::Day,
            Precision::Month => DatePrecision::Month,
            Precision::Year => DatePrecision::Year,
        };
        Some(Self {
            start: period.start.map(|edge| Date(edge.first_day())),
            end: period.end.map(|edge| Date(edge.last_day())),
            edtf: Edtf(period.to_string()),
            start_precision: period.start.map(precision),
            end_precision: period.end.map(precision),
        })
    }
}
