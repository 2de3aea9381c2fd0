//! Keys.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::Access;
use crate::entities::access_key;
use crate::error::Result;
use crate::store::write::insert;

/// The key with a name.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub async fn find(access: &Access, name: &str) -> Result<Option<access_key::Model>> {
    Ok(access_key::Entity::find_by_id(name).one(&access.0).await?)
}

/// All keys, or those of an organisation, as they were made.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub async fn list(access: &Access, organisation: Option<Uuid>) -> Result<Vec<access_key::Model>> {
    let mut keys = access_key::Entity::find()
        .order_by_asc(access_key::Column::OrganisationName)
        .order_by_asc(access_key::Column::CreatedAt)
        .order_by_asc(access_key::Column::Id);
    if let Some(organisation) = organisation {
        keys = keys.filter(access_key::Column::OrganisationId.eq(organisation));
    }
    Ok(keys.all(&access.0).await?)
}

/// Adds a key.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub async fn add(access: &Access, key: access_key::Model) -> Result<()> {
    insert::<access_key::Entity>(&access.0, vec![key]).await
}

/// Takes a key back; says whether there was one that had not been taken back.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub async fn revoke(access: &Access, name: &str, now: DateTime<Utc>) -> Result<bool> {
    let done = access_key::Entity::update_many()
        .col_expr(access_key::Column::RevokedAt, Expr::value(now))
        .filter(access_key::Column::Id.eq(name))
        .filter(access_key::Column::RevokedAt.is_null())
        .exec(&access.0)
        .await?;
    Ok(done.rows_affected > 0)
}

/// Notes that a key was used on a day.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub async fn note_use(access: &Access, name: &str, day: NaiveDate) -> Result<()> {
    access_key::Entity::update_many()
        .col_expr(access_key::Column::LastUsedOn, Expr::value(day))
        .filter(access_key::Column::Id.eq(name))
        .exec(&access.0)
        .await?;
    Ok(())
}
