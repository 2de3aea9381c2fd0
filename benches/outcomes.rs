//! How far published outcomes are from the truth, how long a release takes, and how quickly questions are answered.
//!
//! `cargo bench --bench outcomes`; `PARTICIPATIONS=1000000 PROJECTS=5000` says how much.

#![expect(clippy::print_stdout, reason = "a benchmark prints")]
#![expect(clippy::expect_used, reason = "a benchmark that cannot run stops")]

mod memory;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use chrono::NaiveDate;
use samverkan::domain::statement::Statement;
use samverkan::generate::participations::{self, Took};
use samverkan::generate::{self, Options};
use samverkan::graphql::{Limits, Request, Schema, TrustedDocuments};
use samverkan::store::database;

const WORLDS: u64 = 8;
const COUNTIES: [&str; 8] = [
    "Stockholms län",
    "Uppsala län",
    "Södermanlands län",
    "Östergötlands län",
    "Skåne län",
    "Hallands län",
    "Örebro län",
    "Dalarnas län",
];

fn main() {
    println!("utility: root mean square error (largest) of {WORLDS} made-up worlds, one year each");
    for (projects, median) in [(150, 35.0), (400, 18.0)] {
        utility(projects, median);
    }
    let number = |name: &str, default: u32| {
        std::env::var(name).map_or(default, |value| value.parse().expect("a number"))
    };
    large(number("PROJECTS", 5_000), number("PARTICIPATIONS", 1_000_000));
}

/// Makes worlds of some size, and says how far what is published is from the truth at every level.
fn utility(projects: usize, median: f64) {
    let mut levels: BTreeMap<String, (f64, f64)> = BTreeMap::new();
    let (mut counted, mut shown, mut pooled, mut all) = (0.0, 0.0, 0.0, 0.0);
    for seed in 1..=WORLDS {
        let folder = tempfile::tempdir().expect("a folder");
        let today = NaiveDate::from_ymd_opt(2025, 6, 30).expect("a day");
        let mut random = fastrand::Rng::with_seed(seed);
        let mut lines = Vec::new();
        let mut took = Vec::new();
        for at in 0..projects {
            let start = NaiveDate::from_ymd_opt(2023, 1, 1).expect("a day");
            let own = Took {
                number: format!("W-{at}"),
                start,
                end: start + chrono::Days::new(360),
                participants: participations::size(&mut random, median),
            };
            let statement = Statement {
                document: "w".to_owned(),
                line: 1,
                name: Some(format!("Påhittat projekt {at}")),
                project_number: Some(own.number.clone()),
                region: Some(COUNTIES[random.usize(0..8)].to_owned()),
                ..Statement::default()
            };
            lines.push(serde_json::to_string(&statement).expect("a statement"));
            took.push(own);
        }
        let (named, deltaganden) = (folder.path().join("w.jsonl"), folder.path().join("w.csv"));
        std::fs::write(&named, lines.join("\n")).expect("a file");
        participations::write(&deltaganden, &took, today, seed).expect("a file");
        run(folder.path(), &["import", text(&named)]);
        run(folder.path(), &["import-outcomes", text(&deltaganden)]);
        let (report, ..) = run(folder.path(), &["release", "--as-of", "2025-06-30", "--report", "json"]);
        let report: serde_json::Value = serde_json::from_str(&report).expect("a report");
        let number = |value: &serde_json::Value| value.as_f64().expect("a number");
        for (level, deviation) in report["deviation"].as_object().expect("levels") {
            let (squares, largest) = levels.entry(level.clone()).or_default();
            *squares += number(&deviation["rmse"]).powi(2);
            *largest = largest.max(number(&deviation["largest"]));
        }
        counted += number(&report["counted"]);
        shown += number(&report["shown"]);
        pooled += number(&report["pooled"]);
        all += number(&report["participations"]);
    }
    #[expect(clippy::cast_precision_loss, reason = "small")]
    let worlds = WORLDS as f64;
    println!(
        "\n{projects} projects with a median of {median} participations, {:.0} in all:",
        counted / worlds
    );
    for (level, (squares, largest)) in levels {
        println!("  {level:55} {:6.1} ({largest})", (squares / worlds).sqrt());
    }
    println!(
        "  shown by categories with their project {:.1} %, with others {:.1} %",
        100.0 * shown / all,
        100.0 * pooled / all
    );
}

