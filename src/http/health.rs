//! Whether the server lives, and whether it can answer.

use poem::handler;
use poem::http::StatusCode;
use poem::web::Data;
use sea_orm::DatabaseConnection;

use super::Stopping;
use crate::store::database;

/// The process answers. Never asks the database.
#[handler]
pub(super) fn live() -> &'static str {
    "live\n"
}

/// The database answers, its tables are up to date, and nobody told the server to stop.
#[handler]
pub(super) async fn ready(
    db: Data<&DatabaseConnection>,
    stopping: Data<&Stopping>,
) -> (StatusCode, &'static str) {
    if stopping.is() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n");
    }
    match database::check(&db).await {
        Ok(()) => (StatusCode::OK, "ready\n"),
        Err(cause) => {
            tracing::warn!(error.cause = ?cause, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "not ready\n")
        }
    }
}
