//! Conditions on projects: functions that compose. Each can follow an index.

use chrono::NaiveDate;
use sea_orm::ActiveEnum;
use sea_orm::sea_query::{Condition, Expr, ExprTrait, JoinType, Query, SelectStatement};
use uuid::Uuid;

use super::breadth::{Breadth, unindexed};
use super::organisation_match::Organisations;
use super::page::of;
use super::search::Words;
use crate::entities::award::AmountKind;
use crate::entities::funder::{self, FunderKind};
use crate::entities::organisation;
use crate::entities::partnership::{self, PartnershipRole};
use crate::entities::search_entry::SearchKind;
use crate::entities::{outcome_group, project, project_amount, project_funder, project_number, statement};

/// A range of values, either side of which may be open.
#[derive(Clone, Debug)]
pub struct Range<T> {
    /// The lowest.
    pub from: Option<T>,
    /// The highest.
    pub to: Option<T>,
}

impl<T: Copy> Range<T> {
    /// Whether a value lies within it.
    pub(super) fn holds<V: From<T> + PartialOrd>(&self, value: &V) -> bool {
        self.from.is_none_or(|from| V::from(from) <= *value) && self.to.is_none_or(|to| *value <= V::from(to))
    }
}

impl<T: Into<sea_orm::Value> + Clone> Range<T> {
    pub(super) fn of(&self, value: &Expr) -> Condition {
        Condition::all()
            .add_option(self.from.clone().map(|from| value.clone().gte(from)))
            .add_option(self.to.clone().map(|to| value.clone().lte(to)))
            // An open range still asks for a value.
            .add_option((self.from.is_none() && self.to.is_none()).then(|| value.clone().is_not_null()))
    }
}

fn col(column: project::Column) -> Expr {
    Expr::col((project::Entity, column))
}

/// Those that are none of what a condition says, also where that cannot be told.
#[must_use]
pub fn not(condition: Condition) -> Condition {
    // NOT NULL is NULL, which would leave out those of which nothing is known.
    let known = Expr::expr(Condition::all().add(condition)).if_null(Expr::cust("FALSE"));
    Condition::all().add(known.not())
}

/// Those on which sources disagree, or those on which they do not.
#[must_use]
pub fn in_conflict(yes: bool) -> Condition {
    let conflicts = col(project::Column::Conflicts);
    Condition::all().add(if yes { conflicts.gt(0) } else { conflicts.eq(0) })
}

/// Those in some counties, by SCB's two digits.
#[must_use]
pub fn in_regions(codes: Vec<String>) -> Condition {
    Condition::all().add(col(project::Column::RegionCode).is_in(codes))
}

/// Those whose owner is seated in some municipalities, by SCB's four digits.
#[must_use]
pub fn in_municipalities(codes: Vec<String>) -> Condition {
    use organisation::Column::{Id, LegalEntityId, MunicipalityCode};
    let mut owners = Query::select();
    owners
        .column(("unit", Id))
        .from_as(organisation::Entity, "whole")
        .join_as(
            JoinType::InnerJoin,
            organisation::Entity,
            "unit",
            of("unit", LegalEntityId).equals(("whole", Id)),
        )
        .and_where(of("whole", MunicipalityCode).is_in(codes));
    Condition::all().add(col(project::Column::OwnerId).in_subquery(owners))
}

/// Those of some specific objectives.
#[must_use]
pub fn of_objectives(objectives: Vec<String>) -> Condition {
    Condition::all().add(col(project::Column::SpecificObjective).is_in(objectives))
}

/// Those that start later than a day.
#[must_use]
pub fn planned(day: NaiveDate) -> Condition {
    Condition::all().add(col(project::Column::StartsOn).gt(day))
}

/// Those that have started by a day and not ended before it.
#[must_use]
pub fn running(day: NaiveDate) -> Condition {
    running_during(&Range { from: Some(day), to: Some(day) })
}

/// Those that ended before a day. What starts after it and ends before it is no period.
#[must_use]
pub fn ended(day: NaiveDate) -> Condition {
    let starts = col(project::Column::StartsOn);
    Condition::all()
        .add(col(project::Column::EndsOn).lt(day))
        .add(Condition::any().add(starts.clone().is_null()).add(starts.lte(day)))
}

/// Those of which it cannot be told whether they run on a day.
#[must_use]
pub fn unknown(day: NaiveDate) -> Condition {
    let (starts, ends) = (col(project::Column::StartsOn), col(project::Column::EndsOn));
    let no_start = Condition::all()
        .add(starts.clone().is_null())
        .add(Condition::any().add(ends.clone().is_null()).add(ends.clone().gte(day)));
    Condition::any().add(no_start).add(Condition::all().add(starts.lte(day)).add(ends.is_null()))
}

