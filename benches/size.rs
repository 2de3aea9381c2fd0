//! How long it takes to read many projects, the same again, and what the files have in common; and in how much memory.
//!
//! `cargo bench --bench size` goes up to 100 000 projects; `SIZES=10000,100000,1000000` says how many, and
//! `TEST_DATABASE_URL` names a PostgreSQL server to do it on besides.

#![expect(clippy::print_stdout, reason = "a benchmark prints")]
#![expect(clippy::expect_used, reason = "a benchmark that cannot run stops")]

mod memory;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use samverkan::entities::{source, statement};
use samverkan::generate::{self, Options, score};
use samverkan::store::database;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

fn main() {
    let sizes = std::env::var("SIZES").unwrap_or_else(|_| "10000,100000".to_owned());
    let sizes: Vec<u32> = sizes.split(',').map(|size| size.parse().expect("a number")).collect();
    let server = std::env::var("TEST_DATABASE_URL").ok();
    println!(
        "database    projects   first load          a second    peak MB   again   30 % more   joined: precision  recall"
    );
    for (name, server) in [("SQLite", None), ("PostgreSQL", server.as_deref())] {
        if name == "PostgreSQL" && server.is_none() {
            continue;
        }
        for &projects in &sizes {
            let folder = tempfile::tempdir().expect("a folder");
            let files = generate::write(
                &folder.path().join("files"),
                Options { projects, participations: 0, seed: 1 },
            )
            .expect("files");
            let [register, second, delivery, truth] = &files[..] else { return };
            let url = server.map_or_else(
                || format!("sqlite://{}", folder.path().join("bench.db").display()),
                |server| own_schema(server, projects),
            );
            let (first, peak) = import(&url, &[register]);
            let (again, _) = import(&url, &[register]);
            let (more, _) = import(&url, &[second, delivery]);
            let rows = rows(&url, truth);
            let found = score(&rows);
            println!(
                "{name:10} {projects:9} {:9.1} s {:15.0} {peak:10} {:6.0}× {:9.1} s {:18.4} {:7.4}",
                first.as_secs_f64(),
                f64::from(projects) / first.as_secs_f64(),
                first.as_secs_f64() / again.as_secs_f64(),
                more.as_secs_f64(),
                found.precision,
                found.recall,
            );
        }
    }
}

/// Imports files by the program itself; how long it took, and the most memory that it had, in MB.
fn import(url: &str, files: &[&PathBuf]) -> (Duration, u64) {
    let began = Instant::now();
    let mut process = Command::new(env!("CARGO_BIN_EXE_samverkan"))
        .arg("import")
        .args(files)
        .env("DATABASE_URL", url)
        .stdout(Stdio::null())
        .spawn()
        .expect("the program");
    let mut peak = 0;
    let status = loop {
        if let Some(status) = process.try_wait().expect("its end") {
            break status;
        }
        peak = peak.max(memory::peak(&process.id().to_string()));
        std::thread::sleep(Duration::from_millis(20));
    };
    assert!(status.success(), "the import failed");
    (began.elapsed(), peak)
}

/// A schema of its own on a server.
fn own_schema(server: &str, projects: u32) -> String {
    let schema = format!("size_{projects}");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let db = database::open(server).await.expect("a server");
        for sql in [format!("DROP SCHEMA IF EXISTS {schema} CASCADE"), format!("CREATE SCHEMA {schema}")] {
            db.execute_unprepared(&sql).await.expect("a schema");
        }
    });
    let sign = if server.contains('?') { '&' } else { '?' };
    format!("{server}{sign}options=-csearch_path%3D{schema}")
}

/// Each row's true project and the one that it was joined to.
fn rows(url: &str, truth: &Path) -> Vec<(u32, Uuid)> {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let found: HashMap<(String, i32), Uuid> = runtime.block_on(async {
        let db = database::open(url).await.expect("the database");
        let mut found = HashMap::new();
        for source in source::Entity::find().all(&db).await.expect("sources") {
            let rows: Vec<(i32, Option<Uuid>)> = statement::Entity::find()
                .select_only()
                .columns([statement::Column::Line, statement::Column::ProjectId])
                .filter(statement::Column::SourceId.eq(source.id))
                .into_tuple()
                .all(&db)
                .await
                .expect("statements");
            found.extend(
                rows.into_iter().filter_map(|(line, id)| Some(((source.file_name.clone(), line), id?))),
            );
        }
        found
    });
    let text = std::fs::read_to_string(truth).expect("the truth");
    let row = |line: &str| {
        let mut cells = line.split('\t');
        let (file, line, project) = (cells.next()?, cells.next()?, cells.next()?);
        Some((project.parse().ok()?, *found.get(&(file.to_owned(), line.parse().ok()?))?))
    };
    text.lines().skip(1).filter_map(row).collect()
}
