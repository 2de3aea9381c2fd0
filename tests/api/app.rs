//! A service of its own for each test, with an empty database.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use chrono::{DateTime, TimeZone, Utc};
use poem::Endpoint;
use poem::test::TestClient;
use samverkan::access::{Access, Places};
use samverkan::domain::access_key::Environment;
use samverkan::domain::disclosure::{Parameters, Secret};
use samverkan::generate::example;
use samverkan::graphql::{JsonMap, Limits, Reply, Request, Schema, TrustedDocuments};
use samverkan::http::{Settings, Stopping, routes};
use samverkan::import::report::Report;
use samverkan::import::{self, Options};
use samverkan::outcomes::delivery::report::FileReport;
use samverkan::outcomes::{delivery, release};
use samverkan::store::exact::{self, Exact};
use samverkan::store::{access, database};
use sea_orm::{ConnectionTrait, DatabaseConnection};
use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The service over a database that nobody else uses.
pub struct App {
    pub db: DatabaseConnection,
    pub url: String,
    pub folder: Arc<TempDir>,
    pub schema: Schema,
    statements: Arc<AtomicUsize>,
}

/// A time that tests agree on.
pub fn noon() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 1, 15, 12, 0, 0).unwrap()
}

/// A secret that tests agree on.
pub fn secret() -> Secret {
    Secret::new(b"a secret that is known to everybody, as tests are").unwrap()
}

impl App {
    /// An empty service on SQLite, or on PostgreSQL where `TEST_DATABASE_URL` names a server.
    pub async fn new() -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
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
        Self { db, url, folder, schema, statements }
    }

    /// A service with the demo documents in it.
    pub async fn with_demo() -> Self {
        let app = Self::new().await;
        let report = app.import_paths(&[demo()], Options::default()).await;
        assert!(!report.has_failures(), "{}", report.table());
        app
    }

    /// Adds the made-up projects of the demo, with their outcomes.
    pub async fn add_outcomes(&self) {
        let (projects, participations) = example::write(self.folder.path(), noon().date_naive()).unwrap();
        self.import_paths(&[projects], Options::default()).await;
        let report = self.deliver_path(&participations, &delivery::Options::default()).await;
        assert!(report.refused.is_empty(), "{}", report.text());
        self.release().await;
    }

    /// The database of exact rows beside this one.
    pub async fn exact(&self) -> Exact {
        Exact::open(&self.exact_url()).await.unwrap()
    }

    /// Where it is.
    pub fn exact_url(&self) -> String {
        exact::beside(&self.url)
    }

    /// Reads a file of participations.
    pub async fn deliver(&self, name: &str, text: &str) -> FileReport {
        let path = self.file(name, text);
        self.deliver_path(&path, &delivery::Options::default()).await
    }

    /// The same, with options.
    pub async fn deliver_path(&self, path: &Path, options: &delivery::Options) -> FileReport {
        let paths = [path.to_owned()];
        let exact = self.exact().await;
        let reports = delivery::run(&exact, &self.db, &secret(), &paths, options, noon()).await.unwrap();
        exact.close().await.unwrap();
        reports.into_iter().next().unwrap()
    }

    /// Makes a release.
    pub async fn release(&self) -> release::report::Report {
        self.release_with(&secret(), noon()).await.unwrap()
    }

    /// The same, with another secret or at another time.
    pub async fn release_with(
        &self,
        secret: &Secret,
        now: DateTime<Utc>,
    ) -> samverkan::error::Result<release::report::Report> {
        let options = release::Options {
            parameters: Parameters::default(),
            as_of: now.date_naive(),
            new_secret: false,
        };
        let exact = self.exact().await;
        let report = release::run(&exact, &self.db, secret, &options, now).await;
        exact.close().await.unwrap();
        report
    }

    /// Where keys, grants and the access log are.
    pub async fn access(&self) -> access::Access {
        access::Access::open(&access::beside(&self.url)).await.unwrap()
    }

    /// What tells partners by their keys.
    pub fn partners(&self) -> Access {
        let places =
            Places { access: access::beside(&self.url), exact: self.exact_url(), public: self.url.clone() };
        Access::new(Environment::Live, places, Vec::new())
    }

    /// Settings of a server that takes keys.
    pub fn for_partners(&self) -> Settings {
        Settings { access: Some(self.partners()), ..Settings::default() }
    }

    /// A client of the server's routes.
    pub fn client(&self) -> TestClient<impl Endpoint + use<>> {
        self.client_with(&Settings::default())
    }

    /// The same, of a server with other settings.
    pub fn client_with(&self, settings: &Settings) -> TestClient<impl Endpoint + use<>> {
        // A test asks at once what it has just imported.
        let settings = Settings { version_age: Duration::ZERO, ..settings.clone() };
        TestClient::new(routes(self.db.clone().into(), &settings, Stopping::default()).unwrap())
    }

    /// A server of its own on a port of its own.
    pub async fn serve(&self, settings: Settings) -> Running {
        let bound = samverkan::http::bind("127.0.0.1:0").await.unwrap();
        let (address, db) = (bound.address, self.db.clone());
        let (stop, stopped) = tokio::sync::oneshot::channel();
        let stop_when = async { stopped.await.unwrap_or_default() };
        let done = tokio::spawn(async move { bound.serve(db, settings, stop_when).await.unwrap() });
        Running { address, stop: Some(stop), done, _folder: Arc::clone(&self.folder) }
    }

    /// Imports files and folders.
    pub async fn import_paths(&self, paths: &[PathBuf], options: Options) -> Report {
        import::run(&self.db, paths, &options, noon(), |_| {}).await.unwrap()
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
        serde_json::to_value(self.reply(query, variables).await).unwrap()
    }

    /// The whole answer as it is written.
    pub async fn text(&self, query: &str) -> String {
        serde_json::to_string(&self.reply(query, Value::Null).await).unwrap()
    }

    async fn reply(&self, query: &str, variables: Value) -> Reply {
        let variables: Option<JsonMap> = serde_json::from_value(variables).unwrap();
        let variables = variables.unwrap_or_default();
        let request = Request { query: Some(query.to_owned()), variables, ..Request::default() };
        match self.schema.prepare(&request) {
            Ok(prepared) => self.schema.execute(&prepared, "test", None).await,
            Err(errors) => Reply { errors, ..Reply::default() },
        }
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
        let before = self.statements();
        self.ask(query).await;
        self.statements() - before
    }

    /// How many SQL statements there have been.
    pub fn statements(&self) -> usize {
        self.statements.load(Ordering::Relaxed)
    }

    /// Every row of the tables that hold what was read and derived, as text; to compare before and after.
    pub async fn counts(&self) -> Value {
        let holds = samverkan::store::projects::holdings(&self.db).await.unwrap();
        let version = database::version(&self.db).await.unwrap().version;
        serde_json::json!([holds.projects, holds.organisations, holds.sources, holds.statements, version])
    }
}

