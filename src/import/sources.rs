//! Sources that are no longer, or are again, in force.

use chrono::{DateTime, Utc};
use sea_orm::DatabaseConnection;

use crate::entities::source;
use crate::error::{Error, Result};
use crate::resolve::{self, Settled};
use crate::store::transaction::{self, WriteTransaction};
use crate::store::{group_figures, sources};

/// Takes a source back, or with `undo` puts it in force again; it is named by its file's name or its SHA-256.
///
/// # Errors
/// [`Error::Refused`] if nothing or more than one source is named, or it is as it should be already; otherwise as
/// [`super::rebuild`].
pub async fn withdraw(
    db: &DatabaseConnection,
    name: &str,
    undo: bool,
    now: DateTime<Utc>,
) -> Result<Settled> {
    let settled = transaction::run(db, async |tx| put(tx, name, undo, now).await).await?;
    group_figures::follow(db).await;
    Ok(settled)
}

async fn put(tx: &WriteTransaction, name: &str, undo: bool, now: DateTime<Utc>) -> Result<Settled> {
    let source = match <[_; 1]>::try_from(sources::named(tx, name).await?) {
        Ok([source]) => source,
        Err(none) if none.is_empty() => {
            return Err(Error::Refused(format!(
                "no source is named {name}; `sources` in the API lists them"
            )));
        }
        Err(several) => {
            let hashes: Vec<&str> = several.iter().map(|source| &source.sha256[..16]).collect();
            let hashes = hashes.join(", ");
            return Err(Error::Refused(format!(
                "{name} names several sources; say which by its SHA-256: {hashes}"
            )));
        }
    };
    if source.withdrawn_at.is_none() == undo {
        let state = if undo { "is in force" } else { "was withdrawn before" };
        return Err(Error::Refused(format!("{name} {state}")));
    }
    let withdrawn_at = (!undo).then_some(now);
    resolve::put_in_force(tx, vec![source::Model { withdrawn_at, ..source }], now).await
}
