//! Participant outcomes: what agencies deliver about participations, the release of what can be public of them, and exact
//! figures for those who were granted them.

mod counted;
pub mod delivery;
mod kept;
pub mod own;
pub mod release;
pub mod retention;
