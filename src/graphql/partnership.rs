//! An organisation's part in a project.

mod direct;

use async_graphql::{Context, ID, Object};

use super::connection::Listed;
use super::context::Ask;
use super::directives::Items;
use super::failure::Answer;
use super::label::label;
use super::money::Language;
use super::node::Kind;
use super::organisation::Organisation;
use super::project::Project;
use super::statement::Statement;
use crate::entities::partnership::{self, PartnershipRole};
use crate::entities::{organisation, project};
use crate::store::page::Everything;
use crate::store::partnerships;

/// An organisation's part in a project.
#[derive(Clone)]
pub struct Partnership(pub partnership::Model);

impl Listed for Partnership {
    type Table = partnership::Entity;

    fn of(row: partnership::Model) -> Self {
        Self(row)
    }
}

/// An organisation's part in a project.
#[Object]
impl Partnership {
    /// A global id.
    pub async fn id(&self) -> ID {
        Kind::Partnership.id(self.0.id)
    }

    /// The part it has.
    async fn role(&self) -> PartnershipRole {
        self.0.role
    }

    /// The same in words.
    async fn role_label(
        &self,
        #[graphql(desc = "The language of the label.", default)] lang: Language,
    ) -> String {
        label(self.0.role, lang)
    }

    /// The legal entity that takes part.
    async fn organisation(&self, ctx: &Context<'_>) -> Answer<Organisation> {
        Ok(Organisation(ctx.one::<organisation::Entity>(self.0.organisation_id).await?))
    }

    /// The unit of it that a source names; null where only the legal entity is named.
    async fn unit(&self, ctx: &Context<'_>) -> Option<Answer<Organisation>> {
        Some(ctx.one::<organisation::Entity>(self.0.unit_id?).await.map(Organisation))
    }

    /// The project.
    async fn project(&self, ctx: &Context<'_>) -> Answer<Project> {
        Ok(Project(ctx.one::<project::Entity>(self.0.project_id).await?))
    }

    /// The statements that say so.
    #[graphql(directive = Items::apply(5))]
    async fn statements(&self, ctx: &Context<'_>) -> Answer<Vec<Statement>> {
        let rows = ctx.load(Everything::of(partnerships::Statements), self.0.id).await?;
        Ok(rows.iter().cloned().map(Statement).collect())
    }
}
