//! Participant outcomes: what agencies deliver about participations, and the release of what can be public of them.

pub mod delivery;
mod kept;
pub mod release;
pub mod retention;
