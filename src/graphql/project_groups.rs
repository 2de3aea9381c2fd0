//! Counts and sums of projects in groups.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_graphql::{Context, Object};
use sea_orm::{ActiveEnum, Iterable};
use tokio::sync::OnceCell;
use uuid::Uuid;

use super::aggregates::{self, Figure, Figures, ProjectAggregates, of_filter};
use super::context::Ask;
use super::failure::Answer;
use super::filter::today;
use super::funder::Funder;
use super::group_arguments::{GroupArguments, LIMIT, ProjectDimension};
use super::organisation::Organisation;
use super::project::ProjectStatus;
use super::region::{Municipality, Region};
use super::scalars::Date;
use crate::entities::award::AmountKind;
use crate::entities::funder::FunderKind;
use crate::entities::organisation::OrganisationKind;
use crate::entities::{funder, organisation};
use crate::store::dimension::{Dimension, Key, STATUSES};
use crate::store::filter::Filter;
use crate::store::project_groups::{Chosen, Group, Groups};
use crate::store::sums::{Planned, Sum};

/// Sums, of each group.
type Amounts = HashMap<Vec<Key>, Vec<Sum>>;

/// Groups and their figures.
struct Found {
    question: Groups,
    chosen: Chosen,
    /// Whether some groups are left out.
    is_narrowed: bool,
    /// Each for the kinds that were asked for.
    amounts: Mutex<HashMap<Vec<AmountKind>, Arc<OnceCell<Amounts>>>>,
    organisations: OnceCell<HashMap<Vec<Key>, i64>>,
}

impl Found {
    /// The groups to look figures up for; none where all are shown anyway.
    fn narrowed(&self) -> Option<&[Group]> {
        self.is_narrowed.then_some(self.chosen.groups.as_slice())
    }

    fn amounts(&self, kinds: &[AmountKind]) -> Arc<OnceCell<Amounts>> {
        let mut amounts = self.amounts.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(amounts.entry(kinds.to_vec()).or_default())
    }
}

/// Projects in groups. Filters are honoured; there are no pages, but a limit.
#[derive(Clone)]
pub(super) struct ProjectGroups(Arc<Found>);

impl ProjectGroups {
    /// The groups of some projects.
    pub async fn find(ctx: &Context<'_>, filter: Filter, arguments: &GroupArguments) -> Answer<Self> {
        let wanted = arguments.wanted()?;
        let day = arguments.as_of.map_or_else(today, |date| date.0);
        let question = Groups { filter, by: arguments.dimensions()?, day };
        let chosen = ctx.alone(question.find(ctx.db()?, &wanted)).await?;
        Ok(Self(Arc::new(Found {
            is_narrowed: chosen.is_truncated || arguments.having.is_some(),
            question,
            chosen,
            amounts: Mutex::default(),
            organisations: OnceCell::new(),
        })))
    }

    /// All groups by one dimension, those with most projects first.
    pub async fn by_one(
        ctx: &Context<'_>,
        filter: Filter,
        by: ProjectDimension,
        day: chrono::NaiveDate,
    ) -> Answer<Vec<ProjectGroup>> {
        let arguments = GroupArguments {
            by: vec![by],
            as_of: Some(Date(day)),
            having: None,
            order_by: None,
            limit: LIMIT,
            summed: aggregates::kinds(&ctx.look_ahead().field("aggregates")),
        };
        Ok(Self::find(ctx, filter, &arguments).await?.list())
    }

    fn list(&self) -> Vec<ProjectGroup> {
        (0..self.0.chosen.groups.len()).map(|at| ProjectGroup { of: Arc::clone(&self.0), at }).collect()
    }
}

/// Projects in groups. Filters are honoured; there are no pages, but a limit.
#[Object]
impl ProjectGroups {
    /// The groups.
    async fn groups(&self) -> Vec<ProjectGroup> {
        self.list()
    }

    /// Whether a project can be in more than one group, so that counts do not sum to that of `all`.
    async fn overlapping(&self) -> bool {
        self.0.question.by.iter().any(|dimension| dimension.overlaps())
    }

    /// Figures of all the projects, each counted once.
    async fn all(&self) -> ProjectAggregates {
        of_filter(self.0.question.filter.clone())
    }

    /// Whether there are more groups than the limit.
    async fn truncated(&self) -> bool {
        self.0.chosen.is_truncated
    }
}

/// A group of projects.
#[derive(Clone)]
pub(super) struct ProjectGroup {
    of: Arc<Found>,
    at: usize,
}

impl ProjectGroup {
    fn own(&self) -> &Group {
        &self.of.chosen.groups[self.at]
    }

    /// The sums of some kinds of amounts, or of all where none is named, looked up for all groups together.
    async fn looked_up(&self, ctx: &Context<'_>, kinds: &[AmountKind]) -> Answer<Vec<Sum>> {
        let look = || async {
            let mut all: Amounts = HashMap::new();
            let found = self.of.question.amounts(ctx.db()?, self.of.narrowed(), kinds);
            for (keys, sum) in ctx.alone(found).await? {
                all.entry(keys).or_default().push(sum);
            }
            Answer::Ok(all)
        };
        let amounts = self.of.amounts(kinds);
        let all = amounts.get_or_try_init(look).await?;
        Ok(all.get(&self.own().keys).cloned().unwrap_or_default())
    }

    fn key_of(&self, dimension: Dimension) -> Option<&Key> {
        let at = self.of.question.by.iter().position(|by| *by == dimension)?;
        Some(&self.own().keys[at])
    }
}

