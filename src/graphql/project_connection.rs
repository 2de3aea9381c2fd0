//! Pages of projects, with figures of all of them.

use std::sync::Arc;

use async_graphql::{Context, Object};
use uuid::Uuid;

use super::aggregates::{OfParent, ProjectAggregates, of_filter};
use super::connection::{Connection, Edge, PageArguments, PageInfo};
use super::context::Ask;
use super::directives::Lookup;
use super::failure::Answer;
use super::order::ProjectOrder;
use super::project::Project;
use super::project_filter::ProjectFilter;
use crate::entities::project;
use crate::store::filter::{Filter, Narrowed};
use crate::store::page::Relation;

/// Which projects of a list are wanted, and in which order.
pub(super) struct ProjectArguments {
    pub filter: Option<ProjectFilter>,
    pub order_by: Option<Vec<ProjectOrder>>,
    pub page: PageArguments,
}

/// A page of projects.
pub(super) struct ProjectConnection {
    page: Connection<Project>,
    aggregates: ProjectAggregates,
}

impl ProjectConnection {
    /// Of all projects that are among some, by a list's name.
    pub async fn of_all(
        ctx: &Context<'_>,
        list: &str,
        among: Option<&Filter>,
        arguments: ProjectArguments,
    ) -> Answer<Self> {
        let ProjectArguments { filter, order_by, page } = arguments;
        let order = ProjectOrder::read(order_by)?;
        let mut filter = ProjectFilter::read(filter, ctx.db()?, ctx.memo()?).await?;
        if let Some(among) = among {
            filter = filter.and(among.condition());
        }
        let page = Box::pin(Connection::filtered(ctx, list, &filter, &order, page)).await?;
        Ok(Self { page, aggregates: of_filter(filter) })
    }

    /// Of what belongs to a parent.
    pub async fn of_parent<R: Relation<Child = project::Entity>>(
        ctx: &Context<'_>,
        relation: R,
        parent: Uuid,
        arguments: ProjectArguments,
    ) -> Answer<Self> {
        let ProjectArguments { filter, order_by, page } = arguments;
        let order = order_by.map(|fields| ProjectOrder::read(Some(fields))).transpose()?;
        let filter = match filter {
            Some(filter) => Some(ProjectFilter::read(Some(filter), ctx.db()?, ctx.memo()?).await?),
            None => None,
        };
        let projects = Narrowed { relation, filter };
        let page = Box::pin(Connection::of_parent_in(ctx, projects.clone(), order, parent, page)).await?;
        Ok(Self { page, aggregates: ProjectAggregates(Arc::new(OfParent { projects, parent })) })
    }
}

/// A page of projects.
#[Object]
impl ProjectConnection {
    /// The projects of the page with their cursors.
    async fn edges(&self) -> Vec<Edge<Project>> {
        self.page.edges_of()
    }

    /// The projects of the page.
    async fn nodes(&self) -> Vec<Project> {
        self.page.nodes_of()
    }

    /// Where the page stands in the list.
    async fn page_info(&self) -> PageInfo {
        self.page.info()
    }

    /// How many projects the whole list has; counted only if asked for.
    #[graphql(directive = Lookup::apply())]
    async fn total_count(&self, ctx: &Context<'_>) -> Answer<i32> {
        self.page.total(ctx).await
    }

    /// Figures of the whole list, not of the page alone.
    async fn aggregates(&self) -> &ProjectAggregates {
        &self.aggregates
    }
}
