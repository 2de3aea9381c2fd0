//! Indicators by project, year and sex.

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use super::{Exact, Viewer, Writing};
use crate::entities::indicator_value;
use crate::error::Result;
use crate::store::write;

/// Those of some projects.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub async fn of_projects(
    tx: &Writing,
    viewer: &Viewer,
    keys: &[String],
) -> Result<Vec<indicator_value::Model>> {
    of(&tx.0, viewer, keys).await
}

/// The same, for who only reads.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub async fn shown(exact: &Exact, viewer: &Viewer, keys: &[String]) -> Result<Vec<indicator_value::Model>> {
    of(&exact.0, viewer, keys).await
}

async fn of(
    db: &impl ConnectionTrait,
    viewer: &Viewer,
    keys: &[String],
) -> Result<Vec<indicator_value::Model>> {
    let own = indicator_value::Column::ProjectKey.is_in(viewer.among(keys));
    Ok(indicator_value::Entity::find().filter(own).all(db).await?)
}

/// All of them.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub async fn all(tx: &Writing, _: &Viewer) -> Result<Vec<indicator_value::Model>> {
    Ok(indicator_value::Entity::find().all(&tx.0).await?)
}

/// Deletes those of a project.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub async fn remove(tx: &Writing, project_key: &str) -> Result<()> {
    let own = indicator_value::Column::ProjectKey.eq(project_key);
    indicator_value::Entity::delete_many().filter(own).exec(&tx.0).await?;
    Ok(())
}

/// Writes them; one of the same project, year, sex and indicator is replaced.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub async fn save(tx: &Writing, rows: Vec<indicator_value::Model>) -> Result<()> {
    write::save::<indicator_value::Entity>(&tx.0, rows).await
}
