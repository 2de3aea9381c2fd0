//! `/export/…`: everything at once.

use std::sync::Arc;

use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use poem::http::{HeaderMap, StatusCode, header};
use poem::web::{Data, Path};
use poem::{Body, IntoResponse, Request, Response, handler};
use sea_orm::DatabaseConnection;
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

use super::graphql::freshness;
use crate::export::{self, Form, Table};
use crate::graphql::{FilterOf, Schema};
use crate::store::database;
use crate::store::filter::Filter;

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

/// What is asked for.
struct Asked {
    /// None for outcomes.
    table: Option<Table>,
    form: Form,
    filter: Option<String>,
}

impl Asked {
    /// Reads the file's name and what stands after it; none where there is no such file.
    fn read(name: &str, query: &str) -> Option<Result<Self, String>> {
        let (table, ending) = name.split_once('.')?;
        let table = match table {
            "outcomes" => None,
            "projects" => Some(Table::Projects),
            "organisations" => Some(Table::Organisations),
            "funders" => Some(Table::Funders),
            "awards" => Some(Table::Awards),
            "partnerships" => Some(Table::Partnerships),
            _ => return None,
        };
        let is_csv = match ending {
            "csv" => true,
            "ndjson" => false,
            _ => return None,
        };
        Some(Self::with(table, is_csv, query))
    }

    fn with(table: Option<Table>, is_csv: bool, query: &str) -> Result<Self, String> {
        let (mut separator, mut with_mark, mut filter) = (b',', false, None);
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match (&*name, &*value) {
                ("where", text) if table.is_some() => filter = Some(text.to_owned()),
                ("separator", "," | "comma") if is_csv => separator = b',',
                ("separator", ";" | "semicolon") if is_csv => separator = b';',
                ("separator", "\t" | "tab") if is_csv => separator = b'\t',
                ("bom", "true" | "false") if is_csv => with_mark = value == "true",
                ("separator", _) if is_csv => return Err("separator: is comma, semicolon or tab".to_owned()),
                ("bom", _) if is_csv => return Err("bom: is true or false".to_owned()),
                (other, _) => {
                    let other: String = other.chars().take(40).collect();
                    return Err(format!("{other}: is nothing that this file takes"));
                }
            }
        }
        let form = if is_csv { Form::Csv { separator, with_mark } } else { Form::Ndjson };
        Ok(Self { table, form, filter })
    }

    fn media(&self) -> &'static str {
        match self.form {
            Form::Csv { .. } => "text/csv; charset=utf-8; header=present",
            Form::Ndjson => "application/x-ndjson",
        }
    }
}

/// A file of everything, or of what a filter lets through.
#[handler]
pub(super) async fn file(
    Path(name): Path<String>,
    request: &Request,
    db: Data<&DatabaseConnection>,
    schema: Data<&Schema>,
    exports: Data<&Exports>,
    headers: &HeaderMap,
) -> Response {
    let query = request.uri().query().unwrap_or_default();
    let asked = match Asked::read(&name, query) {
        None => return StatusCode::NOT_FOUND.into_response(),
        Some(Err(reason)) => return bad(&reason),
        Some(Ok(asked)) => asked,
    };
    let version = match database::version(&db).await {
        Ok(version) => version.version,
        Err(cause) => {
            tracing::error!(error.cause = ?cause, "an export could not be made");
            return busy("The database did not answer. Try again in a moment.\n");
        }
    };
    let digest = hex::encode(&Sha256::digest(format!("{name}?{query}"))[..8]);
    let tag = format!("\"{digest}-{}-{version}\"", env!("CARGO_PKG_VERSION"));
    let fresh = |response: poem::ResponseBuilder| {
        response.header(header::ETAG, &tag).header(header::CACHE_CONTROL, freshness::PUBLIC)
    };
    if freshness::is_held(headers, &tag) {
        return fresh(Response::builder().status(StatusCode::NOT_MODIFIED)).finish();
    }
    let Ok(turn) = Arc::clone(&exports.0.0).try_acquire_owned() else {
        return busy("Others are exporting. Try again in a moment.\n");
    };
    let rows = match rows(&db, &schema, &asked).await {
        Ok(rows) => rows,
        Err(response) => return response,
    };
    // The turn is over when the stream is.
    let rows = rows.map(move |part| {
        let _turn = &turn;
        part
    });
    let name = format!("attachment; filename=\"{name}\"");
    fresh(Response::builder().content_type(asked.media()).header(header::CONTENT_DISPOSITION, name))
        .body(Body::from_bytes_stream(rows))
}

async fn rows(
    db: &DatabaseConnection,
    schema: &Schema,
    asked: &Asked,
) -> Result<BoxStream<'static, std::io::Result<Vec<u8>>>, Response> {
    let Some(table) = asked.table else {
        return Ok(export::outcomes::stream(db.clone(), asked.form).boxed());
    };
    let of = match table {
        Table::Organisations => FilterOf::Organisations,
        Table::Funders => FilterOf::Funders,
        Table::Projects | Table::Awards | Table::Partnerships => FilterOf::Projects,
    };
    let filter = match &asked.filter {
        None => Filter::none(),
        Some(text) => match schema.filter(of, text).await {
            Ok(filter) => filter,
            Err(problem) if problem.extensions.code.is_ours() => {
                return Err(busy("The database did not answer. Try again in a moment.\n"));
            }
            Err(problem) => return Err(bad(&problem.message)),
        },
    };
    Ok(export::stream(db.clone(), table, filter, asked.form).boxed())
}

fn bad(reason: &str) -> Response {
    (StatusCode::BAD_REQUEST, format!("{reason}\n")).into_response()
}

fn busy(sentence: &'static str) -> Response {
    (StatusCode::SERVICE_UNAVAILABLE, sentence).with_header(header::RETRY_AFTER, "5").into_response()
}
