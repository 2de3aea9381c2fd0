//! What dashboards ask, over many projects: first pages by every filter and order, groups, search, the network, and
//! whole tables.
//!
//! `cargo bench --bench questions` imports 100 000 made-up projects; `PROJECTS=1000000` says how many, `DATABASE_URL`
//! names a database that has them already, and `TEST_DATABASE_URL` a PostgreSQL server to do it on besides.

#![expect(clippy::print_stdout, reason = "a benchmark prints")]
#![expect(clippy::expect_used, reason = "a benchmark that cannot run stops")]

mod memory;

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use samverkan::export::{self, Form, Table};
use samverkan::generate::{self, Options};
use samverkan::graphql::{JsonMap, Limits, Request, Schema, TrustedDocuments};
use samverkan::store::database::{self, Pool};
use samverkan::store::filter::Filter;
use sea_orm::{ConnectionTrait, DatabaseConnection};

/// How often each question is asked.
const TIMES: usize = 15;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    if let Ok(url) = std::env::var("DATABASE_URL") {
        return runtime.block_on(ask(&url));
    }
    let projects: u32 =
        std::env::var("PROJECTS").map_or(100_000, |projects| projects.parse().expect("a number"));
    let folder = tempfile::tempdir().expect("a folder");
    let size = Options { projects, participations: 0, seed: 7 };
    let files = generate::write(&folder.path().join("files"), size).expect("files");
    let server = std::env::var("TEST_DATABASE_URL").ok();
    let sqlite = format!("sqlite://{}", folder.path().join("bench.db").display());
    for url in
        [Some(sqlite), server.map(|server| runtime.block_on(own_schema(&server)))].into_iter().flatten()
    {
        let began = Instant::now();
        let done = Command::new(env!("CARGO_BIN_EXE_samverkan"))
            .arg("import")
            .args(&files[..3])
            .env("DATABASE_URL", &url)
            .stdout(Stdio::null())
            .status()
            .expect("the program");
        assert!(done.success(), "the import failed");
        println!("{}: {projects} projects in {:.0} s", kind(&url), began.elapsed().as_secs_f64());
        runtime.block_on(ask(&url));
    }
}

fn kind(url: &str) -> &str {
    url.split(':').next().unwrap_or_default()
}

async fn own_schema(server: &str) -> String {
    let name = format!("questions_{}", std::process::id());
    let db = database::open(server).await.expect("the server");
    db.execute_unprepared(&format!("CREATE SCHEMA {name}")).await.expect("a schema");
    let separator = if server.contains('?') { '&' } else { '?' };
    format!("{server}{separator}options=-csearch_path%3D{name}")
}

