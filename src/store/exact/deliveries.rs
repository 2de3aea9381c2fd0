//! Files of participations that were read.

use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};

use super::Writing;
use crate::entities::delivery;
use crate::error::Result;
use crate::store::write;

/// Whether any file was read whose persons were told apart by another secret.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub async fn has_another_secret(tx: &Writing, secret: &str) -> Result<bool> {
    Ok(delivery::Entity::find().filter(delivery::Column::Secret.ne(secret)).count(&tx.0).await? > 0)
}

/// Whether the same bytes were read before, with every row of them.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub async fn is_known(tx: &Writing, sha256: &str) -> Result<bool> {
    let same = delivery::Entity::find()
        .filter(delivery::Column::Sha256.eq(sha256))
        .filter(delivery::Column::Refused.eq(0));
    Ok(same.count(&tx.0).await? > 0)
}

/// Notes that a file was read.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub async fn note(tx: &Writing, row: delivery::Model) -> Result<()> {
    write::save::<delivery::Entity>(&tx.0, vec![row]).await
}
