//! Questions about published outcomes: sums of rows, and of nothing else.

pub(super) mod each;
mod number;

pub use self::number::Number;

use sea_orm::sea_query::{
    Alias, Expr, ExprTrait, Func, IntoColumnRef, JoinType, Query, SelectStatement, UnionType,
};
use sea_orm::{ConnectionTrait, DbErr};
use uuid::Uuid;

use super::batch::{Batched, Of, PARENT, Parents, columns_of};
use super::fundings::{self, Payers, Whose};
use super::page::{CHILD, Relation};
use crate::entities::outcome_word::{ALL, SEVERAL, TOTAL, words_of};
use crate::entities::positional::{Column, Found, read_all};
use crate::entities::{outcome_cell, outcome_group, outcome_sum, project, project_funder};
use crate::error::Result;

/// What is asked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[expect(clippy::struct_excessive_bools, reason = "each is a column to group by or not")]
pub struct Tabulation {
    /// A group for each project.
    pub by_project: bool,
    /// A group for each funder, and one for projects without.
    pub by_funder: bool,
    /// A group for each county, and one for projects without.
    pub by_region: bool,
    /// A group for each year.
    pub by_period: bool,
    /// A group for each sex.
    pub by_sex: bool,
    /// The categories to count, by their places.
    pub categories: Vec<usize>,
    /// Only these sexes; all where empty.
    pub sexes: Vec<String>,
    /// Only these years; all where empty.
    pub periods: Vec<i32>,
}

impl Tabulation {
    /// The categories to count, as they are stored.
    pub(super) fn words(&self) -> Vec<&'static str> {
        words_of(&self.categories)
    }
}

/// Which projects a question is about.
#[derive(Clone, Debug)]
pub enum Projects {
    /// All that were ever published.
    All,
    /// Those of some counties.
    OfRegions(Vec<String>),
    /// Those that some pay for, and a query that selects their ids; only of some counties where any are given.
    PaidBy(Payers, Vec<String>, Box<SelectStatement>),
    /// Those whose ids a query selects.
    Selected(Box<SelectStatement>),
}

/// The numbers that answer a question about some projects.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub async fn numbers(
    db: &impl ConnectionTrait,
    asked: &Tabulation,
    projects: Projects,
) -> Result<Vec<Number>> {
    let by_sums = !asked.by_project && !asked.by_funder;
    let query = match projects {
        Projects::All if by_sums => of_sums(asked, &[]),
        Projects::OfRegions(codes) if by_sums => of_sums(asked, &codes),
        Projects::All if !asked.by_project => {
            fundings::numbers(asked, &Whose::PaidBy(&Payers::default(), &[]))
        }
        Projects::OfRegions(codes) if !asked.by_project => {
            fundings::numbers(asked, &Whose::PaidBy(&Payers::default(), &codes))
        }
        Projects::PaidBy(payers, codes, _) if !asked.by_project => {
            fundings::numbers(asked, &Whose::PaidBy(&payers, &codes))
        }
        Projects::All => of_rows(asked, None, &[]),
        Projects::OfRegions(codes) => of_rows(asked, None, &codes),
        Projects::PaidBy(_, codes, ids) => of_rows(asked, Some(&links(*ids)), &codes),
        Projects::Selected(ids) => of_rows(asked, Some(&links(*ids)), &[]),
    };
    Ok(read_all(&db.query_all(&query).await?.into())?)
}

/// Projects whose ids a query selects, as those of one parent.
fn links(ids: SelectStatement) -> SelectStatement {
    let mut links = Query::select();
    links
        .expr_as(Expr::val(Uuid::nil()), PARENT)
        .expr_as(Expr::col(("selected", "id")), CHILD)
        .from_subquery(ids, "selected");
    links
}

/// The numbers that answer a question about the projects of each of many parents.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OfParents<R> {
    /// Which projects.
    pub projects: R,
    /// What is asked.
    pub asked: Tabulation,
}

impl<R: Relation<Child = project::Entity>> OfParents<R> {
    /// Whether it is asked of projects by themselves, without the county that they had.
    fn is_of_each(&self) -> bool {
        self.projects.is_itself() && !self.asked.by_funder && !self.asked.by_region
    }
}

impl<R: Relation<Child = project::Entity>> Batched for OfParents<R> {
    type Row = Number;

