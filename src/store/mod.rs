//! Verbs on the tables: lookups in batches, pages, conditions, sums and writing.
//!
//! Everything takes a connection or a transaction; nothing here knows GraphQL or HTTP.

pub mod database;

pub mod batch;
pub mod indexes;
pub mod page;
pub mod patience;
pub mod transaction;
pub mod write;

pub mod awards;
pub mod changes;
pub mod decisions;
pub mod duplicates;
pub mod exact;
pub mod funders;
pub mod organisations;
pub mod outcomes;
pub mod partnerships;
pub mod projects;
pub mod releases;
pub mod series;
pub mod sources;
pub mod statements;
pub mod sums;
