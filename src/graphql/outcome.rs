//! Outcomes for participants: published numbers, protected so that no person can be found.

mod direct;
mod key;

use std::borrow::Cow;

use async_graphql::{Context, Enum, Object};
use uuid::Uuid;

use self::key::OutcomeKey;
use super::context::Ask;
use super::directives::Items;
use super::failure::Answer;
use super::outcome_table::{self, Code, Count, MOST_ROWS, Of, Row, Table};
use super::project_filter::ProjectFilter;
use super::release::Release;
use super::result::Sex;
use crate::domain::outcomes::design::{self, Dimension};
use crate::entities::project;
use crate::error::Error;
use crate::store::outcomes::{self, OfParents, Tabulation};
use crate::store::page::Relation;
use crate::store::projects::All;
use crate::store::releases;

/// What participations are counted by; one at a time, besides sex, year, and what is known of projects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "Dimension")]
pub(super) enum OutcomeDimension {
    /// Age at enrolment.
    Age,
    /// Highest completed education, ISCED 2011, at enrolment.
    Education,
    /// Position on the labour market in the week before enrolment.
    EntryStatus,
    /// Position within 28 days of leaving; the last one counts.
    ExitStatus,
    /// Position six months after leaving.
    StatusAfterSixMonths,
    /// Category of the target group, by the longest stay in the project: twelve months for those with short education,
    /// six for others.
    TargetGroup,
    /// The furthest of the six steps of the pathway: enrolment and mapping, base, language, equip, job preparation,
    /// placement.
    StepReached,
}

/// What outcomes can be grouped by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub(super) enum OutcomeGroupBy {
    /// The project.
    Project,
    /// Who pays for the project. A project of several funders counts for each; see `overlap`.
    Funder,
    /// The county of the project when it was rounded.
    Region,
    /// The year of enrolment.
    Period,
    /// The sex of participants.
    Sex,
}

/// Whose numbers are asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Enum)]
pub(super) enum Scope {
    /// Everybody's: published numbers, with or without a key.
    #[default]
    Public,
    /// A partner's own: exact numbers of its own projects. It takes a key.
    Own,
}

/// What a number is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub(super) enum Basis {
    /// Published: a sum of multiples of five that were rounded once, in a release.
    Public,
    /// Exact, for one who was granted it: not to be passed on.
    Exact,
}

/// Why there is no share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub(super) enum PercentMissing {
    /// It would be of fewer than 50 participations, and off by too much.
    FewerThanFifty,
}

/// A number of participations: one person in one project; who takes part in two counts twice. Published, it is a multiple
/// of five; 0 of one project, year and sex means 0 to 4.
pub(super) struct ProtectedCount(Count);

/// A number of participations: one person in one project; who takes part in two counts twice. Published, it is a multiple
/// of five; 0 of one project, year and sex means 0 to 4.
#[Object]
impl ProtectedCount {
    /// The number.
    async fn value(&self) -> i32 {
        int(self.0.value)
    }

    /// The least that it can be: of a published number of one project, year and sex; null for sums of several rounded
    /// numbers, of which the errors mostly cancel out. Of an exact number that number.
    async fn lower(&self) -> Option<i32> {
        self.0.bounds().map(|(lower, _)| int(lower))
    }

    /// The most that it can be; null likewise.
    async fn upper(&self) -> Option<i32> {
        self.0.bounds().map(|(_, upper)| int(upper))
    }

    /// What the number is.
    async fn basis(&self) -> Basis {
        basis(self.0.is_exact)
    }
}

impl From<i64> for ProtectedCount {
    fn from(value: i64) -> Self {
        Self(Count { value, ..Count::default() })
    }
}

fn basis(is_exact: bool) -> Basis {
    if is_exact { Basis::Exact } else { Basis::Public }
}

/// Participations in groups. It always adds up: the rows and what is not shown are the total and the overlap.
pub(super) struct OutcomeTable {
    table: Table,
    dimensions: [Option<Dimension>; 2],
}

/// Participations in groups. It always adds up: the rows and what is not shown are the total and the overlap.
#[Object]
impl OutcomeTable {
    /// What the numbers are.
    async fn basis(&self) -> Basis {
        basis(self.table.is_exact)
    }

