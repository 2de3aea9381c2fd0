//! The front of the schema: what a request must pass before anything is executed.

use std::sync::Arc;

use apollo_compiler::collections::HashMap as FastMap;
use apollo_compiler::request::coerce_variable_values;
use apollo_compiler::schema::Implementers;
use apollo_compiler::validation::Valid;
use apollo_compiler::{Name, Schema, introspection};

use super::code::Code;
use super::document::{self, Document, Limits, Shelf, hash};
use super::reply::{Cost, Problem};
use super::request::{JsonMap, Prepared, Request, holds_null_character};
use super::trusted::{Trusted, TrustedDocuments};
use crate::error::Error;

/// What a request must pass before anything is executed.
pub(super) struct Front {
    schema: Valid<Schema>,
    implementers: FastMap<Name, Implementers>,
    limits: Limits,
    shelf: Shelf,
    trusted: Trusted,
}

impl Front {
    /// The front of a schema. Every trusted document must be valid.
    pub fn new(sdl: &str, limits: Limits, trusted: TrustedDocuments) -> Result<Self, Error> {
        let schema = Schema::parse_and_validate(sdl, "schema.graphql")
            .map_err(|refused| Error::Refused(format!("the schema is not valid: {refused}")))?;
        let trusted = trusted.read(&schema, &limits)?;
        let implementers = schema.implementers_map();
        Ok(Self { schema, implementers, limits, shelf: Shelf::new(), trusted })
    }

    /// Checks a request.
    pub fn prepare(&self, request: &Request) -> Result<Prepared, Vec<Problem>> {
        let document = self.document(request)?;
        let operation = document.operation(request.operation_name.as_deref()).map_err(|p| vec![p])?.clone();
        if let Some((name, _)) = request.variables.iter().find(|(_, value)| holds_null_character(value)) {
            let message = format!("${}: holds U+0000, which no text here has", name.as_str());
            return Err(vec![Problem::new(Code::BadUserInput, message)]);
        }
        let variables = coerce_variable_values(&self.schema, &operation, &request.variables)
            .map_err(|e| vec![document::refused_request(Code::BadUserInput, &e, &document.valid)])?;
        let kinds = operation.variables.iter().map(|variable| (variable.name.as_str(), &*variable.ty));
        if let Some(problem) = document::of_variables(kinds, &variables, &self.schema) {
            return Err(vec![problem]);
        }
        if let Some(problem) = document::null_argument(&document.valid, &variables) {
            return Err(vec![problem]);
        }
        let (data, introspection) = document.cost(&operation, &variables);
        let limit = self.limits.cost;
        if data > limit {
            let message = format!(
                "the request costs {data}; at most {limit} is allowed: ask for smaller pages or fewer fields"
            );
            return Err(vec![Problem::new(Code::CostLimitExceeded, message)]);
        }
        let cost = Cost { requested: data.saturating_add(introspection), limit };
        Ok(Prepared::new(document, operation, variables, cost))
    }

    /// The types of the schema.
    pub fn types(&self) -> &Valid<Schema> {
        &self.schema
    }

    /// Whether a request that was refused asks for a change.
    pub fn asks_for_change(&self, request: &Request) -> bool {
        let text = request.query.as_deref().unwrap_or_default();
        document::changes_something(text, request.operation_name.as_deref(), &self.limits)
    }

    /// What the schema says, as far as a request asks for that.
    pub fn introspect(&self, prepared: &Prepared) -> Result<Option<JsonMap>, Problem> {
        let Prepared { document, operation, variables, .. } = prepared;
        let mut fields = operation.root_fields(&document.valid);
        if !prepared.is_about_schema() && !fields.any(|field| field.name.starts_with("__")) {
            return Ok(None);
        }
        let answer = introspection::partial_execute(
            &self.schema,
            &self.implementers,
            &document.valid,
            operation,
            variables,
        );
        let refuse = |refused| document::refused_request(Code::BadUserInput, &refused, &document.valid);
        answer.map(|answer| answer.data).map_err(refuse)
    }

    fn document(&self, request: &Request) -> Result<Arc<Document>, Vec<Problem>> {
        let refuse = |code, message: &str| Err(vec![Problem::new(code, message)]);
        let Some(text) = &request.query else {
            let by_id = request.document_id.as_ref();
            let by_id =
                by_id.and_then(|id| self.trusted.find(id).or_else(|| self.shelf.find(&read_hash(id)?)));
            let by_hash = || {
                let hash = request.persisted.as_ref()?;
                self.trusted.with_hash(hash).or_else(|| self.shelf.find(hash))
            };
            let known = by_id.or_else(by_hash);
            // The sentence is what clients of automatic persisted queries look for.
            return known
                .ok_or_else(|| vec![Problem::new(Code::PersistedQueryNotFound, "PersistedQueryNotFound")]);
        };
        if request.document_id.is_some() {
            return refuse(Code::BadUserInput, "documentId: cannot be given together with query");
        }
        let hash = hash(text);
        if request.persisted.is_some_and(|given| given != hash) {
            return refuse(
                Code::BadUserInput,
                "extensions.persistedQuery.sha256Hash: is not the hash of the query",
            );
        }
        if let Some(known) = self.trusted.with_hash(&hash) {
            return Ok(known);
        }
        if self.trusted.only {
            return refuse(Code::Forbidden, "this service answers only the documents that it was given");
        }
        if let Some(known) = self.shelf.find(&hash) {
            return Ok(known);
        }
        let document = Arc::new(Document::read(text, &self.schema, &self.limits)?);
        self.shelf.put(Arc::clone(&document));
        Ok(document)
    }
}

/// The hash in an id such as `sha256:…`.
fn read_hash(id: &str) -> Option<document::Hash> {
    document::hash_from_hex(id.strip_prefix("sha256:")?)
}
