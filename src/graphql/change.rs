//! What happened, for those who keep a copy.

use async_graphql::{Context, ID, Object};

use super::connection::Listed;
use super::context::Ask;
use super::failure::Answer;
use super::node::{Kind, Node};
use super::project::Project;
use super::scalars::DateTime;
use crate::entities::change::{self, ChangeType};
use crate::entities::project;

/// Something that happened to a project.
#[derive(Clone)]
pub struct Change(pub change::Model);

impl Listed for Change {
    type Table = change::Entity;

    fn of(row: change::Model) -> Self {
        Self(row)
    }
}

/// Something that happened to a project: by what is known of it, never by a file's date.
#[Object]
impl Change {
    /// A global id.
    pub async fn id(&self) -> ID {
        Kind::Change.id(self.0.id)
    }

    /// When it was recorded here.
    async fn at(&self) -> DateTime {
        DateTime(self.0.at)
    }

    /// What happened.
    #[graphql(name = "type")]
    async fn kind(&self) -> ChangeType {
        self.0.r#type
    }

    /// The global id of what it happened to, even where that is no more.
    async fn node_id(&self) -> ID {
        Kind::Project.id(self.0.project_id)
    }

    /// What it happened to; null where that is no more.
    async fn node(&self, ctx: &Context<'_>) -> Option<Answer<Node>> {
        find(ctx, self.0.project_id).await.transpose()
    }

    /// The fields that differ from before, by their names in this API; empty but for what has changed.
    async fn fields(&self) -> Vec<String> {
        self.0.fields.split(',').filter(|field| !field.is_empty()).map(str::to_owned).collect()
    }

    /// What it went into; null where it did not, or where that is no more.
    async fn merged_into(&self, ctx: &Context<'_>) -> Option<Answer<Node>> {
        find(ctx, self.0.merged_into_id?).await.transpose()
    }
}

async fn find(ctx: &Context<'_>, project: uuid::Uuid) -> Answer<Option<Node>> {
    Ok(ctx.find::<project::Entity>(project).await?.map(|row| Node::Project(Project(row))))
}
