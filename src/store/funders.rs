//! Questions about those who pay.

use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};

use super::batch::{PARENT, Parents};
use super::page::{CHILD, KEY, RANK, Relation, no_rank, own_links};
use crate::entities::{funder, project_funder};

/// The programme periods and parts of a fund.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Parts;

impl Relation for Parts {
    type Child = funder::Entity;

    fn parent(&self) -> Option<funder::Column> {
        Some(funder::Column::ParentId)
    }

    fn links(&self, funders: Parents<'_>) -> SelectStatement {
        own_links::<funder::Entity>(funder::Column::ParentId, funders)
    }
}

/// Those who pay for a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OfProject;

impl Relation for OfProject {
    type Child = funder::Entity;

    fn links(&self, projects: Parents<'_>) -> SelectStatement {
        let mut query = Query::select();
        query
            .expr_as(Expr::col(project_funder::Column::ProjectId), PARENT)
            .expr_as(Expr::col(project_funder::Column::FunderId), CHILD)
            .expr_as(no_rank(), RANK)
            .expr_as(Expr::col(funder::Column::SortKey), KEY)
            .from(project_funder::Entity)
            .inner_join(
                funder::Entity,
                Expr::col(funder::Column::Id).equals(project_funder::Column::FunderId),
            )
            .and_where(projects.hold(Expr::col(project_funder::Column::ProjectId)));
        query
    }
}
