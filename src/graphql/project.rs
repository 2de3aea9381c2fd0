//! Projects, as resolved from every statement about them.

mod direct;

use async_graphql::{Context, Enum, ID, Object, OneofObject};
use chrono::NaiveDate;
use sea_orm::sea_query::Condition;

use super::claim::{self, Claim, Conflict, ProjectField};
use super::connection::{Connection, Listed, PageArguments};
use super::context::Ask;
use super::directives::{Items, Lookup, PageSize};
use super::duplicate::{self, DuplicateCandidate};
use super::failure::Answer;
use super::filter::today;
use super::funder::Funder;
use super::indicator::IndicatorTarget;
use super::label::label;
use super::money::{Award, Financing, Language};
use super::node::Kind;
use super::organisation::Organisation;
use super::outcome::{Arguments, OutcomeDimension, OutcomeGroupBy, OutcomeTable, Scope};
use super::partnership::Partnership;
use super::period::Period;
use super::project_filter::running_during;
use super::region::Region;
use super::result::{ReportedResult, Sex};
use super::scalars::{Date, DateTime};
use super::source::Source;
use super::statement::Statement;
use crate::domain::matching::number_key;
use crate::entities::award::AmountKind;
use crate::entities::partnership::PartnershipRole;
use crate::entities::{organisation, project, project_number, source};
use crate::store::bounds::Bound;
use crate::store::outcomes::Itself;
use crate::store::page::Everything;
use crate::store::project_filter::{self, Range};
use crate::store::projects::{self, Aliases, Amounts, Numbers, Results, Targets};
use crate::store::series::{Predecessors, Successors};
use crate::store::{awards, funders, partnerships, statements};

/// A jointly run project, resolved from every statement about it.
#[derive(Clone)]
pub struct Project(pub project::Model);

impl Listed for Project {
    type Table = project::Entity;

    fn of(row: project::Model) -> Self {
        Self(row)
    }
}

/// What names one project.
#[derive(OneofObject)]
pub(super) enum ProjectBy {
    /// Its global id.
    Id(ID),
    /// A project number (diarienummer) as any source writes it, such as `2017/00162` or `24-030-S04`.
    Number(String),
}

/// Whether a project runs on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub(super) enum ProjectStatus {
    /// It starts later.
    Planned,
    /// It has started and not ended.
    Running,
    /// It has ended.
    Ended,
    /// Sources say too little of its period.
    Unknown,
}

impl Project {
    fn status_on(&self, as_of: Option<Date>) -> ProjectStatus {
        let day = as_of.map_or_else(today, |date| date.0);
        match (self.0.starts_on, self.0.ends_on) {
            (Some(start), _) if day < start => ProjectStatus::Planned,
            (_, Some(end)) if day > end => ProjectStatus::Ended,
            (Some(_), Some(_)) => ProjectStatus::Running,
            _ => ProjectStatus::Unknown,
        }
    }
}

impl ProjectStatus {
    /// Which projects are in it on a day.
    pub fn on(self, day: NaiveDate) -> Condition {
        match self {
            Self::Planned => project_filter::planned(day),
            Self::Running => project_filter::running(day),
            Self::Ended => project_filter::ended(day),
            Self::Unknown => project_filter::unknown(day),
        }
    }

    /// What bounds them.
    pub fn bounds(self, day: NaiveDate) -> Vec<Bound> {
        match self {
            Self::Planned => vec![Bound::start(&Range { from: day.succ_opt(), to: None })],
            Self::Running => running_during(&Range { from: Some(day), to: Some(day) }),
            Self::Ended => vec![Bound::end(&Range { from: None, to: day.pred_opt() })],
            Self::Unknown => Vec::new(),
        }
    }
}

/// A jointly run project, resolved from every statement about it.
#[Object]
impl Project {
    /// A global id. It stays the same while the statement that first told of the project does.
    pub async fn id(&self) -> ID {
        Kind::Project.id(self.0.id)
    }

    /// Its name, as the highest ranking source writes it.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Other names that sources use.
    async fn aliases(&self, ctx: &Context<'_>) -> Answer<Vec<String>> {
        Ok(ctx.load(Aliases, self.0.id).await?.iter().map(|row| row.value.clone()).collect())
    }

    /// The funder's case number (diarienummer), where one is known.
    async fn number(&self) -> Option<&str> {
        self.0.number.as_deref()
    }