    fn query(&self, parents: Parents<'_>) -> SelectStatement {
        let asked = &self.asked;
        if self.is_of_each() {
            return each::of_each(parents);
        }
        if self.projects.is_of_funders() && !asked.by_project {
            return fundings::numbers(asked, &Whose::Each(parents));
        }
        of_rows(asked, Some(&self.projects.links(parents)), &[])
    }

    fn columns() -> Vec<Column> {
        let mut columns = columns_of::<Number>();
        columns.push(Column::of::<String>(each::NUMBERS));
        columns
    }

    fn read(&self, found: &Found) -> std::result::Result<Vec<Of<Number>>, DbErr> {
        if self.is_of_each() { each::read(&self.asked, found) } else { read_all(found) }
    }
}

/// A project, as the projects of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Itself;

impl Relation for Itself {
    type Child = project::Entity;

    fn links(&self, projects: Parents<'_>) -> SelectStatement {
        let mut query = Query::select();
        query
            .expr_as(Expr::col(project::Column::Id), PARENT)
            .expr_as(Expr::col(project::Column::Id), CHILD)
            .expr_as(super::page::no_rank(), super::page::RANK)
            .expr_as(Expr::col(project::Column::SortKey), super::page::KEY)
            .from(project::Entity)
            .and_where(projects.hold(Expr::col(project::Column::Id)));
        query
    }

    fn is_itself(&self) -> bool {
        true
    }
}

pub(super) fn sum(column: impl IntoColumnRef) -> Expr {
    sum_of(Expr::col(column))
}

fn sum_of(what: impl Into<Expr>) -> Expr {
    let sum = Func::coalesce([Func::sum(what).into(), Expr::val(0)]);
    Func::cast_as(sum, "bigint").into()
}

/// Adds a key: the column, or where it was not asked for a value that stands for nothing.
pub(super) fn key(query: &mut SelectStatement, name: &'static str, asked: bool, column: Expr, nothing: Expr) {
    if asked {
        query.expr_as(column.clone(), Alias::new(name)).add_group_by([column]);
    } else {
        query.expr_as(nothing, Alias::new(name));
    }
}

/// From the sums of everything by year and county: pools are in them.
fn of_sums(asked: &Tabulation, regions: &[String]) -> SelectStatement {
    use outcome_sum::Column::{Category, Period, RegionCode, Sex, Value};
    let col = |column: outcome_sum::Column| Expr::col((outcome_sum::Entity, column));
    let arm = |category: Option<&str>, keyed: bool| {
        let mut query = Query::select();
        query
            .expr_as(Expr::val(Uuid::nil()), PARENT)
            .expr_as(Expr::val(Uuid::nil()), "project_id")
            .expr_as(Expr::val(Uuid::nil()), "funder_id")
            .from(outcome_sum::Entity);
        key(&mut query, "region_code", keyed && asked.by_region, col(RegionCode), Expr::val(""));
        key(&mut query, "period", keyed && asked.by_period, col(Period), Expr::val(0));
        key(&mut query, "sex", keyed && asked.by_sex, col(Sex), Expr::val(""));
        if let Some(category) = category {
            query.expr_as(Expr::val(category), "category").and_where(Expr::col(Category).eq(ALL));
        } else {
            query
                .column(Category)
                .add_group_by([col(Category)])
                .and_where(Expr::col(Category).is_in(asked.words()));
            // What is known of several together belongs to none of them.
            if asked.by_region {
                query.and_where(Expr::col(RegionCode).ne(SEVERAL));
            }
            if asked.by_sex {
                query.and_where(Expr::col(Sex).ne(SEVERAL));
            }
        }
        query.expr_as(sum(Value), "value");
        // Whatever is asked of everything is of many groups, or of one that cannot be told.
        query
            .expr_as(Expr::cust("CAST(2 AS bigint)"), "groups")
            .expr_as(Expr::cust("CAST(2 AS bigint)"), "shown");
        if !regions.is_empty() {
            query.and_where(Expr::col(RegionCode).is_in(regions));
        }
        if !asked.sexes.is_empty() {
            query.and_where(Expr::col(Sex).is_in(&asked.sexes));
        }
        if !asked.periods.is_empty() {
            query.and_where(Expr::col(Period).is_in(asked.periods.iter().copied()));
        }
        query
    };
    let mut query = arm(Some(TOTAL), false);
    query.union(UnionType::All, arm(Some(ALL), true));
    if !asked.categories.is_empty() {
        query.union(UnionType::All, arm(None, true));
    }
    query
}

