//! Questions about what happened.

use sea_orm::sea_query::{Condition, Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ColumnTrait, EntityTrait, Iterable, QueryFilter, QuerySelect, QueryTrait, Select};
use uuid::Uuid;

use super::batch::{Batched, PARENT, Parents};
use super::page::{CHILD, Relation};
use super::projects::OfOrganisation;
use crate::entities::change::{self, ChangeType};
use crate::entities::{change_departure, project};

/// Only changes of these types; all where none are given.
#[must_use]
pub fn of_types(select: Select<change::Entity>, types: &[ChangeType]) -> Select<change::Entity> {
    if types.is_empty() { select } else { select.filter(change::Column::Type.is_in(types.iter().copied())) }
}

/// The projects in which an organisation, or a unit below it, takes part.
fn own(organisation: Uuid) -> SelectStatement {
    let links =
        OfOrganisation { roles: Vec::new(), include_units: true }.links(Parents::Values(&[organisation]));
    Query::select().column(("own", CHILD)).from_subquery(links, "own").take()
}

/// What happened to projects in which an organisation, or a unit below it, takes part, and to others as it ceased to.
#[must_use]
pub fn of_organisation(organisation: Uuid) -> Select<change::Entity> {
    let departures = change_departure::Entity::find()
        .select_only()
        .column(change_departure::Column::ChangeId)
        .filter(change_departure::Column::OrganisationId.eq(organisation));
    let wanted = Condition::any()
        .add(change::Column::ProjectId.in_subquery(own(organisation)))
        .add(change::Column::Id.in_subquery(departures.into_query()));
    change::Entity::find().filter(wanted)
}

/// The project itself, where an organisation, or a unit below it, takes part in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OwnProject {
    /// The organisation.
    pub organisation: Uuid,
}

impl Batched for OwnProject {
    type Row = project::Model;

    fn query(&self, projects: Parents<'_>) -> SelectStatement {
        let mut query = Query::select();
        query
            .columns(project::Column::iter())
            .expr_as(Expr::col(project::Column::Id), PARENT)
            .from(project::Entity)
            .and_where(projects.hold(Expr::col(project::Column::Id)))
            .and_where(Expr::col(project::Column::Id).in_subquery(own(self.organisation)));
        query
    }
}
