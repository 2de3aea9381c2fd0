//! `/export/…`: everything at once.

use std::sync::Arc;

use chrono::Utc;
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use poem::http::{StatusCode, header};
use poem::web::{Data, Path};
use poem::{Body, IntoResponse, Request, Response, handler};
use sea_orm::DatabaseConnection;
use sha2::{Digest, Sha256};

use super::door::{Closed, Door};
use super::graphql::answers::CHALLENGE;
use super::graphql::freshness;
use super::rate::Share;
use super::request_id::RequestId;
use super::settings::Settings;
use super::turns::{Turn, Turns};
use crate::access::Asker;
use crate::access::log::Shown;
use crate::domain::scope::Scope;
use crate::export::{self, Form, Table};
use crate::graphql::{FilterOf, Schema};
use crate::store::filter::Filter;
use crate::store::readers::Readers;
use crate::store::{database, portfolio};

/// What a file costs: as much as the dearest question.
const COST: u64 = 50_000;

/// Turns for what is everybody's, and for what is partners' own, so that neither keeps the other waiting.
#[derive(Clone)]
pub(super) struct Exports {
    public: Arc<Turns>,
    own: Arc<Turns>,
}

impl Exports {
    /// For a server where nobody waits longer than a request may take.
    pub fn new(settings: &Settings) -> Self {
        let turns = || Arc::new(Turns::new(settings.request_timeout));
        Self { public: turns(), own: turns() }
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
    /// Reads the file's name and what stands after it; none where there is no such file, of everything or of what is a
    /// partner's own.
    fn read(name: &str, query: &str, is_own: bool) -> Option<Result<Self, String>> {
        let (table, ending) = name.split_once('.')?;
        let table = match table {
            "outcomes" => None,
            "projects" => Some(Table::Projects),
            "organisations" if !is_own => Some(Table::Organisations),
            "funders" if !is_own => Some(Table::Funders),
            "awards" => Some(Table::Awards),
            "partnerships" => Some(Table::Partnerships),
            _ => return None,
        };
        let is_csv = match ending {
            "csv" => true,
            "ndjson" => false,
            _ => return None,
        };
        Some(Self::with(table, is_csv, is_own, query))
    }

    fn with(table: Option<Table>, is_csv: bool, is_own: bool, query: &str) -> Result<Self, String> {
        let (mut separator, mut with_mark, mut filter) = (b',', false, None);
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match (&*name, &*value) {
                ("where", text) if table.is_some() || is_own => filter = Some(text.to_owned()),
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
    readers: Data<&Readers>,
    schema: Data<&Schema>,
    exports: Data<&Exports>,
    door: Data<&Arc<Door>>,
) -> Response {
    let caller = match door.caller(request).await {
        Ok(caller) => caller,
        Err(closed) => return refused(&closed),
    };
    let query = request.uri().query().unwrap_or_default();
    let asked = match Asked::read(&name, query, false) {
        None => return StatusCode::NOT_FOUND.into_response(),
        Some(Err(reason)) => return bad(&reason),
        Some(Ok(asked)) => asked,
    };
    // Of the primary: a replica breaks off what is read for long, to keep up.
    let db = &readers.primary().db();
    match tag(db, &name, query).await {
        Ok(tag) if freshness::is_held(request.headers(), &tag) => {
            return fresh(Response::builder().status(StatusCode::NOT_MODIFIED), &tag).finish();
        }
        Ok(_) => {}
        Err(response) => return response,
    }
    if let Err(share) = door.charge(&caller, COST) {
        return limited(&share);
    }
    let filter = match filter(&schema.on(readers.primary().sessions()), &asked).await {
        Ok(filter) => filter,
        Err(response) => return response,
    };
    let Some(turn) = exports.0.public.take(caller.client()).await else { return busy(OTHERS) };
    // There may have been a wait.
    let tag = match tag(db, &name, query).await {
        Ok(tag) => tag,
        Err(response) => return response,
    };
    let (db, form) = (db.clone(), asked.form);
    let rows: Parts = match asked.table {
        Some(table) => export::stream(db, table, filter, form, turn).boxed(),
        None => export::outcomes::stream(db, form, turn).boxed(),
    };
    let name = format!("attachment; filename=\"{name}\"");
    fresh(Response::builder(), &tag)
        .content_type(asked.media())
        .header(header::CONTENT_DISPOSITION, name)
        .body(Body::from_bytes_stream(rows))
}

/// What tells a file from another, and from itself with other data.
async fn tag(db: &DatabaseConnection, name: &str, query: &str) -> Result<String, Response> {
    let version = database::version(db).await.map_err(|cause| {
        tracing::error!(error.cause = ?cause, "an export could not be made");
        busy(SILENT)
    })?;
    let digest = hex::encode(&Sha256::digest(format!("{name}?{query}"))[..8]);
    Ok(format!("\"{digest}-{}-{}\"", env!("CARGO_PKG_VERSION"), version.version))
}

fn fresh(response: poem::ResponseBuilder, tag: &str) -> poem::ResponseBuilder {
    response.header(header::ETAG, tag).header(header::CACHE_CONTROL, freshness::PUBLIC)
}

/// Parts of a file.
type Parts = BoxStream<'static, std::io::Result<Vec<u8>>>;

/// The filter that was given.
async fn filter(schema: &Schema, asked: &Asked) -> Result<Filter, Response> {
    let of = match asked.table {
        Some(Table::Organisations) => FilterOf::Organisations,
        Some(Table::Funders) => FilterOf::Funders,
        None | Some(Table::Projects | Table::Awards | Table::Partnerships) => FilterOf::Projects,
    };
    let Some(text) = &asked.filter else { return Ok(Filter::none()) };
    schema.filter(of, text).await.map_err(|problem| {
        if problem.extensions.code.is_ours() { busy(SILENT) } else { bad(&problem.message) }
    })
}

/// A file of what is a partner's own; of outcomes exact ones of what it was granted.
#[handler]
pub(super) async fn own_file(
    Path(name): Path<String>,
    request: &Request,
    readers: Data<&Readers>,
    schema: Data<&Schema>,
    exports: Data<&Exports>,
    door: Data<&Arc<Door>>,
) -> Response {
    let caller = match door.caller(request).await {
        Ok(caller) => caller,
        Err(closed) => return refused(&closed),
    };
    let client = caller.client();
    if caller.asker.is_some()
        && let Err(share) = door.charge(&caller, COST)
    {
        return limited(&share);
    }
    let Some(partner) = caller.asker else {
        return unauthenticated("This takes a key: send it as Authorization: Bearer.\n");
    };
    let query = request.uri().query().unwrap_or_default();
    let asked = match Asked::read(&name, query, true) {
        None => return StatusCode::NOT_FOUND.into_response(),
        Some(Err(reason)) => return bad(&reason),
        Some(Ok(asked)) => asked,
    };
    let scope = if asked.table.is_some() { Scope::ReadOwn } else { Scope::ReadExact };
    if !partner.viewer.may(scope) {
        let reason = format!("Your key does not allow {}.\n", scope.word());
        return (StatusCode::FORBIDDEN, reason).into_response();
    }
    let Some(turn) = exports.0.own.take(client).await else { return busy(OTHERS) };
    let id = RequestId::of(request);
    let db = readers.primary().db();
    let rows = match own_rows(&db, &schema, &door, &asked, (partner, &name, query), &id, turn).await {
        Ok(rows) => rows,
        Err(response) => return response,
    };
    Response::builder()
        .content_type(asked.media())
        .header(header::CONTENT_DISPOSITION, format!("attachment; filename=\"own-{name}\""))
        .header(header::CACHE_CONTROL, freshness::PRIVATE)
        .body(Body::from_bytes_stream(rows))
}

async fn own_rows(
    db: &DatabaseConnection,
    schema: &Schema,
    door: &Door,
    asked: &Asked,
    (partner, name, query): (Asker, &str, &str),
    id: &RequestId,
    turn: Turn,
) -> Result<Parts, Response> {
    let filter = filter(schema, asked).await?;
    if let Some(table) = asked.table {
        let own = portfolio::of_organisation(partner.viewer.organisation);
        let filter = filter.and(own.condition());
        return Ok(export::stream(db.clone(), table, filter, asked.form, turn).boxed());
    }
    let Some(access) = door.access() else { return Err(busy(SILENT)) };
    let now = Utc::now();
    let written_down = async {
        let exact = access.exact().await?;
        let rights = &partner.viewer.granted;
        let own = export::own::Outcomes::read(db, exact, rights, filter, now.date_naive()).await?;
        // What cannot be written down is not shown.
        let shown = Shown {
            asker: partner.clone(),
            at: now,
            request: id.as_str().to_owned(),
            operation: Some(format!("export/own/{name}")),
            document: hex::encode(Sha256::digest(format!("/export/own/{name}?{query}"))),
            // As it was meant: escapes would hide what must not be kept.
            variables: form_urlencoded::parse(query.as_bytes())
                .map(|(name, value)| [name, value].join("="))
                .collect::<Vec<_>>()
                .join("\n"),
            projects: own.projects(),
            participations: own.participations,
        };
        access.log(db, shown).await?;
        crate::error::Result::Ok(own)
    };
    match written_down.await {
        Ok(own) => Ok(own.stream(db.clone(), asked.form, turn).boxed()),
        Err(cause) => {
            tracing::error!(request.id = %id, error.cause = ?cause, "exact outcomes could not be exported");
            Err(busy(SILENT))
        }
    }
}

const SILENT: &str = "The database did not answer. Try again in a moment.\n";

const OTHERS: &str = "Others are exporting. Try again in a moment.\n";

fn refused(closed: &Closed) -> Response {
    match closed {
        Closed::Unauthenticated => unauthenticated("The key that was given is not valid.\n"),
        Closed::Limited(share) => limited(share),
        Closed::Bad(reason) => bad(reason),
        Closed::Unavailable => busy(SILENT),
    }
}

fn limited(share: &Share) -> Response {
    let sentence = format!("Your share of {} a minute is used up.\n", share.limit);
    let answer = (StatusCode::TOO_MANY_REQUESTS, sentence);
    answer.with_header(header::RETRY_AFTER, share.seconds().to_string()).into_response()
}

fn unauthenticated(sentence: &'static str) -> Response {
    (StatusCode::UNAUTHORIZED, sentence).with_header(header::WWW_AUTHENTICATE, CHALLENGE).into_response()
}

fn bad(reason: &str) -> Response {
    (StatusCode::BAD_REQUEST, format!("{reason}\n")).into_response()
}

fn busy(sentence: &'static str) -> Response {
    (StatusCode::SERVICE_UNAVAILABLE, sentence).with_header(header::RETRY_AFTER, "5").into_response()
}
