//! Every setting, with its flag, its environment variable and its default.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use ipnet::IpNet;
use sea_orm::DatabaseConnection;

use crate::access::{Access, Issuer, Places};
use crate::domain::access_key::Environment;
use crate::domain::disclosure::Secret;
use crate::error::{Error, Result};
use crate::graphql::{Limits, TrustedDocuments};
use crate::http::{RateLimit, Settings, StatusCodes};
use crate::store;
use crate::store::database::{self, Pool};
use crate::store::exact::{self, Exact};
use crate::store::readers::Readers;

/// Where the data are and where to serve them.
#[derive(Args, Clone, Debug)]
pub struct Config {
    /// The database: `sqlite://FILE` or `postgres://USER:PASSWORD@HOST/NAME`.
    #[arg(
        long,
        env = "DATABASE_URL",
        default_value = "sqlite://samverkan.db",
        hide_env_values = true,
        global = true
    )]
    pub database_url: String,

    /// Address and port to serve on.
    #[arg(long, env = "LISTEN", default_value = "127.0.0.1:8000", global = true)]
    pub listen: String,

    /// What to log, such as `info` or `samverkan=debug,warn`.
    #[arg(long, env = "LOG", default_value = "info,sqlx=warn", global = true)]
    pub log: String,
}

/// Where what is exact of participants is kept.
#[derive(Args, Clone, Debug)]
struct ExactRows {
    /// The database of exact rows: beside the other in `NAME.exact.db`, or in its schema `exact`, where none is named.
    #[arg(long, env = "EXACT_DATABASE_URL", hide_env_values = true)]
    exact_database_url: Option<String>,
}

impl ExactRows {
    fn url(&self, config: &Config) -> String {
        self.exact_database_url.clone().unwrap_or_else(|| exact::beside(&config.database_url))
    }
}

/// Where keys, grants and the access log are kept.
#[derive(Args, Clone, Debug)]
pub struct Partners {
    /// The database of keys and the access log: beside the other in `NAME.access.db`, or in its schema `access`, where
    /// none is named.
    #[arg(long, env = "ACCESS_DATABASE_URL", hide_env_values = true)]
    access_database_url: Option<String>,
}

impl Partners {
    /// The database of keys, grants and the access log.
    ///
    /// # Errors
    /// As [`store::access::Access::open`](crate::store::access::Access::open).
    pub async fn open(&self, config: &Config) -> Result<store::access::Access> {
        store::access::Access::open(&self.url(config)).await
    }

    fn url(&self, config: &Config) -> String {
        let url = self.access_database_url.clone();
        url.unwrap_or_else(|| store::access::beside(&config.database_url))
    }
}

/// Where what is exact of participants is kept, and the secret that protects it: only commands that an operator runs
/// have the secret, never a server.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Participations")]
pub struct Participations {
    #[command(flatten)]
    exact: ExactRows,

    /// A file with a secret of 32 bytes or more, kept apart from databases and their copies. It must stay the same.
    #[arg(long, env = "SECRET_FILE", default_value = "samverkan.secret")]
    pub secret_file: PathBuf,
}

/// The fewest bytes of a secret.
const SECRET: usize = 32;

impl Participations {
    /// The database of exact rows.
    ///
    /// # Errors
    /// As [`Exact::open`].
    pub async fn exact(&self, config: &Config) -> Result<Exact> {
        Exact::open(&self.exact_url(config)).await
    }

    /// Where it is.
    #[must_use]
    pub fn exact_url(&self, config: &Config) -> String {
        self.exact.url(config)
    }

    /// The secret.
    ///
    /// # Errors
    /// [`Error::File`] if it cannot be read or is too short.
    pub fn secret(&self) -> Result<Secret> {
        let path = &self.secret_file;
        let refuse = |reason: String| Error::File { path: path.clone(), reason };
        let remedy = "write one that nobody can guess, as with: openssl rand -hex 32";
        let text = std::fs::read(path)
            .map_err(|cause| refuse(format!("the secret cannot be read ({cause}); {remedy}")))?;
        let secret = text.trim_ascii();
        let long_enough = Some(secret).filter(|secret| secret.len() >= SECRET);
        long_enough
            .and_then(Secret::new)
            .ok_or_else(|| refuse(format!("the secret has fewer than {SECRET} bytes; {remedy}")))
    }
}

/// How to serve.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Serving")]
pub struct Serving {
    /// What a request may cost: fields and lookups, with every page counted as full.
    #[arg(long, env = "MAX_COST", default_value_t = Limits::default().cost)]
    pub max_cost: u64,

    /// Levels of fields, introspection not counted.
    #[arg(long, env = "MAX_DEPTH", default_value_t = Limits::default().depth)]
    pub max_depth: usize,

