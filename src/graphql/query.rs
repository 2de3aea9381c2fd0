//! Every question one may start with: the table of contents of the API.

mod direct;

use async_graphql::{Context, ID, Object, OneofObject};
use sea_orm::{EntityTrait, QueryFilter};

use super::aggregates;
use super::change::Change;
use super::connection::{Connection, PageArguments};
use super::context::Ask;
use super::directives::{Items, ItemsOf, ItemsUpTo, Lookup, PageSize};
use super::failure::Answer;
use super::filter::today;
use super::funder::Funder;
use super::funder_filter::FunderFilter;
use super::group_arguments::{GroupArguments, ProjectDimension, ProjectGroupFilter, ProjectGroupOrder};
use super::indicator::{Indicator, IndicatorFramework};
use super::label::EnumLabel;
use super::network::Network;
use super::node::{self, Kind, Node};
use super::order::{FunderOrder, OrganisationOrder, ProjectOrder};
use super::organisation::{Organisation, OrganisationLevel};
use super::organisation_filter::OrganisationFilter;
use super::outcome::{Arguments, OutcomeDimension, OutcomeGroupBy, OutcomeTable, Scope};
use super::portfolio::Portfolio;
use super::project::{self, Project, ProjectBy};
use super::project_connection::{ProjectArguments, ProjectConnection};
use super::project_filter::ProjectFilter;
use super::project_groups::ProjectGroups;
use super::region::Region;
use super::release::Release;
use super::result::Sex;
use super::scalars::Date;
use super::search::{SearchConnection, SearchType};
use super::service::Service;
use super::source::Source;
use super::source_filter::SourceFilter;
use super::viewer::Viewer;
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

    /// Projects, by name in Swedish order where no order is given.
    #[graphql(directive = PageSize::apply())]
    async fn projects(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only these; all where nothing is given.", name = "where")] filter: Option<
            ProjectFilter,
        >,
        #[graphql(desc = "In this order; by name where nothing is given.")] order_by: Option<
            Vec<ProjectOrder>,
        >,
        #[graphql(desc = "So many from the start, 1 to 100; 20 where neither first nor last is given.")]
        first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "So many from the end, 1 to 100; not together with first.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Answer<ProjectConnection> {
        let page = PageArguments { first, after, last, before };
        let arguments = ProjectArguments { filter, order_by, page };
        Box::pin(ProjectConnection::of_all(ctx, "projects", None, arguments)).await
    }

    /// Counts and sums of projects by one or more dimensions. Filters are honoured; there is no paging but a limit. A
    /// project counts once in every group that it belongs to.
    #[graphql(directive = ItemsUpTo::apply(100, &["groups"]))]
    async fn project_groups(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only these projects; all where nothing is given.", name = "where")] filter: Option<
            ProjectFilter,
        >,
        #[graphql(desc = "By what, 1 to 4 dimensions.")] by: Vec<ProjectDimension>,
        #[graphql(desc = "The day for `STATUS`; today where none is given.")] as_of: Option<Date>,
        #[graphql(desc = "Only these groups; all where nothing is given.")] having: Option<
            ProjectGroupFilter,
        >,
        #[graphql(desc = "In this order; those of most projects first where nothing is given.")]
        order_by: Option<Vec<ProjectGroupOrder>>,
        #[graphql(desc = "So many groups at most, 1 to 1000.", default = 100)] limit: i32,
    ) -> Answer<ProjectGroups> {
        let filter = ProjectFilter::read(filter, ctx.db()?, ctx.memo()?).await?;
        let summed = aggregates::kinds(&ctx.look_ahead().field("groups").field("aggregates"));
        let arguments = GroupArguments { by, as_of, having, order_by, limit, summed };
        Box::pin(ProjectGroups::find(ctx, filter, &arguments)).await
    }

    /// Projects, organisations and funders by the words of their names and numbers, what fits best first. Each word
    /// begins a word of a name; accents do not matter, and a slip in a word that nobody uses is forgiven.
    #[graphql(directive = PageSize::apply())]
    async fn search(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The words, 200 characters at most.")] text: String,
        #[graphql(desc = "What may be found; anything where nothing is given.", default)] types: Vec<
            SearchType,
        >,
        #[graphql(desc = "So many from the start, 1 to 100; 20 where neither first nor last is given.")]
        first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "So many from the end, 1 to 100; not together with first.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Answer<SearchConnection> {
        Box::pin(SearchConnection::find(ctx, &text, types, PageArguments { first, after, last, before }))
            .await
    }

    /// Who works with whom: organisations joined by the projects they share.
    #[graphql(directive = ItemsUpTo::apply(500, &["edges", "nodes"]))]
    async fn collaboration_network(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only by these projects; by all where nothing is given.", name = "where")]
        filter: Option<ProjectFilter>,
        #[graphql(
            desc = "Whether units count as themselves or as their legal entities.",
            default_with = "OrganisationLevel::LegalEntity"
        )]
        level: OrganisationLevel,
        #[graphql(desc = "Only those who share at least so many projects.", default = 1)] min_shared: i32,
        #[graphql(desc = "So many edges at most, 1 to 1000; those that share most.", default = 500)]
        limit: i32,
    ) -> Answer<Network> {
        let filter = ProjectFilter::read(filter, ctx.db()?, ctx.memo()?).await?;
        Box::pin(Network::find(ctx, filter, level, min_shared, limit)).await
    }

    /// Follow-up and steering of what an organisation and its units take part in, as of a day. Null where there is no
    /// such organisation.
    #[graphql(directive = Lookup::apply())]
    async fn portfolio(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its global id.")] organisation: ID,
        #[graphql(desc = "The day; today where none is given.")] as_of: Option<Date>,
    ) -> Option<Answer<Portfolio>> {
        let row = ctx.find::<organisation::Entity>(Kind::Organisation.read(&organisation)?).await;
        let day = as_of.map_or_else(today, |date| date.0);
        Some(row.transpose()?.map(|row| Portfolio::new(row, day)))
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

    /// Organisations and their units, by name in Swedish order where no order is given.
    #[graphql(directive = PageSize::apply())]
    async fn organisations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only these; all where nothing is given.", name = "where")] filter: Option<
            OrganisationFilter,
        >,
        #[graphql(desc = "In this order; by name where nothing is given.")] order_by: Option<
            Vec<OrganisationOrder>,
        >,
        #[graphql(desc = "So many from the start, 1 to 100; 20 where neither first nor last is given.")]
        first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "So many from the end, 1 to 100; not together with first.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Answer<Connection<Organisation>> {
        let order = OrganisationOrder::read(order_by)?;
        let filter = OrganisationFilter::read(filter, ctx.db()?, ctx.memo()?).await?;
        let page = PageArguments { first, after, last, before };
        Box::pin(Connection::filtered(ctx, "organisations", &filter, &order, page)).await
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
        Box::pin(Connection::of_all(ctx, "changes", select, PageArguments { first, after, last, before }))
            .await
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

    /// Those who pay, by name in Swedish order where no order is given.
    #[graphql(directive = PageSize::apply())]
    async fn funders(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only these; all where nothing is given.", name = "where")] filter: Option<
            FunderFilter,
        >,
        #[graphql(desc = "In this order; by name where nothing is given.")] order_by: Option<
            Vec<FunderOrder>,
        >,
        #[graphql(desc = "So many from the start, 1 to 100; 20 where neither first nor last is given.")]
        first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "So many from the end, 1 to 100; not together with first.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Answer<Connection<Funder>> {
        let order = FunderOrder::read(order_by)?;
        let filter = FunderFilter::read(filter, ctx.db()?, ctx.memo()?).await?;
        let page = PageArguments { first, after, last, before };
        Box::pin(Connection::filtered(ctx, "funders", &filter, &order, page)).await
    }

    /// Every file that was read, in the order they were read.
    #[graphql(directive = PageSize::apply())]
    async fn sources(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only these; all where nothing is given.", name = "where")] filter: Option<
            SourceFilter,
        >,
        #[graphql(desc = "So many from the start, 1 to 100; 20 where neither first nor last is given.")]
        first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "So many from the end, 1 to 100; not together with first.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Answer<Connection<Source>> {
        let select = source::Entity::find().filter(SourceFilter::read(filter)?);
        Box::pin(Connection::of_all(ctx, "sources", select, PageArguments { first, after, last, before }))
            .await
    }

    /// What came of it for participants: everywhere, or in some projects, in groups, protected so that no person can be
    /// found. Null before the first release.
    ///
    /// Every number is a sum of multiples of five that were rounded once, so no series of questions tells more than
    /// they do. A project of fewer than ten of one sex in a year is shown by categories only together with others of its
    /// county and year, where no more than counties, years and sexes are asked for. By county, and in the projects of
    /// counties or funders, a project counts in the county that it had when its year was rounded; with any other
    /// condition its county is that of today.
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
        Box::pin(arguments.of(ctx, filter)).await.transpose()
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

    /// What the values of enumerations are called, for people: roles, kinds, fields and the like.
    #[graphql(directive = Items::apply(110))]
    async fn labels(
        &self,
        #[graphql(
            desc = "Only of this enumeration, such as `PartnershipRole`; of all where none is given.",
            name = "enum"
        )]
        of: Option<String>,
    ) -> Vec<EnumLabel> {
        EnumLabel::of(of.as_deref())
    }

    /// Counties, by code.
    #[graphql(directive = Items::apply(21))]
    async fn regions(&self) -> Vec<Region> {
        Region::all()
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
        Box::pin(Connection::of_all(ctx, "releases", release::Entity::find(), page)).await
    }

    /// The partner whose key or token came with the request; null without one.
    async fn viewer(&self, ctx: &Context<'_>) -> Option<Viewer> {
        Viewer::of(ctx)
    }

    /// The service: its version, its data's version, and its limits.
    async fn service(&self) -> Service {
        Service
    }
}
