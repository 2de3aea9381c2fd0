//! Ids that follow from what they name, so that deriving the graph again gives the same ids.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::{Uuid, uuid};

/// The name space of every id made here.
const SAMVERKAN: Uuid = uuid!("6b1b7a52-6f0e-5f0c-9d0a-3c8f4a2a5e10");

/// The id of the thing that some words name; the first word says what kind of thing it is.
#[must_use]
pub fn named(words: &[&str]) -> Uuid {
    // A separator that no name can hold keeps ["a b"] and ["a", "b"] apart.
    Uuid::new_v5(&SAMVERKAN, words.join("\0").as_bytes())
}

/// A global id: a letter that says what kind of thing it is of, and the thing's id.
#[must_use]
pub fn global(kind: u8, id: Uuid) -> String {
    let mut bytes = vec![kind];
    bytes.extend(id.as_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The id in a global id of a kind; none for any other text.
#[must_use]
pub fn read_global(kind: u8, text: &str) -> Option<Uuid> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let (found, id) = bytes.split_first()?;
    (*found == kind).then(|| Uuid::from_slice(id).ok()).flatten()
}
