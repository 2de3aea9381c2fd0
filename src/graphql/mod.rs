//! The GraphQL schema: thin objects over rows, hand-written resolvers, lookups in batches.
//!
//! A column is hidden until a resolver shows it. Nothing here knows HTTP or names a column in a condition.

mod claim;
mod connection;
mod context;
mod failure;
mod funder;
mod loaders;
mod money;
mod node;
mod organisation;
mod partnership;
mod period;
mod project;
mod query;
mod region;
mod scalars;
mod service;
mod source;
mod statement;

use async_graphql::{EmptyMutation, EmptySubscription, Request, Response, SDLExportOptions};
use sea_orm::DatabaseConnection;

use self::loaders::Loaders;
use self::query::Query;

/// Levels of nesting that a request may have; the introspection query of GraphiQL has 15.
const MAX_DEPTH: usize = 16;
/// Fields that an answer may have at most, pages counted as full.
const MAX_COMPLEXITY: usize = 50_000;

/// The schema over a database.
#[derive(Clone)]
pub struct Schema {
    inner: async_graphql::Schema<Query, EmptyMutation, EmptySubscription>,
    db: DatabaseConnection,
}

impl Schema {
    /// The schema over a database.
    #[must_use]
    pub fn new(db: DatabaseConnection) -> Self {
        let inner = builder().data(db.clone()).finish();
        Self { inner, db }
    }

    /// Answers a request, with lookups of its own.
    pub async fn execute(&self, request: Request) -> Response {
        let request = request.data(Loaders::new(self.db.clone()));
        let mut response = self.inner.execute(request).await;
        failure::explain(&mut response);
        response
    }
}

fn builder() -> async_graphql::SchemaBuilder<Query, EmptyMutation, EmptySubscription> {
    async_graphql::Schema::build(Query, EmptyMutation, EmptySubscription)
        .limit_depth(MAX_DEPTH)
        .limit_complexity(MAX_COMPLEXITY)
}

/// The schema in the schema definition language.
#[must_use]
pub fn sdl() -> String {
    let options = SDLExportOptions::new().include_specified_by();
    builder().finish().sdl_with_options(options)
}
