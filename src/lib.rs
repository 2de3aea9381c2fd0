//! Samverkan reads what Swedish agencies publish about jointly run labour-market projects, resolves it to one
//! graph of projects, organisations and funders, and serves that as GraphQL.
//!
//! ARCHITECTURE.md has the map. The modules, from the edge inwards:

pub mod cli;

pub mod config;
pub mod telemetry;

pub mod http;

pub mod export;
pub mod generate;
pub mod graphql;

pub mod access;
pub mod decide;
pub mod import;
pub mod outcomes;

pub mod resolve;

pub mod store;

pub mod entities;

pub mod domain;

pub mod error;
