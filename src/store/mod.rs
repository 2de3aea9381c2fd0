//! Verbs on the tables: lookups in batches, pages, conditions, sums and writing.
//!
//! Everything takes a connection or a transaction; nothing here knows GraphQL or HTTP.

pub mod database;

pub mod batch;
mod beside;
pub mod difference;
pub mod filter;
pub mod in_place;
pub mod indexes;
pub mod moment;
pub mod order;
pub mod page;
pub mod paths;
pub mod patience;
pub mod readers;
pub mod reads;
pub mod sessions;
pub mod together;
pub mod transaction;
mod unnested;
pub mod write;
pub mod write_transaction;

pub mod access;
pub mod ahead;
pub mod awards;
pub mod bounds;
pub mod breadth;
pub mod changes;
pub mod columns;
pub mod decisions;
pub mod dimension;
pub mod duplicates;
pub mod exact;
pub mod funder_filter;
pub mod funders;
pub mod fundings;
pub mod group_figures;
pub mod listing;
pub mod network;
pub mod organisation_filter;
pub mod organisation_match;
pub mod organisations;
pub mod outcomes;
pub mod own;
pub mod packed;
pub mod partnerships;
pub mod portfolio;
pub mod project_filter;
pub mod project_groups;
pub mod projects;
pub mod releases;
pub mod search;
pub mod series;
pub mod source_filter;
pub mod sources;
pub mod statements;
pub mod sums;
pub mod tallies;
