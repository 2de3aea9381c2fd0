//! Ids that follow from what they name, so that deriving the graph again gives the same ids.

use uuid::{Uuid, uuid};

/// The name space of every id made here.
const SAMVERKAN: Uuid = uuid!("6b1b7a52-6f0e-5f0c-9d0a-3c8f4a2a5e10");

/// The id of the thing that some words name; the first word says what kind of thing it is.
#[must_use]
pub fn named(words: &[&str]) -> Uuid {
    // A separator that no name can hold keeps ["a b"] and ["a", "b"] apart.
    Uuid::new_v5(&SAMVERKAN, words.join("\0").as_bytes())
}
