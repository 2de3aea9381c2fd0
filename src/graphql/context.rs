//! What a resolver may ask for.

use std::sync::Arc;

use async_graphql::Context;
use sea_orm::DatabaseConnection;
use uuid::Uuid;

use super::failure::{Answer, Failure};
use super::loaders::Loaders;
use crate::entities::Table;
use crate::error::Error;
use crate::store::batch::{Batched, ById};

/// What a resolver may ask for.
pub(super) trait Ask {
    /// The database.
    fn db(&self) -> Answer<&DatabaseConnection>;

    /// The rows that a question has for one parent, looked up together with those of others.
    async fn load<Q: Batched>(&self, question: Q, parent: Uuid) -> Answer<Arc<Vec<Q::Row>>>;

    /// The row with an id, if there is one.
    async fn find<E: Table>(&self, id: Uuid) -> Answer<Option<E::Model>>;

    /// The row that another row points at.
    async fn one<E: Table>(&self, id: Uuid) -> Answer<E::Model>;
}

impl Ask for Context<'_> {
    fn db(&self) -> Answer<&DatabaseConnection> {
        self.data().map_err(|_| missing())
    }

    async fn load<Q: Batched>(&self, question: Q, parent: Uuid) -> Answer<Arc<Vec<Q::Row>>> {
        let loaders: &Loaders = self.data().map_err(|_| missing())?;
        loaders.load(question, parent).await
    }

    async fn find<E: Table>(&self, id: Uuid) -> Answer<Option<E::Model>> {
        Ok(self.load(ById::<E>::new(), id).await?.first().cloned())
    }

    async fn one<E: Table>(&self, id: Uuid) -> Answer<E::Model> {
        let table = std::any::type_name::<E>();
        self.find::<E>(id).await?.ok_or_else(|| Error::Inconsistent { table, id }.into())
    }
}

fn missing() -> Failure {
    Error::Refused("a request was executed without its data".to_owned()).into()
}
