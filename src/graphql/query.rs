//! Every question one may start with: the table of contents of the API.

use async_graphql::{Context, ID, Object, OneofObject};
use sea_orm::EntityTrait;

use super::change::Change;
use super::connection::{Connection, PageArguments};
use super::context::Ask;
use super::directives::{Items, ItemsOf, Lookup, PageSize};
use super::failure::Answer;
use super::funder::Funder;
use super::indicator::{Indicator, IndicatorFramework};
use super::node::{self, Kind, Node};
use super::organisation::Organisation;
use super::outcome::{Arguments, OutcomeDimension, OutcomeGroupBy, OutcomeTable, Scope};
use super::project::{self, Project, ProjectBy};
use super::project_filter::ProjectFilter;
use super::release::Release;
use super::result::Sex;
use super::service::Service;
use super::source::Source;
use crate::domain::orgnr::OrganisationNumber;
use crate::entities::change::{self, ChangeType};
use crate::entities::{funder, organisation, release, source};
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

    /// What came of it for participants: everywhere, or in some projects, in groups, protected so that no person can be
    /// found. Null before the first release.
    ///
    /// Every number is a sum of multiples of five that were rounded once, so no series of questions tells more than
    /// they do. A project of fewer than ten of one sex in a year is shown by categories only together with others of its
    /// county and year, where no more than counties, years and sexes are asked for.
    #[graphql(directive = Lookup::apply())]
    async fn participant_outcomes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only in these projects; in all where nothing is given.", name = "where")]
        filter: Option<ProjectFilter>,
        #[graphql(desc = "What to group by; one group of all where nothing is given.", default)] by: Vec<
            OutcomeGroupBy,
        >,
        #[graphql(desc = "What to count by within each group.")] dimension: Option<OutcomeDimension>,
        #[graphql(desc = "Only these sexes; all where none are given.", default)] sex: Vec<Sex>,
        #[graphql(desc = "Only these years of enrolment; all where none are given.", default)] periods: Vec<
            i32,
        >,
        #[graphql(desc = "A second dimension; only `EDUCATION` and `TARGET_GROUP` are counted together.")]
        crossed_with: Option<OutcomeDimension>,
        #[graphql(desc = "Whose numbers.", default)] scope: Scope,
    ) -> Option<Answer<OutcomeTable>> {
        let arguments = Arguments { by, dimension, crossed_with, scope, sex, periods };
        let outcomes = async { arguments.of(ctx, filter.unwrap_or_default().published()?).await };
        outcomes.await.transpose()
    }

    /// The common indicators of the Social Fund, and the variables of SUS, with what of them can be counted here.
    #[graphql(directive = Items::apply(63))]
    async fn indicators(
        &self,
        #[graphql(desc = "Only of this framework; of all where none is given.")] framework: Option<
            IndicatorFramework,
        >,
    ) -> Vec<Indicator> {
        Indicator::of(framework)
    }

    /// Releases of participant outcomes, the first one first. Numbers are those of the active one.
    #[graphql(directive = PageSize::apply())]
    async fn releases(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "So many from the start, 1 to 100; 20 where neither first nor last is given.")]
        first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "So many from the end, 1 to 100; not together with first.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Answer<Connection<Release>> {
        let page = PageArguments { first, after, last, before };
        Connection::of_all(ctx, "releases", release::Entity::find(), page).await
    }

    /// The service: its version, its data's version, and its limits.
    async fn service(&self) -> Service {
        Service
    }
}
