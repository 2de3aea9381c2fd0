//! What an organisation takes part in, for those who follow it up and steer it.

use std::collections::{BTreeMap, BTreeSet};

use async_graphql::{Context, Object, SimpleObject};
use chrono::{Datelike, Months, NaiveDate};
use sea_orm::sea_query::Condition;
use sea_orm::{EntityTrait, PaginatorTrait, QueryFilter};
use tokio::sync::OnceCell;
use uuid::Uuid;

use super::aggregates::small;
use super::claim::{self, Conflict, ProjectField};
use super::connection::PageArguments;
use super::context::Ask;
use super::directives::{Items, ItemsUpTo, Lookup, PageSize};
use super::failure::Answer;
use super::filter::Place;
use super::group_arguments::ProjectDimension;
use super::money::Money;
use super::order::ProjectOrder;
use super::organisation::Organisation;
use super::project::Project;
use super::project_connection::{ProjectArguments, ProjectConnection};
use super::project_filter::ProjectFilter;
use super::project_groups::{ProjectGroup, ProjectGroups};
use super::scalars::Date;
use crate::domain::spread;
use crate::entities::award::AmountKind;
use crate::entities::{organisation, project};
use crate::store::filter::Filter;
use crate::store::portfolio::{self as stored, Budget, First};
use crate::store::project_filter::{self as conditions, Range};

/// How far ahead one may ask, in months.
const MONTHS: i32 = 120;
/// How many projects a list may have.
const LONGEST: i32 = 500;

/// What an organisation and its units take part in, in every role, as of a day. A project counts once.
pub(super) struct Portfolio {
    organisation: organisation::Model,
    day: NaiveDate,
    projects: Filter,
    years: OnceCell<Years>,
}

impl Portfolio {
    /// The portfolio of an organisation.
    pub fn new(organisation: organisation::Model, day: NaiveDate) -> Self {
        Self { projects: stored::of_organisation(organisation.id), organisation, day, years: OnceCell::new() }
    }

    async fn some(
        &self,
        ctx: &Context<'_>,
        condition: Condition,
        first: First,
        limit: i32,
    ) -> Answer<Vec<Project>> {
        let most = Place::argument("limit").up_to(limit, LONGEST)?;
        let wanted = self.projects.and(condition).condition();
        let rows = ctx.alone(stored::some(ctx.db()?, wanted, first, most.into())).await?;
        Ok(rows.into_iter().map(Project).collect())
    }

    async fn groups(&self, ctx: &Context<'_>, by: ProjectDimension) -> Answer<Vec<ProjectGroup>> {
        ProjectGroups::by_one(ctx, self.projects.clone(), by, self.day).await
    }

    async fn years_of(&self, ctx: &Context<'_>) -> Answer<&Years> {
        let look = || async {
            let budgets = ctx.alone(stored::budgets(ctx.db()?, &self.projects)).await?;
            Answer::Ok(Years::of(&budgets))
        };
        self.years.get_or_try_init(look).await
    }
}

/// What an organisation and its units take part in, in every role, as of a day. A project counts once.
#[Object]
impl Portfolio {
    /// Whose it is.
    async fn organisation(&self) -> Organisation {
        Organisation(self.organisation.clone())
    }

    /// The day as of which it is told what runs and what has ended.
    async fn as_of(&self) -> Date {
        Date(self.day)
    }

