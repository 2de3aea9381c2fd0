//! What bounds a condition on projects: ids that an index has together. Where they are few, starting from them is quick;
//! a planner that follows the order of a list instead would look at every project to find that hardly one fits.

use chrono::NaiveDate;
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ActiveEnum, ConnectionTrait, IdenStatic};

use super::project_filter::Range;
use crate::entities::award::AmountKind;
use crate::entities::{project, project_amount};
use crate::error::Result;

/// So many are few.
const FEW: u64 = 1_000;

/// Ids of projects, of which those that fulfil a condition are some.
#[derive(Clone, Debug)]
pub struct Bound {
    ids: SelectStatement,
    nature: Nature,
}

/// How what is bounded stands to the order of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Nature {
    /// A range of dates or numbers, which go along with each other and not with names.
    Range,
    /// One county, whose projects an index has in the order of names.
    County,
    /// Several counties.
    Counties,
    /// One objective, likewise; objectives go along with dates.
    Objective,
    /// Several objectives.
    Objectives,
}

impl Bound {
    /// Those that start within a range.
    #[must_use]
    pub fn start(range: &Range<NaiveDate>) -> Self {
        Self::of(project::Column::StartsOn, range)
    }

    /// Those that end within a range.
    #[must_use]
    pub fn end(range: &Range<NaiveDate>) -> Self {
        Self::of(project::Column::EndsOn, range)
    }

    /// Those that plan for so many participants.
    #[must_use]
    pub fn planned_participants(range: &Range<i32>) -> Self {
        Self::of(project::Column::PlannedParticipants, range)
    }

    /// Those with a chosen amount within a range of minor units.
    #[must_use]
    pub fn amount(kind: AmountKind, currency: &str, range: &Range<i64>) -> Self {
        use project_amount::Column::{AmountMinor, Currency, Kind, ProjectId};
        let mut query = Query::select();
        query
            .column(ProjectId)
            .from(project_amount::Entity)
            .and_where(Expr::col(Kind).eq(kind.to_value()))
            .and_where(Expr::col(Currency).eq(currency))
            .cond_where(range.of(&Expr::col(AmountMinor)));
        Self { ids: query, nature: Nature::Range }
    }

    /// Those in some counties.
    #[must_use]
    pub fn regions(codes: &[String]) -> Self {
        let nature = if codes.len() == 1 { Nature::County } else { Nature::Counties };
        Self::one_of(project::Column::RegionCode, codes, nature)
    }

    /// Those of some specific objectives.
    #[must_use]
    pub fn objectives(objectives: &[String]) -> Self {
        let nature = if objectives.len() == 1 { Nature::Objective } else { Nature::Objectives };
        Self::one_of(project::Column::SpecificObjective, objectives, nature)
    }

    fn one_of(column: project::Column, values: &[String], nature: Nature) -> Self {
        let own = Expr::col((project::Entity, column));
        let mut query = Query::select();
        query.column((project::Entity, project::Column::Id)).from(project::Entity);
        query.and_where(own.is_in(values.iter().map(String::as_str)));
        Self { ids: query, nature }
    }

    fn of<T: Into<sea_orm::Value> + Clone>(column: project::Column, range: &Range<T>) -> Self {
        let own = Expr::col((project::Entity, column));
        let mut query = Query::select();
        query.column((project::Entity, project::Column::Id)).from(project::Entity).cond_where(range.of(&own));
        Self { ids: query, nature: Nature::Range }
    }

    /// The ids.
    #[must_use]
    pub fn ids(self) -> SelectStatement {
        self.ids
    }

    /// Whether, where they are many, the first of a list are found sooner by looking at each project of the list as it
    /// comes than by putting all of them in its order. The list begins with a column. What goes along with the order is
    /// not spread over it, so that looking could take as long as the list is.
    #[must_use]
    pub fn is_spread_over(&self, column: &str) -> bool {
        let by_name = column == project::Column::SortKey.as_str();
        match self.nature {
            Nature::Range | Nature::Objectives => by_name,
            Nature::County => !by_name,
            Nature::Counties => true,
            Nature::Objective => false,
        }
    }
}

/// Which of some bounds have few ids, asked in one statement.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub async fn few(db: &impl ConnectionTrait, bounds: &[Bound]) -> Result<Vec<bool>> {
    let mut query = Query::select();
    for (at, bound) in bounds.iter().enumerate() {
        let mut some = bound.ids.clone();
        some.limit(FEW + 1);
        let count = Query::select().expr(Expr::cust("COUNT(*)")).from_subquery(some, "some").take();
        query.expr_as(Expr::SubQuery(None, Box::new(count.into())), format!("count_{at}"));
    }
    let Some(row) = db.query_one(&query).await? else { return Ok(vec![false; bounds.len()]) };
    let is_few = |at: usize| Ok(row.try_get::<i64>("", &format!("count_{at}"))? <= FEW.cast_signed());
    (0..bounds.len()).map(is_few).collect()
}
