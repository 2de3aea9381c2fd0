//! Those who pay.

mod direct;

use async_graphql::{Context, ID, Object};

use super::connection::{Connection, Listed, PageArguments};
use super::context::Ask;
use super::directives::{Items, Lookup, PageSize};
use super::failure::Answer;
use super::label::label;
use super::money::{AmountAggregate, Award, Language};
use super::node::Kind;
use super::order::ProjectOrder;
use super::organisation::Organisation;
use super::outcome::{Arguments, OutcomeDimension, OutcomeGroupBy, OutcomeTable, Scope};
use super::project_connection::{ProjectArguments, ProjectConnection};
use super::project_filter::ProjectFilter;
use super::result::Sex;
use super::scalars::DateTime;
use crate::entities::award::AmountKind;
use crate::entities::funder::{self, FunderKind};
use crate::entities::organisation;
use crate::store::page::{Counted, Everything};
use crate::store::sums::Sums;
use crate::store::{awards, funders, projects};

/// A fund or body that pays, such as the European Social Fund 2014–2020 or Vinnova.
#[derive(Clone)]
pub struct Funder(pub funder::Model);

impl Listed for Funder {
    type Table = funder::Entity;

    fn of(row: funder::Model) -> Self {
        Self(row)
    }
}

impl Funder {
    fn name_in(&self, lang: Language) -> &str {
        match (&self.0.name_en, lang) {
            (Some(english), Language::En) => english,
            _ => &self.0.name,
        }
    }
}

/// A fund or body that pays, such as the European Social Fund 2014–2020 or Vinnova.
#[Object]
impl Funder {
    /// A global id.
    pub async fn id(&self) -> ID {
        Kind::Funder.id(self.0.id)
    }

    /// Its name; in Swedish where there is none in the language asked for.
    async fn name(&self, #[graphql(desc = "The language of the name.", default)] lang: Language) -> &str {
        self.name_in(lang)
    }

    /// What kind of funder it is.
    async fn kind(&self) -> FunderKind {
        self.0.kind
    }

    /// The same in words.
    async fn kind_label(
        &self,
        #[graphql(desc = "The language of the label.", default)] lang: Language,
    ) -> String {
        label(self.0.kind, lang)
    }

    /// The programme period, such as `2014-2020`. Null where it has none, or where sources do not tell which.
    async fn programme_period(&self) -> Option<&str> {
        self.0.programme_period.as_deref()
    }

    /// The organisation that administers it; null where not known.
    async fn administered_by(&self, ctx: &Context<'_>) -> Option<Answer<Organisation>> {
        Some(ctx.one::<organisation::Entity>(self.0.administered_by_id?).await.map(Organisation))
    }

    /// The fund it is a programme period or a part of.
    async fn parent(&self, ctx: &Context<'_>) -> Option<Answer<Funder>> {
        Some(ctx.one::<funder::Entity>(self.0.parent_id?).await.map(Funder))
    }

    /// The programme periods and parts of a fund that have projects here.
    #[graphql(directive = Items::apply(5))]
    async fn parts(&self, ctx: &Context<'_>) -> Answer<Vec<Funder>> {
        let rows = ctx.load(Everything::of(funders::Parts), self.0.id).await?;
        Ok(rows.iter().cloned().map(Funder).collect())
    }

    /// The amounts that sources say it grants or was asked for, by project. One project can have several.
    #[graphql(directive = PageSize::apply())]
    async fn awards(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "So many from the start, 1 to 100; 20 where neither first nor last is given.")]
        first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "So many from the end, 1 to 100; not together with first.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Answer<Connection<Award>> {
        Box::pin(Connection::of_parent(
            ctx,
            awards::OfFunder,
            self.0.id,
            PageArguments { first, after, last, before },
        ))
        .await
    }

    /// The projects it pays for, by name where no order is given. Of a fund with programme periods these are only the projects whose period is
    /// not known; the others belong to its `parts`.
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
        Box::pin(ProjectConnection::of_parent(ctx, projects::OfFunder, self.0.id, arguments)).await
    }

    /// Sums of the chosen amounts of its `projects`, per kind and currency, not of its `parts`. The amounts are the
    /// projects' own: a project with several funders counts in full for each.
    #[graphql(directive = Items::apply(8))]
    async fn totals(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only these kinds of amounts; all where none are given.", default)] kinds: Vec<
            AmountKind,
        >,
    ) -> Answer<Vec<AmountAggregate>> {
        let sums = ctx.load(Sums { projects: projects::OfFunder, kinds }, self.0.id).await?;
        let all = ctx.load(Counted(projects::OfFunder), self.0.id).await?.first().map_or(0, |row| row.count);
        Ok(sums.iter().map(|sum| AmountAggregate::new(sum, all)).collect())
    }

    /// What came of it for participants in its projects, protected so that no person can be found. Null where nothing is published.
    #[graphql(directive = Lookup::apply())]
    async fn participant_outcomes(
        &self,
        ctx: &Context<'_>,
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
        arguments.of_parent(ctx, projects::OfFunder, self.0.id).await.transpose()
    }

    /// When it first appeared here.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When what is known of it last changed.
    async fn updated_at(&self) -> DateTime {
        DateTime(self.0.updated_at)
    }
}
