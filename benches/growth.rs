//! How answers grow with the data: every field at the root of the schema, asked of databases of different sizes, as a
//! table in Markdown.
//!
//! `cargo bench --bench growth` makes two on SQLite, of 1 000 and of 10 000 projects; `DATABASES="URL URL"` names others,
//! the smallest first, as they are served. The response cache has no part in it: the schema is asked directly, one
//! question at a time, about other subjects each time; each subject comes twice, and the first does not count. The memory is
//! the most that this process has while the largest is asked.

#![expect(clippy::print_stdout, reason = "a benchmark prints")]
#![expect(clippy::expect_used, reason = "a benchmark that cannot run stops")]

mod memory;

use std::collections::BTreeSet;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use apollo_compiler::Schema as Types;
use samverkan::generate::{self, Options};
use samverkan::graphql::{JsonMap, Limits, Request, Schema, TrustedDocuments, sdl};
use samverkan::store::database::{self, Pool};
use serde_json::Value;

/// As in the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How often each question is asked.
const TIMES: usize = 40;
/// How long a question is asked at most.
const LONG: Duration = Duration::from_secs(15);

const WHOLE: &str = " fragment Whole on Project { number name period { start end } owner { name }
    partnerships(first: 20) { nodes { role organisation { name } } }
    awards { kind amount { amount currency } funder { name } }
    participantOutcomes(by: [SEX, PERIOD], dimension: EXIT_STATUS) { rows { key { sex period code } participants { value } } } }";

/// Questions, by the field at the root that each begins with. What stands between percent signs is put in.
const QUESTIONS: [(&str, &str); 32] = [
    ("node", "{ node(id: \"%project%\") { id ... on Project { name } } }"),
    ("nodes", "{ nodes(ids: [\"%project%\", \"%organisation%\"]) { id } }"),
    ("project", "{ project(by: {id: \"%project%\"}) { ...Whole } }"),
    ("projects, 50 with all", "{ projects(first: 50, after: \"%cursor%\") { nodes { ...Whole } } }"),
    ("projects of a county", "{ projects(first: 20, where: {region: [\"25\"]}) { nodes { name } } }"),
    (
        "projects by budget",
        "{ projects(first: 20, orderBy: [{field: TOTAL_BUDGET, direction: DESC}]) { nodes { name } } }",
    ),
    ("projects by two words", "{ projects(first: 20, where: {text: \"%words%\"}) { nodes { name } } }"),
    ("projects, counted", "{ projects(first: 1) { totalCount } }"),
    ("projects of a county, counted", "{ projects(first: 1, where: {region: [\"25\"]}) { totalCount } }"),
    ("projectGroups", "{ projectGroups(by: [REGION]) { groups { aggregates { count } } } }"),
    (
        "projectGroups by two",
        "{ projectGroups(by: [REGION, START_YEAR]) { groups { aggregates { count } } } }",
    ),
    (
        "projectGroups of a year",
        "{ projectGroups(by: [FUNDER], where: {start: {from: \"2021-01-01\", to: \"2021-12-31\"}}) {
            groups { key { funder { name } } aggregates { amounts(kinds: [GRANTED]) { currency sum } } } } }",
    ),
    ("search", "{ search(text: \"%words%\", first: 10) { nodes { __typename } } }"),
    ("search, mistyped", "{ search(text: \"samverkn\", first: 10) { nodes { __typename } } }"),
    (
        "collaborationNetwork of a county",
        "{ collaborationNetwork(where: {region: [\"09\"]}, minShared: 2, limit: 100) { edges { sharedProjects } } }",
    ),
    (
        "portfolio",
        "{ portfolio(organisation: \"%organisation%\") { byStatus { aggregates { count } } years { year } } }",
    ),
    (
        "organisation",
        "{ organisation(by: {id: \"%organisation%\"}) { name kind projects(first: 5) { nodes { name } } } }",
    ),
    (
        "organisations",
        "{ organisations(first: 20) { nodes { name projects(first: 10) { nodes { name
        awards { amount { amount } funder { name } } } } } } }",
    ),
    (
        "organisations by projects",
        "{ organisations(first: 20, orderBy: [{field: PROJECTS, direction: DESC}]) { nodes { name } } }",
    ),
    ("changes", "{ changes(first: 50) { nodes { type at } } }"),
    ("funder", "{ funder(id: \"%funder%\") { name projects(first: 5) { nodes { name } } } }"),
    ("funders", "{ funders(first: 20) { nodes { name kind } } }"),
    ("sources", "{ sources(first: 20) { nodes { title } } }"),
    (
        "participantOutcomes",
        "{ participantOutcomes(by: [SEX], dimension: EXIT_STATUS) { rows { participants { value } } } }",
    ),
    (
        "participantOutcomes by county",
        "{ participantOutcomes(by: [REGION, SEX], dimension: EXIT_STATUS) { rows { participants { value } } } }",
    ),
    (
        "participantOutcomes of an organisation",
        "{ organisation(by: {id: \"%organisation%\"}) {
            participantOutcomes(dimension: EXIT_STATUS) { rows { participants { value } } } } }",
    ),
    ("indicators", "{ indicators { code } }"),
    ("labels", "{ labels { value } }"),
    ("regions", "{ regions { code } }"),
    ("releases", "{ releases(first: 5) { nodes { number } } }"),
    ("viewer", "{ viewer { __typename } }"),
    ("service", "{ service { version dataVersion } }"),
];

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let folder = tempfile::tempdir().expect("a folder");
    let urls: Vec<String> = match std::env::var("DATABASES") {
        Ok(urls) => urls.split_whitespace().map(str::to_owned).collect(),
        Err(_) => {
            [1_000, 10_000].map(|projects| made(&folder.path().join(projects.to_string()), projects)).into()
        }
    };
    let asked: BTreeSet<&str> = QUESTIONS.iter().filter_map(|(_, query)| root(query)).collect();
    let missing: Vec<String> = roots().into_iter().filter(|field| !asked.contains(field.as_str())).collect();
    assert!(missing.is_empty(), "nothing asks for {}", missing.join(", "));

    let mut columns = Vec::new();
    for url in &urls {
        columns.push(runtime.block_on(measure(url)));
    }
    let (names, sizes): (Vec<&str>, Vec<u64>) = columns.iter().map(|own| (own.kind, own.projects)).unzip();
    let line = |cells: Vec<String>| println!("| {} |", cells.join(" | "));
    let titles = names.iter().zip(&sizes).map(|(name, projects)| format!("{name}, {projects} projects"));
    let heads = ["times".to_owned(), "MB".to_owned()];
    line(["milliseconds".to_owned()].into_iter().chain(titles).chain(heads).collect());
    line(["---".to_owned()].into_iter().chain((0..urls.len() + 2).map(|_| "--:".to_owned())).collect());
    for (at, (name, _)) in QUESTIONS.iter().enumerate() {
        let answers: Vec<Option<Answered>> = columns.iter().map(|own| own.answers[at]).collect();
        let said = |own: &Option<Answered>| match own {
            Some(Answered { middle, most, .. }) => format!("{middle:.2} (–{most:.1})"),
            None => "—".to_owned(),
        };
        let (first, last) = (answers.first().copied().flatten(), answers.last().copied().flatten());
        let times = first.zip(last).map_or("—".to_owned(), |(a, b)| format!("{:.2}", b.middle / a.middle));
        let memory = last.map_or("—".to_owned(), |own| own.memory.to_string());
        let cells = answers.iter().map(said).chain([times, memory]);
        line([(*name).to_owned()].into_iter().chain(cells).collect());
    }
}

