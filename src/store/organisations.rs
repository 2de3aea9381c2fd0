//! Questions about organisations and those they work with.

use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use super::batch::{Batched, PARENT, Parents};
use super::page::{CHILD, KEY, RANK, Relation, own_links};
use super::partnerships::members;
use crate::entities::{organisation, organisation_name, organisation_tree, partnership};
use crate::error::Result;

/// The organisation with an organisationsnummer of ten digits.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub async fn by_number(db: &impl ConnectionTrait, number: &str) -> Result<Option<organisation::Model>> {
    Ok(organisation::Entity::find().filter(organisation::Column::Number.eq(number)).one(db).await?)
}

/// The units right below an organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Units;

impl Relation for Units {
    type Child = organisation::Entity;

    fn parent(&self) -> Option<organisation::Column> {
        Some(organisation::Column::ParentId)
    }

    fn links(&self, parents: Parents<'_>) -> SelectStatement {
        own_links::<organisation::Entity>(organisation::Column::ParentId, parents)
    }
}

/// The names of an organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Names;

impl Batched for Names {
    type Row = organisation_name::Model;

    fn query(&self, organisations: Parents<'_>) -> SelectStatement {
        let mut query = Query::select();
        query
            .columns(<organisation_name::Column as sea_orm::Iterable>::iter())
            .expr_as(Expr::col(organisation_name::Column::OrganisationId), PARENT)
            .from(organisation_name::Entity)
            .and_where(organisations.hold(Expr::col(organisation_name::Column::OrganisationId)))
            .order_by(organisation_name::Column::Value, sea_orm::sea_query::Order::Asc);
        query
    }
}

/// Other legal entities that take part in the same projects, those with most in common first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Collaborators {
    /// Only those with at least so many projects in common.
    pub min_shared: u32,
}

impl Relation for Collaborators {
    type Child = organisation::Entity;

    /// [`RANK`] is the number of shared projects with its sign turned.
    fn links(&self, organisations: Parents<'_>) -> SelectStatement {
        let mut own = Query::select();
        own.distinct()
            .expr_as(Expr::col(organisation_tree::Column::AncestorId), PARENT)
            .expr_as(Expr::col(partnership::Column::ProjectId), "project");
        members(&mut own, organisations);

        let shared = "COUNT(DISTINCT other.project_id)";
        let mut query = Query::select();
        query
            .expr_as(Expr::col(("own", PARENT)), PARENT)
            .expr_as(Expr::col(("other", partnership::Column::OrganisationId)), CHILD)
            .expr_as(Expr::cust(format!("-{shared}")), RANK)
            .expr_as(Expr::col((organisation::Entity, organisation::Column::SortKey)), KEY)
            .from_subquery(own, "own")
            .join_as(
                sea_orm::sea_query::JoinType::InnerJoin,
                partnership::Entity,
                "other",
                Expr::col(("other", partnership::Column::ProjectId)).equals(("own", "project")),
            )
            .inner_join(
                organisation::Entity,
                Expr::col((organisation::Entity, organisation::Column::Id))
                    .equals(("other", partnership::Column::OrganisationId)),
            )
            // Not itself, nor the entity that it is a unit of.
            .and_where(Expr::cust(
                "other.organisation_id NOT IN (SELECT self.legal_entity_id FROM organisation self WHERE self.id = own.parent)",
            ))
            .group_by_columns([("own", PARENT)])
            .group_by_col(("other", partnership::Column::OrganisationId))
            .group_by_col((organisation::Entity, organisation::Column::SortKey))
            .and_having(Expr::cust(format!("{shared} >= {}", self.min_shared)));
        query
    }
}