    /// Every number that sources know it by.
    #[graphql(directive = Items::apply(3))]
    async fn numbers(&self, ctx: &Context<'_>) -> Answer<Vec<ProjectNumber>> {
        let rows = ctx.load(Numbers, self.0.id).await?;
        Ok(rows.iter().cloned().map(ProjectNumber).collect())
    }

    /// Whether it runs on a day, by its period.
    async fn status(
        &self,
        #[graphql(desc = "The day; today where none is given.")] as_of: Option<Date>,
    ) -> ProjectStatus {
        self.status_on(as_of)
    }

    /// The same in words.
    async fn status_label(
        &self,
        #[graphql(desc = "The day; today where none is given.")] as_of: Option<Date>,
        #[graphql(desc = "The language of the label.", default)] lang: Language,
    ) -> String {
        label(self.status_on(as_of), lang)
    }

    /// When it runs; null where no source says.
    async fn period(&self) -> Option<Period> {
        self.0.period.as_deref().and_then(Period::read)
    }

    /// The county that its sources place it in; null where they name none, or an area of several.
    async fn region(&self) -> Option<Region> {
        Region::find(self.0.region_code.as_deref())
    }

    /// Specific objective of the fund's programme, such as `2.1` or `A2A`.
    async fn specific_objective(&self) -> Option<&str> {
        self.0.specific_objective.as_deref()
    }

    /// Day of the decision to fund it, where a source states it for certain.
    async fn decided_on(&self) -> Option<Date> {
        self.0.decided_on.map(Date)
    }

    /// Who owns it, as the chosen source names it: a legal entity, or a unit of one. Null where no source says.
    async fn owner(&self, ctx: &Context<'_>) -> Option<Answer<Organisation>> {
        Some(ctx.one::<organisation::Entity>(self.0.owner_id?).await.map(Organisation))
    }

    /// The units that carry it out (ansvarig avdelning).
    #[graphql(directive = Items::apply(3))]
    async fn responsible_units(&self, ctx: &Context<'_>) -> Answer<Vec<Organisation>> {
        let relation = partnerships::OfProject { roles: vec![PartnershipRole::ResponsibleUnit] };
        let parts = ctx.load(Everything::of(relation), self.0.id).await?;
        let units = ctx.all::<organisation::Entity>(parts.iter().map(|part| part.member_id)).await?;
        Ok(units.into_iter().map(Organisation).collect())
    }

    /// Who takes part, by role and name.
    #[graphql(directive = PageSize::apply())]
    async fn partnerships(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only these roles; all where none are given.", default)] roles: Vec<PartnershipRole>,
        #[graphql(desc = "So many from the start, 1 to 100; 20 where neither first nor last is given.")]
        first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "So many from the end, 1 to 100; not together with first.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Answer<Connection<Partnership>> {
        Box::pin(Connection::of_parent(
            ctx,
            partnerships::OfProject { roles },
            self.0.id,
            PageArguments { first, after, last, before },
        ))
        .await
    }

    /// The projects that it continues, by its name, such as `MIA` before `MIA Vidare`, and with no other owner.
    #[graphql(directive = Items::apply(2))]
    async fn predecessors(&self, ctx: &Context<'_>) -> Answer<Vec<Project>> {
        Ok(ctx.load(Everything::of(Predecessors), self.0.id).await?.iter().cloned().map(Project).collect())
    }

    /// The projects that continue it.
    #[graphql(directive = Items::apply(2))]
    async fn successors(&self, ctx: &Context<'_>) -> Answer<Vec<Project>> {
        Ok(ctx.load(Everything::of(Successors), self.0.id).await?.iter().cloned().map(Project).collect())
    }

    /// Projects that may be the same one, without proof, the likeliest first; an operator decides.
    #[graphql(directive = Items::apply(3))]
    async fn possible_duplicates(&self, ctx: &Context<'_>) -> Answer<Vec<DuplicateCandidate>> {
        duplicate::of_project(ctx, &self.0).await
    }

    /// Who pays for it.
    #[graphql(directive = Items::apply(3))]
    async fn funders(&self, ctx: &Context<'_>) -> Answer<Vec<Funder>> {
        let rows = ctx.load(Everything::of(funders::OfProject), self.0.id).await?;
        Ok(rows.iter().cloned().map(Funder).collect())
    }