/// The field at the root that a question begins with.
fn root(query: &str) -> Option<&str> {
    query.trim_start_matches(['{', ' ']).split(|c: char| !c.is_alphanumeric()).next()
}

/// The fields at the root of the schema.
fn roots() -> Vec<String> {
    let schema = Types::parse(sdl(), "schema.graphql").expect("the schema");
    schema.get_object("Query").expect("questions").fields.keys().map(ToString::to_string).collect()
}

/// A database of made-up projects.
fn made(folder: &std::path::Path, projects: u32) -> String {
    let files = generate::write(&folder.join("files"), Options { projects, participations: 0, seed: 7 });
    let url = format!("sqlite://{}", folder.join("bench.db").display());
    let mut import = Command::new(env!("CARGO_BIN_EXE_samverkan"));
    import.arg("import").arg(&files.expect("files")[0]).env_clear().env("DATABASE_URL", &url);
    assert!(import.stdout(Stdio::null()).status().expect("the program").success(), "nothing was imported");
    url
}

/// What was measured of a database.
struct Measured {
    kind: &'static str,
    projects: u64,
    /// How each question was answered; none where it is refused.
    answers: Vec<Option<Answered>>,
}

/// How a question was answered.
#[derive(Clone, Copy)]
struct Answered {
    /// The median, in milliseconds.
    middle: f64,
    /// The longest, in milliseconds.
    most: f64,
    /// The most memory that this process had meanwhile, in MB.
    memory: u64,
}