/// Those that run on some day of a range, as far as their sources say when they start and end.
#[must_use]
pub fn running_during(range: &Range<NaiveDate>) -> Condition {
    let (starts, ends) = (col(project::Column::StartsOn), col(project::Column::EndsOn));
    Condition::all()
        .add(range.to.map_or_else(|| starts.clone().is_not_null(), |to| starts.clone().lte(to)))
        .add(range.from.map_or_else(|| ends.clone().is_not_null(), |from| ends.clone().gte(from)))
}

/// Those that start within a range.
#[must_use]
pub fn starting(range: &Range<NaiveDate>) -> Condition {
    range.of(&col(project::Column::StartsOn))
}

/// Those that end within a range.
#[must_use]
pub fn ending(range: &Range<NaiveDate>) -> Condition {
    range.of(&col(project::Column::EndsOn))
}

/// Those that plan for so many participants.
#[must_use]
pub fn planning_for(range: &Range<i32>) -> Condition {
    range.of(&col(project::Column::PlannedParticipants))
}

/// Those with a chosen amount of a kind, in a currency, within a range of minor units.
#[must_use]
pub fn with_amount(kind: AmountKind, currency: String, range: &Range<i64>) -> Condition {
    let amount = |column| Expr::col((project_amount::Entity, column));
    let mut amounts = Query::select();
    amounts
        .from(project_amount::Entity)
        .and_where(amount(project_amount::Column::Kind).eq(kind.to_value()))
        .and_where(amount(project_amount::Column::Currency).eq(currency.clone()))
        .cond_where(range.of(&amount(project_amount::Column::AmountMinor)));
    let Some((first, minor)) = first_amount(kind) else {
        amounts.column(project_amount::Column::ProjectId);
        return Condition::all().add(col(project::Column::Id).in_subquery(amounts));
    };
    amounts
        .expr(Expr::cust("1"))
        .and_where(amount(project_amount::Column::ProjectId).equals((project::Entity, project::Column::Id)));
    Condition::any()
        .add(Condition::all().add(first.clone().eq(currency.clone())).add(range.of(&minor)))
        .add(Condition::all().add(first.lt(currency)).add(Expr::exists(amounts)))
}

/// Currency and minor units of a project's chosen amount of a kind that stands beside the project itself: in the first
/// currency by its code, where there are several. None of other kinds.
pub(super) fn first_amount(kind: AmountKind) -> Option<(Expr, Expr)> {
    let (currency, minor) = match kind {
        AmountKind::TotalBudget => (project::Column::TotalBudgetCurrency, project::Column::TotalBudgetMinor),
        AmountKind::Granted => (project::Column::GrantedCurrency, project::Column::GrantedMinor),
        _ => return None,
    };
    Some((col(currency), col(minor)))
}

/// Those known by some numbers, given as their keys.
#[must_use]
pub fn numbered(keys: Vec<String>) -> Condition {
    let mut numbers = Query::select();
    numbers
        .column(project_number::Column::ProjectId)
        .from(project_number::Entity)
        .and_where(Expr::col(project_number::Column::NumberKey).is_in(keys));
    Condition::all().add(col(project::Column::Id).in_subquery(numbers))
}

/// Those that have some words in their names or numbers.
#[must_use]
pub fn with_words(words: &Words) -> Condition {
    words.among(SearchKind::Project, col(project::Column::Id))
}

/// Those whose ids a query selects.
#[must_use]
pub fn among(ids: SelectStatement) -> Condition {
    Condition::all().add(col(project::Column::Id).in_subquery(ids))
}

/// Those that some sources speak of.
#[must_use]
pub fn told_by(sources: Vec<Uuid>, breadth: Breadth) -> Condition {
    let told = |column| Expr::col((statement::Entity, column));
    let source = match breadth {
        Breadth::Few => told(statement::Column::SourceId),
        Breadth::Many => unindexed(told(statement::Column::SourceId)),
    };
    let mut query = Query::select();
    query.from(statement::Entity).and_where(source.is_in(sources));
    of_projects(query, told(statement::Column::ProjectId), breadth)
}

/// Those that a query over other rows finds, by the column with their ids.
fn of_projects(mut query: SelectStatement, project: Expr, breadth: Breadth) -> Condition {
    Condition::all().add(match breadth {
        Breadth::Few => {
            query.expr(project.clone()).and_where(project.is_not_null());
            col(project::Column::Id).in_subquery(query)
        }
        Breadth::Many => {
            query.expr(Expr::cust("1")).and_where(project.equals((project::Entity, project::Column::Id)));
            Expr::exists(query)
        }
    })
}

