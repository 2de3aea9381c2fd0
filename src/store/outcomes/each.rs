//! The published numbers of projects by themselves.

use sea_orm::sea_query::{Expr, ExprTrait, Func, Query, SelectStatement, UnionType};

use super::{ALL, Tabulation};
use crate::entities::{outcome_cell, outcome_group};
use crate::store::batch::{PARENT, Parents};
use crate::store::breadth::unindexed;

/// The rows of projects by themselves, as they are: a project has few, and they are summed up where they are read. There
/// is no row of the total, for it is the sum of the groups.
pub(super) fn of_each(asked: &Tabulation, projects: Parents<'_>) -> SelectStatement {
    use outcome_cell::Column as Cell;
    use outcome_group::Column as Group;
    // Only what is asked for is selected: of a hundred projects there are a thousand rows.
    let keyed = |query: &mut SelectStatement, [project, period, sex]: [Expr; 3]| {
        query.expr_as(project.clone(), PARENT);
        let keys = [
            (asked.by_project, &project, "project_id"),
            (asked.by_period, &period, "period"),
            (asked.by_sex, &sex, "sex"),
        ];
        for (_, column, name) in keys.into_iter().filter(|(is_asked, ..)| *is_asked) {
            query.expr_as(column.clone(), name);
        }
        query.and_where(projects.hold(project));
        if !asked.sexes.is_empty() {
            query.and_where(sex.is_in(&asked.sexes));
        }
        if !asked.periods.is_empty() {
            query.and_where(period.is_in(asked.periods.iter().copied()));
        }
    };
    let big = |expr: Expr| Func::cast_as(expr, "bigint");
    let mut query = Query::select();
    keyed(&mut query, [Group::ProjectId, Group::Period, Group::Sex].map(Expr::col));
    let shown = Expr::case(Expr::col(Group::Shown).eq(true), 1).finally(0);
    query
        .expr_as(Expr::val(ALL), "category")
        .expr_as(big(Expr::col(Group::Value)), "value")
        .expr_as(Expr::cust("CAST(1 AS bigint)"), "groups")
        .expr_as(big(shown.into()), "shown")
        .from(outcome_group::Entity);
    if !asked.categories.is_empty() {
        let mut cells = Query::select();
        keyed(&mut cells, [Cell::ProjectId, Cell::Period, Cell::Sex].map(Expr::col));
        cells
            .expr_as(Expr::col(Cell::Category), "category")
            .expr_as(big(Expr::col(Cell::Value)), "value")
            .expr_as(Expr::cust("CAST(0 AS bigint)"), "groups")
            .expr_as(Expr::cust("CAST(0 AS bigint)"), "shown")
            .from(outcome_cell::Entity)
            .and_where(unindexed(Expr::col(Cell::Category)).is_in(&asked.categories));
        // Those of a dimension stand together: what lies between the first and the last is read at once, rather than each
        // looked for in each project.
        if let (Some(first), Some(last)) = (asked.categories.iter().min(), asked.categories.iter().max()) {
            let category = || Expr::col(Cell::Category);
            cells.and_where(category().gte(first)).and_where(category().lte(last));
        }
        query.union(UnionType::All, cells);
    }
    query
}
