//! The service as its users meet it: files in, questions out. The same suite runs on SQLite and PostgreSQL.

#![expect(clippy::unwrap_used, reason = "a test that meets what it does not expect fails")]

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
mod readme;
mod resolution;
mod schema;
