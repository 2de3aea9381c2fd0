//! Projects that continue others.

use sea_orm::sea_query::{Alias, Condition, ExprTrait, JoinType, Query, SelectStatement, UnionType};

use super::batch::{PARENT, Parents};
use super::page::{CHILD, KEY, RANK, Relation, no_rank, of};
use crate::entities::{organisation, project, project_series, statement};

/// The projects that some continue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Predecessors;

/// The projects that continue some.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Successors;

impl Relation for Predecessors {
    type Child = project::Entity;

    fn links(&self, projects: Parents<'_>) -> SelectStatement {
        links("later", "earlier", projects)
    }
}

impl Relation for Successors {
    type Child = project::Entity;

    fn links(&self, projects: Parents<'_>) -> SelectStatement {
        links("earlier", "later", projects)
    }
}

/// Pairs of projects of which the later can have the earlier's name before it, has no other owner, and starts no
/// earlier.
fn links(parent: &'static str, child: &'static str, projects: Parents<'_>) -> SelectStatement {
    let mut links = named(parent, child, projects, Named::Otherwise);
    links.union(UnionType::Distinct, named(parent, child, projects, Named::ByStatements));
    links
}

/// Where the earlier project's names stand.
#[derive(Clone, Copy)]
enum Named {
    /// As its statements write it.
    ByStatements,
    /// What it can be called besides.
    Otherwise,
}

fn named(parent: &'static str, child: &'static str, projects: Parents<'_>, by: Named) -> SelectStatement {
    use organisation::Column::{Id as OrganisationId, LegalEntityId};
    use project::Column::{Id, OwnerId, SortKey, StartsOn};
    use project_series::Column::{IsBefore, NameKey, ProjectId};
    let either_unknown = |column: project::Column| {
        Condition::any().add(of("earlier", column).is_null()).add(of("later", column).is_null())
    };
    let mut query = Query::select();
    query
        .distinct()
        .expr_as(of(parent, Id), PARENT)
        .expr_as(of(child, Id), CHILD)
        .expr_as(no_rank(), RANK)
        .expr_as(of(child, SortKey), KEY)
        .from_as(project_series::Entity, Alias::new("before"));
    match by {
        Named::Otherwise => query.join_as(
            JoinType::InnerJoin,
            project_series::Entity,
            Alias::new("own"),
            Condition::all()
                .add(of("own", NameKey).equals((Alias::new("before"), NameKey)))
                .add(of("own", IsBefore).eq(false)),
        ),
        Named::ByStatements => query.join_as(
            JoinType::InnerJoin,
            statement::Entity,
            Alias::new("own"),
            of("own", statement::Column::NameKey).equals((Alias::new("before"), NameKey)),
        ),
    };
    query
        .join_as(
            JoinType::InnerJoin,
            project::Entity,
            Alias::new("later"),
            of("later", Id).equals((Alias::new("before"), ProjectId)),
        )
        .join_as(
            JoinType::InnerJoin,
            project::Entity,
            Alias::new("earlier"),
            of("earlier", Id).equals((Alias::new("own"), ProjectId)),
        )
        .join_as(
            JoinType::LeftJoin,
            organisation::Entity,
            Alias::new("later_owner"),
            of("later_owner", OrganisationId).equals((Alias::new("later"), OwnerId)),
        )
        .join_as(
            JoinType::LeftJoin,
            organisation::Entity,
            Alias::new("earlier_owner"),
            of("earlier_owner", OrganisationId).equals((Alias::new("earlier"), OwnerId)),
        )
        .and_where(of("before", IsBefore).eq(true))
        .and_where(projects.hold(of(parent, Id)))
        .and_where(of("later", Id).not_equals((Alias::new("earlier"), Id)))
        .cond_where(
            either_unknown(OwnerId)
                .add(of("later_owner", LegalEntityId).equals((Alias::new("earlier_owner"), LegalEntityId))),
        )
        .cond_where(either_unknown(StartsOn).add(of("earlier", StartsOn).lte(of("later", StartsOn))));
    query
}