/// First pages of twenty projects, by what is in the brackets.
fn pages(ids: &Ids) -> Vec<(String, String)> {
    let filters = [
        ("region", "where: {region: [\"01\"]}".to_owned()),
        ("NUTS area", "where: {region: [\"SE2\"]}".to_owned()),
        ("status", "where: {status: [RUNNING], asOf: \"2022-06-01\"}".to_owned()),
        ("status planned", "where: {status: [PLANNED], asOf: \"2024-06-01\"}".to_owned()),
        ("running during", "where: {runningDuring: {from: \"2020-01-01\", to: \"2020-12-31\"}}".to_owned()),
        ("start", "where: {start: {from: \"2021-03-01\", to: \"2021-03-31\"}}".to_owned()),
        ("end", "where: {end: {from: \"2021-03-01\", to: \"2021-03-31\"}}".to_owned()),
        ("number", format!("where: {{number: [\"{}\"]}}", ids.number)),
        ("owner", format!("where: {{owner: {{id: [\"{}\"]}}}}", ids.organisation)),
        ("owner kind", "where: {owner: {kind: [MUNICIPALITY]}}".to_owned()),
        ("partner", format!("where: {{partners: {{some: {{id: [\"{}\"]}}}}}}", ids.organisation)),
        ("partner kind", "where: {partners: {roles: [PARTNER], some: {kind: [STATE_AGENCY]}}}".to_owned()),
        ("no partner of a kind", "where: {partners: {none: {kind: [STATE_AGENCY]}}}".to_owned()),
        ("funder", format!("where: {{funder: [\"{}\"]}}", ids.funder)),
        ("funder kind", "where: {funderKind: [EU]}".to_owned()),
        ("programme period", "where: {programmePeriod: [\"2014-2020\"]}".to_owned()),
        ("objective", format!("where: {{specificObjective: [\"{}\"]}}", ids.objective)),
        (
            "amount",
            "where: {amount: {kind: TOTAL_BUDGET, currency: \"SEK\", from: \"10000000\", to: \"11000000\"}}"
                .to_owned(),
        ),
        (
            "granted",
            "where: {amount: {kind: GRANTED, currency: \"SEK\", from: \"5000000\", to: \"5100000\"}}"
                .to_owned(),
        ),
        ("planned participants", "where: {plannedParticipants: {from: 100, to: 110}}".to_owned()),
        ("conflicts", "where: {hasConflicts: true}".to_owned()),
        ("outcomes", "where: {hasOutcomes: false}".to_owned()),
        ("source", format!("where: {{source: [\"{}\"]}}", ids.source)),
        ("text", format!("where: {{text: \"{}\"}}", ids.words)),
        (
            "or",
            "where: {or: [{region: [\"25\"]}, {funderKind: [REGIONAL]}], not: {hasConflicts: true}}"
                .to_owned(),
        ),
    ];
    let orders =
        ["NAME", "START", "END", "TOTAL_BUDGET", "GRANTED", "PLANNED_PARTICIPANTS", "PARTNERS", "UPDATED_AT"];
    let orders = orders.iter().flat_map(|field| {
        ["ASC", "DESC"].map(|direction| {
            (format!("{field} {direction}"), format!("orderBy: [{{field: {field}, direction: {direction}}}]"))
        })
    });
    let both = [(
        "region, by budget".to_owned(),
        "where: {region: [\"01\"]}, orderBy: [{field: TOTAL_BUDGET, direction: DESC}]".to_owned(),
    )];
    let page = |(name, arguments): (String, String)| {
        (name, format!("{{ projects(first: 20, {arguments}) {{ nodes {{ id name }} }} }}"))
    };
    filters
        .map(|(name, filter)| (name.to_owned(), filter))
        .into_iter()
        .chain(orders)
        .chain(both)
        .map(page)
        .collect()
}

/// What takes more than a page.
fn others(ids: &Ids) -> Vec<(String, String)> {
    let group = |by: &str, what: &str| {
        format!("{{ projectGroups(by: [{by}]) {{ groups {{ aggregates {{ {what} }} }} }} }}")
    };
    let sums = "count amounts(kinds: [TOTAL_BUDGET]) { sum }";
    vec![
        ("groups by region".into(), group("REGION", "count")),
        ("the same with sums".into(), group("REGION", sums)),
        ("groups by start year, with sums".into(), group("START_YEAR", sums)),
        ("groups by funder, with sums".into(), group("FUNDER", sums)),
        ("groups by owner, with sums".into(), group("OWNER", sums)),
        ("groups by region, organisations".into(), group("REGION", "organisations")),
        ("search".into(), format!("{{ search(text: \"{}\", first: 10) {{ nodes {{ __typename }} }} }}", ids.words)),
        ("search, mistyped".into(), "{ search(text: \"etabelring\", first: 10) { nodes { __typename } } }".into()),
        ("organisations by projects".into(), "{ organisations(first: 20, orderBy: [{field: PROJECTS, direction: DESC}]) { nodes { name } } }".into()),
        ("network of a county".into(), "{ collaborationNetwork(where: {region: [\"23\"]}, minShared: 2, limit: 100) { edges { sharedProjects } } }".into()),
        ("portfolio".into(), format!("{{ portfolio(organisation: \"{}\") {{ byStatus {{ aggregates {{ count }} }} years {{ year }} }} }}", ids.organisation)),
    ]
}

