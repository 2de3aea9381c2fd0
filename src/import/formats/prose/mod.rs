//! Facts that stand in sentences and not after labels. Every pattern is narrow: what is not clearly said stays unsaid.

pub(super) mod amounts;
pub(super) mod dates;
pub(super) mod owner;
pub(super) mod participants;
pub(super) mod partners;
pub(super) mod results;
pub(super) mod sentences;

pub(super) use sentences::Sentence;
