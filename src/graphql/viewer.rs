//! The partner who asks, and what concerns it.

use async_graphql::{Context, Object};
use chrono::Utc;

use super::access_entry::Access;
use super::connection::{Connection, PageArguments};
use super::context::Ask;
use super::directives::{Items, ItemsUpTo, Lookup, PageSize};
use super::failure::Answer;
use super::filter::today;
use super::order::ProjectOrder;
use super::organisation::Organisation;
use super::outcome::{Arguments, OutcomeDimension, OutcomeGroupBy, OutcomeTable, Scope as Whose};
use super::own::Partner;
use super::portfolio::{MissingFact, Portfolio, ProjectConflict};
use super::project_connection::{ProjectArguments, ProjectConnection};
use super::project_filter::ProjectFilter;
use super::result::Sex;
use super::scalars::{Date, DateTime};
use super::viewer_change::ViewerChangeConnection;
use crate::access::{By, ends_soon};
use crate::domain::scope::Scope;
use crate::entities::partnership::PartnershipRole;
use crate::entities::{access_key, organisation};
use crate::error::Error;
use crate::store::access::log;
use crate::store::projects::OfOrganisation;

/// The partner organisation whose key or token came with the request, and what concerns it.
pub(super) struct Viewer;

impl Viewer {
    /// Who asks; none without a key.
    pub fn of(ctx: &Context<'_>) -> Option<Self> {
        ctx.partner().map(|_| Self)
    }
}

/// Who asks, if it may do something.
fn who<'a>(ctx: &'a Context<'_>, scope: Scope) -> Answer<&'a Partner> {
    let partner = ctx.partner().ok_or(Error::Unauthenticated("viewer"))?;
    partner.needs(scope)?;
    Ok(partner)
}

async fn portfolio(ctx: &Context<'_>) -> Answer<Option<Portfolio>> {
    let own = who(ctx, Scope::ReadOwn)?.asker.viewer.organisation;
    let row = ctx.find::<organisation::Entity>(own).await?;
    Ok(row.map(|row| Portfolio::new(row, today())))
}

/// The partner organisation whose key or token came with the request, and what concerns it.
#[Object]
impl Viewer {
    /// The organisation; null where sources know it no more, as after it was found to be another: ask the operator for a
    /// key of that.
    async fn organisation(&self, ctx: &Context<'_>) -> Option<Answer<Organisation>> {
        let own = ctx.partner()?.asker.viewer.organisation;
        let row = ctx.find::<organisation::Entity>(own).await;
        row.transpose().map(|row| row.map(Organisation))
    }

    /// What it may do: `read:own`, `read:participants:exact`, `import:own`, `audit:own`.
    #[graphql(directive = Items::apply(4))]
    async fn scopes(&self, ctx: &Context<'_>) -> Answer<Vec<&'static str>> {
        let partner = ctx.partner().ok_or(Error::Unauthenticated("viewer"))?;
        Ok(partner.asker.viewer.scopes.iter().map(|scope| scope.word()).collect())
    }

    /// The key; null where it is known by a token.
    async fn key(&self, ctx: &Context<'_>) -> Option<ApiKey> {
        match &ctx.partner()?.asker.viewer.by {
            By::Key(key) => Some(ApiKey(key.clone())),
            By::Token { .. } => None,
        }
    }

    /// The projects in which it, or a unit of it, takes part, by name where no order is given.
    #[graphql(directive = PageSize::apply())]
    async fn projects(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only in these roles; in any where none are given.", default)] roles: Vec<
            PartnershipRole,
        >,
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
        let own = who(ctx, Scope::ReadOwn)?.asker.viewer.organisation;
        let page = PageArguments { first, after, last, before };
        let relation = OfOrganisation { roles, include_units: true };
        let arguments = ProjectArguments { filter, order_by, page };
        Box::pin(ProjectConnection::of_parent(ctx, relation, own, arguments)).await
    }

    /// What came of it for participants in the projects that were granted, exactly and as of today. Each answer is written
    /// into the access log, which those who take part in the projects can read. Do not pass the numbers on.
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
    ) -> Option<Answer<OutcomeTable>> {
        let arguments = Arguments { by, dimension, crossed_with, scope: Whose::Own, sex, periods };
        Box::pin(arguments.of(ctx, filter)).await.transpose()
    }

    /// What happened to its projects, the first one first, and to those in which it takes part no more: for who keeps a copy.
    #[graphql(directive = PageSize::apply())]
    async fn changes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "So many from the start, 1 to 100; 20 where neither first nor last is given.")]
        first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "So many from the end, 1 to 100; not together with first.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Answer<ViewerChangeConnection> {
        let own = who(ctx, Scope::ReadOwn)?.asker.viewer.organisation;
        let page = PageArguments { first, after, last, before };
        Box::pin(ViewerChangeConnection::of(ctx, own, page)).await
    }

    /// Who was shown exact figures of its projects, the first one first. Kept for five years.
    #[graphql(directive = PageSize::apply())]
    async fn access_log(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "So many from the start, 1 to 100; 20 where neither first nor last is given.")]
        first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "So many from the end, 1 to 100; not together with first.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Answer<Connection<Access>> {
        let partner = who(ctx, Scope::AuditOwn)?;
        let own = partner.asker.viewer.organisation;
        let store = partner.access.store().await?;
        let page = PageArguments { first, after, last, before };
        let list = format!("access log of {own}");
        let db = store.connection();
        let entries = log::about(own);
        Box::pin(Connection::of_all_in(ctx, db, &list, entries, page)).await
    }

    /// What is not known of its projects, project by project in the order of names.
    #[graphql(directive = ItemsUpTo::apply(100, &[]))]
    async fn missing(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "So many projects at most, 1 to 500.", default = 100)] limit: i32,
    ) -> Answer<Vec<MissingFact>> {
        match portfolio(ctx).await? {
            Some(own) => Box::pin(own.missing_of(ctx, limit)).await,
            None => Ok(Vec::new()),
        }
    }

    /// What sources disagree on, project by project in the order of names.
    #[graphql(directive = ItemsUpTo::apply(100, &[]))]
    async fn conflicts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "So many projects at most, 1 to 500.", default = 100)] limit: i32,
    ) -> Answer<Vec<ProjectConflict>> {
        match portfolio(ctx).await? {
            Some(own) => Box::pin(own.conflicts_of(ctx, limit)).await,
            None => Ok(Vec::new()),
        }
    }
}

/// The key that came with the request, without its secret.
pub(super) struct ApiKey(access_key::Model);

/// The key that came with the request, without its secret.
#[Object]
impl ApiKey {
    /// What it is for, in the operator's words.
    async fn label(&self) -> &str {
        &self.0.label
    }

    /// What it may do: `read:own`, `read:participants:exact`, `import:own`, `audit:own`.
    #[graphql(directive = Items::apply(4))]
    async fn scopes(&self) -> Vec<&str> {
        Scope::list(&self.0.scopes).into_iter().map(Scope::word).collect()
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// Until when it is taken.
    async fn expires_at(&self) -> DateTime {
        DateTime(self.0.expires_at)
    }

    /// Whether it is over within thirty days: ask the operator for the next one, which may be used beside it.
    async fn ends_soon(&self) -> bool {
        ends_soon(&self.0, Utc::now())
    }

    /// The last day on which it was used, before today perhaps.
    async fn last_used_on(&self) -> Option<Date> {
        self.0.last_used_on.map(Date)
    }
}