/// Makes a release of many participations and asks about them.
fn large(projects: u32, participations: u32) {
    let folder = tempfile::tempdir().expect("a folder");
    let files = generate::write(&folder.path().join("files"), Options { projects, participations, seed: 1 });
    let files = files.expect("files");
    run(folder.path(), &["import", text(&files[0])]);
    let delivered = run(folder.path(), &["import-outcomes", text(&files[4])]);
    let released = run(folder.path(), &["release", "--as-of", "2026-06-30"]);
    let again = run(folder.path(), &["release", "--as-of", "2026-06-30"]);
    println!("\n{participations} participations in {projects} projects, on SQLite:");
    for (what, (_, took, peak)) in
        [("read", delivered), ("first release", released), ("the same release again", again)]
    {
        println!("  {what:25} {:6.1} s, {peak} MB at most", took.as_secs_f64());
    }
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let url = format!("sqlite://{}", folder.path().join("bench.db").display());
        let db = database::open(&url).await.expect("the database");
        let schema = Schema::new(db, Limits::default(), TrustedDocuments::default()).expect("a schema");
        let fields = "total { value } rows { key { code } participants { value } }";
        for arguments in [
            "by: [REGION, SEX], dimension: EXIT_STATUS",
            "by: [PERIOD], dimension: AGE",
            "dimension: EDUCATION",
            "where: {region: [\"01\"]}, by: [SEX], dimension: STATUS_AFTER_SIX_MONTHS",
            "by: [FUNDER], dimension: EXIT_STATUS",
            "where: {funderKind: [EU]}, by: [SEX], dimension: EXIT_STATUS",
        ] {
            let query = format!("{{ participantOutcomes({arguments}) {{ {fields} }} }}");
            let request = Request { query: Some(query), ..Request::default() };
            let mut times = Vec::new();
            for _ in 0..30 {
                let began = Instant::now();
                let Ok(prepared) = schema.prepare(&request) else { panic!("{arguments}") };
                let reply = schema.execute(&prepared, "bench", None).await;
                assert!(reply.errors.is_empty(), "{arguments}");
                times.push(began.elapsed());
            }
            times.sort();
            println!("  {:8.1} ms  {arguments}", times[times.len() / 2].as_secs_f64() * 1000.0);
        }
    });
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path of letters")
}

/// Runs the program; what it printed, how long it took, and the most memory that it had, in MB.
fn run(folder: &Path, arguments: &[&str]) -> (String, Duration, u64) {
    let secret = folder.join("secret");
    std::fs::write(&secret, "a secret that is known to everybody, as benchmarks are").expect("a file");
    let (began, printed) = (Instant::now(), folder.join("printed"));
    let mut process = Command::new(env!("CARGO_BIN_EXE_samverkan"))
        .args(arguments)
        .env("DATABASE_URL", format!("sqlite://{}", folder.join("bench.db").display()))
        .env("SECRET_FILE", secret)
        .stdout(Stdio::from(std::fs::File::create(&printed).expect("a file")))
        .spawn()
        .expect("the program");
    let mut peak = 0;
    let status = loop {
        if let Some(status) = process.try_wait().expect("its end") {
            break status;
        }
        peak = peak.max(memory::peak(&process.id().to_string()));
        std::thread::sleep(Duration::from_millis(10));
    };
    let printed = std::fs::read_to_string(printed).expect("what it printed");
    assert!(status.success(), "{arguments:?}\n{printed}");
    (printed, began.elapsed(), peak)
}
