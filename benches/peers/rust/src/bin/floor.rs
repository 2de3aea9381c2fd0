//! What the database and a web framework need at least: one statement a question, written by hand, that makes the whole
//! answer as JSON. No GraphQL is read, checked or resolved. `POST /floor/q1` takes the variables alone; `POST /kept/q1`
//! answers from memory what was asked before.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use poem::{
    Endpoint, EndpointExt, IntoResponse, Response, Result, Route, Server,
    error::{BadRequest, InternalServerError, NotFoundError},
    handler,
    listener::TcpListener,
    post,
    web::{Data, Json, Path},
};
use serde_json::Value;
use sqlx::{PgPool, postgres::PgPoolOptions};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A project with all that hangs on it; `p` is the project.
const PROJECT: &str = "json_build_object(
    'number', p.number, 'name', p.name, 'start', p.starts_on, 'end', p.ends_on,
    'owner', (SELECT o.name FROM organisation o WHERE o.id = p.owner_id),
    'partnerships', (SELECT json_agg(json_build_object('role', x.role, 'organisation', x.name)) FROM (
        SELECT s.role, o.name FROM partnership s JOIN organisation o ON o.id = s.organisation_id
        WHERE s.project_id = p.id ORDER BY s.sort_key, s.id LIMIT 20) x),
    'awards', (SELECT json_agg(json_build_object('kind', a.kind, 'amount', a.amount_minor, 'currency', a.currency,
            'funder', f.name) ORDER BY a.sort_key, a.id)
        FROM award a LEFT JOIN funder f ON f.id = a.funder_id WHERE a.project_id = p.id),
    'outcomes', (SELECT json_agg(json_build_object('sex', c.sex, 'period', c.period, 'category', c.category,
            'value', c.value))
        FROM outcome_cell c
        WHERE c.project_id = p.id AND c.category >= 'EXIT_STATUS:' AND c.category < 'EXIT_STATUS;'))";

const ORGANISATIONS: &str = "SELECT json_agg(json_build_object('name', o.name, 'projects', (
        SELECT json_agg(json_build_object('number', p.number, 'name', p.name, 'awards', (
                SELECT json_agg(json_build_object('kind', a.kind, 'amount', a.amount_minor, 'currency', a.currency,
                    'funder', f.name) ORDER BY a.sort_key, a.id)
                FROM award a LEFT JOIN funder f ON f.id = a.funder_id WHERE a.project_id = p.id)))
        FROM (SELECT s.project_id FROM partnership s WHERE s.member_id = o.id
            ORDER BY s.project_sort_key, s.project_id LIMIT 10) x
        JOIN project p ON p.id = x.project_id)))::text
    FROM (SELECT id, name FROM organisation WHERE (sort_key, id) > (decode($1, 'hex'), $2::uuid)
        ORDER BY sort_key, id LIMIT 20) o";

const FUNDERS: &str = "SELECT json_agg(x)::text FROM (
        SELECT f.name AS funder, a.currency, SUM(a.amount_minor) AS sum, COUNT(*) AS projects
        FROM project p
        JOIN project_funder paid ON paid.project_id = p.id
        JOIN funder f ON f.id = paid.funder_id
        JOIN project_amount a ON a.project_id = p.id AND a.kind = 'GRANTED'
        WHERE p.starts_on >= $1::date AND p.starts_on <= $2::date
        GROUP BY f.id, a.currency) x";

/// By the index of words that the service has, too.
const SEARCH: &str = "SELECT json_agg(json_build_object('number', x.number, 'name', x.name))::text FROM (
        SELECT p.number, p.name FROM search_entry e JOIN project p ON p.id = e.id
        WHERE e.kind = 'PROJECT' AND e.words @@ to_tsquery('pg_catalog.simple', search_fold($1) || ':*')
        AND e.words @@ to_tsquery('pg_catalog.simple', $2 || ':*')
        ORDER BY p.sort_key, p.id LIMIT 20) x";

const OUTCOMES: &str = "SELECT json_agg(x)::text FROM (
        SELECT region_code AS region, sex, category, SUM(value) AS value FROM outcome_sum
        WHERE category >= 'EXIT_STATUS:' AND category < 'EXIT_STATUS;' AND period = ANY($1)
        GROUP BY region_code, sex, category) x";

