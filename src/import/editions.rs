//! Newer editions of what was imported before.

use chrono::{DateTime, Utc};
use sea_orm::EntityTrait;
use uuid::Uuid;

use crate::entities::source;
use crate::error::Result;
use crate::resolve::{self, Settled};
use crate::store::sources;
use crate::store::transaction::WriteTransaction;

/// What an edition took the place of.
pub(super) struct Superseded {
    /// The title of the older one.
    pub title: String,
    /// What came of it.
    pub settled: Settled,
}

/// Finds the older edition of a source that was just imported and lets the newer speak in its place: the same file name,
/// format and publisher, and at least half of the older one's projects again. Of two that say when they were published
/// the one that was published last is the newer, whichever came first.
///
/// # Errors
/// [`crate::error::Error::Database`] if the database fails.
pub(super) async fn supersede(
    tx: &WriteTransaction,
    source: Uuid,
    now: DateTime<Utc>,
) -> Result<Option<Superseded>> {
    let Some(new) = source::Entity::find_by_id(source).one(tx).await? else { return Ok(None) };
    let alike = sources::alike(tx, &new).await?;
    let all = alike.iter().cloned().map(|source| (source.id, source)).collect();
    let speaking = resolve::in_force(&all);
    let Some(old) = alike.iter().find(|source| speaking.contains(&source.id)) else { return Ok(None) };
    if sources::in_common(tx, old, &new).await? * 2 < i64::from(old.statements) {
        return Ok(None);
    }
    // After it there may be some that were taken back, and can be put in force again.
    let chain: Vec<&source::Model> = std::iter::once(old).chain(resolve::editions(old, &all)).collect();
    let is_later = |other: &&source::Model| {
        new.published_on.zip(other.published_on).is_some_and(|(new, other)| new < other)
    };
    let place = chain.iter().position(is_later).unwrap_or(chain.len());
    let title = if place == 0 { new.title.clone() } else { old.title.clone() };
    let mut linked = Vec::new();
    if let Some(before) = place.checked_sub(1).map(|before| chain[before]) {
        linked.push(source::Model { superseded_by_id: Some(new.id), ..before.clone() });
    }
    if let Some(after) = chain.get(place) {
        linked.push(source::Model { superseded_by_id: Some(after.id), ..new });
    }
    let settled = resolve::put_in_force(tx, linked, now).await?;
    Ok(Some(Superseded { title, settled }))
}
