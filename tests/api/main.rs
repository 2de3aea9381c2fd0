//! The service as its users meet it: files in, questions out. The same suite runs on SQLite and PostgreSQL.

mod app;

mod batching;
mod demo;
mod examples;
mod failures;
mod http;
mod import;
mod migrations;
mod nodes;
mod paging;
mod resolution;
mod schema;
