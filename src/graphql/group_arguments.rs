//! What is asked of groups of projects.

use async_graphql::{Enum, InputObject};

use super::filter::Place;
use super::order::Direction;
use super::ranges::{AmountRange, IntRange};
use super::scalars::{Currency, Date};
use crate::entities::award::AmountKind;
use crate::error::Result;
use crate::store::dimension::Dimension;
use crate::store::project_groups::{By, Wanted};

/// What projects are grouped by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "Dimension")]
pub(super) enum ProjectDimension {
    /// Each funder; a project with several is in the group of each.
    Funder,
    /// The kinds of its funders; likewise.
    FunderKind,
    /// The legal entity that owns it.
    Owner,
    /// What kind of body the owner is.
    OwnerKind,
    /// Each unit that carries it out; a project with several is in the group of each.
    ResponsibleUnit,
    /// The county.
    Region,
    /// The municipality in which the owner is seated.
    Municipality,
    /// Whether it runs on the day of `asOf`.
    Status,
    /// The year in which it starts.
    StartYear,
    /// The year in which it ends.
    EndYear,
    /// The programme periods of its funders; a project with several is in the group of each.
    ProgrammePeriod,
    /// Specific objective of the fund's programme.
    SpecificObjective,
}

/// What groups are put in order by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub(super) enum ProjectGroupOrderField {
    /// How many projects they have.
    Count,
    /// The sum of amounts of `kind` in `currency`; groups without any come last.
    Sum,
    /// What they are known by: names in Swedish order, codes and years by themselves; those without come last.
    Key,
}

/// An order of groups.
#[derive(Clone, Debug, InputObject)]
pub(super) struct ProjectGroupOrder {
    /// By what.
    by: ProjectGroupOrderField,
    /// The kind of amounts; with `SUM` only.
    kind: Option<AmountKind>,
    /// Their currency; with `SUM` only.
    currency: Option<Currency>,
    /// Which end comes first.
    direction: Direction,
}

/// Which groups are wanted; all that is given must hold.
#[derive(Clone, Debug, InputObject)]
pub(super) struct ProjectGroupFilter {
    /// Those of so many projects.
    count: Option<IntRange>,
    /// Those whose amounts of the kind and currency have such a sum.
    sum: Option<AmountRange>,
}

/// How many dimensions and fields of order there may be, and how many groups at most.
const DIMENSIONS: usize = 4;
pub(super) const LIMIT: i32 = 1_000;

/// What is asked of groups.
pub(super) struct GroupArguments {
    pub by: Vec<ProjectDimension>,
    pub as_of: Option<Date>,
    pub having: Option<ProjectGroupFilter>,
    pub order_by: Option<Vec<ProjectGroupOrder>>,
    pub limit: i32,
    /// Kinds of amounts whose sums are asked for below.
    pub summed: Vec<AmountKind>,
}

impl GroupArguments {
    /// Which groups are wanted.
    pub fn wanted(&self) -> Result<Wanted> {
        let place = Place::argument("having");
        let having = self.having.as_ref();
        let count = having.and_then(|having| having.count);
        let sum = having.and_then(|having| having.sum.as_ref());
        let order = match &self.order_by {
            None => vec![(By::Count, true), (By::Key, false)],
            Some(orders) => {
                let place = Place::argument("orderBy");
                if orders.is_empty() || orders.len() > DIMENSIONS {
                    return Err(place.refuse(format!("takes from 1 to {DIMENSIONS} fields")));
                }
                let read = |(at, order): (usize, &ProjectGroupOrder)| order.read(&place.item(at));
                orders.iter().enumerate().map(read).collect::<Result<_>>()?
            }
        };
        Ok(Wanted {
            count: count.map(|range| range.read(&place.at("count"))).transpose()?,
            sum: match sum {
                Some(sum) => Some(((sum.kind, sum.currency.0.clone()), sum.read(&place.at("sum"))?)),
                None => None,
            },
            order,
            limit: Place::argument("limit").up_to(self.limit, LIMIT)?.into(),
            amounts: self.summed.clone(),
        })
    }

    /// By what they are made.
    pub fn dimensions(&self) -> Result<Vec<Dimension>> {
        let place = Place::argument("by");
        if self.by.is_empty() || self.by.len() > DIMENSIONS {
            return Err(place.refuse(format!("takes from 1 to {DIMENSIONS} dimensions")));
        }
        let by: Vec<Dimension> = self.by.iter().map(|by| Dimension::from(*by)).collect();
        let twice = (1..by.len()).find(|at| by[..*at].contains(&by[*at]));
        twice.map_or(Ok(by), |at| Err(place.item(at).refuse("is a dimension that stands before already")))
    }
}

impl ProjectGroupOrder {
    fn read(&self, place: &Place) -> Result<(By, bool)> {
        let by = match (self.by, self.kind, &self.currency) {
            (ProjectGroupOrderField::Sum, Some(kind), Some(currency)) => By::Sum((kind, currency.0.clone())),
            (ProjectGroupOrderField::Sum, ..) => return Err(place.refuse("SUM needs kind and currency")),
            (ProjectGroupOrderField::Count, None, None) => By::Count,
            (ProjectGroupOrderField::Key, None, None) => By::Key,
            _ => return Err(place.refuse("kind and currency go with SUM only")),
        };
        Ok((by, self.direction == Direction::Desc))
    }
}
