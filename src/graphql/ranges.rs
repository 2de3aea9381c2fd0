//! Ranges of values in filters, both ends included.

use async_graphql::InputObject;

use super::filter::Place;
use super::scalars::{Currency, Date, Decimal};
use crate::entities::award::AmountKind;
use crate::error::Result;
use crate::store::project_filter::Range;

/// Days from one to another, both included. One side may be left out, not both.
#[derive(Clone, Copy, Debug, InputObject)]
pub(super) struct DateRange {
    /// The first day.
    from: Option<Date>,
    /// The last day.
    to: Option<Date>,
}

/// Numbers from one to another, both included. One side may be left out, not both.
#[derive(Clone, Copy, Debug, InputObject)]
pub(super) struct IntRange {
    /// The lowest.
    from: Option<i32>,
    /// The highest.
    to: Option<i32>,
}

/// Amounts of one kind in one currency from one to another, both included. One side may be left out, not both.
#[derive(Clone, Debug, InputObject)]
pub(super) struct AmountRange {
    /// What the amount is.
    pub kind: AmountKind,
    /// Its currency.
    pub currency: Currency,
    /// The lowest.
    from: Option<Decimal>,
    /// The highest.
    to: Option<Decimal>,
}

fn check<T: PartialOrd + Copy>(from: Option<T>, to: Option<T>, place: &Place) -> Result<Range<T>> {
    match (from, to) {
        (None, None) => Err(place.refuse("needs from, to or both")),
        (Some(from), Some(to)) if from > to => Err(place.refuse("from is more than to")),
        _ => Ok(Range { from, to }),
    }
}

impl DateRange {
    /// The range, if it is one.
    pub fn read(self, place: &Place) -> Result<Range<chrono::NaiveDate>> {
        check(self.from.map(|date| date.0), self.to.map(|date| date.0), place)
    }
}

impl IntRange {
    /// The range, if it is one.
    pub fn read(self, place: &Place) -> Result<Range<i32>> {
        check(self.from, self.to, place)
    }
}

impl AmountRange {
    /// The range in minor units, if it is one.
    pub fn read(&self, place: &Place) -> Result<Range<i64>> {
        let minor = |amount: &Option<Decimal>, name| match amount {
            None => Ok(None),
            Some(amount) => amount
                .minor()
                .map(Some)
                .ok_or_else(|| place.at(name).refuse("is no amount with two decimals")),
        };
        check(minor(&self.from, "from")?, minor(&self.to, "to")?, place)
    }
}