    /// The release that they are of; null for exact numbers, which are as of today.
    async fn release(&self, ctx: &Context<'_>) -> Option<Answer<Release>> {
        if self.table.is_exact { None } else { active(ctx).await.transpose() }
    }

    /// All participations that were asked for, each counted once.
    async fn total(&self) -> ProtectedCount {
        ProtectedCount(self.table.total)
    }

    /// The groups, by county, year and sex; with a dimension every code of it in each group that is shown by categories.
    #[graphql(directive = Items::apply(20))]
    async fn rows(&self) -> Vec<OutcomeRow> {
        let row = |row: &Row| OutcomeRow { row: row.clone(), dimensions: self.dimensions };
        self.table.rows.iter().map(row).collect()
    }

    /// What no row shows: groups of fewer than ten that cannot be shown by categories in this grouping. Those of small
    /// projects are shown together by county and year where nothing narrower is asked for.
    async fn not_shown(&self) -> ProtectedCount {
        ProtectedCount(self.table.count(self.table.not_shown))
    }

    /// What counts in more than one group, as where projects have several funders; 0 for all other groupings.
    async fn overlap(&self) -> ProtectedCount {
        ProtectedCount(self.table.count(self.table.overlap))
    }
}

/// A group of participations.
pub(super) struct OutcomeRow {
    row: Row,
    dimensions: [Option<Dimension>; 2],
}

/// A group of participations.
#[Object]
impl OutcomeRow {
    /// What it is a group of.
    async fn key(&self) -> OutcomeKey {
        OutcomeKey { key: self.row.key.clone(), dimensions: self.dimensions }
    }

    /// How many there are.
    async fn participants(&self) -> ProtectedCount {
        ProtectedCount(self.row.count)
    }

    /// Share in whole per cent: of those of its group that are shown by categories, or without a dimension of the total.
    async fn percent(&self) -> Option<i32> {
        self.row.percent().map(int)
    }

    /// Why there is no share; null where there is one.
    async fn percent_missing(&self) -> Option<PercentMissing> {
        percent_missing(&self.row)
    }
}

/// Why a row has no share.
fn percent_missing(row: &Row) -> Option<PercentMissing> {
    row.percent().is_none().then_some(PercentMissing::FewerThanFifty)
}

/// What a field of outcomes was asked.
pub(super) struct Arguments {
    pub by: Vec<OutcomeGroupBy>,
    pub dimension: Option<OutcomeDimension>,
    pub crossed_with: Option<OutcomeDimension>,
    pub scope: Scope,
    pub sex: Vec<Sex>,
    pub periods: Vec<i32>,
}

impl Arguments {
    /// What is asked, and the codes to count by.
    fn tabulation(&self) -> Answer<(Tabulation, Option<Vec<Code>>)> {
        let by = |what: OutcomeGroupBy| self.by.contains(&what);
        let codes = self.codes()?;
        let asked = Tabulation {
            by_project: by(OutcomeGroupBy::Project),
            by_funder: by(OutcomeGroupBy::Funder),
            by_region: by(OutcomeGroupBy::Region),
            by_period: by(OutcomeGroupBy::Period),
            by_sex: by(OutcomeGroupBy::Sex),
            categories: codes.iter().flatten().flat_map(|code| code.categories.iter().copied()).collect(),
            sexes: self.sex.iter().map(|sex| sex.code().to_owned()).collect(),
            periods: self.periods.clone(),
        };
        Ok((asked, codes))
    }

    /// The codes to count by, each with its categories.
    fn codes(&self) -> Answer<Option<Vec<Code>>> {
        Ok(match (self.dimension.map(Dimension::from), self.crossed_with.map(Dimension::from)) {
            (None, None) => None,
            (Some(dimension), None) => {
                let codes = dimension.codes().iter();
                let codes =
                    codes.map(|(own, cells)| Code { own, crossed: None, categories: Cow::Borrowed(cells) });
                Some(codes.collect())
            }
            (Some(one), Some(other)) => {
                let not_public = || Error::NotPublic(format!("{} and {}", one.name(), other.name()));
                let code = |(own, crossed, cells)| Code { own, crossed, categories: Cow::Owned(cells) };
                Some(design::crossed(one, other).ok_or_else(not_public)?.into_iter().map(code).collect())
            }
            (None, Some(_)) => {
                let reason = "must be given where something is crossed with it".to_owned();
                return Err(Error::Argument { argument: "dimension".into(), reason }.into());
            }
        })
    }

