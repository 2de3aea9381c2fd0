//! What a resolver may ask for.

use std::future::Future;
use std::sync::Arc;

use async_graphql::Context;
use futures_util::future::try_join_all;
use sea_orm::DatabaseConnection;
use uuid::Uuid;

use super::document::Limits;
use super::failure::{Answer, Failure};
use super::filter::Memo;
use super::loaders::Loaders;
use super::own::Partner;
use crate::entities::Table;
use crate::error::{Error, Result};
use crate::outcomes::own::Unit;
use crate::store::batch::{Batched, ById};
use crate::store::columns::Columns;

/// What a resolver may ask for.
pub(super) trait Ask {
    /// The database, for what no other field asks for; see [`Ask::alone`].
    fn db(&self) -> Answer<&DatabaseConnection>;

    /// How much a request may ask for.
    fn limits(&self) -> Answer<&Limits>;

    /// What filters of the request have looked up.
    fn memo(&self) -> Answer<&Memo>;

    /// Who asks, where the request asks for what is not everybody's and has a key.
    fn partner(&self) -> Option<&Partner>;

    /// The participations of a project, by its number, exactly: looked up together with those of others.
    async fn exact(&self, number: String) -> Answer<Arc<Vec<Unit>>>;

    /// Waits for the turn of a question that is asked for this field alone, and asks it.
    async fn alone<T>(&self, question: impl Future<Output = Result<T>> + Send) -> Answer<T>;

    /// The rows that a question has for one parent, looked up together with those of others.
    async fn load<Q: Batched>(&self, question: Q, parent: Uuid) -> Answer<Arc<Vec<Q::Row>>>;

    /// The row with an id, if there is one.
    async fn find<E: Table>(&self, id: Uuid) -> Answer<Option<E::Model>>;

    /// The row that another row points at.
    async fn one<E: Table>(&self, id: Uuid) -> Answer<E::Model>;

    /// The rows that others point at, in the same order, looked up together.
    async fn all<E: Table>(&self, ids: impl Iterator<Item = Uuid> + Send) -> Answer<Vec<E::Model>>;
}

impl Ask for Context<'_> {
    fn db(&self) -> Answer<&DatabaseConnection> {
        self.data().map_err(|_| missing())
    }

    fn limits(&self) -> Answer<&Limits> {
        self.data().map_err(|_| missing())
    }

    fn memo(&self) -> Answer<&Memo> {
        let loaders: &Loaders = self.data().map_err(|_| missing())?;
        Ok(&loaders.memo)
    }

    fn partner(&self) -> Option<&Partner> {
        self.data_opt::<Arc<Partner>>().map(|partner| &**partner)
    }

    async fn exact(&self, number: String) -> Answer<Arc<Vec<Unit>>> {
        let loaders: &Loaders = self.data().map_err(|_| missing())?;
        let partner = self.partner().ok_or(Error::Unauthenticated("scope: OWN"))?;
        loaders.exact(&partner.access, number).await.map_err(|failure| failure.of(self))
    }

    async fn alone<T>(&self, question: impl Future<Output = Result<T>> + Send) -> Answer<T> {
        let loaders: &Loaders = self.data().map_err(|_| missing())?;
        loaders.alone(question).await.map_err(|error| Failure::from(error).of(self))
    }

    async fn load<Q: Batched>(&self, question: Q, parent: Uuid) -> Answer<Arc<Vec<Q::Row>>> {
        let loaders: &Loaders = self.data().map_err(|_| missing())?;
        loaders.load(question, parent).await.map_err(|failure| failure.of(self))
    }

    async fn find<E: Table>(&self, id: Uuid) -> Answer<Option<E::Model>> {
        Ok(self.load(ById::<E>::with(Columns::ALL), id).await?.first().cloned())
    }

    async fn one<E: Table>(&self, id: Uuid) -> Answer<E::Model> {
        let table = std::any::type_name::<E>();
        let found = self.find::<E>(id).await?;
        found.ok_or_else(|| Failure::from(Error::Inconsistent { table, id }).of(self))
    }

    async fn all<E: Table>(&self, ids: impl Iterator<Item = Uuid> + Send) -> Answer<Vec<E::Model>> {
        try_join_all(ids.map(|id| self.one::<E>(id))).await
    }
}

fn missing() -> Failure {
    Error::Refused("a request was executed without its data".to_owned()).into()
}
