//! The same tables served by Seaography, as its generator would set it up: every entity with its relations, read only.

mod entities;

use async_graphql_poem::GraphQL;
use entities::{award, funder, organisation, outcome_cell, partnership, project};
use poem::{Route, Server, listener::TcpListener, post};
use sea_orm::{ConnectOptions, Database};
use seaography::{Builder, BuilderContext, lazy_static::lazy_static};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

lazy_static! {
    static ref CONTEXT: BuilderContext = BuilderContext::default();
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut options = ConnectOptions::new(std::env::var("DATABASE_URL")?);
    options.max_connections(8).sqlx_logging(false);
    let database = Database::connect(options).await?;

    let mut builder = Builder::new(&CONTEXT, database.clone());
    seaography::register_entity!(builder, project, mutation: false);
    seaography::register_entity!(builder, organisation, mutation: false);
    seaography::register_entity!(builder, partnership, mutation: false);
    seaography::register_entity!(builder, award, mutation: false);
    seaography::register_entity!(builder, funder, mutation: false);
    seaography::register_entity!(builder, outcome_cell, mutation: false);

    let schema = builder.schema_builder().data(database).finish()?;

    let app = Route::new().at("/graphql", post(GraphQL::new(schema)));
    Server::new(TcpListener::bind(std::env::var("LISTEN")?)).run(app).await?;
    Ok(())
}
