//! Documents that were asked before, kept by the hash of their text: what is on the shelf is valid.

use std::sync::Arc;

use moka::sync::Cache;
use sha2::{Digest, Sha256};

use super::Document;

/// The SHA-256 of a document's text.
pub type Hash = [u8; 32];

/// The hash of a document's text.
pub(crate) fn hash(text: &str) -> Hash {
    Sha256::digest(text.as_bytes()).into()
}

/// A hash in hexadecimal digits.
#[must_use]
pub fn hash_from_hex(digits: &str) -> Option<Hash> {
    let mut hash = Hash::default();
    hex::decode_to_slice(digits, &mut hash).ok()?;
    Some(hash)
}

/// Room for documents, in bytes of their texts; what is kept of a document takes some fifty times its text.
const ROOM: u64 = 512 * 1024;

/// Documents by the hash of their text. Those asked least go when room is short.
pub(crate) struct Shelf(Cache<Hash, Arc<Document>>);

impl Shelf {
    /// An empty shelf.
    pub fn new() -> Self {
        let size = |_: &Hash, document: &Arc<Document>| u32::try_from(document.length).unwrap_or(u32::MAX);
        Self(Cache::builder().max_capacity(ROOM).weigher(size).build())
    }

    /// The document with a hash.
    pub fn find(&self, hash: &Hash) -> Option<Arc<Document>> {
        self.0.get(hash)
    }

    /// Keeps a document.
    pub fn put(&self, document: Arc<Document>) {
        self.0.insert(document.hash, document);
    }
}
