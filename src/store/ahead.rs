//! What a project will point at, found by its id alone: so it can be asked for together with the project.

use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use uuid::Uuid;

use super::columns::Columns;
use crate::entities::{funder, organisation, partnership, project_funder};

/// So many at most: most projects have fewer, and of one with hundreds a page will ask for some.
const MOST: u64 = 64;

/// The organisations with a part in a project, some perhaps more than once.
pub fn organisations(project: Uuid, columns: Columns) -> SelectStatement {
    let mut query = Query::select();
    query
        .columns(columns.iter::<organisation::Entity>().map(|column| (organisation::Entity, column)))
        .from(partnership::Entity)
        .inner_join(
            organisation::Entity,
            Expr::col((organisation::Entity, organisation::Column::Id))
                .equals((partnership::Entity, partnership::Column::OrganisationId)),
        )
        .and_where(Expr::col((partnership::Entity, partnership::Column::ProjectId)).eq(project))
        .limit(MOST);
    query
}

/// Those who pay for a project.
pub fn funders(project: Uuid, columns: Columns) -> SelectStatement {
    let mut query = Query::select();
    query
        .columns(columns.iter::<funder::Entity>().map(|column| (funder::Entity, column)))
        .from(project_funder::Entity)
        .inner_join(
            funder::Entity,
            Expr::col((funder::Entity, funder::Column::Id))
                .equals((project_funder::Entity, project_funder::Column::FunderId)),
        )
        .and_where(Expr::col((project_funder::Entity, project_funder::Column::ProjectId)).eq(project))
        .limit(MOST);
    query
}