    /// Lexical tokens of a document.
    #[arg(long, env = "MAX_TOKENS", default_value_t = Limits::default().tokens)]
    pub max_tokens: usize,

    /// Selections of a document, with its fragments in place.
    #[arg(long, env = "MAX_SELECTIONS", default_value_t = Limits::default().selections)]
    pub max_selections: usize,

    /// Fields at the root of an operation.
    #[arg(long, env = "MAX_ROOT_FIELDS", default_value_t = Limits::default().root_fields)]
    pub max_root_fields: usize,

    /// Aliases written in a document.
    #[arg(long, env = "MAX_ALIASES", default_value_t = Limits::default().aliases)]
    pub max_aliases: usize,

    /// Directives written in a document.
    #[arg(long, env = "MAX_DIRECTIVES", default_value_t = Limits::default().directives)]
    pub max_directives: usize,

    /// Bytes of a request's body.
    #[arg(long, env = "MAX_BODY", default_value_t = Settings::default().body)]
    pub max_body: usize,

    /// Open connections; more wait.
    #[arg(long, env = "MAX_CONNECTIONS", default_value_t = Settings::default().connections)]
    pub max_connections: usize,

    /// Requests answered at the same time; more wait a moment and are then sent away with 503.
    #[arg(long, env = "MAX_CONCURRENT", default_value_t = Settings::default().concurrency)]
    pub max_concurrent: usize,

    /// Seconds that an answer may take.
    #[arg(long, env = "REQUEST_TIMEOUT", default_value_t = Settings::default().request_timeout.as_secs())]
    pub request_timeout: u64,

    /// Seconds that one SQL statement may take.
    #[arg(long, env = "STATEMENT_TIMEOUT", default_value_t = 5)]
    pub statement_timeout: u64,

    /// MiB of answers that are kept as long as the data stay the same; 0 for none.
    #[arg(long, env = "RESPONSE_CACHE", default_value_t = Settings::default().response_cache >> 20)]
    pub response_cache: u64,

    /// Streaming replicas of a PostgreSQL database, as its URL is, with commas between: questions are answered from
    /// them. Each URL must lead to one server, not to one of several.
    #[arg(long, env = "DATABASE_READ_URLS", value_delimiter = ',', hide_env_values = true)]
    database_read_urls: Vec<String>,

    /// Seconds that a replica may go on without what the database has.
    #[arg(long, env = "MAX_STALENESS", default_value_t = 10)]
    max_staleness: u64,

    /// Connections to each database at most.
    #[arg(long, env = "DATABASE_CONNECTIONS", default_value_t = Pool::default().connections)]
    pub database_connections: u32,

    /// Seconds that the head of a request may take to come in, and its body after it.
    #[arg(long, env = "READ_TIMEOUT", default_value_t = Settings::default().read_timeout.as_secs())]
    pub read_timeout: u64,

    /// Seconds that a connection may stand still; more than a request may take.
    #[arg(long, env = "IDLE_TIMEOUT", default_value_t = Settings::default().idle_timeout.as_secs())]
    pub idle_timeout: u64,

    /// Seconds to go on serving after SIGTERM while `/health/ready` says no.
    #[arg(long, env = "SHUTDOWN_DELAY", default_value_t = 3)]
    pub shutdown_delay: u64,

    /// Cost that an address may ask for in a minute; 0 for no limit. Without a number: 600000, this machine excepted.
    #[arg(long, env = "RATE_LIMIT")]
    pub rate_limit: Option<u32>,

    /// Proxies whose `X-Forwarded-For` is believed, such as `10.0.0.0/8,127.0.0.1/32`.
    #[arg(long, env = "TRUSTED_PROXIES", value_delimiter = ',')]
    pub trusted_proxies: Vec<IpNet>,

    /// Origins whose pages may read answers, such as `https://example.se`; `*` for all.
    #[arg(long, env = "CORS_ORIGINS", value_delimiter = ',')]
    pub cors_origins: Vec<String>,

    /// Status codes of answers.
    #[arg(long, env = "STATUS_CODES", value_enum, default_value_t = StatusCodes::Audited)]
    pub status_codes: StatusCodes,

    /// A manifest of trusted documents, by id: Relay's, GraphQL Code Generator's or Apollo's JSON.
    #[arg(long, env = "TRUSTED_DOCUMENTS")]
    pub trusted_documents: Option<PathBuf>,

    /// Answer trusted documents and no others.
    #[arg(long, env = "TRUSTED_DOCUMENTS_ONLY", requires = "trusted_documents")]
    pub trusted_documents_only: bool,

    #[command(flatten)]
    exact: ExactRows,

    #[command(flatten)]
    partners: Partners,

