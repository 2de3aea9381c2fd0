//! Questions about projects that may be one.

use sea_orm::FromQueryResult;
use sea_orm::sea_query::{Alias, ExprTrait, JoinType, Query, SelectStatement, UnionType};
use uuid::Uuid;

use super::batch::{Batched, PARENT, Parents};
use super::page::{CHILD, KEY, RANK, Relation, no_rank, of};
use crate::entities::source::REGISTERS;
use crate::entities::{organisation, partnership, project, source, statement};

/// The projects that share a name with some, or an owner and the time; whether they are alike is told elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Alike;

impl Relation for Alike {
    type Child = project::Entity;

    fn links(&self, projects: Parents<'_>) -> SelectStatement {
        let mut links = by_name(projects);
        links.union(UnionType::Distinct, by_owner(projects));
        links
    }
}

fn by_name(projects: Parents<'_>) -> SelectStatement {
    use statement::Column::{NameKey, ProjectId};
    let mut query = Query::select();
    query
        .distinct()
        .expr_as(of("own", ProjectId), PARENT)
        .expr_as(of("other", ProjectId), CHILD)
        .expr_as(no_rank(), RANK)
        .expr_as(of("project", project::Column::SortKey), KEY)
        .from_as(statement::Entity, Alias::new("own"))
        .join_as(
            JoinType::InnerJoin,
            statement::Entity,
            Alias::new("other"),
            of("other", NameKey).equals((Alias::new("own"), NameKey)),
        )
        .join(
            JoinType::InnerJoin,
            project::Entity,
            of("project", project::Column::Id).equals((Alias::new("other"), ProjectId)),
        )
        .and_where(projects.hold(of("own", ProjectId)))
        .and_where(of("other", ProjectId).not_equals((Alias::new("own"), ProjectId)));
    query
}

/// At least one of them without a number, for different numbers are proof.
fn by_owner(projects: Parents<'_>) -> SelectStatement {
    use project::Column::{Id, Number, OwnerId, SortKey};
    let legal = organisation::Column::LegalEntityId;
    let mut query = Query::select();
    query
        .distinct()
        .expr_as(of("own", Id), PARENT)
        .expr_as(of("other", Id), CHILD)
        .expr_as(no_rank(), RANK)
        .expr_as(of("other", SortKey), KEY)
        .from_as(project::Entity, Alias::new("own"))
        .join_as(
            JoinType::InnerJoin,
            organisation::Entity,
            Alias::new("owner"),
            of("owner", organisation::Column::Id).equals((Alias::new("own"), OwnerId)),
        )
        .join_as(
            JoinType::InnerJoin,
            partnership::Entity,
            Alias::new("part"),
            of("part", partnership::Column::OrganisationId)
                .equals((Alias::new("owner"), legal))
                .and(of("part", partnership::Column::Role).eq(partnership::PartnershipRole::Owner)),
        )
        .join_as(
            JoinType::InnerJoin,
            project::Entity,
            Alias::new("other"),
            of("other", Id).equals((Alias::new("part"), partnership::Column::ProjectId)),
        )
        .and_where(projects.hold(of("own", Id)))
        .and_where(of("other", Id).not_equals((Alias::new("own"), Id)))
        .and_where(of("own", Number).is_null().or(of("other", Number).is_null()));
    query
}

/// The registers that have a row of a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Registers;

/// A register.
#[derive(Clone, Copy, Debug, FromQueryResult)]
pub struct Register {
    /// The source.
    pub source_id: Uuid,
}

impl Batched for Registers {
    type Row = Register;

    fn query(&self, projects: Parents<'_>) -> SelectStatement {
        let mut query = Query::select();
        query
            .distinct()
            .expr_as(of("statement", statement::Column::ProjectId), PARENT)
            .expr_as(of("statement", statement::Column::SourceId), "source_id")
            .from(statement::Entity)
            .inner_join(
                source::Entity,
                of("source", source::Column::Id)
                    .equals((Alias::new("statement"), statement::Column::SourceId)),
            )
            .and_where(of("source", source::Column::Format).is_in(REGISTERS))
            .and_where(projects.hold(of("statement", statement::Column::ProjectId)));
        query
    }
}
