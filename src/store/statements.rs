//! Questions about what sources say.

use sea_orm::sea_query::SelectStatement;

use super::batch::Parents;
use super::page::{Relation, own_links};
use crate::entities::statement;

/// The statements of a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OfSource;

impl Relation for OfSource {
    type Child = statement::Entity;

    fn parent(&self) -> Option<statement::Column> {
        Some(statement::Column::SourceId)
    }

    fn links(&self, sources: Parents<'_>) -> SelectStatement {
        own_links::<statement::Entity>(statement::Column::SourceId, sources)
    }
}

/// The statements about a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OfProject;

impl Relation for OfProject {
    type Child = statement::Entity;

    fn parent(&self) -> Option<statement::Column> {
        Some(statement::Column::ProjectId)
    }

    fn links(&self, projects: Parents<'_>) -> SelectStatement {
        own_links::<statement::Entity>(statement::Column::ProjectId, projects)
    }
}