/// Ids and words of what is there.
struct Ids {
    organisation: String,
    funder: String,
    source: String,
    number: String,
    objective: String,
    words: String,
}

struct Service {
    schema: Schema,
}

impl Service {
    async fn ask(&self, query: &str) -> serde_json::Value {
        let request =
            Request { query: Some(query.to_owned()), variables: JsonMap::new(), ..Request::default() };
        let prepared = self.schema.prepare(&request).unwrap_or_else(|errors| panic!("{query}: {errors:?}"));
        serde_json::to_value(self.schema.execute(&prepared, "bench", None).await).expect("JSON")
    }
}

async fn ask(url: &str) {
    let db = database::open_to_serve(url, &Pool::default()).await.expect("the database");
    let service = Service {
        schema: Schema::new(db.clone(), Limits::default(), TrustedDocuments::default()).expect("the schema"),
    };
    let found = service
        .ask("{ organisations(first: 1, where: {roles: [OWNER], level: LEGAL_ENTITY}) { nodes { id } } funders(first: 1, orderBy: [{field: PROJECTS, direction: DESC}]) { nodes { id } }
            sources(last: 1) { nodes { id } } projects(last: 1) { nodes { name number } }
            projectGroups(by: [SPECIFIC_OBJECTIVE], limit: 2) { groups { key { specificObjective } } } }")
        .await;
    let text = |path: &str| {
        found["data"].pointer(path).and_then(serde_json::Value::as_str).unwrap_or("none").to_owned()
    };
    let objectives =
        ["/projectGroups/groups/0/key/specificObjective", "/projectGroups/groups/1/key/specificObjective"];
    let ids = Ids {
        organisation: text("/organisations/nodes/0/id"),
        funder: text("/funders/nodes/0/id"),
        source: text("/sources/nodes/0/id"),
        number: text("/projects/nodes/0/number"),
        objective: objectives.map(text).into_iter().find(|text| text != "none").unwrap_or_default(),
        words: text("/projects/nodes/0/name").split(' ').take(2).collect::<Vec<_>>().join(" "),
    };
    println!("{:40} {:>9} {:>9}", kind(url), "p50", "slowest");
    for (name, query) in pages(&ids).into_iter().chain(others(&ids)) {
        let mut times = Vec::new();
        let mut failed = None;
        for _ in 0..TIMES {
            let began = Instant::now();
            let answer = service.ask(&query).await;
            times.push(began.elapsed());
            if !answer["errors"].is_null() {
                failed = Some(answer["errors"][0]["message"].to_string());
                break;
            }
            if times.iter().sum::<Duration>() > Duration::from_secs(10) {
                break;
            }
        }
        times.sort();
        let millis = |time: Duration| time.as_secs_f64() * 1_000.0;
        println!(
            "{name:40} {:6.1} ms {:6.1} ms {}",
            millis(times[times.len() / 2]),
            millis(times[times.len() - 1]),
            failed.unwrap_or_default()
        );
    }
    take(&db).await;
}

/// Takes whole tables.
async fn take(db: &DatabaseConnection) {
    let csv = Form::Csv { separator: b',', with_mark: false };
    for (name, table, form) in [
        ("projects.csv", Table::Projects, csv),
        ("projects.ndjson", Table::Projects, Form::Ndjson),
        ("awards.csv", Table::Awards, csv),
        ("partnerships.csv", Table::Partnerships, csv),
    ] {
        let began = Instant::now();
        let mut stream = std::pin::pin!(export::stream(db.clone(), table, Filter::none(), form, ()));
        let (mut lines, mut bytes) = (0_u32, 0_usize);
        while let Some(part) = stream.next().await {
            let part = part.expect("a part");
            lines += u32::try_from(part.split(|byte| *byte == b'\n').count() - 1).expect("a count");
            bytes += part.len();
        }
        let rate = f64::from(lines) / began.elapsed().as_secs_f64();
        println!(
            "{name:40} {lines:9} lines {:6} MB {rate:9.0} lines/s, {} MB of memory at most",
            bytes / 1_000_000,
            memory::peak("self")
        );
    }
}
