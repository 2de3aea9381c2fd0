//! The pages for people, built into the program.

use futures_util::FutureExt;
use poem::http::{StatusCode, header};
use poem::web::{Data, Html, Path};
use poem::{IntoResponse, Response, handler};
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::graphql;
use crate::store::readers::{Reader, Readers, is_everywhere};
use crate::store::{projects, releases};

#[derive(RustEmbed)]
#[folder = "$OUT_DIR/web"]
struct Pages;

/// What this is, what the database holds, where to go.
#[handler]
pub(super) async fn overview(readers: Data<&Readers>) -> Response {
    match readers.ask(|reader| overview_of(reader).boxed(), is_everywhere).await {
        Ok(page) => Html(page).into_response(),
        Err(cause) => {
            tracing::error!(error.cause = ?cause, "the overview could not be made");
            let sentence = "The database did not answer. Try again in a moment.\n";
            (StatusCode::SERVICE_UNAVAILABLE, sentence).into_response()
        }
    }
}

async fn overview_of(reader: &Reader) -> crate::error::Result<String> {
    // First, for a replica must say this in time.
    let version = reader.version().await?;
    let db = &reader.db();
    let holds = projects::holdings(db).await?;
    let release = releases::active(db).await?;
    let updated = version
        .updated_at
        .map_or_else(|| "never".to_owned(), |at| at.format("%Y-%m-%d %H:%M UTC").to_string());
    // Numbers, a version and a time: nothing here needs escaping.
    let page = [
        ("projects", holds.projects.to_string()),
        ("conflicts", holds.conflicts.to_string()),
        ("organisations", holds.organisations.to_string()),
        ("funders", holds.funders.to_string()),
        ("sources", holds.sources.to_string()),
        ("statements", holds.statements.to_string()),
        ("participations", release.map_or(0, |release| release.participations).to_string()),
        ("version", env!("CARGO_PKG_VERSION").to_owned()),
        ("data_version", version.version.to_string()),
        ("updated_at", updated),
    ]
    .iter()
    .fold(text("index.html"), |page, (name, value)| page.replace(&format!("{{{{{name}}}}}"), value));
    Ok(page)
}

/// How participants are protected, in English.
#[handler]
pub(super) fn protection() -> Html<String> {
    Html(text("protection.html"))
}

/// How participants are protected, in Swedish.
#[handler]
pub(super) fn skydd() -> Html<String> {
    Html(text("skydd.html"))
}

/// GraphiQL.
#[handler]
pub(super) fn graphiql() -> Html<String> {
    Html(text("graphiql.html"))
}

/// The schema in the schema definition language.
#[handler]
pub(super) fn schema() -> Response {
    Response::builder().content_type("text/plain; charset=utf-8").body(graphql::sdl())
}

/// A file that the pages load.
#[handler]
pub(super) fn asset(Path(name): Path<String>) -> Response {
    let Some(file) = Pages::get(&format!("assets/{name}")) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let kind = match name.rsplit('.').next() {
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("json") => "application/json",
        _ => "text/plain; charset=utf-8",
    };
    // Names stay the same from version to version, so a copy must be checked before it is used.
    file.data
        .into_owned()
        .with_content_type(kind)
        .with_header(header::CACHE_CONTROL, "no-cache")
        .into_response()
}

/// A page that the build has put in; the build fails where one is missing.
fn text(name: &str) -> String {
    let data = Pages::get(name).map(|file: EmbeddedFile| file.data.into_owned());
    String::from_utf8(data.unwrap_or_default()).unwrap_or_default()
}
