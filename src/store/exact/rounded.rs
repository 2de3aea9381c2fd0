//! Of whom what is published was made.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use super::{Viewer, Writing};
use crate::entities::rounded;
use crate::error::Result;
use crate::store::write;

/// A project or a pool, and a year.
pub type Key = (String, i32);

/// What the public release is made of: units or pools. What a release that never became public left behind is forgotten,
/// and so is what was made anew since.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub async fn of_release(
    tx: &Writing,
    _: &Viewer,
    kind: &str,
    number: i32,
) -> Result<HashMap<Key, rounded::Model>> {
    rounded::Entity::delete_many().filter(rounded::Column::Release.gt(number)).exec(&tx.0).await?;
    tx.0.execute_unprepared(
        "DELETE FROM rounded WHERE EXISTS (SELECT 1 FROM rounded AS newer WHERE newer.kind = rounded.kind \
         AND newer.name = rounded.name AND newer.period = rounded.period AND newer.release > rounded.release)",
    )
    .await?;
    let rows = rounded::Entity::find().filter(rounded::Column::Kind.eq(kind)).all(&tx.0).await?;
    Ok(rows.into_iter().map(|row| ((row.name.clone(), row.period), row)).collect())
}

/// Notes what a release is made of.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub async fn note(tx: &Writing, rows: Vec<rounded::Model>) -> Result<()> {
    write::save::<rounded::Entity>(&tx.0, rows).await
}
