//! How many instructions the parts of a day's work take, counted by valgrind: other work on the machine makes times
//! longer, but not these. What takes a tenth more than the last time that it was recorded is a regression, and ends the
//! run with an error.
//!
//! `cargo bench --bench instructions` compares with `benches/instructions.tsv`, and with `BLESS=1` records anew. Takes
//! `valgrind`, from Debian's package of that name, and a minute or two. The numbers are those of one compiler: record
//! anew when it changes.

#![expect(clippy::print_stdout, reason = "a benchmark prints")]
#![expect(clippy::expect_used, reason = "a benchmark that cannot run stops")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use samverkan::domain::collation::sort_key;
use samverkan::domain::disclosure::errors::Errors;
use samverkan::domain::disclosure::units::{self, Unit};
use samverkan::domain::disclosure::{Counts, Parameters, Secret};
use samverkan::domain::outcomes::design::DESIGN;
use samverkan::generate::{self, Options as Size};
use samverkan::graphql::{JsonMap, Limits, Request, Schema, TrustedDocuments};
use samverkan::import::{self, Options};
use samverkan::store::database::{self, Pool};
use sea_orm::DatabaseConnection;
use serde_json::json;
use tokio::runtime::{Builder, Runtime};

/// As in the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Something that is done so many times, with what was made for it in a folder.
type Case = (&'static str, fn(usize, &Path));

const CASES: [Case; 9] = [
    ("a document that was seen before", |times, _| fronted(times, false)),
    ("a document that is new", |times, _| fronted(times, true)),
    ("a project with partners, directly", |times, folder| asked(times, true, PROJECT, folder)),
    ("a page of projects with partners, directly", |times, folder| asked(times, true, PAGE, folder)),
    ("the same page by the executor and its loaders", |times, folder| asked(times, false, PAGE, folder)),
    ("a page after a cursor, directly", |times, folder| asked(times, true, NEXT, folder)),
    ("a register of 200 rows, read", read),
    ("30 projects, protected", |times, _| protected(times)),
    ("the keys of 100 names", |times, _| keyed(times)),
];

const PROJECT: &str = "query ($id: ID!) { project(by: {id: $id}) { ...Whole } }";
const PAGE: &str = "{ projects(first: 20) { nodes { ...Whole } } }";
const NEXT: &str = "query ($cursor: String) { projects(first: 5, after: $cursor) { nodes { id } } }";
const WHOLE: &str = " fragment Whole on Project { number name period { start end } owner { name }
    partnerships(first: 10) { nodes { role organisation { name } } }
    awards { kind amount { amount currency } funder { name } } }";

/// More than this is a regression, less is worth recording.
const TENTH: f64 = 0.1;

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1).filter(|word| word != "--bench");
    if let (Some(name), Some(times), Some(folder)) = (words.next(), words.next(), words.next()) {
        let (_, work) = CASES.iter().find(|(known, _)| *known == name).expect("a case");
        work(times.parse().expect("a number"), Path::new(&folder));
        return ExitCode::SUCCESS;
    }
    let folder = tempfile::tempdir().expect("a folder");
    prepare(folder.path());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/instructions.tsv");
    let recorded = std::fs::read_to_string(&path).unwrap_or_default();
    let recorded: BTreeMap<&str, f64> =
        recorded.lines().filter_map(|line| line.split_once('\t')).filter_map(known).collect();
    let (mut report, mut worse) = (String::new(), 0);
    println!("{:48} {:>12} {:>12} {:>7}", "instructions", "now", "recorded", "ratio");
    for (name, _) in CASES {
        let now = each(name, folder.path());
        let _infallible = writeln!(report, "{name}\t{now:.0}");
        let Some(before) = recorded.get(name) else {
            println!("{name:48} {now:12.0} {:>12} {:>7}", "—", "—");
            continue;
        };
        let ratio = now / before;
        let says = if ratio > 1.0 + TENTH { "  more than before" } else { "" };
        println!("{name:48} {now:12.0} {before:12.0} {ratio:7.3}{says}");
        worse += usize::from(ratio > 1.0 + TENTH);
    }
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, report).expect("a file");
        return ExitCode::SUCCESS;
    }
    if worse > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn known((name, number): (&str, &str)) -> Option<(&'static str, f64)> {
    let (name, _) = CASES.into_iter().find(|(known, _)| *known == name)?;
    Some((name, number.parse().ok()?))
}

/// Makes what takes long to make, and not always as many instructions.
fn prepare(folder: &Path) {
    let url = format!("sqlite://{}", folder.join(DATABASE).display());
    let demo: [PathBuf; 1] = [Path::new(env!("CARGO_MANIFEST_DIR")).join("demo")];
    runtime().block_on(async {
        let db = database::open_to_serve(&url, &Pool::default()).await.expect("a database");
        let read = import::run(&db, &demo, &Options::default(), chrono::Utc::now(), |_| {}).await;
        read.expect("the demo");
        db.close().await.expect("a database");
    });
    let size = Size { projects: 200, participations: 0, seed: 7 };
    let files = generate::write(&folder.join("files"), size).expect("files");
    std::fs::rename(&files[0], folder.join(REGISTER)).expect("a register");
}

