//! Which sources are wanted.

use async_graphql::{ID, InputObject};
use sea_orm::sea_query::Condition;

use super::filter::Place;
use super::node::Kind;
use crate::error::Result;
use crate::store::source_filter as conditions;

/// Which sources are wanted; all that is given must hold.
#[derive(Default, InputObject)]
pub(super) struct SourceFilter {
    /// Read by one of these formats, such as `project-bank`.
    format: Option<Vec<String>>,
    /// Published by one of these organisations, by global id.
    publisher: Option<Vec<ID>>,
    /// Whether a newer edition speaks in its place.
    superseded: Option<bool>,
}

impl SourceFilter {
    /// The condition on sources.
    pub fn read(filter: Option<Self>) -> Result<Condition> {
        let Some(filter) = filter else { return Ok(Condition::all()) };
        let place = Place::argument("where");
        let mut all = Condition::all();
        if let Some(formats) = filter.format {
            all = all.add(conditions::in_formats(place.at("format").list(formats)?));
        }
        if let Some(publishers) = filter.publisher {
            let publishers = place.at("publisher").ids(Kind::Organisation, publishers)?;
            all = all.add(conditions::published_by(publishers));
        }
        if let Some(yes) = filter.superseded {
            all = all.add(conditions::superseded(yes));
        }
        Ok(all)
    }
}