async fn measure(url: &str) -> Measured {
    let db = database::open_to_serve(url, &Pool::default()).await.expect("the database");
    let version = database::version(&db).await.expect("the version of the data").version;
    let schema =
        Schema::new(db, Limits::default(), TrustedDocuments::default()).expect("the schema").at(version);
    let subjects = subjects(&schema).await;
    let mut answers = Vec::new();
    for (_, query) in QUESTIONS {
        let (mut times, began) = (Vec::new(), Instant::now());
        forget_peak();
        // The first time about each subject is for what has to come from the disk.
        for time in (0..TIMES).chain(0..TIMES) {
            let query = subjects.put_into(query, time);
            let began_one = Instant::now();
            let answer = ask(&schema, query).await;
            if !answer["errors"].is_null() {
                break;
            }
            times.push(began_one.elapsed().as_secs_f64() * 1_000.0);
            if began.elapsed() > LONG {
                break;
            }
        }
        let mut times = times.split_off(times.len() / 2);
        times.sort_by(f64::total_cmp);
        let memory = memory::peak("self");
        answers.push(times.last().map(|most| Answered {
            middle: times[times.len() / 2],
            most: *most,
            memory,
        }));
    }
    let kind = if url.starts_with("postgres") { "PostgreSQL" } else { "SQLite" };
    Measured { kind, projects: subjects.projects, answers }
}

async fn ask(schema: &Schema, query: String) -> Value {
    let query = if query.contains("...Whole") { query + WHOLE } else { query };
    let request = Request { query: Some(query), variables: JsonMap::new(), ..Request::default() };
    let prepared = schema.prepare(&request).expect("a question");
    let reply = schema.execute(&prepared, "bench", None).await;
    serde_json::from_slice(&reply.to_json().expect("an answer")).expect("JSON")
}

/// What is asked about.
struct Subjects {
    projects: u64,
    lists: Vec<(&'static str, Vec<String>)>,
}

impl Subjects {
    /// A question about other subjects each time.
    fn put_into(&self, query: &str, time: usize) -> String {
        let put = |query: String, (word, all): &(&str, Vec<String>)| {
            query.replace(word, all.get(time % all.len().max(1)).map_or("none", String::as_str))
        };
        self.lists.iter().fold(query.to_owned(), put)
    }
}

async fn subjects(schema: &Schema) -> Subjects {
    // From all over the alphabet.
    let mut lists = Vec::new();
    let mut all = |word, found: &Value, list: &str, path: &str| {
        let nodes = found.pointer(list).and_then(Value::as_array).into_iter().flatten();
        let text = |node: &Value| node.pointer(path).and_then(Value::as_str).map(str::to_owned);
        lists.push((word, nodes.filter_map(text).collect::<Vec<String>>()));
    };
    let orders = ["PLANNED_PARTICIPANTS", "TOTAL_BUDGET", "GRANTED"];
    let few = |order: &str| {
        format!(
            "{order}: projects(first: 50, orderBy: [{{field: {order}, direction: ASC}}, {{field: NAME, direction: ASC}}]) {{
                nodes {{ id name owner {{ id }} }} }} "
        )
    };
    let found = ask(schema, format!("{{ {} }}", orders.map(few).concat())).await;
    for order in orders {
        let list = format!("/data/{order}/nodes");
        all("%project%", &found, &list, "/id");
        all("%organisation%", &found, &list, "/owner/id");
    }
    let found = ask(
        schema,
        "{ projects(first: 60) { totalCount edges { cursor node { name } } }
        funders(first: 20) { nodes { id } } }"
            .to_owned(),
    )
    .await;
    all("%cursor%", &found, "/data/projects/edges", "/cursor");
    all("%funder%", &found, "/data/funders/nodes", "/id");
    all("%words%", &found, "/data/projects/edges", "/node/name");
    let mut merged: Vec<(&'static str, Vec<String>)> = Vec::new();
    for (word, own) in lists {
        // The first two words of a name.
        let own = own.into_iter().map(|text| if word == "%words%" { two_words(&text) } else { text });
        match merged.iter_mut().find(|(known, _)| *known == word) {
            Some((_, all)) => all.extend(own),
            None => merged.push((word, own.collect())),
        }
    }
    let projects = found.pointer("/data/projects/totalCount").and_then(Value::as_u64).unwrap_or_default();
    Subjects { projects, lists: merged }
}

fn two_words(name: &str) -> String {
    name.split(' ').take(2).collect::<Vec<_>>().join(" ")
}

/// Begins anew to look for the most memory.
fn forget_peak() {
    std::fs::write("/proc/self/clear_refs", "5").expect("a Linux");
}
