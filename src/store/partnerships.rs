//! Questions about who takes part in what.

use sea_orm::ActiveEnum;
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};

use super::batch::{PARENT, Parents};
use super::page::{CHILD, KEY, RANK, Relation, no_rank, own_links};
use crate::entities::partnership::{self, PartnershipRole};
use crate::entities::{organisation_tree, partnership_statement, statement};

/// The parts that organisations have in a project.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OfProject {
    /// Only these parts; any where empty.
    pub roles: Vec<PartnershipRole>,
}

impl Relation for OfProject {
    type Child = partnership::Entity;

    fn parent(&self) -> Option<partnership::Column> {
        self.roles.is_empty().then_some(partnership::Column::ProjectId)
    }

    fn links(&self, projects: Parents<'_>) -> SelectStatement {
        let mut links = own_links::<partnership::Entity>(partnership::Column::ProjectId, projects);
        only(&mut links, &self.roles);
        links
    }
}

/// The parts that an organisation or a unit below it has in projects.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OfOrganisation {
    /// Only these parts; any where empty.
    pub roles: Vec<PartnershipRole>,
}

impl Relation for OfOrganisation {
    type Child = partnership::Entity;

    fn links(&self, organisations: Parents<'_>) -> SelectStatement {
        let mut links = Query::select();
        links
            .expr_as(Expr::col(organisation_tree::Column::AncestorId), PARENT)
            .expr_as(Expr::col(partnership::Column::Id), CHILD)
            .expr_as(no_rank(), RANK)
            // The child's own key, so that its position can be told from its row.
            .expr_as(Expr::col(partnership::Column::SortKey), KEY);
        members(&mut links, organisations);
        only(&mut links, &self.roles);
        links
    }
}

/// Joins each organisation asked for to the partnerships of itself and of the units below it.
pub(super) fn members(query: &mut SelectStatement, organisations: Parents<'_>) {
    query
        .from(organisation_tree::Entity)
        .inner_join(
            partnership::Entity,
            Expr::col(partnership::Column::MemberId).equals(organisation_tree::Column::DescendantId),
        )
        .and_where(organisations.hold(Expr::col(organisation_tree::Column::AncestorId)));
}

/// Narrows a query over partnerships to some roles.
pub(super) fn only(query: &mut SelectStatement, roles: &[PartnershipRole]) {
    if !roles.is_empty() {
        query.and_where(
            Expr::col((partnership::Entity, partnership::Column::Role))
                .is_in(roles.iter().map(ActiveEnum::to_value)),
        );
    }
}

/// The statements that say so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Statements;

impl Relation for Statements {
    type Child = statement::Entity;

    fn links(&self, partnerships: Parents<'_>) -> SelectStatement {
        let mut query = Query::select();
        query
            .expr_as(Expr::col(partnership_statement::Column::PartnershipId), PARENT)
            .expr_as(Expr::col(partnership_statement::Column::StatementId), CHILD)
            .expr_as(no_rank(), RANK)
            .expr_as(Expr::col(statement::Column::SortKey), KEY)
            .from(partnership_statement::Entity)
            .inner_join(
                statement::Entity,
                Expr::col(statement::Column::Id).equals(partnership_statement::Column::StatementId),
            )
            .and_where(partnerships.hold(Expr::col(partnership_statement::Column::PartnershipId)));
        query
    }
}