    fn table(
        &self,
        numbers: &[outcomes::Number],
        asked: &Tabulation,
        codes: Option<&[Code]>,
        of: Of,
    ) -> Answer<OutcomeTable> {
        let table = outcome_table::table(numbers, asked, codes, of);
        if table.rows.len() > MOST_ROWS {
            let file = if of == Of::Exact { "own/outcomes" } else { "outcomes" };
            let reason = format!(
                "makes more than {MOST_ROWS} rows; ask for fewer groups, or fetch all of them from /export/{file}.csv"
            );
            return Err(Error::Argument { argument: "by".into(), reason }.into());
        }
        let dimensions = [self.dimension, self.crossed_with].map(|own| own.map(Dimension::from));
        Ok(OutcomeTable { table, dimensions })
    }

    /// The outcomes of the projects that a filter lets through; none before the first release.
    pub async fn of(self, ctx: &Context<'_>, filter: Option<ProjectFilter>) -> Answer<Option<OutcomeTable>> {
        if self.scope == Scope::Own {
            let projects = All(ProjectFilter::read(filter, ctx.db()?, ctx.memo()?).await?);
            return Box::pin(self.exactly(ctx, projects, Uuid::nil(), false)).await;
        }
        let projects = ProjectFilter::published(filter, ctx.db()?, ctx.memo()?).await?;
        let (asked, codes) = self.tabulation()?;
        if active(ctx).await?.is_none() {
            return Ok(None);
        }
        let numbers = ctx.alone(outcomes::numbers(ctx.db()?, &asked, projects)).await?;
        self.table(&numbers, &asked, codes.as_deref(), Of::Several).map(Some)
    }

    /// The exact outcomes of those projects of a parent that were granted to who asks; none where there are none, be it
    /// that nothing is known or that nothing was granted.
    pub async fn exactly<R: Relation<Child = project::Entity>>(
        self,
        ctx: &Context<'_>,
        projects: R,
        parent: Uuid,
        none_is_null: bool,
    ) -> Answer<Option<OutcomeTable>> {
        let (asked, codes) = self.tabulation()?;
        let partner = ctx.partner().ok_or(Error::Unauthenticated("scope: OWN"))?;
        let numbers = Box::pin(partner.numbers(ctx, &asked, projects, parent)).await?;
        if numbers.is_empty() && none_is_null {
            return Ok(None);
        }
        self.table(&numbers, &asked, codes.as_deref(), Of::Exact).map(Some)
    }

    /// What published numbers of the projects of a parent are of.
    fn of_what(projects: &impl Relation) -> Of {
        if projects.is_itself() { Of::OneProject } else { Of::Several }
    }

    /// The outcomes of the projects of one of many; none where nothing is published of them.
    pub async fn of_parent<R: Relation<Child = project::Entity>>(
        self,
        ctx: &Context<'_>,
        projects: R,
        parent: Uuid,
    ) -> Answer<Option<OutcomeTable>> {
        if self.scope == Scope::Own {
            return Box::pin(self.exactly(ctx, projects, parent, true)).await;
        }
        let (asked, codes) = self.tabulation()?;
        let of = Self::of_what(&projects);
        let numbers = ctx.load(OfParents { projects, asked: asked.clone() }, parent).await?;
        if numbers.is_empty() {
            return Ok(None);
        }
        self.table(&numbers, &asked, codes.as_deref(), of).map(Some)
    }
}

fn int(number: i64) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

/// The release that is public.
async fn active(ctx: &Context<'_>) -> Answer<Option<Release>> {
    Ok(ctx.alone(releases::active(ctx.db()?)).await?.map(Release))
}
