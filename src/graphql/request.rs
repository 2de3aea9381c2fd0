//! A request as it comes in, and as it may be executed.

use std::sync::Arc;

use apollo_compiler::Node;
use apollo_compiler::executable::Operation;
pub use apollo_compiler::response::{JsonMap, JsonValue};
use apollo_compiler::validation::Valid;
use sha2::{Digest, Sha256};

use super::document::{Document, Hash};
use super::reply::Cost;

/// A request as it comes in.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// The document.
    pub query: Option<String>,
    /// Instead of the document: its id in the manifest of trusted documents, or `sha256:` and its hash.
    pub document_id: Option<String>,
    /// The hash of the document, with or without it (automatic persisted queries).
    pub persisted: Option<Hash>,
    /// Which of the document's operations; the only one where nothing is given.
    pub operation_name: Option<String>,
    /// The values of its variables.
    pub variables: JsonMap,
}

/// A request that may be executed.
pub struct Prepared {
    pub(super) document: Arc<Document>,
    pub(super) operation: Node<Operation>,
    pub(super) variables: Valid<JsonMap>,
    pub(super) cost: Cost,
    identity: Hash,
}

impl Prepared {
    pub(super) fn new(
        document: Arc<Document>,
        operation: Node<Operation>,
        variables: Valid<JsonMap>,
        cost: Cost,
    ) -> Self {
        let name = operation.name.as_ref().map_or("", |name| name.as_str());
        let values = JsonValue::Object((*variables).clone()).to_string();
        let mut hash = Sha256::new_with_prefix(document.hash);
        for text in [name, &values] {
            hash.update(text.len().to_be_bytes());
            hash.update(text);
        }
        Self { document, operation, variables, cost, identity: hash.finalize().into() }
    }

    /// What it costs.
    pub fn cost(&self) -> Cost {
        self.cost
    }

    /// How long its document is, in bytes.
    pub fn length(&self) -> usize {
        self.document.length
    }

    /// Whether it only reads.
    pub fn is_query(&self) -> bool {
        self.operation.is_query()
    }

    /// Whether it asks for what is not everybody's. All else is answered the same, whoever asks.
    pub fn is_private(&self) -> bool {
        self.document.is_private(&self.operation, &self.variables)
    }

    /// Whether it asks for nothing but what the schema says.
    pub(super) fn is_about_schema(&self) -> bool {
        self.operation.is_introspection(&self.document.valid)
    }

    /// What tells it from every other request: two with the same have the same answer as long as the data, the program
    /// and the viewer are the same.
    pub fn identity(&self) -> Hash {
        self.identity
    }
}

/// Whether a value holds U+0000, which PostgreSQL cannot store and no text of ours has.
pub(super) fn holds_null_character(value: &JsonValue) -> bool {
    match value {
        JsonValue::String(text) => text.as_str().contains('\0'),
        JsonValue::Array(items) => items.iter().any(holds_null_character),
        JsonValue::Object(fields) => fields.iter().any(|(_, value)| holds_null_character(value)),
        _ => false,
    }
}
