//! Which funders are wanted.

use async_graphql::InputObject;
use sea_orm::sea_query::Condition;

use super::filter::{Memo, Place, Reading};
use crate::entities::funder::FunderKind;
use crate::error::Result;
use crate::store::filter::Filter;
use crate::store::funder_filter as conditions;
use crate::store::reads::Reads;

/// Which funders are wanted; all that is given must hold.
#[derive(Default, InputObject)]
pub(super) struct FunderFilter {
    /// Each word of it begins a word of a name.
    text: Option<String>,
    /// Of one of these kinds.
    kind: Option<Vec<FunderKind>>,
    /// Of one of these programme periods, such as `2014-2020`.
    programme_period: Option<Vec<String>>,
}

impl FunderFilter {
    /// The condition on funders.
    pub async fn read<'a>(filter: Option<Self>, db: impl Into<Reads<'a>>, memo: &'a Memo) -> Result<Filter> {
        let Some(filter) = filter else { return Ok(Filter::none()) };
        let place = Place::argument("where");
        let mut all = Condition::all();
        if let Some(text) = filter.text {
            let words = Reading::new(db, memo).words(&text, &place.at("text")).await?;
            all = all.add(conditions::with_words(&words));
        }
        if let Some(kinds) = filter.kind {
            all = all.add(conditions::of_kinds(&place.at("kind").list(kinds)?));
        }
        if let Some(periods) = filter.programme_period {
            all = all.add(conditions::of_programme_periods(place.at("programmePeriod").list(periods)?));
        }
        Ok(Filter::new(all))
    }
}
