//! Imports that are killed, or meet another one: the old state or the new one, never a mix.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use samverkan::entities::{project, source};
use samverkan::error::Error;
use samverkan::generate::{self, Options as Size};
use samverkan::import::{self, Options};
use samverkan::store::{database, transaction};
use sea_orm::{ConnectionTrait, DatabaseBackend, EntityTrait, Statement};

use crate::app::{App, noon};
use crate::outcomes::{HEADER as ROWS, projects, rows};

/// How many times an import is killed, each time when it has done some more.
const KILLS: u64 = 12;

fn start(app: &App, file: &Path) -> Child {
    run(app, &["import", "--report", "json", file.to_str().unwrap()])
}

fn run(app: &App, arguments: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_samverkan"))
        .args(arguments)
        .env("DATABASE_URL", &app.url)
        .env("SECRET_FILE", app.folder.path().join("secret"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// The work that a process has done so far, in ticks of its processor time; none when it has ended.
fn work(process: &Child) -> Option<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", process.id())).ok()?;
    let after_name = stat.rsplit_once(')')?.1;
    let fields: Vec<&str> = after_name.split_whitespace().collect();
    (fields.first() != Some(&"Z"))
        .then(|| fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap())
}

/// What the database holds: how much of everything, and what it is.
async fn state(app: &App) -> Vec<String> {
    let mut state = Vec::new();
    for (table, column) in [
        ("source", "sha256"),
        ("statement", "body"),
        ("project", "content"),
        ("award", "currency"),
        ("partnership", "role"),
        ("organisation", "name"),
        ("change", "fields"),
        ("data_version", "version"),
    ] {
        let sql = format!("SELECT COUNT(*) AS n, CAST(MAX({column}) AS TEXT) AS most FROM {table}");
        let row = app
            .db
            .query_one_raw(Statement::from_string(app.db.get_database_backend(), sql))
            .await
            .unwrap()
            .unwrap();
        let (n, most): (i64, Option<String>) =
            (row.try_get("", "n").unwrap(), row.try_get("", "most").unwrap());
        state.push(format!("{table} {n} {most:?}"));
    }
    state
}

#[tokio::test]
async fn an_import_that_is_killed_leaves_the_old_state_or_the_new_one() {
    let app = App::new().await;
    let files = generate::write(
        &app.folder.path().join("files"),
        Size { projects: 1_500, participations: 0, seed: 7 },
    )
    .unwrap();
    let [register, second, delivery, _] = &files[..] else { panic!("{files:?}") };
    app.import_paths(&[second.clone(), delivery.clone()], Options::default()).await;
    let old = state(&app).await;

    // What there is to do in all.
    let whole = App::new().await;
    whole.import_paths(&[second.clone(), delivery.clone()], Options::default()).await;
    let mut process = start(&whole, register);
    let mut all = 0;
    while let Some(done) = work(&process) {
        all = all.max(done);
        tokio::task::yield_now().await;
    }
    assert!(process.wait().unwrap().success());
    let new = state(&whole).await;
    assert_ne!(old, new);

    let mut killed = 0;
    for kill in 0..KILLS {
        let mut process = start(&app, register);
        while work(&process).is_some_and(|done| done < all * kill / KILLS) {
            tokio::task::yield_now().await;
        }
        killed += u64::from(work(&process).is_some());
        process.kill().unwrap();
        process.wait().unwrap();
        let found = state(&app).await;
        if found == new {
            break;
        }
        assert_eq!(found, old, "after kill {kill}");
    }
    assert!(killed >= KILLS / 2, "{killed} were killed");
    // And it can be done after all.
    assert!(start(&app, register).wait().unwrap().success());
    assert_eq!(state(&app).await, new);
}

#[tokio::test]
async fn a_release_that_is_killed_leaves_the_one_before_or_is_there() {
    let release = ["release", "--as-of", "2026-01-15"];
    let query = "{ participantOutcomes(by: [PROJECT, SEX], dimension: AGE) { release { number digest } total { value } rows { participants { value } } } }";
    let prepared = async || {
        let app = App::new().await;
        app.file("secret", "a secret that is known to everybody, as tests are");
        projects(&app, 60).await;
        let all = |women: usize| {
            (1..=60).map(|at| rows(&format!("E-{at}"), women, 25, |_| "annat")).collect::<String>()
        };
        app.deliver("a.csv", &format!("{ROWS}{}", all(20))).await;
        app.release().await;
        app.deliver("b.csv", &format!("{ROWS}{}", all(31))).await;
        app
    };
    let whole = prepared().await;
    let old = whole.text(query).await;
    let mut process = run(&whole, &release);
    let mut all = 0;
    while let Some(done) = work(&process) {
        all = all.max(done);
        tokio::task::yield_now().await;
    }
    assert!(process.wait().unwrap().success());
    let new = whole.text(query).await;
    assert_ne!(old, new);

    let app = prepared().await;
    assert_eq!(app.text(query).await, old);
    for kill in 0..KILLS {
        let mut process = run(&app, &release);
        while work(&process).is_some_and(|done| done < all * kill / KILLS) {
            tokio::task::yield_now().await;
        }
        process.kill().unwrap();
        process.wait().unwrap();
        let found = app.text(query).await;
        if found == new {
            break;
        }
        assert_eq!(found, old, "after kill {kill}");
    }
    assert!(run(&app, &release).wait().unwrap().success());
    assert_eq!(app.text(query).await, new);
}

#[tokio::test]
async fn of_two_imports_at_once_one_works_and_the_other_says_locked() {
    let app = App::new().await;
    let path = app.file("a.jsonl", "{\"document\":\"a\",\"line\":1,\"name\":\"Ett\",\"project_number\":null,\"amounts\":[],\"period\":null}\n");
    let first = transaction::begin(&app.db).await.unwrap();
    let report = app.import_paths(std::slice::from_ref(&path), Options::default()).await;
    let error = report.files[0].error.as_deref().unwrap_or_default();
    assert!(error.contains("the database is locked: another import"), "{}", report.table());
    // Readers see what was before meanwhile.
    assert_eq!(app.ask("{ projects { totalCount } }").await["projects"]["totalCount"], 0);
    transaction::give_up(first).await;
    let report = app.import_paths(&[path], Options::default()).await;
    assert_eq!(report.files[0].created, 1, "{}", report.table());
}

#[tokio::test]
async fn a_full_disk_leaves_everything_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("full.db").display());
    let pool = database::Pool { connections: 1, ..database::Pool::default() };
    let db = database::open_to_serve(&url, &pool).await.unwrap();
    let files =
        generate::write(&folder.path().join("files"), Size { projects: 300, participations: 0, seed: 7 })
            .unwrap();
    // SQLite says the same when its file may not grow as when the disk is full.
    let pages = Statement::from_string(DatabaseBackend::Sqlite, "PRAGMA page_count");
    let count: i64 = db.query_one_raw(pages).await.unwrap().unwrap().try_get_by_index(0).unwrap();
    db.execute_unprepared(&format!("PRAGMA max_page_count = {}", count + 40)).await.unwrap();
    let run = async || import::run(&db, &files[..1], &Options::default(), noon(), |_| {}).await.unwrap();
    let report = run().await;
    let error = report.files[0].error.as_deref().unwrap_or_default();
    assert!(error.contains("full"), "{}", report.table());
    assert_eq!(source::Entity::find().all(&db).await.unwrap(), []);
    assert_eq!(project::Entity::find().all(&db).await.unwrap(), []);
    db.execute_unprepared("PRAGMA max_page_count = 1000000").await.unwrap();
    let report = run().await;
    assert_eq!(report.files[0].created, 300, "{}", report.table());
}

/// As where there is no room for what a transaction wrote only when it is to stay.
#[tokio::test]
async fn a_transaction_that_ended_by_itself_keeps_no_other_from_beginning() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("ended.db").display());
    let pool = database::Pool { connections: 1, ..database::Pool::default() };
    let mut limited = pool.clone();
    limited.statement_timeout = Some(Duration::from_secs(10));
    for pool in [pool, limited] {
        let db = database::open_to_serve(&url, &pool).await.unwrap();
        for is_done in [true, false] {
            let tx = transaction::begin(&db).await.unwrap();
            tx.execute_unprepared("ROLLBACK").await.unwrap();
            let done = if is_done { Ok(()) } else { Err(Error::Locked) };
            assert!(transaction::end(tx, done).await.is_err());
        }
        transaction::run(&db, async |_| Ok(())).await.unwrap();
    }
}
