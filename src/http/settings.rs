//! How to serve.

use std::time::Duration;

use ipnet::IpNet;

use crate::access::Access;
use crate::graphql::{Limits, TrustedDocuments};

/// How to serve.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How much a document may ask for.
    pub limits: Limits,
    /// Documents that the operator has given.
    pub trusted: TrustedDocuments,
    /// Which status codes an answer has.
    pub status_codes: StatusCodes,
    /// The largest body of a request, in bytes.
    pub body: usize,
    /// How long a request may take, from its last byte to the answer.
    pub request_timeout: Duration,
    /// How long the headers of a request may take to come in, and its body after them.
    pub read_timeout: Duration,
    /// How long a connection may stand still.
    pub idle_timeout: Duration,
    /// Open connections at most.
    pub connections: usize,
    /// Requests that are answered at the same time at most.
    pub concurrency: usize,
    /// Cost that an address may ask for in a minute; see [`RateLimit`].
    pub rate_limit: RateLimit,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub proxies: Vec<IpNet>,
    /// Origins whose pages may read answers; `*` for all.
    pub origins: Vec<String>,
    /// Bytes of answers that are kept as long as the data stay the same; 0 for none.
    pub response_cache: u64,
    /// How long the version of the data that was read last is taken for the present one. An import is seen this much
    /// later at most; a request that is answered from memory asks no database meanwhile.
    pub version_age: Duration,
    /// What tells partners by their keys; without it no key is taken.
    pub access: Option<Access>,
}

/// What an address may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RateLimit {
    /// So much cost a minute, this machine's own addresses excepted: behind them stands the operator, or a proxy that
    /// does not say who asks.
    Others(u32),
    /// So much cost a minute, for every address.
    All(u32),
    /// As much as it likes.
    None,
}

/// Which status codes an answer has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum StatusCodes {
    /// Those that clients know and audits expect: 400 for what is wrong with a request, and 200 even then where the
    /// answer is `application/json`.
    Audited,
    /// Those of the 2026 draft of GraphQL over HTTP: 422 for what cannot be executed, 294 for data with errors.
    #[value(name = "2026")]
    Draft2026,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            trusted: TrustedDocuments::default(),
            status_codes: StatusCodes::Audited,
            body: 256 * 1024,
            request_timeout: Duration::from_secs(10),
            read_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(30),
            connections: 4_096,
            concurrency: 8,
            rate_limit: RateLimit::Others(600_000),
            proxies: Vec::new(),
            origins: Vec::new(),
            response_cache: 32 * 1024 * 1024,
            version_age: Duration::from_millis(250),
            access: None,
        }
    }
}
