//! A service of its own for each test, with an empty database.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::{DateTime, TimeZone, Utc};
use poem::Endpoint;
use poem::test::TestClient;
use samverkan::graphql::{JsonMap, Limits, Reply, Request, Schema, TrustedDocuments};
use samverkan::http::{Settings, Stopping, routes};
use samverkan::import::report::Report;
use samverkan::import::{self, Options};
use samverkan::store::database;
use sea_orm::{ConnectionTrait, DatabaseConnection};
use serde_json::Value;
use tempfile::TempDir;

/// The service over a database that nobody else uses.
pub struct App {
    pub db: DatabaseConnection,
    pub folder: TempDir,
    schema: Schema,
    statements: Arc<AtomicUsize>,
}

/// A time that tests agree on.
pub fn noon() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 1, 15, 12, 0, 0).unwrap()
}

impl App {
    /// An empty service on SQLite, or on PostgreSQL where `TEST_DATABASE_URL` names a server.
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = match std::env::var("TEST_DATABASE_URL") {
            Ok(server) => own_schema(&server).await,
            Err(_) => format!("sqlite://{}", folder.path().join("test.db").display()),
        };
        let mut db = database::open(&url).await.unwrap();
        database::migrate(&db).await.unwrap();
        let statements = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&statements);
        db.set_metric_callback(move |_| {
            count.fetch_add(1, Ordering::Relaxed);
        });
        let schema = Schema::new(db.clone(), Limits::default(), TrustedDocuments::default()).unwrap();
        Self { db, folder, schema, statements }
    }

    /// A service with the demo documents in it.
    pub async fn with_demo() -> Self {
        let app = Self::new().await;
        let report = app.import_paths(&[demo()], Options::default()).await;
        assert!(!report.has_failures(), "{}", report.table());
        app
    }

    /// A client of the server's routes.
    pub fn client(&self) -> TestClient<impl Endpoint + use<>> {
        self.client_with(&Settings::default())
    }

    /// The same, of a server with other settings.
    pub fn client_with(&self, settings: &Settings) -> TestClient<impl Endpoint + use<>> {
        TestClient::new(routes(self.db.clone(), settings, Stopping::default()).unwrap())
    }

    /// Imports files and folders.
    pub async fn import_paths(&self, paths: &[PathBuf], options: Options) -> Report {
        import::run(&self.db, paths, &options, noon(), |_, _| {}).await.unwrap()
    }

    /// Writes a document and imports it.
    pub async fn import(&self, name: &str, text: &str) -> Report {
        let path = self.file(name, text);
        self.import_paths(&[path], Options::default()).await
    }

    /// Writes a file into this test's own folder.
    pub fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    /// The whole answer to a question.
    pub async fn answer(&self, query: &str, variables: Value) -> Value {
        let variables: Option<JsonMap> = serde_json::from_value(variables).unwrap();
        let variables = variables.unwrap_or_default();
        let request = Request { query: Some(query.to_owned()), variables, ..Request::default() };
        let reply = match self.schema.prepare(&request) {
            Ok(prepared) => self.schema.execute(&prepared, "test").await,
            Err(errors) => Reply { errors, ..Reply::default() },
        };
        serde_json::to_value(reply).unwrap()
    }

    /// The data that answer a question, which must give no error.
    pub async fn ask(&self, query: &str) -> Value {
        self.ask_with(query, Value::Null).await
    }

    /// The same, with variables.
    pub async fn ask_with(&self, query: &str, variables: Value) -> Value {
        let mut answer = self.answer(query, variables).await;
        assert!(answer.get("errors").is_none(), "{query}\n{answer:#}");
        answer["data"].take()
    }

    /// The code and message of the one error that a question gives.
    pub async fn refusal(&self, query: &str) -> (String, String) {
        let answer = self.answer(query, Value::Null).await;
        let errors = answer["errors"].as_array().unwrap_or_else(|| panic!("no error: {answer:#}"));
        assert_eq!(errors.len(), 1, "{answer:#}");
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        (text(&errors[0]["extensions"]["code"]), text(&errors[0]["message"]))
    }

    /// How many SQL statements a question takes.
    pub async fn statements_for(&self, query: &str) -> usize {
        let before = self.statements.load(Ordering::Relaxed);
        self.ask(query).await;
        self.statements.load(Ordering::Relaxed) - before
    }

    /// Every row of the tables that hold what was read and derived, as text; to compare before and after.
    pub async fn counts(&self) -> Value {
        let holds = samverkan::store::projects::holdings(&self.db).await.unwrap();
        let version = database::version(&self.db).await.unwrap().version;
        serde_json::json!([holds.projects, holds.organisations, holds.sources, holds.statements, version])
    }
}

/// The folder of the demo documents.
pub fn demo() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("demo")
}

/// A URL with a PostgreSQL schema that this test alone uses.
async fn own_schema(server: &str) -> String {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let name = format!("test_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let db = database::open(server).await.unwrap();
    db.execute_unprepared(&format!("CREATE SCHEMA {name}")).await.unwrap();
    db.close().await.unwrap();
    let separator = if server.contains('?') { '&' } else { '?' };
    format!("{server}{separator}options=-csearch_path%3D{name}")
}