/// A server that listens on loopback.
pub struct Running {
    pub address: SocketAddr,
    pub stop: Option<tokio::sync::oneshot::Sender<Duration>>,
    pub done: tokio::task::JoinHandle<()>,
    /// The database stays as long as the server, also if its `App` does not.
    _folder: Arc<TempDir>,
}

impl Running {
    /// A connection.
    pub async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Sends bytes on a connection of their own and gives what comes back until the server closes it.
    pub async fn send(&self, bytes: impl AsRef<[u8]>) -> String {
        let mut connection = self.connect().await;
        // A server that has refused may close before all is sent.
        let _refused = connection.write_all(bytes.as_ref()).await;
        let mut answer = Vec::new();
        let _broken_off = connection.read_to_end(&mut answer).await;
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// Asks by GET, with further header lines.
    pub async fn get(&self, path: &str, headers: &str) -> String {
        self.send(format!("GET {path} HTTP/1.1\r\nhost: here\r\nconnection: close\r\n{headers}\r\n")).await
    }

    /// Asks a question by POST, with further header lines.
    pub async fn post(&self, query: &str, headers: &str) -> String {
        let body = serde_json::json!({ "query": query }).to_string();
        let length = body.len();
        self.send(format!(
            "POST /graphql HTTP/1.1\r\nhost: here\r\nconnection: close\r\ncontent-type: application/json\r\n\
             content-length: {length}\r\n{headers}\r\n{body}"
        ))
        .await
    }
}

/// The status of an answer.
pub fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default()
}

/// A header of an answer.
pub fn header<'a>(answer: &'a str, name: &str) -> Option<&'a str> {
    let head = answer.split("\r\n\r\n").next()?;
    let mut lines = head.lines().filter_map(|line| line.split_once(": "));
    lines.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
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
