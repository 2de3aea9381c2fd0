//! Whether the server lives, and whether it can answer.

use futures_util::FutureExt;
use poem::handler;
use poem::http::StatusCode;
use poem::web::Data;

use super::Stopping;
use crate::store::database;
use crate::store::readers::{Reader, Readers, is_everywhere};

/// The process answers. Never asks the database.
#[handler]
pub(super) fn live() -> &'static str {
    "live\n"
}

/// A database answers, its tables are up to date, and nobody told the server to stop.
#[handler]
pub(super) async fn ready(readers: Data<&Readers>, stopping: Data<&Stopping>) -> (StatusCode, &'static str) {
    if stopping.is() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n");
    }
    let check = async |reader: &Reader| {
        // A replica that does not say its version in time is not waited for.
        reader.version().await?;
        database::check(&reader.db()).await
    };
    match readers.ask(|reader| check(reader).boxed(), is_everywhere).await {
        Ok(()) => (StatusCode::OK, "ready\n"),
        Err(cause) => {
            tracing::warn!(error.cause = ?cause, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "not ready\n")
        }
    }
}