    /// Every amount that a source states for it, by kind and source.
    #[graphql(directive = Items::apply(10))]
    async fn awards(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only these kinds; all where none are given.", default)] kinds: Vec<AmountKind>,
    ) -> Answer<Vec<Award>> {
        let rows = ctx.load(Everything::of(awards::OfProject), self.0.id).await?;
        let wanted = |row: &&crate::entities::award::Model| kinds.is_empty() || kinds.contains(&row.kind);
        Ok(rows.iter().filter(wanted).cloned().map(Award).collect())
    }

    /// How its budget is made up, and whether that adds up.
    async fn financing(&self, ctx: &Context<'_>) -> Answer<Financing> {
        let amounts = ctx.load(Amounts, self.0.id).await?;
        let awards = ctx.load(Everything::of(awards::OfProject), self.0.id).await?;
        Ok(Financing::new(&amounts, &awards))
    }

    /// Participants the project planned for; null where no source says.
    async fn planned_participants(&self) -> Option<i32> {
        self.0.planned_participants
    }

    /// What came of it for participants, protected so that no person can be found. Null where nothing is published.
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
        arguments.of_parent(ctx, Itself, self.0.id).await.transpose()
    }

    /// What it plans for by indicator, as those who carry it out have delivered. See also `plannedParticipants`.
    #[graphql(directive = Items::apply(10))]
    async fn targets(&self, ctx: &Context<'_>) -> Answer<Vec<IndicatorTarget>> {
        let rows = ctx.load(Targets, self.0.id).await?;
        Ok(rows.iter().cloned().map(IndicatorTarget).collect())
    }

    /// Results that sources themselves have published.
    #[graphql(directive = Items::apply(10))]
    async fn reported_results(&self, ctx: &Context<'_>) -> Answer<Vec<ReportedResult>> {
        let rows = ctx.load(Results, self.0.id).await?;
        Ok(rows.iter().cloned().map(ReportedResult).collect())
    }

    /// What each source says of it, last recorded first.
    #[graphql(directive = Items::apply(10))]
    async fn statements(&self, ctx: &Context<'_>) -> Answer<Vec<Statement>> {
        let rows = ctx.load(Everything::of(statements::OfProject), self.0.id).await?;
        Ok(rows.iter().rev().cloned().map(Statement).collect())
    }

    /// Every claim for a field, the chosen one first, with the reason it was chosen.
    #[graphql(directive = Items::apply(10))]
    async fn claims(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only these fields; all where none are given.", default)] fields: Vec<ProjectField>,
    ) -> Answer<Vec<Claim>> {
        let mut claims = Vec::new();
        for group in claim::of_project(ctx, self.0.id).await? {
            if fields.is_empty() || fields.contains(&group.field) {
                claims.extend(group.claims);
            }
        }
        Ok(claims)
    }

    /// Fields on which sources disagree beyond their precision.
    #[graphql(directive = Items::apply(20))]
    async fn conflicts(&self, ctx: &Context<'_>) -> Answer<Vec<Conflict>> {
        if self.0.conflicts == 0 {
            return Ok(Vec::new());
        }
        let groups = claim::of_project(ctx, self.0.id).await?;
        Ok(groups.into_iter().filter(|group| group.disagree).collect())
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

/// A number under which a source knows a project.
#[derive(Clone)]
pub(super) struct ProjectNumber(project_number::Model);

/// A number under which a source knows a project.
#[Object]
impl ProjectNumber {
    /// The number as written.
    async fn value(&self) -> &str {
        &self.0.value
    }

    /// Whose numbering it is: `ESF` to 2023, `ESF+` from the programme of 2021, or `other`.
    async fn scheme(&self) -> &str {
        &self.0.scheme
    }

    /// The first source that states it.
    async fn source(&self, ctx: &Context<'_>) -> Answer<Source> {
        Ok(Source(ctx.one::<source::Entity>(self.0.source_id).await?))
    }
}

/// The project that something names.
pub(super) async fn find(ctx: &Context<'_>, by: ProjectBy) -> Answer<Option<Project>> {
    let row = match by {
        ProjectBy::Id(id) => match Kind::Project.read(&id) {
            Some(id) => ctx.find::<project::Entity>(id).await?,
            None => None,
        },
        ProjectBy::Number(number) => {
            ctx.alone(projects::by_number(ctx.db()?, &number_key(&number).0)).await?
        }
    };
    Ok(row.map(Project))
}