    /// A file with those whose tokens are taken besides keys: a JSON list of issuer, audience and jwks (an address or a
    /// file), and, where they are not called so, `organisation_claim` and `scope_claim`.
    #[arg(long, env = "TOKEN_ISSUERS")]
    token_issuers: Option<PathBuf>,
}

impl Serving {
    /// How to use the database.
    #[must_use]
    pub fn pool(&self) -> Pool {
        let statement_timeout = Some(Duration::from_secs(self.statement_timeout.max(1)));
        Pool { connections: self.database_connections.max(1), statement_timeout, ..Pool::default() }
    }

    /// The databases that questions are answered from.
    ///
    /// # Errors
    /// As [`Readers::open`], and [`crate::error::Error::Database`] if the primary fails.
    pub async fn readers(&self, config: &Config, primary: DatabaseConnection) -> Result<Readers> {
        let role = database::has_public_role(&primary).await?.then_some(database::PUBLIC_ROLE);
        let (pool, staleness) = (Pool { role, ..self.pool() }, Duration::from_secs(self.max_staleness));
        Readers::open(primary, &config.database_url, &self.database_read_urls, staleness, &pool).await
    }

    /// What tells partners by their keys, over a database; for services of an environment.
    ///
    /// # Errors
    /// [`Error::File`] if the list of issuers cannot be read.
    pub fn access(&self, config: &Config, environment: Environment) -> Result<Access> {
        let places = Places {
            access: self.partners.url(config),
            exact: self.exact.url(config),
            public: config.database_url.clone(),
        };
        let issuers = match &self.token_issuers {
            None => Vec::new(),
            Some(path) => {
                let refuse = |reason: String| Error::File { path: path.clone(), reason };
                let list = std::fs::read_to_string(path).map_err(|cause| refuse(cause.to_string()))?;
                Issuer::list(&list).map_err(refuse)?
            }
        };
        Ok(Access::new(environment, places, issuers))
    }

    /// The settings of the server.
    ///
    /// # Errors
    /// [`Error::File`] if the manifest of trusted documents cannot be read, [`Error::Refused`] for a number that the
    /// server cannot work with.
    pub fn settings(&self) -> Result<Settings> {
        for (name, number) in [
            ("MAX_CONNECTIONS", self.max_connections),
            ("MAX_CONCURRENT", self.max_concurrent),
            ("REQUEST_TIMEOUT", usize::try_from(self.request_timeout).unwrap_or(usize::MAX)),
            ("READ_TIMEOUT", usize::try_from(self.read_timeout).unwrap_or(usize::MAX)),
            ("IDLE_TIMEOUT", usize::try_from(self.idle_timeout).unwrap_or(usize::MAX)),
        ] {
            if number == 0 {
                return Err(Error::Refused(format!("{name}: must be at least 1")));
            }
        }
        if self.idle_timeout <= self.request_timeout {
            let reason =
                "IDLE_TIMEOUT: must be more than REQUEST_TIMEOUT, for who waits for an answer stands still";
            return Err(Error::Refused(reason.to_owned()));
        }
        Ok(Settings {
            limits: Limits {
                tokens: self.max_tokens,
                depth: self.max_depth,
                selections: self.max_selections,
                root_fields: self.max_root_fields,
                aliases: self.max_aliases,
                directives: self.max_directives,
                cost: self.max_cost,
            },
            trusted: self.trusted()?,
            status_codes: self.status_codes,
            body: self.max_body,
            request_timeout: Duration::from_secs(self.request_timeout),
            read_timeout: Duration::from_secs(self.read_timeout),
            idle_timeout: Duration::from_secs(self.idle_timeout),
            connections: self.max_connections.min(tokio::sync::Semaphore::MAX_PERMITS),
            concurrency: self.max_concurrent.min(tokio::sync::Semaphore::MAX_PERMITS),
            rate_limit: match self.rate_limit {
                None => Settings::default().rate_limit,
                Some(0) => RateLimit::None,
                Some(limit) => RateLimit::All(limit),
            },
            version_age: Settings::default().version_age,
            proxies: self.trusted_proxies.clone(),
            origins: self.cors_origins.clone(),
            response_cache: self.response_cache.saturating_mul(1024 * 1024),
            access: None,
        })
    }

    fn trusted(&self) -> Result<TrustedDocuments> {
        let Some(path) = &self.trusted_documents else { return Ok(TrustedDocuments::default()) };
        let refuse = |reason: String| Error::File { path: path.clone(), reason };
        let manifest = std::fs::read_to_string(path).map_err(|cause| refuse(cause.to_string()))?;
        TrustedDocuments::parse(&manifest, self.trusted_documents_only).map_err(|e| refuse(e.to_string()))
    }
}
