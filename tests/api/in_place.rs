//! Empty SQLite files that are filled without a log.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use samverkan::entities::{project, source};
use samverkan::generate::{self, Options as Size};
use samverkan::import::{self, Options};
use samverkan::store::{database, in_place, transaction};
use sea_orm::{ConnectionTrait, DatabaseBackend, DatabaseConnection, EntityTrait, PaginatorTrait, Statement};

use crate::app::noon;

/// More than are written at once.
const PROJECTS: u64 = 3_000;

/// A file that is large by its lines, though most of them say nothing.
fn large(folder: &Path) -> PathBuf {
    let size = Size { projects: 3_000, participations: 0, seed: 7 };
    let register = generate::write(&folder.join("files"), size).unwrap().swap_remove(0);
    let text = std::fs::read_to_string(&register).unwrap();
    std::fs::write(&register, format!("{text}{}", "\n".repeat(20_001))).unwrap();
    register
}

fn beside(folder: &Path, end: &str) -> PathBuf {
    folder.join(format!("first.db{end}"))
}

fn url(folder: &Path) -> String {
    format!("sqlite://{}", beside(folder, "").display())
}

async fn said(db: &DatabaseConnection, asked: &str) -> String {
    let asked = Statement::from_string(DatabaseBackend::Sqlite, asked);
    db.query_one_raw(asked).await.unwrap().unwrap().try_get_by_index(0).unwrap()
}

async fn mode(db: &DatabaseConnection) -> String {
    said(db, "PRAGMA journal_mode").await
}

#[tokio::test]
async fn a_first_large_import_needs_no_log() {
    let folder = tempfile::tempdir().unwrap();
    let file = large(folder.path());
    let db = database::open_to_write(&url(folder.path())).await.unwrap();
    database::migrate(&db).await.unwrap();
    let seen = std::cell::RefCell::new(Vec::new());
    let look = |_| seen.borrow_mut().push(beside(folder.path(), "-wal").exists());
    let run = async || import::run(&db, std::slice::from_ref(&file), &Options::default(), noon(), look).await;
    let report = run().await.unwrap();
    assert_eq!(report.files[0].created as u64, PROJECTS, "{}", report.table());
    assert_eq!(seen.borrow().first(), Some(&false), "while it is written");
    assert_eq!(mode(&db).await, "wal", "afterwards");
    assert!(!beside(folder.path(), "-journal").exists());
    // Nothing is lost to who opens it next.
    db.close().await.unwrap();
    let db = database::open(&url(folder.path())).await.unwrap();
    assert_eq!(project::Entity::find().count(&db).await.unwrap(), PROJECTS);
}

#[tokio::test]
async fn what_is_not_empty_or_open_elsewhere_has_a_log() {
    let folder = tempfile::tempdir().unwrap();
    let url = url(folder.path());
    let db = database::open_to_write(&url).await.unwrap();
    database::migrate(&db).await.unwrap();
    let other = database::open(&url).await.unwrap();
    assert!(source::Entity::find().one(&other).await.unwrap().is_none());
    assert!(!in_place::begin(&db).await.unwrap(), "somebody else has it open");
    assert_eq!(mode(&db).await, "wal");
    other.close().await.unwrap();
    assert!(in_place::begin(&db).await.unwrap());
    assert_eq!(mode(&db).await, "delete");
    in_place::end(&db).await;
    assert_eq!(mode(&db).await, "wal");
    let file = large(folder.path());
    import::run(&db, &[file], &Options::default(), noon(), |_| {}).await.unwrap();
    assert!(!in_place::begin(&db).await.unwrap(), "something is in it");
}

/// What a process that is killed leaves is what the files hold while nothing is being done.
#[tokio::test]
async fn killed_while_it_is_filled_a_file_is_empty_as_before() {
    let folder = tempfile::tempdir().unwrap();
    let file = large(folder.path());
    let pool = database::Pool { connections: 1, cache: 256, ..database::Pool::default() };
    let db = database::open_to_serve(&url(folder.path()), &pool).await.unwrap();
    let empty = std::fs::metadata(beside(folder.path(), "")).unwrap().len();
    let left = std::cell::RefCell::new(Vec::new());
    let look = |_| {
        let is_filled = beside(folder.path(), "-journal").exists();
        if is_filled && std::fs::metadata(beside(folder.path(), "")).unwrap().len() > empty {
            let images = tempfile::tempdir().unwrap();
            for end in ["", "-journal"] {
                std::fs::copy(beside(folder.path(), end), beside(images.path(), end)).unwrap();
            }
            left.borrow_mut().push(images);
        }
    };
    let report = import::run(&db, &[file], &Options::default(), noon(), look).await.unwrap();
    assert_eq!(report.files[0].created as u64, PROJECTS, "{}", report.table());
    let left = left.into_inner();
    assert!(!left.is_empty());
    for image in &left {
        let db = database::open(&url(image.path())).await.unwrap();
        assert_eq!(source::Entity::find().all(&db).await.unwrap(), []);
        assert_eq!(project::Entity::find().count(&db).await.unwrap(), 0);
        assert_eq!(said(&db, "PRAGMA integrity_check").await, "ok");
        assert_eq!(said(&db, "PRAGMA journal_mode").await, "wal");
        let report =
            import::run(&db, &[large(image.path())], &Options::default(), noon(), |_| {}).await.unwrap();
        assert_eq!(report.files[0].created as u64, PROJECTS, "{}", report.table());
    }
}

#[tokio::test]
async fn who_comes_while_a_file_is_filled_waits() {
    let folder = tempfile::tempdir().unwrap();
    let db = database::open_to_write(&url(folder.path())).await.unwrap();
    database::migrate(&db).await.unwrap();
    assert!(in_place::begin(&db).await.unwrap());
    let tx = transaction::begin(&db).await.unwrap();
    let mut other = Command::new(env!("CARGO_BIN_EXE_samverkan"))
        .arg("doctor")
        .env("DATABASE_URL", url(folder.path()))
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut told = BufReader::new(other.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains("locked") {
        line.clear();
        assert!(told.read_line(&mut line).unwrap() > 0, "it did not wait");
    }
    transaction::end(tx, Ok(())).await.unwrap();
    in_place::end(&db).await;
    assert!(other.wait().unwrap().success());
}