/// A group of projects.
#[Object]
impl ProjectGroup {
    /// What the group is known by.
    async fn key(&self) -> ProjectGroupKey {
        ProjectGroupKey(self.clone())
    }

    /// Figures of its projects.
    async fn aggregates(&self) -> ProjectAggregates {
        ProjectAggregates(Arc::new(self.clone()))
    }
}

impl Figures for ProjectGroup {
    fn count<'a>(&'a self, _: &'a Context<'a>) -> Figure<'a, i64> {
        Box::pin(async { Ok(self.own().count) })
    }

    fn organisations<'a>(&'a self, ctx: &'a Context<'a>) -> Figure<'a, i64> {
        Box::pin(async {
            let look = || async {
                let found = self.of.question.organisations(ctx.db()?, self.of.narrowed());
                Answer::Ok(ctx.alone(found).await?.into_iter().collect())
            };
            let all = self.of.organisations.get_or_try_init(look).await?;
            Ok(all.get(&self.own().keys).copied().unwrap_or_default())
        })
    }

    fn amounts<'a>(&'a self, ctx: &'a Context<'a>, mut kinds: Vec<AmountKind>) -> Figure<'a, Vec<Sum>> {
        // In whatever order they are named, they are the same.
        kinds.sort_unstable();
        kinds.dedup();
        Box::pin(async move {
            let told = &self.of.chosen.told;
            if told.is_empty() {
                return self.looked_up(ctx, &kinds).await;
            }
            if kinds.is_empty() {
                kinds.extend(AmountKind::iter());
            }
            let (told, others): (Vec<_>, Vec<_>) = kinds.iter().partition(|kind| told.contains(kind));
            let own = self.own().sums.iter().filter(|sum| told.contains(&sum.kind));
            let mut sums: Vec<Sum> = own.cloned().collect();
            if !others.is_empty() {
                sums.extend(self.looked_up(ctx, &others).await?);
            }
            sums.sort_by_cached_key(|sum| (sum.kind.to_value(), sum.currency.clone()));
            Ok(sums)
        })
    }

    fn planned<'a>(&'a self, _: &'a Context<'a>) -> Figure<'a, Planned> {
        Box::pin(async { Ok(self.own().planned) })
    }
}

/// What a group is known by: the dimensions that were asked for. One is null where its projects have none, as are those
/// that were not asked for.
pub(super) struct ProjectGroupKey(ProjectGroup);

impl ProjectGroupKey {
    fn id(&self, dimension: Dimension) -> Option<Uuid> {
        match self.0.key_of(dimension)? {
            Key::Id(id) => Some(*id),
            _ => None,
        }
    }

    fn text(&self, dimension: Dimension) -> Option<&str> {
        match self.0.key_of(dimension)? {
            Key::Text(text) => Some(text),
            _ => None,
        }
    }

    fn number(&self, dimension: Dimension) -> Option<i32> {
        match self.0.key_of(dimension)? {
            Key::Number(number) => Some(*number),
            _ => None,
        }
    }

    async fn organisation(&self, ctx: &Context<'_>, by: Dimension) -> Option<Answer<Organisation>> {
        Some(ctx.one::<organisation::Entity>(self.id(by)?).await.map(Organisation))
    }
}

/// What a group is known by: the dimensions that were asked for. One is null where its projects have none, as are those
/// that were not asked for.
#[Object]
impl ProjectGroupKey {
    /// The funder.
    async fn funder(&self, ctx: &Context<'_>) -> Option<Answer<Funder>> {
        Some(ctx.one::<funder::Entity>(self.id(Dimension::Funder)?).await.map(Funder))
    }

    /// The kind of funder.
    async fn funder_kind(&self) -> Option<FunderKind> {
        FunderKind::try_from_value(&self.text(Dimension::FunderKind)?.to_owned()).ok()
    }

    /// The legal entity that owns the projects.
    async fn owner(&self, ctx: &Context<'_>) -> Option<Answer<Organisation>> {
        self.organisation(ctx, Dimension::Owner).await
    }

    /// What kind of body the owner is.
    async fn owner_kind(&self) -> Option<OrganisationKind> {
        OrganisationKind::try_from_value(&self.text(Dimension::OwnerKind)?.to_owned()).ok()
    }

    /// The unit that carries the projects out.
    async fn responsible_unit(&self, ctx: &Context<'_>) -> Option<Answer<Organisation>> {
        self.organisation(ctx, Dimension::ResponsibleUnit).await
    }

    /// The county.
    async fn region(&self) -> Option<Region> {
        Region::find(self.text(Dimension::Region))
    }

    /// The municipality in which the owner is seated.
    async fn municipality(&self) -> Option<Municipality> {
        Municipality::find(self.text(Dimension::Municipality))
    }

    /// Whether the projects run on the day asked about.
    async fn status(&self) -> Option<ProjectStatus> {
        let text = self.text(Dimension::Status)?;
        let all =
            [ProjectStatus::Planned, ProjectStatus::Running, ProjectStatus::Ended, ProjectStatus::Unknown];
        STATUSES.iter().zip(all).find(|(name, _)| **name == text).map(|(_, status)| status)
    }

    /// The year in which the projects start.
    async fn start_year(&self) -> Option<i32> {
        self.number(Dimension::StartYear)
    }

    /// The year in which they end.
    async fn end_year(&self) -> Option<i32> {
        self.number(Dimension::EndYear)
    }

    /// The programme period, such as `2014-2020`.
    async fn programme_period(&self) -> Option<&str> {
        self.text(Dimension::ProgrammePeriod)
    }

    /// Specific objective of the fund's programme.
    async fn specific_objective(&self) -> Option<&str> {
        self.text(Dimension::SpecificObjective)
    }
}
