//! Counts and sums over projects.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use async_graphql::{Context, InputType, Lookahead, Object, SimpleObject};
use sea_orm::Iterable;
use tokio::sync::OnceCell;
use uuid::Uuid;

use super::context::Ask;
use super::directives::{Items, Lookup};
use super::failure::Answer;
use super::money::AmountAggregate;
use super::scalars::Decimal;
use crate::entities::award::AmountKind;
use crate::entities::project;
use crate::store::filter::Filter;
use crate::store::group_figures::{self, Whole};
use crate::store::page::{Counted, Relation};
use crate::store::projects::All;
use crate::store::sums::{Planned, PlannedBy, Sum, Sums, Taking};

pub(super) type Figure<'a, T> = Pin<Box<dyn Future<Output = Answer<T>> + Send + 'a>>;

/// Figures of some projects, looked up when they are asked for.
pub(super) trait Figures: Send + Sync {
    /// How many projects.
    fn count<'a>(&'a self, ctx: &'a Context<'a>) -> Figure<'a, i64>;
    /// How many legal entities take part.
    fn organisations<'a>(&'a self, ctx: &'a Context<'a>) -> Figure<'a, i64>;
    /// The sums of chosen amounts.
    fn amounts<'a>(&'a self, ctx: &'a Context<'a>, kinds: Vec<AmountKind>) -> Figure<'a, Vec<Sum>>;
    /// What they plan for.
    fn planned<'a>(&'a self, ctx: &'a Context<'a>) -> Figure<'a, Planned>;
}

/// Figures of what belongs to a parent.
pub(super) struct OfParent<R> {
    /// The projects.
    pub projects: R,
    /// Whose.
    pub parent: Uuid,
}

impl<R: Relation<Child = project::Entity>> Figures for OfParent<R> {
    fn count<'a>(&'a self, ctx: &'a Context<'a>) -> Figure<'a, i64> {
        Box::pin(async {
            let rows = ctx.load(Counted(self.projects.clone()), self.parent).await?;
            Ok(rows.first().map_or(0, |row| row.count))
        })
    }

    fn organisations<'a>(&'a self, ctx: &'a Context<'a>) -> Figure<'a, i64> {
        Box::pin(async {
            let rows = ctx.load(Taking(self.projects.clone()), self.parent).await?;
            Ok(rows.first().map_or(0, |row| row.count))
        })
    }

    fn amounts<'a>(&'a self, ctx: &'a Context<'a>, kinds: Vec<AmountKind>) -> Figure<'a, Vec<Sum>> {
        Box::pin(async {
            let sums = Sums { projects: self.projects.clone(), kinds };
            Ok(ctx.load(sums, self.parent).await?.to_vec())
        })
    }

    fn planned<'a>(&'a self, ctx: &'a Context<'a>) -> Figure<'a, Planned> {
        Box::pin(async {
            let rows = ctx.load(PlannedBy(self.projects.clone()), self.parent).await?;
            Ok(rows.first().copied().unwrap_or_default())
        })
    }
}

/// Figures of the projects that a filter lets through, as they are kept where it is all of them.
pub(super) fn of_filter(filter: Filter) -> ProjectAggregates {
    let is_all = filter == Filter::none();
    let counted = OfParent { projects: All(filter), parent: Uuid::nil() };
    ProjectAggregates(if is_all {
        Arc::new(OfAll { counted, whole: OnceCell::new() })
    } else {
        Arc::new(counted)
    })
}

/// Figures of all projects: kept, or counted where those that are kept are of an older graph.
struct OfAll {
    counted: OfParent<All>,
    /// What is kept, looked up once.
    whole: OnceCell<Option<Whole>>,
}

impl OfAll {
    async fn whole(&self, ctx: &Context<'_>) -> Answer<Option<Whole>> {
        let look = || async { ctx.alone(group_figures::whole(ctx.db()?)).await };
        self.whole.get_or_try_init(look).await.copied()
    }
}

