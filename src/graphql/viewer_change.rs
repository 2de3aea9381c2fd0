//! What happened to a partner's own projects, for its copy of them.

use async_graphql::{Context, Object};
use uuid::Uuid;

use super::change::Change;
use super::connection::{Connection, PageArguments, PageInfo};
use super::context::Ask;
use super::failure::Answer;
use super::project::Project;
use crate::entities::change;
use crate::store::changes::{self, OwnProject};

/// A page of what happened to your projects. Who goes on from the last cursor and does what each edge says has what sources tell
/// of them, as who fetches everything anew.
pub(super) struct ViewerChangeConnection {
    organisation: Uuid,
    page: Connection<Change>,
}

impl ViewerChangeConnection {
    /// A page for an organisation.
    pub async fn of(ctx: &Context<'_>, organisation: Uuid, page: PageArguments) -> Answer<Self> {
        let list = format!("changes of {organisation}");
        let select = changes::of_organisation(organisation);
        let page = Box::pin(Connection::of_all(ctx, &list, select, page)).await?;
        Ok(Self { organisation, page })
    }
}

/// A page of what happened to your projects. Who goes on from the last cursor and does what each edge says has what sources tell
/// of them, as who fetches everything anew.
#[Object]
impl ViewerChangeConnection {
    /// The changes of the page, the first one first, with their cursors.
    async fn edges(&self) -> Vec<ViewerChangeEdge> {
        let edge = |(cursor, placed): (String, &crate::store::page::Placed<change::Model>)| {
            ViewerChangeEdge { cursor, node: Change(placed.row.clone()), organisation: self.organisation }
        };
        self.page.rows().map(edge).collect()
    }

    /// The changes of the page.
    async fn nodes(&self) -> Vec<Change> {
        self.page.nodes_of()
    }

    /// Where the page stands in the list. Keep `endCursor`: it is where to go on next time, be the page empty or not; of an
    /// empty page keep the one that was given.
    async fn page_info(&self) -> PageInfo {
        self.page.info()
    }
}

/// Something that happened to a project of yours.
pub(super) struct ViewerChangeEdge {
    cursor: String,
    node: Change,
    organisation: Uuid,
}

/// Something that happened to a project of yours.
#[Object]
impl ViewerChangeEdge {
    /// Its place, for `after` and `before` of the same list.
    async fn cursor(&self) -> &str {
        &self.cursor
    }

    /// What happened.
    async fn node(&self) -> &Change {
        &self.node
    }

    /// The project as it is now: put it into your copy. Null where it is no more, or you take part in it no more: take
    /// `node.nodeId` out of your copy.
    async fn project(&self, ctx: &Context<'_>) -> Answer<Option<Project>> {
        let rows = ctx.load(OwnProject { organisation: self.organisation }, self.node.0.project_id).await?;
        Ok(rows.first().cloned().map(Project))
    }
}