const DATABASE: &str = "bench.db";
const REGISTER: &str = "register.csv";

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().expect("a runtime")
}

/// The instructions of doing something once more: what comes before is much the same however often it is done.
fn each(name: &str, folder: &Path) -> f64 {
    const FEW: u32 = 10;
    const MANY: u32 = 110;
    let [few, many] = [FEW, MANY].map(|times| counted(name, times, folder));
    (many - few) / f64::from(MANY - FEW)
}

/// The instructions of a process that does something so many times.
fn counted(name: &str, times: u32, folder: &Path) -> f64 {
    let done = Command::new("valgrind")
        .args(["--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"])
        .arg(std::env::current_exe().expect("this program"))
        .args([name, &times.to_string()])
        .arg(folder)
        .output()
        .expect("valgrind, from Debian's package of that name");
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{name}: {said}");
    let line = said.lines().find(|line| line.contains("refs:")).expect("a number of instructions");
    let digits: String = line.rsplit("refs:").next().unwrap_or_default().replace(',', "");
    digits.trim().parse().expect("a number of instructions")
}

fn request(query: String) -> Request {
    Request { query: Some(query), ..Request::default() }
}

/// A document is parsed, validated and measured, or found again.
fn fronted(times: usize, are_new: bool) {
    let schema = Schema::new(DatabaseConnection::default(), Limits::default(), TrustedDocuments::default());
    let schema = schema.expect("a schema");
    for time in 0..times {
        let number = if are_new { time } else { 0 };
        let query = format!("query N{number} {{ projects(first: 20) {{ nodes {{ ...Whole }} }} }}{WHOLE}");
        assert!(schema.prepare(&request(query)).is_ok());
    }
}

/// A question is answered, one after another on one connection.
fn asked(times: usize, is_direct: bool, query: &str, folder: &Path) {
    let runtime = runtime();
    let url = format!("sqlite://{}", folder.join(DATABASE).display());
    let schema = runtime.block_on(async {
        let pool = Pool { connections: 1, ..Pool::default() };
        let db = database::open_to_serve(&url, &pool).await.expect("a database");
        Schema::new(db, Limits::default(), TrustedDocuments::default()).expect("a schema")
    });
    let ask = |request: &Request| {
        let prepared = schema.prepare(request).expect("a question");
        let schema = if is_direct { schema.clone() } else { schema.clone().by_executor_alone() };
        let reply = runtime.block_on(schema.execute(&prepared, "bench", None));
        assert!(reply.errors.is_empty(), "{:?}", reply.errors);
        serde_json::from_slice::<serde_json::Value>(&reply.to_json().expect("an answer")).expect("JSON")
    };
    let begin = ask(&request("{ projects(first: 1) { nodes { id } pageInfo { endCursor } } }".to_owned()));
    let text = |path: &str| begin.pointer(path).cloned().unwrap_or_default();
    let variables = json!({
        "id": text("/data/projects/nodes/0/id"),
        "cursor": text("/data/projects/pageInfo/endCursor"),
    });
    let variables: JsonMap = serde_json::from_value(variables).expect("variables");
    let query = if query.contains("...Whole") { format!("{query}{WHOLE}") } else { query.to_owned() };
    let asked = Request { variables, ..request(query) };
    for _ in 0..times {
        ask(&asked);
    }
}

/// A register is found to be one, and its rows are read.
fn read(times: usize, folder: &Path) {
    for _ in 0..times {
        let opened = import::open(&folder.join(REGISTER), &Options::default()).expect("a register");
        assert_eq!(opened.format.read(&opened.file.document).items.count(), 200);
    }
}

/// What took part in made-up projects is rounded, as a release does.
fn protected(times: usize) {
    let secret = Secret::new(b"the secret of a benchmark, which keeps nothing secret").expect("a secret");
    let mut random = fastrand::Rng::with_seed(7);
    let mut counts = || {
        let mut counts = Counts::zero(DESIGN.width());
        counts.all = random.u32(10..60);
        for table in 0..DESIGN.tables.len() {
            let whole = DESIGN.divided(table).map_or(counts.all, |cell| counts.cells[cell]);
            for _ in 0..whole {
                counts.cells[random.usize(DESIGN.cells(table))] += 1;
            }
        }
        counts
    };
    let mut unit = |project: usize| Unit {
        project: project.to_string(),
        period: 2024,
        region: (project % 3).to_string(),
        sexes: DESIGN.sexes.iter().map(|_| counts()).collect(),
    };
    let all: Vec<Unit> = (0..30).map(&mut unit).collect();
    let parameters = Parameters { min_projects_for_steering: 5, ..Parameters::default() };
    for _ in 0..times {
        let mut errors = Errors::none(&DESIGN, units::steering(&all, &parameters));
        for at in units::order(&all, &secret) {
            black_box(units::round(&DESIGN, &parameters, &secret, &all[at], None, &mut errors));
        }
    }
}

/// Names are brought into Swedish order.
fn keyed(times: usize) {
    for time in 0..times * 100 {
        let name = format!("Samordningsförbundet Östra Södertörn – Hållbar etablering {}", time % 100);
        black_box(sort_key(&name));
    }
}
