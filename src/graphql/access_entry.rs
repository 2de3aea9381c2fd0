//! Who was shown exact figures.

use async_graphql::{Context, ID, Object};
use uuid::Uuid;

use super::connection::Listed;
use super::context::Ask;
use super::directives::ItemsUpTo;
use super::failure::Answer;
use super::filter::Place;
use super::node::Kind;
use super::organisation::Organisation;
use super::project::Project;
use super::scalars::DateTime;
use crate::domain::scope::Scope;
use crate::entities::{access_entry, organisation, project};
use crate::error::Error;
use crate::store::access::log::{self, ProjectsOf};

/// Exact figures of your projects that somebody was shown.
#[derive(Clone)]
pub struct Access(access_entry::Model);

impl Listed for Access {
    type Table = access_entry::Entity;

    fn of(row: access_entry::Model) -> Self {
        Self(row)
    }
}

impl Access {
    /// The entry with an id, for those who take part in a project that it is about and may read the log.
    pub async fn find(ctx: &Context<'_>, id: Uuid) -> Answer<Option<Self>> {
        let Some(partner) = ctx.partner().filter(|partner| partner.asker.viewer.may(Scope::AuditOwn)) else {
            return Ok(None);
        };
        let store = partner.access.store().await?;
        let own = partner.asker.viewer.organisation;
        Ok(ctx.alone(log::find(store, id, own)).await?.map(Self))
    }
}

/// Exact figures of your projects that somebody was shown.
#[Object]
impl Access {
    /// A global id.
    pub async fn id(&self) -> ID {
        Kind::Access.id(self.0.id)
    }

    /// When.
    async fn at(&self) -> DateTime {
        DateTime(self.0.at)
    }

    /// Who was shown them; null where sources know it no more.
    async fn organisation(&self, ctx: &Context<'_>) -> Option<Answer<Organisation>> {
        let row = ctx.find::<organisation::Entity>(self.0.organisation_id).await;
        row.transpose().map(|row| row.map(Organisation))
    }

    /// What for, as `X-Purpose` said; null where it did not.
    async fn purpose(&self) -> Option<&str> {
        self.0.purpose.as_deref()
    }

    /// The operation, or the file, by name; null for operations without.
    async fn operation(&self) -> Option<&str> {
        self.0.operation.as_deref()
    }

    /// Of which of your projects, as far as they still are.
    #[graphql(directive = ItemsUpTo::apply(20, &[]))]
    async fn projects(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "So many at most, 1 to 500.", default = 20)] limit: i32,
    ) -> Answer<Vec<Project>> {
        let most = Place::argument("limit").up_to(limit, 500)?;
        let partner = ctx.partner().ok_or(Error::Unauthenticated("accessLog"))?;
        let own = ProjectsOf { organisation: partner.asker.viewer.organisation };
        let rows = ctx.load(own, self.0.id).await?;
        let rows = rows.iter().take(usize::try_from(most).unwrap_or(usize::MAX));
        let found = rows.map(|row| ctx.find::<project::Entity>(row.project_id));
        let found = futures_util::future::try_join_all(found).await?;
        Ok(found.into_iter().flatten().map(Project).collect())
    }
}
