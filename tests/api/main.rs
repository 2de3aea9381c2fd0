//! The service as its users meet it: files in, questions out. The same suite runs on SQLite and PostgreSQL.

#![expect(clippy::unwrap_used, reason = "a test that meets what it does not expect fails")]

mod access_log;
mod app;

mod batching;
mod corrections;
mod decisions;
mod demo;
mod direct;
mod disclosure;
mod documents;
mod editions;
mod examples;
mod execution;
mod export;
mod failures;
mod filters;
mod first_load;
mod freshness;
mod fundings;
mod generated;
mod graphql_over_http;
mod group_figures;
mod groups;
mod guesses;
mod http;
mod http_2;
mod import;
mod indicators;
mod interrupted;
mod known;
mod migrations;
mod moment;
mod network;
mod nodes;
mod orders;
mod outcomes;
mod own_changes;
mod own_outcomes;
mod paging;
mod partners;
mod patience;
mod persisted;
mod plans;
mod portfolio;
mod positional;
mod random_documents;
mod readme;
mod releases;
mod resolution;
mod schema;
mod search;
mod server;
mod spread;
mod tokens;
