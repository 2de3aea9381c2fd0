//! Filters of exports: the same as in questions, as JSON.

use async_graphql::{InputType, Value};
use serde::Deserialize;

use super::code::Code;
use super::filter::Memo;
use super::funder_filter::FunderFilter;
use super::organisation_filter::OrganisationFilter;
use super::project_filter::ProjectFilter;
use super::{JsonMap, JsonValue, Problem, Request, Schema};
use crate::error::{Error, Result};
use crate::store::filter::Filter;

/// What a filter is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FilterOf {
    /// Projects.
    Projects,
    /// Organisations.
    Organisations,
    /// Funders.
    Funders,
}

impl Schema {
    /// The condition that a filter in JSON says, checked as the argument `where` of a question would be.
    ///
    /// # Errors
    /// What is wrong with it, or that the database failed.
    pub async fn filter(&self, of: FilterOf, json: &str) -> std::result::Result<Filter, Problem> {
        let bad = |reason: String| Problem::new(Code::BadUserInput, reason);
        let value: JsonValue =
            serde_json::from_str(json).map_err(|cause| bad(format!("where: is no JSON: {cause}")))?;
        let (kind, list) = match of {
            FilterOf::Projects => ("ProjectFilter", "projects"),
            FilterOf::Organisations => ("OrganisationFilter", "organisations"),
            FilterOf::Funders => ("FunderFilter", "funders"),
        };
        let query = format!("query ($where: {kind}!) {{ {list}(where: $where, first: 1) {{ __typename }} }}");
        let mut variables = JsonMap::new();
        variables.insert("where", value);
        let request = Request { query: Some(query), variables, ..Request::default() };
        let prepared = self.prepare(&request).map_err(|problems| {
            problems.into_iter().next().unwrap_or_else(|| bad("where: cannot be read".to_owned()))
        })?;
        let coerced = prepared.variables.get("where").cloned().unwrap_or_default();
        let value = Value::deserialize(coerced).map_err(|cause| bad(format!("where: {cause}")))?;
        let memo = Memo::default();
        let read = match of {
            FilterOf::Projects => {
                ProjectFilter::read(Some(parse::<ProjectFilter>(value)?), self.sessions.db(), &memo).await
            }
            FilterOf::Organisations => {
                OrganisationFilter::read(Some(parse::<OrganisationFilter>(value)?), self.sessions.db(), &memo)
                    .await
            }
            FilterOf::Funders => {
                FunderFilter::read(Some(parse::<FunderFilter>(value)?), self.sessions.db(), &memo).await
            }
        };
        problem(read)
    }
}

fn parse<T: InputType>(value: Value) -> std::result::Result<T, Problem> {
    T::parse(Some(value)).map_err(|cause| {
        let message = cause.into_server_error(async_graphql::Pos::default()).message;
        Problem::new(Code::BadUserInput, format!("where: {message}"))
    })
}

fn problem(read: Result<Filter>) -> std::result::Result<Filter, Problem> {
    read.map_err(|error| match error {
        Error::Argument { .. } => Problem::new(Code::BadUserInput, error.to_string()),
        other => {
            tracing::error!(error.cause = ?other, "a filter could not be read");
            Problem::new(Code::ServiceUnavailable, other.to_string())
        }
    })
}