/// From the rows of projects.
fn of_rows(asked: &Tabulation, links: Option<&SelectStatement>, regions: &[String]) -> SelectStatement {
    let arm = |category: Option<&str>, keyed: bool| {
        use outcome_group::Column::{Period, ProjectId, RegionCode, Sex, Shown, Value};
        // A cell says all of its group but the county.
        let by_cell = category.is_none() && !asked.by_region && regions.is_empty();
        let of = if by_cell { "c" } else { "g" };
        let group = |column: outcome_group::Column| Expr::col((of, column));
        let mut query = Query::select();
        if by_cell {
            query.from_as(outcome_cell::Entity, "c");
        } else {
            query.from_as(outcome_group::Entity, "g");
        }
        match links {
            Some(links) => {
                query
                    .expr_as(Expr::col(("l", PARENT)), PARENT)
                    .join_subquery(
                        JoinType::InnerJoin,
                        links.clone(),
                        "l",
                        Expr::col(("l", CHILD)).equals((of, ProjectId)),
                    )
                    .add_group_by([Expr::col(("l", PARENT))]);
            }
            None => {
                query.expr_as(Expr::val(Uuid::nil()), PARENT);
            }
        }
        key(&mut query, "project_id", keyed && asked.by_project, group(ProjectId), Expr::val(Uuid::nil()));
        let by_funder = keyed && asked.by_funder;
        if by_funder {
            query.join_as(
                JoinType::LeftJoin,
                project_funder::Entity,
                "f",
                Expr::col(("f", project_funder::Column::ProjectId)).equals((of, ProjectId)),
            );
            let funder = Expr::col(("f", project_funder::Column::FunderId));
            query
                .expr_as(Func::coalesce([funder.clone(), Expr::val(Uuid::nil())]), "funder_id")
                .add_group_by([funder]);
        } else {
            query.expr_as(Expr::val(Uuid::nil()), "funder_id");
        }
        key(&mut query, "region_code", keyed && asked.by_region, group(RegionCode), Expr::val(""));
        key(&mut query, "period", keyed && asked.by_period, group(Period), Expr::val(0));
        key(&mut query, "sex", keyed && asked.by_sex, group(Sex), Expr::val(""));
        if let Some(category) = category {
            let shown = Expr::case(Expr::col(("g", Shown)).eq(true), 1).finally(0);
            query
                .expr_as(Expr::val(category), "category")
                .expr_as(sum(("g", Value)), "value")
                .expr_as(Expr::cust("COUNT(*)"), "groups")
                .expr_as(sum_of(shown), "shown");
        } else {
            let same = |cell: outcome_cell::Column, own: outcome_group::Column| {
                Expr::col(("c", cell)).equals(("g", own))
            };
            if !by_cell {
                query.join_as(
                    JoinType::InnerJoin,
                    outcome_cell::Entity,
                    "c",
                    same(outcome_cell::Column::ProjectId, ProjectId)
                        .and(same(outcome_cell::Column::Period, Period))
                        .and(same(outcome_cell::Column::Sex, Sex)),
                );
            }
            query
                .expr_as(Expr::col(("c", outcome_cell::Column::Category)), "category")
                .add_group_by([Expr::col(("c", outcome_cell::Column::Category))])
                .and_where(Expr::col(("c", outcome_cell::Column::Category)).is_in(asked.words()))
                .expr_as(sum(("c", outcome_cell::Column::Value)), "value")
                .expr_as(Expr::cust("CAST(0 AS bigint)"), "groups")
                .expr_as(Expr::cust("CAST(0 AS bigint)"), "shown");
        }
        if !regions.is_empty() {
            query.and_where(Expr::col(("g", RegionCode)).is_in(regions));
        }
        if !asked.sexes.is_empty() {
            query.and_where(group(Sex).is_in(&asked.sexes));
        }
        if !asked.periods.is_empty() {
            query.and_where(group(Period).is_in(asked.periods.iter().copied()));
        }
        query
    };
    let mut query = arm(Some(TOTAL), false);
    query.union(UnionType::All, arm(Some(ALL), true));
    if !asked.categories.is_empty() {
        query.union(UnionType::All, arm(None, true));
    }
    query
}
