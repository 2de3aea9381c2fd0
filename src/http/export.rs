//! `/export/…`: everything at once.

use std::sync::Arc;

use poem::http::{HeaderMap, StatusCode, header};
use poem::web::{Data, Path};
use poem::{Body, IntoResponse, Response, handler};
use sea_orm::DatabaseConnection;
use tokio::sync::Semaphore;

use super::graphql::freshness;
use crate::export::{self, Form};
use crate::store::database;

/// Exports that are made at the same time; each reads much.
const AT_ONCE: usize = 2;

/// Lets some exports be made at a time.
#[derive(Clone)]
pub(super) struct Exports(Arc<Semaphore>);

impl Default for Exports {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(AT_ONCE)))
    }
}

/// A file of everything.
#[handler]
pub(super) async fn file(
    Path(name): Path<String>,
    db: Data<&DatabaseConnection>,
    exports: Data<&Exports>,
    headers: &HeaderMap,
) -> Response {
    let (form, media) = match name.as_str() {
        "outcomes.csv" => (Form::Csv, "text/csv; charset=utf-8; header=present"),
        "outcomes.ndjson" => (Form::Ndjson, "application/x-ndjson"),
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    let version = match database::version(&db).await {
        Ok(version) => version.version,
        Err(cause) => {
            tracing::error!(error.cause = ?cause, "an export could not be made");
            return busy("The database did not answer. Try again in a moment.\n");
        }
    };
    let tag = format!("\"outcomes-{}-{version}\"", env!("CARGO_PKG_VERSION"));
    let fresh = |response: poem::ResponseBuilder| {
        response.header(header::ETAG, &tag).header(header::CACHE_CONTROL, freshness::PUBLIC)
    };
    if freshness::is_held(headers, &tag) {
        return fresh(Response::builder().status(StatusCode::NOT_MODIFIED)).finish();
    }
    let Ok(turn) = Arc::clone(&exports.0.0).try_acquire_owned() else {
        return busy("Others are exporting. Try again in a moment.\n");
    };
    let rows = export::outcomes::stream(db.clone(), form);
    // The turn is over when the stream is.
    let rows = futures_util::StreamExt::map(rows, move |part| {
        let _turn = &turn;
        part
    });
    let name = format!("attachment; filename=\"{name}\"");
    fresh(Response::builder().content_type(media).header(header::CONTENT_DISPOSITION, name))
        .body(Body::from_bytes_stream(rows))
}

fn busy(sentence: &'static str) -> Response {
    (StatusCode::SERVICE_UNAVAILABLE, sentence).with_header(header::RETRY_AFTER, "5").into_response()
}
