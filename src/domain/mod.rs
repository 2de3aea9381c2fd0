//! What the project knows of its field: money, periods, numbers, names and organisations.
//!
//! Everything here is a pure function of its arguments: no database, network or clock.

pub mod access_key;
pub mod catalogue;
pub mod claims;
pub mod collation;
pub mod contact;
pub mod correction;
pub mod disclosure;
pub mod duplicates;
pub mod field;
pub mod financing;
pub mod funding;
pub mod identity;
pub mod ids;
pub mod matching;
pub mod money;
pub mod names;
pub mod number;
pub mod organisation_words;
pub mod organisations;
pub mod orgnr;
pub mod outcomes;
pub mod party;
mod pattern;
pub mod period;
pub mod personal;
pub mod rulings;
pub mod scope;
pub mod series;
pub mod spread;
pub mod statement;
pub mod words;
pub mod written_date;

pub(crate) use pattern::pattern;