    /// Its projects, by name where no order is given.
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
        let list = format!("portfolio {}", self.organisation.id);
        Box::pin(ProjectConnection::of_all(ctx, &list, Some(&self.projects), arguments)).await
    }

    /// By who pays, those of most projects first, a thousand at most. A project with several funders is in the group of each.
    #[graphql(directive = Items::apply(10))]
    async fn by_funder(&self, ctx: &Context<'_>) -> Answer<Vec<ProjectGroup>> {
        self.groups(ctx, ProjectDimension::Funder).await
    }

    /// By whether they run on the day.
    #[graphql(directive = Items::apply(4))]
    async fn by_status(&self, ctx: &Context<'_>) -> Answer<Vec<ProjectGroup>> {
        self.groups(ctx, ProjectDimension::Status).await
    }

    /// By the units that carry them out.
    #[graphql(directive = Items::apply(10))]
    async fn by_responsible_unit(&self, ctx: &Context<'_>) -> Answer<Vec<ProjectGroup>> {
        self.groups(ctx, ProjectDimension::ResponsibleUnit).await
    }

    /// Total budgets and own co-financing by calendar year: each project's amounts spread evenly over the days of its
    /// period, as sources do not say when money is used. Projects without a known start and end are in no year.
    #[graphql(directive = Items::apply(15))]
    async fn years(&self, ctx: &Context<'_>) -> Answer<Vec<PortfolioYear>> {
        Ok(self.years_of(ctx).await?.list())
    }

    /// How many projects are in no year, for sources do not say when they start and end.
    #[graphql(directive = Lookup::apply())]
    async fn projects_without_years(&self, ctx: &Context<'_>) -> Answer<i32> {
        Ok(small(i64::try_from(self.years_of(ctx).await?.without.len()).unwrap_or(i64::MAX)))
    }

    /// Those that start on the day or within so many months after it, first things first.
    #[graphql(directive = ItemsUpTo::apply(100, &[]))]
    async fn starting_within(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many months, 1 to 120.", default = 6)] months: i32,
        #[graphql(desc = "So many projects at most, 1 to 500.", default = 100)] limit: i32,
    ) -> Answer<Vec<Project>> {
        self.some(ctx, conditions::starting(&self.ahead(months)?), First::Start, limit).await
    }

    /// Those that end on the day or within so many months after it, first things first.
    #[graphql(directive = ItemsUpTo::apply(100, &[]))]
    async fn ending_within(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many months, 1 to 120.", default = 6)] months: i32,
        #[graphql(desc = "So many projects at most, 1 to 500.", default = 100)] limit: i32,
    ) -> Answer<Vec<Project>> {
        self.some(ctx, conditions::ending(&self.ahead(months)?), First::End, limit).await
    }

    /// Those that have ended before the day without any result being known: none that a source published, and no
    /// participant outcomes here. By name.
    #[graphql(directive = ItemsUpTo::apply(100, &[]))]
    async fn ended_without_results(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "So many projects at most, 1 to 500.", default = 100)] limit: i32,
    ) -> Answer<Vec<Project>> {
        self.some(ctx, stored::ended_without_results(self.day), First::Name, limit).await
    }

    /// What sources disagree on, project by project in the order of names.
    #[graphql(directive = ItemsUpTo::apply(100, &[]))]
    async fn conflicts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "So many projects at most, 1 to 500.", default = 100)] limit: i32,
    ) -> Answer<Vec<ProjectConflict>> {
        self.conflicts_of(ctx, limit).await
    }

    /// What is not known of its projects, project by project in the order of names: no source says it, or not so that it
    /// could be used.
    #[graphql(directive = ItemsUpTo::apply(100, &[]))]
    async fn missing(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "So many projects at most, 1 to 500.", default = 100)] limit: i32,
    ) -> Answer<Vec<MissingFact>> {
        self.missing_of(ctx, limit).await
    }

    /// How far it is to a goal, such as six projects paid for by the Social Fund in a programme period.
    #[graphql(directive = Lookup::apply())]
    async fn goal(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which projects count; all where nothing is given.", name = "where")] filter: Option<
            ProjectFilter,
        >,
        #[graphql(desc = "How many there are to be, at least 1.")] target: i32,
    ) -> Answer<Goal> {
        if target < 1 {
            return Err(Place::argument("target").refuse("must be at least 1").into());
        }
        let db = ctx.db()?;
        let counted = ProjectFilter::read(filter, db, ctx.memo()?).await?.and(self.projects.condition());
        let select = project::Entity::find().filter(counted.condition());
        let reached = ctx.alone(async { Ok(select.count(db).await?) }).await?;
        let reached = i32::try_from(reached).unwrap_or(i32::MAX);
        Ok(Goal { target, reached, remaining: (target - reached).max(0) })
    }
}

impl Portfolio {
    /// What sources disagree on.
    pub async fn conflicts_of(&self, ctx: &Context<'_>, limit: i32) -> Answer<Vec<ProjectConflict>> {
        let projects = self.some(ctx, conditions::in_conflict(true), First::Name, limit).await?;
        let conflicts = projects.iter().map(|project| claim::of_project(ctx, project.0.id));
        let conflicts = futures_util::future::try_join_all(conflicts).await?;
        let pair = |(project, conflicts): (Project, Vec<Conflict>)| {
            let disagreeing = conflicts.into_iter().filter(|conflict| conflict.disagree);
            disagreeing.map(move |conflict| ProjectConflict { project: project.clone(), conflict })
        };
        Ok(projects.into_iter().zip(conflicts).flat_map(pair).collect())
    }

