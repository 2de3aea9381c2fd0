//! What came of it for participants: what is recorded of a participation, and by which categories it is counted.

pub mod aggregate;
pub mod codes;
pub mod design;
pub mod indicators;
pub mod participation;
