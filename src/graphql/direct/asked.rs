//! What is asked, and of which database.

use std::collections::HashMap;
use std::sync::OnceLock;

use apollo_compiler::Schema as Types;
use apollo_compiler::validation::Valid;
use async_graphql::parser::types::{ExecutableDocument, FragmentDefinition};
use async_graphql::{Name, Positioned, Value, Variables};
use sea_orm::DatabaseConnection;
use uuid::Uuid;

use crate::entities::Table;
use crate::graphql::failure::Failure;
use crate::graphql::filter::Memo;
use crate::graphql::loaders;
use crate::store::batch::{Batched, ById, KEYS_AT_ONCE};

/// The executor must answer.
pub(in crate::graphql) struct NotHere;

/// What is asked, and of which database.
pub(in crate::graphql) struct Asked<'a> {
    pub db: &'a DatabaseConnection,
    pub memo: &'a Memo,
    pub types: &'a Valid<Types>,
    pub document: &'a ExecutableDocument,
    pub variables: &'a Variables,
    /// A statement that took too long: it is not asked again.
    pub ended: OnceLock<Failure>,
}

impl<'a> Asked<'a> {
    /// A value with its variables in place; a variable without a value is none.
    pub fn value(&self, written: &async_graphql_value::Value) -> Result<Option<Value>, NotHere> {
        let value = |name: &Name| self.variables.get(name).cloned();
        if let async_graphql_value::Value::Variable(name) = written {
            return Ok(value(name));
        }
        written.clone().into_const_with(|name| value(&name).ok_or(NotHere)).map(Some)
    }

    /// A fragment of the document.
    pub fn fragment(&self, name: &Name) -> Option<&'a Positioned<FragmentDefinition>> {
        self.document.fragments.get(name)
    }

    /// Whether objects of one type are of another, or have its interface.
    pub fn is_a(&self, object: &str, condition: &str) -> bool {
        object == condition || self.types.is_subtype(condition, object)
    }

    /// What the database found.
    pub fn found<T>(&self, found: Result<T, impl Into<Failure>>) -> Option<T> {
        let failure: Failure = match found {
            Ok(found) => return Some(found),
            Err(failure) => failure.into(),
        };
        if failure.took_too_long() {
            // The first of several stands for all.
            let _another = self.ended.set(failure);
        }
        None
    }

    /// The row with an id, if that is one and there is such a row.
    pub async fn find<E: Table>(&self, id: Option<Uuid>) -> Result<Option<E::Model>, NotHere> {
        let Some(id) = id else { return Ok(None) };
        let mut rows = self.load(ById::<E>::default(), std::iter::once(id)).await.ok_or(NotHere)?;
        Ok(rows.remove(&id).and_then(|mut rows| rows.pop()))
    }

    /// The rows that a question has for each of some parents.
    pub async fn load<Q: Batched>(
        &self,
        question: Q,
        parents: impl Iterator<Item = Uuid>,
    ) -> Option<HashMap<Uuid, Vec<Q::Row>>> {
        let mut parents: Vec<Uuid> = parents.collect();
        parents.sort_unstable();
        parents.dedup();
        let mut rows = HashMap::new();
        for some in parents.chunks(KEYS_AT_ONCE) {
            rows.extend(self.found(loaders::ask(self.db, &question, some).await)?);
        }
        Some(rows)
    }
}