    /// What is not known.
    pub async fn missing_of(&self, ctx: &Context<'_>, limit: i32) -> Answer<Vec<MissingFact>> {
        let projects = self.some(ctx, stored::lacking(), First::Name, limit).await?;
        Ok(projects.iter().flat_map(MissingFact::of).collect())
    }

    /// The day and so many months after it.
    fn ahead(&self, count: i32) -> Answer<Range<NaiveDate>> {
        let months = Place::argument("months").up_to(count, MONTHS)?;
        let end = self.day.checked_add_months(Months::new(months));
        Ok(Range { from: Some(self.day), to: Some(end.unwrap_or(NaiveDate::MAX)) })
    }
}

/// How far it is to a goal.
#[derive(SimpleObject)]
pub(super) struct Goal {
    /// How many projects there are to be.
    target: i32,
    /// How many there are.
    reached: i32,
    /// How many are left; 0 where the goal is reached.
    remaining: i32,
}

/// What falls on a calendar year.
#[derive(SimpleObject)]
pub(super) struct PortfolioYear {
    /// The year.
    year: i32,
    /// Total budgets, for each currency by itself.
    budget: Vec<Money>,
    /// What owners and partners pay themselves, for each currency by itself.
    own_co_financing: Vec<Money>,
    /// How many projects run on some day of the year.
    projects: i32,
}

/// A field of a project on which sources disagree.
#[derive(SimpleObject)]
pub(super) struct ProjectConflict {
    /// The project.
    project: Project,
    /// The field, and who says what.
    conflict: Conflict,
}

/// A field of a project that is not known.
#[derive(SimpleObject)]
pub(super) struct MissingFact {
    /// The project.
    project: Project,
    /// What is missing.
    field: ProjectField,
}

impl MissingFact {
    fn of(project: &Project) -> Vec<Self> {
        let row = &project.0;
        let known = [
            (ProjectField::Number, row.number.is_some()),
            (ProjectField::PeriodStart, row.starts_on.is_some()),
            (ProjectField::PeriodEnd, row.ends_on.is_some()),
            (ProjectField::Owner, row.owner_id.is_some()),
            (ProjectField::TotalBudget, row.total_budget_minor.is_some()),
            (ProjectField::Granted, row.granted_minor.is_some()),
            (ProjectField::PlannedParticipants, row.planned_participants.is_some()),
            (ProjectField::SpecificObjective, row.specific_objective.is_some()),
            (ProjectField::Region, row.region_code.is_some()),
            (ProjectField::DecidedOn, row.decided_on.is_some()),
        ];
        let missing = known.into_iter().filter(|(_, is_known)| !is_known);
        missing.map(|(field, _)| Self { project: project.clone(), field }).collect()
    }
}

/// Amounts by year.
#[derive(Default)]
struct Years {
    projects: BTreeMap<i32, BTreeSet<Uuid>>,
    budget: BTreeMap<(i32, String), i64>,
    own: BTreeMap<(i32, String), i64>,
    without: BTreeSet<Uuid>,
}

impl Years {
    fn of(budgets: &[Budget]) -> Self {
        let mut years = Self::default();
        for budget in budgets {
            let (Some(start), Some(end)) = (budget.starts_on, budget.ends_on) else {
                years.without.insert(budget.id);
                continue;
            };
            for year in start.year()..=end.year() {
                years.projects.entry(year).or_default().insert(budget.id);
            }
            let (Some(kind), Some(currency), Some(minor)) =
                (budget.kind, &budget.currency, budget.amount_minor)
            else {
                continue;
            };
            let sums = if kind == AmountKind::TotalBudget { &mut years.budget } else { &mut years.own };
            for (year, part) in spread::by_year(minor, start, end) {
                *sums.entry((year, currency.clone())).or_default() += part;
            }
        }
        years
    }

    fn list(&self) -> Vec<PortfolioYear> {
        let money = |sums: &BTreeMap<(i32, String), i64>, year: i32| {
            let own = sums.iter().filter(|((of, _), _)| *of == year);
            own.map(|((_, currency), minor)| Money::new(*minor, currency)).collect()
        };
        let year = |(&year, projects): (&i32, &BTreeSet<Uuid>)| PortfolioYear {
            year,
            budget: money(&self.budget, year),
            own_co_financing: money(&self.own, year),
            projects: small(i64::try_from(projects.len()).unwrap_or(i64::MAX)),
        };
        self.projects.iter().map(year).collect()
    }
}