/// Those of which outcomes are published, whatever they are, or those of which none are.
#[must_use]
pub fn with_outcomes(yes: bool) -> Condition {
    let mut published = Query::select();
    published.expr(Expr::cust("1")).from(outcome_group::Entity).and_where(
        Expr::col((outcome_group::Entity, outcome_group::Column::ProjectId))
            .equals((project::Entity, project::Column::Id)),
    );
    let published = Expr::exists(published);
    Condition::all().add(if yes { published } else { published.not() })
}

/// Those that some funders pay for.
#[must_use]
pub fn paid_by(funders: Vec<Uuid>, breadth: Breadth) -> Condition {
    let paid = |column| Expr::col((project_funder::Entity, column));
    let mut query = Query::select();
    query.from(project_funder::Entity).and_where(paid(project_funder::Column::FunderId).is_in(funders));
    of_projects(query, paid(project_funder::Column::ProjectId), breadth)
}

/// Those that a funder of some kinds pays for.
#[must_use]
pub fn paid_by_kind(kinds: &[FunderKind]) -> Condition {
    paid_by_some(is_of_kind(kinds))
}

/// Whether a funder is of some kinds.
pub(super) fn is_of_kind(kinds: &[FunderKind]) -> Expr {
    Expr::col((funder::Entity, funder::Column::Kind)).is_in(kinds.iter().map(ActiveEnum::to_value))
}

/// Those that are paid for in some programme periods.
#[must_use]
pub fn of_programme_periods(periods: Vec<String>) -> Condition {
    paid_by_some(is_of_programme_period(periods))
}

/// Whether a funder is of some programme periods.
pub(super) fn is_of_programme_period(periods: Vec<String>) -> Expr {
    Expr::col((funder::Entity, funder::Column::ProgrammePeriod)).is_in(periods)
}

/// What many are, so each is looked at as it comes rather than all of them found first.
fn paid_by_some(which: Expr) -> Condition {
    let mut paid = Query::select();
    paid.expr(Expr::cust("1"))
        .from(project_funder::Entity)
        .inner_join(
            funder::Entity,
            Expr::col((funder::Entity, funder::Column::Id))
                .equals((project_funder::Entity, project_funder::Column::FunderId)),
        )
        .and_where(
            Expr::col((project_funder::Entity, project_funder::Column::ProjectId))
                .equals((project::Entity, project::Column::Id)),
        )
        .and_where(which);
    Condition::all().add(Expr::exists(paid))
}

/// Those whose owner, as chosen among what sources say, is one of some organisations.
#[must_use]
pub fn owned_by(organisations: &Organisations) -> Condition {
    organisations.matching(&col(project::Column::OwnerId))
}

/// Those in which one of some organisations has a part.
#[must_use]
pub fn with_part(roles: &[PartnershipRole], organisations: &Organisations) -> Condition {
    let mut parts = Query::select();
    parts.from(partnership::Entity).cond_where(organisations.matching(&part(partnership::Column::MemberId)));
    in_roles(&mut parts, roles);
    if organisations.breadth == Breadth::Few {
        parts.column((partnership::Entity, partnership::Column::ProjectId));
        return Condition::all().add(col(project::Column::Id).in_subquery(parts));
    }
    parts.expr(Expr::cust("1")).and_where(of_this_project());
    Condition::all().add(Expr::exists(parts))
}

/// Those in which nobody but some organisations has a part; also those in which nobody has.
#[must_use]
pub fn with_only(roles: &[PartnershipRole], organisations: &Organisations) -> Condition {
    let mut others = Query::select();
    others
        .expr(Expr::cust("1"))
        .from(partnership::Entity)
        .and_where(of_this_project())
        .cond_where(not(organisations.matching(&part(partnership::Column::MemberId))));
    in_roles(&mut others, roles);
    Condition::all().add(Expr::exists(others).not())
}

fn part(column: partnership::Column) -> Expr {
    Expr::col((partnership::Entity, column))
}

fn of_this_project() -> Expr {
    part(partnership::Column::ProjectId).equals((project::Entity, project::Column::Id))
}

fn in_roles(query: &mut SelectStatement, roles: &[PartnershipRole]) {
    if !roles.is_empty() {
        query.and_where(part(partnership::Column::Role).is_in(roles.iter().map(ActiveEnum::to_value)));
    }
}
