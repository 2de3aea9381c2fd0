//! Questions about amounts that sources state.

use sea_orm::sea_query::SelectStatement;

use super::batch::Parents;
use super::page::{Relation, own_links};
use crate::entities::award;

/// The amounts stated for a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OfProject;

impl Relation for OfProject {
    type Child = award::Entity;

    fn parent(&self) -> Option<award::Column> {
        Some(award::Column::ProjectId)
    }

    fn links(&self, projects: Parents<'_>) -> SelectStatement {
        own_links::<award::Entity>(award::Column::ProjectId, projects)
    }
}

/// The amounts that a statement states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OfStatement;

impl Relation for OfStatement {
    type Child = award::Entity;

    fn parent(&self) -> Option<award::Column> {
        Some(award::Column::StatementId)
    }

    fn links(&self, statements: Parents<'_>) -> SelectStatement {
        own_links::<award::Entity>(award::Column::StatementId, statements)
    }
}

/// The amounts that sources say a funder grants or was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OfFunder;

impl Relation for OfFunder {
    type Child = award::Entity;

    fn parent(&self) -> Option<award::Column> {
        Some(award::Column::FunderId)
    }

    fn links(&self, funders: Parents<'_>) -> SelectStatement {
        own_links::<award::Entity>(award::Column::FunderId, funders)
    }
}