impl Figures for OfAll {
    fn count<'a>(&'a self, ctx: &'a Context<'a>) -> Figure<'a, i64> {
        Box::pin(async {
            match self.whole(ctx).await? {
                Some(whole) => Ok(whole.projects),
                None => self.counted.count(ctx).await,
            }
        })
    }

    fn organisations<'a>(&'a self, ctx: &'a Context<'a>) -> Figure<'a, i64> {
        Box::pin(async {
            match self.whole(ctx).await? {
                Some(whole) => Ok(whole.organisations),
                None => self.counted.organisations(ctx).await,
            }
        })
    }

    fn amounts<'a>(&'a self, ctx: &'a Context<'a>, kinds: Vec<AmountKind>) -> Figure<'a, Vec<Sum>> {
        Box::pin(async move {
            match ctx.alone(group_figures::sums_of_whole(ctx.db()?, &kinds)).await? {
                Some(sums) => Ok(sums),
                None => self.counted.amounts(ctx, kinds).await,
            }
        })
    }

    fn planned<'a>(&'a self, ctx: &'a Context<'a>) -> Figure<'a, Planned> {
        Box::pin(async {
            match self.whole(ctx).await? {
                Some(whole) => Ok(whole.planned),
                None => self.counted.planned(ctx).await,
            }
        })
    }
}

/// Counts and sums over projects, whatever page of them is shown.
#[derive(Clone)]
pub(super) struct ProjectAggregates(pub Arc<dyn Figures>);

/// Counts and sums over projects, whatever page of them is shown.
#[Object]
impl ProjectAggregates {
    /// How many projects.
    #[graphql(directive = Lookup::apply())]
    async fn count(&self, ctx: &Context<'_>) -> Answer<i32> {
        Ok(small(self.0.count(ctx).await?))
    }

    /// How many legal entities take part in them, each counted once.
    #[graphql(directive = Lookup::apply())]
    async fn organisations(&self, ctx: &Context<'_>) -> Answer<i32> {
        Ok(small(self.0.organisations(ctx).await?))
    }

    /// Sums of the chosen amounts, for each kind and currency by itself. A project counts once in each.
    #[graphql(directive = Items::apply(8))]
    async fn amounts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only these kinds of amounts; all where none are given.", default)] kinds: Vec<
            AmountKind,
        >,
    ) -> Answer<Vec<AmountAggregate>> {
        let sums = self.0.amounts(ctx, kinds).await?;
        let all = self.0.count(ctx).await?;
        Ok(sums.iter().map(|sum| AmountAggregate::new(sum, all)).collect())
    }

    /// The participants that they plan for.
    #[graphql(directive = Lookup::apply())]
    async fn planned_participants(&self, ctx: &Context<'_>) -> Answer<IntAggregate> {
        let planned = self.0.planned(ctx).await?;
        Ok(IntAggregate::new(&planned, self.0.count(ctx).await?))
    }
}

/// Sums over a number that projects may state.
#[derive(Clone, Debug, SimpleObject)]
pub(super) struct IntAggregate {
    /// The sum over those that state one; 2 147 483 647 where it is more.
    sum: i32,
    /// The mean of those that state one, rounded to two decimals; null where none does.
    average: Option<Decimal>,
    /// The smallest; null where none states one.
    min: Option<i32>,
    /// The largest; null where none states one.
    max: Option<i32>,
    /// How many projects state one.
    projects: i32,
    /// How many state none.
    without: i32,
}

impl IntAggregate {
    fn new(planned: &Planned, all: i64) -> Self {
        let sum = rust_decimal::Decimal::from(planned.sum);
        let average = (planned.projects > 0).then(|| {
            let mut average = (sum / rust_decimal::Decimal::from(planned.projects)).round_dp(2);
            average.rescale(2);
            Decimal(average)
        });
        Self {
            sum: small(planned.sum),
            average,
            min: planned.min,
            max: planned.max,
            projects: small(planned.projects),
            without: small(all - planned.projects),
        }
    }
}

/// The kinds of amounts whose sums are asked for of some aggregates.
pub(super) fn kinds(aggregates: &Lookahead<'_>) -> Vec<AmountKind> {
    let mut all = Vec::new();
    for field in aggregates.field("amounts").selection_fields() {
        let mut arguments = field.arguments().into_iter().flatten();
        let named = arguments.find(|(name, _)| name == "kinds").map(|(_, value)| value);
        // What cannot be read is refused where it stands.
        let named: Vec<AmountKind> = InputType::parse(named).unwrap_or_default();
        if named.is_empty() { all.extend(AmountKind::iter()) } else { all.extend(named) }
    }
    all.sort_unstable();
    all.dedup();
    all
}

/// A count as the API writes it.
pub(super) fn small(count: i64) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}
