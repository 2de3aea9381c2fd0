//! Of which projects organisations may see exact figures.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::Access;
use crate::entities::access_grant;
use crate::error::Result;
use crate::store::write::save;

/// All grants, or those of an organisation, as they were made.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub async fn list(access: &Access, organisation: Option<Uuid>) -> Result<Vec<access_grant::Model>> {
    let mut grants = access_grant::Entity::find()
        .order_by_asc(access_grant::Column::OrganisationName)
        .order_by_asc(access_grant::Column::CreatedAt)
        .order_by_asc(access_grant::Column::Id);
    if let Some(organisation) = organisation {
        grants = grants.filter(access_grant::Column::OrganisationId.eq(organisation));
    }
    Ok(grants.all(&access.0).await?)
}

/// Adds a grant; one with the same id is replaced.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub async fn add(access: &Access, grant: access_grant::Model) -> Result<()> {
    save::<access_grant::Entity>(&access.0, vec![grant]).await
}

/// Takes a grant back; says whether there was one.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub async fn revoke(access: &Access, id: Uuid) -> Result<bool> {
    Ok(access_grant::Entity::delete_by_id(id).exec(&access.0).await?.rows_affected > 0)
}
