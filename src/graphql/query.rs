//! Every question one may start with: the table of contents of the API.

use async_graphql::{Context, ID, Object, OneofObject};
use sea_orm::EntityTrait;

use super::change::Change;
use super::connection::{Connection, PageArguments};
use super::context::Ask;
use super::directives::{ItemsOf, PageSize};
use super::failure::Answer;
use super::funder::Funder;
use super::node::{self, Kind, Node};
use super::organisation::Organisation;
use super::project::{self, Project, ProjectBy, ProjectFilter};
use super::service::Service;
use super::source::Source;
use crate::domain::orgnr::OrganisationNumber;
use crate::entities::change::{self, ChangeType};
use crate::entities::{funder, organisation, source};
use crate::store::{changes, organisations};

/// What names one organisation.
#[derive(OneofObject)]
pub(super) enum OrganisationBy {
    /// Its global id.
    Id(ID),
    /// Its organisationsnummer in any form, such as `212000-0142` or `SE-ON-2120000142`.
    Number(String),
}

/// Every question one may start with.
pub struct Query;

/// Every question one may start with.
#[Object]
impl Query {
    /// The object behind a global id; null where there is none, or none you may see.
    async fn node(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A global id.")] id: ID,
    ) -> Option<Answer<Node>> {
        node::node(ctx, &id).await.transpose()
    }

    /// The objects behind global ids, in the same order, null where there is none.
    #[graphql(directive = ItemsOf::apply("ids"))]
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most 100 global ids.")] ids: Vec<ID>,
    ) -> Answer<Vec<Option<Node>>> {
        let found = ids.iter().map(|id| node::node(ctx, id));
        futures_util::future::try_join_all(found).await
    }

    /// One project, by its global id or by a project number as any source writes it.
    async fn project(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What names it.")] by: ProjectBy,
    ) -> Option<Answer<Project>> {
        project::find(ctx, by).await.transpose()
    }

    /// Projects, by name in Swedish order.
    #[graphql(directive = PageSize::apply())]
    async fn projects(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only these; all where nothing is given.", name = "where")] filter: Option<
            ProjectFilter,
        >,
        #[graphql(desc = "So many from the start, 1 to 100; 20 where neither first nor last is given.")]
        first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "So many from the end, 1 to 100; not together with first.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Answer<Connection<Project>> {
        let select = filter.unwrap_or_default().select()?;
        Connection::of_all(ctx, "projects", select, PageArguments { first, after, last, before }).await
    }

    /// One organisation, by its global id or its organisationsnummer.
    async fn organisation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What names it.")] by: OrganisationBy,
    ) -> Option<Answer<Organisation>> {
        let row = match by {
            OrganisationBy::Id(id) => ctx.find::<organisation::Entity>(Kind::Organisation.read(&id)?).await,
            OrganisationBy::Number(number) => {
                let number = OrganisationNumber::parse(&number).ok()?;
                let found = async { ctx.alone(organisations::by_number(ctx.db()?, number.digits())).await };
                found.await
            }
        };
        Some(row.transpose()?.map(Organisation))
    }

    /// Organisations and their units, by name in Swedish order.
    #[graphql(directive = PageSize::apply())]
    async fn organisations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "So many from the start, 1 to 100; 20 where neither first nor last is given.")]
        first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "So many from the end, 1 to 100; not together with first.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Answer<Connection<Organisation>> {
        Connection::of_all(
            ctx,
            "organisations",
            organisation::Entity::find(),
            PageArguments { first, after, last, before },
        )
        .await
    }

    /// What happened to projects, first things first: who keeps a copy asks again after the last cursor it has seen. A
    /// project that was made anew, as after a file was read otherwise, is one that went and one that came.
    #[graphql(directive = PageSize::apply())]
    async fn changes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only these types; all where none are given.", default)] types: Vec<ChangeType>,
        #[graphql(desc = "So many from the start, 1 to 100; 20 where neither first nor last is given.")]
        first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "So many from the end, 1 to 100; not together with first.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Answer<Connection<Change>> {
        let select = changes::of_types(change::Entity::find(), &types);
        Connection::of_all(ctx, "changes", select, PageArguments { first, after, last, before }).await
    }

    /// One funder, by its global id.
    async fn funder(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its global id.")] id: ID,
    ) -> Option<Answer<Funder>> {
        let row = ctx.find::<funder::Entity>(Kind::Funder.read(&id)?).await;
        Some(row.transpose()?.map(Funder))
    }

    /// Those who pay, by name in Swedish order.
    #[graphql(directive = PageSize::apply())]
    async fn funders(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "So many from the start, 1 to 100; 20 where neither first nor last is given.")]
        first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "So many from the end, 1 to 100; not together with first.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Answer<Connection<Funder>> {
        Connection::of_all(
            ctx,
            "funders",
            funder::Entity::find(),
            PageArguments { first, after, last, before },
        )
        .await
    }

    /// Every file that was read, in the order they were read.
    #[graphql(directive = PageSize::apply())]
    async fn sources(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "So many from the start, 1 to 100; 20 where neither first nor last is given.")]
        first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "So many from the end, 1 to 100; not together with first.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Answer<Connection<Source>> {
        Connection::of_all(
            ctx,
            "sources",
            source::Entity::find(),
            PageArguments { first, after, last, before },
        )
        .await
    }

    /// The service: its version, its data's version, and its limits.
    async fn service(&self) -> Service {
        Service
    }
}
