//! What a project will point at, found by its id alone: so it can be asked for together with the project.

use sea_orm::EntityTrait;
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use uuid::Uuid;

use super::columns::Columns;
use crate::entities::{Table, funder, organisation, partnership, project_funder};

/// So many at most: most projects have fewer, and of one with hundreds a page will ask for some.
const MOST: u64 = 64;

/// The organisations with a part in a project, some perhaps more than once.
pub fn organisations(project: Uuid, columns: Columns) -> SelectStatement {
    use partnership::Column::{OrganisationId, ProjectId};
    let mut query = pointed_at::<organisation::Entity, _>(partnership::Entity, OrganisationId, columns);
    query.and_where(Expr::col((partnership::Entity, ProjectId)).eq(project));
    query
}

/// Those who pay for a project.
pub fn funders(project: Uuid, columns: Columns) -> SelectStatement {
    use project_funder::Column::{FunderId, ProjectId};
    let mut query = pointed_at::<funder::Entity, _>(project_funder::Entity, FunderId, columns);
    query.and_where(Expr::col((project_funder::Entity, ProjectId)).eq(project));
    query
}

/// Rows that others point at by a column.
fn pointed_at<E: Table, L: EntityTrait>(from: L, by: L::Column, columns: Columns) -> SelectStatement {
    let mut query = Query::select();
    query
        .columns(columns.iter::<E>().map(|column| (E::default(), column)))
        .from(from)
        .inner_join(E::default(), Expr::col((E::default(), E::ID)).equals((from, by)))
        .limit(MOST);
    query
}
