//! HTTP: routes, limits, health. The table of contents of the server.

mod cors;
mod door;
mod encoding;
mod envelope;
mod export;
mod gate;
mod graphql;
mod heads;
mod health;
mod limited;
mod pages;
mod peer;
mod rate;
mod refusals;
mod request_id;
mod server;
mod settings;
mod site;
mod turns;
mod variants;

use std::sync::Arc;

use poem::{EndpointExt, Route, get};

pub use self::server::{Bound, Stopping, bind};
pub use self::settings::{RateLimit, Settings, StatusCodes};
pub use self::site::Site;

use crate::error::Result;
use crate::store::readers::Readers;

/// Whether a server could be started with these settings.
///
/// # Errors
/// [`crate::error::Error::Refused`] if a setting cannot be carried out.
pub fn check(readers: &Readers, settings: &Settings) -> Result<()> {
    cors::layer(&settings.origins).map(drop)?;
    routes(readers.clone(), settings, Stopping::default()).map(drop)
}

/// Everything the server answers.
///
/// # Errors
/// [`crate::error::Error::Refused`] if a setting cannot be carried out.
pub fn routes(readers: Readers, settings: &Settings, stopping: Stopping) -> Result<Site> {
    let door = Arc::new(door::Door::new(readers.primary().db(), settings));
    let graphql = graphql::GraphQl::new(readers.clone(), settings, Arc::clone(&door))?;
    let schema = graphql.schema();
    // What only some need is put into the requests of these alone.
    let exports = Route::new()
        .at("/export/:name", get(export::file))
        .at("/export/own/:name", get(export::own_file))
        .data(readers.clone())
        .data(schema)
        .data(door)
        .data(export::Exports::new(settings));
    let others = Route::new()
        // For programs.
        .at("/schema.graphql", get(pages::schema))
        .nest_no_strip("/export", exports)
        // For people.
        .at("/", get(pages::overview).data(readers.clone()))
        .at("/protection", get(pages::protection))
        .at("/skydd", get(pages::skydd))
        .at("/graphiql", get(pages::graphiql))
        .at("/assets/:name", get(pages::asset))
        // For operators.
        .at("/health/live", get(health::live))
        .at("/health/ready", get(health::ready).data(readers).data(stopping));
    Ok(Site { graphql, others })
}
