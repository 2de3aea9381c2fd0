//! Trusted documents: those that an operator has given the service.

use std::collections::HashMap;
use std::sync::Arc;

use apollo_compiler::Schema;
use apollo_compiler::validation::Valid;
use serde::Deserialize;

use super::document::{Document, Hash, Limits};
use crate::error::{Error, Result};

/// The documents that an operator has given the service, by id.
#[derive(Clone, Debug, Default)]
pub struct TrustedDocuments {
    /// The text of each document by its id.
    pub documents: HashMap<String, String>,
    /// Whether no other document is answered.
    pub only: bool,
}

/// A manifest: an object of id and text as Relay and GraphQL Code Generator write it, or Apollo's.
#[derive(Deserialize)]
#[serde(untagged)]
enum Manifest {
    Operations { operations: Vec<Entry> },
    Documents(HashMap<String, String>),
}

#[derive(Deserialize)]
struct Entry {
    id: String,
    body: String,
}

impl TrustedDocuments {
    /// Reads a manifest.
    ///
    /// # Errors
    /// [`Error::Refused`] if it is no manifest.
    pub fn parse(json: &str, only: bool) -> Result<Self> {
        let manifest: Manifest = serde_json::from_str(json).map_err(|_| {
            let forms = "an object of id and document, or one with `operations` of `id` and `body`";
            Error::Refused(format!("the manifest of trusted documents must be {forms}"))
        })?;
        let documents = match manifest {
            Manifest::Documents(documents) => documents,
            Manifest::Operations { operations } => operations.into_iter().map(|e| (e.id, e.body)).collect(),
        };
        Ok(Self { documents, only })
    }

    /// Reads every document, so that none can fail later.
    pub(super) fn read(self, schema: &Valid<Schema>, limits: &Limits) -> Result<Trusted> {
        let mut trusted = Trusted { only: self.only, ..Trusted::default() };
        for (id, text) in self.documents {
            let document = Document::read(&text, schema, limits).map_err(|problems| {
                let reason = problems.first().map_or("", |problem| &problem.message);
                Error::Refused(format!("the trusted document {id} cannot be answered: {reason}"))
            })?;
            let document = Arc::new(document);
            trusted.by_hash.insert(document.hash, Arc::clone(&document));
            trusted.by_id.insert(id, document);
        }
        Ok(trusted)
    }
}

/// Trusted documents, read.
#[derive(Default)]
pub(super) struct Trusted {
    /// Whether no other document is answered.
    pub only: bool,
    by_id: HashMap<String, Arc<Document>>,
    by_hash: HashMap<Hash, Arc<Document>>,
}

impl Trusted {
    /// The document with an id.
    pub fn find(&self, id: &str) -> Option<Arc<Document>> {
        self.by_id.get(id).cloned()
    }

    /// The document with a hash.
    pub fn with_hash(&self, hash: &Hash) -> Option<Arc<Document>> {
        self.by_hash.get(hash).cloned()
    }
}