/// A variable of text.
fn text<'a>(variables: &'a Value, name: &'static str) -> Result<&'a str> {
    let missing = || BadRequest(std::io::Error::other(format!("no {name}")));
    variables.get(name).and_then(Value::as_str).ok_or_else(missing)
}

#[handler]
async fn answer(
    Path(question): Path<String>,
    Json(variables): Json<Value>,
    Data(pool): Data<&PgPool>,
    Data(statements): Data<&Statements>,
) -> Result<Response> {
    Ok(json(find(&question, &variables, pool, statements).await?))
}

/// The same, from memory where it was asked before: what a web framework needs at least for what is kept.
#[handler]
async fn kept(
    Path(question): Path<String>,
    body: Bytes,
    Data(pool): Data<&PgPool>,
    Data(statements): Data<&Statements>,
    Data(memory): Data<&Memory>,
) -> Result<Response> {
    let key = (question, body);
    let known = memory.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
    if let Some(known) = known {
        return Ok(json(known));
    }
    let variables = serde_json::from_slice(&key.1).map_err(BadRequest)?;
    let found = find(&key.0, &variables, pool, statements).await?;
    memory.lock().unwrap_or_else(PoisonError::into_inner).insert(key, found.clone());
    Ok(json(found))
}

/// Answers by what was asked.
type Memory = Arc<Mutex<HashMap<(String, Bytes), Bytes>>>;

fn json(body: Bytes) -> Response {
    body.with_content_type("application/json").into_response()
}

async fn find(question: &str, variables: &Value, pool: &PgPool, statements: &Statements) -> Result<Bytes> {
    let (first, second) = match question {
        "q1" => ("id", None),
        "q2" | "q3" => ("key", Some("id")),
        "q4" => ("from", Some("to")),
        "q5" => ("place", Some("number")),
        "q6" => ("periods", None),
        _ => return Err(NotFoundError.into()),
    };
    let statement = statements.of(question);
    let found: Option<String> = if question == "q6" {
        let periods = variables[first].as_array().into_iter().flatten();
        let periods: Vec<i32> = periods.filter_map(|year| year.as_i64()?.try_into().ok()).collect();
        sqlx::query_scalar(statement).bind(periods).fetch_one(pool).await
    } else {
        let query = sqlx::query_scalar(statement).bind(text(variables, first)?);
        let query = match second {
            Some(second) => query.bind(text(variables, second)?),
            None => query,
        };
        query.fetch_one(pool).await
    }
    .map_err(InternalServerError)?;
    Ok(format!("{{\"data\":{}}}", found.as_deref().unwrap_or("[]")).into())
}

/// What is asked of the database, put together once.
#[derive(Clone, Copy)]
struct Statements {
    project: &'static str,
    page: &'static str,
}

impl Statements {
    fn new() -> Self {
        let project = format!("SELECT {PROJECT}::text FROM project p WHERE p.id = $1::uuid");
        let page = format!(
            "SELECT json_agg({PROJECT} ORDER BY p.sort_key, p.id)::text FROM (SELECT * FROM project
            WHERE (sort_key, id) > (decode($1, 'hex'), $2::uuid) ORDER BY sort_key, id LIMIT 50) p"
        );
        Self { project: project.leak(), page: page.leak() }
    }

    fn of(&self, question: &str) -> &'static str {
        match question {
            "q1" => self.project,
            "q2" => self.page,
            "q3" => ORGANISATIONS,
            "q4" => FUNDERS,
            "q5" => SEARCH,
            _ => OUTCOMES,
        }
    }
}

fn app(pool: PgPool) -> impl Endpoint {
    let routes = Route::new().at("/floor/:question", post(answer)).at("/kept/:question", post(kept));
    routes.data(pool).data(Statements::new()).data(Memory::default())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let pool = PgPoolOptions::new().max_connections(8).connect(&std::env::var("DATABASE_URL")?).await?;
    Server::new(TcpListener::bind(std::env::var("LISTEN")?)).run(app(pool)).await?;
    Ok(())
}
