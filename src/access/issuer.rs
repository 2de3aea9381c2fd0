//! Those who issue tokens, and their public keys.

use std::io::Read;
use std::path::Path;
use std::sync::{Arc, Mutex as StdMutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use jsonwebtoken::jwk::{Jwk, JwkSet, PublicKeyUse};
use serde::Deserialize;
use tokio::sync::Mutex;

use crate::error::{Error, Result};

/// How often keys are fetched at most, and how old they may be before they are fetched anew.
const PAUSE: Duration = Duration::from_mins(1);
const OLD: Duration = Duration::from_hours(1);
/// How long they are used where they cannot be fetched.
const STALE: Duration = Duration::from_hours(24);
/// How long fetching may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// Bytes of a set of keys at most.
const LARGEST: u64 = 1024 * 1024;

/// Somebody whose tokens are taken, as an operator describes it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Issuer {
    /// What stands in `iss`.
    pub issuer: String,
    /// What stands in `aud`.
    pub audience: String,
    /// Where its public keys are: an address that begins with `https:`, or a file.
    pub jwks: String,
    /// The claim in which the organisationsnummer of the partner stands.
    #[serde(default = "organisation_claim")]
    pub organisation_claim: String,
    /// The claim in which its scopes stand.
    #[serde(default = "scope_claim")]
    pub scope_claim: String,
}

fn organisation_claim() -> String {
    "organisation_number".to_owned()
}

fn scope_claim() -> String {
    "scope".to_owned()
}

impl Issuer {
    /// Reads a list of issuers.
    ///
    /// # Errors
    /// What is wrong with it, as a sentence.
    pub fn list(json: &str) -> std::result::Result<Vec<Self>, String> {
        let issuers: Vec<Self> = serde_json::from_str(json).map_err(|cause| cause.to_string())?;
        for (at, issuer) in issuers.iter().enumerate() {
            if issuers[..at].iter().any(|other| other.issuer == issuer.issuer) {
                return Err(format!("{} stands there twice", issuer.issuer));
            }
            if issuer.jwks.starts_with("http:") && !is_of_this_machine(&issuer.jwks) {
                return Err(format!("jwks of {}: must begin with https:", issuer.issuer));
            }
        }
        Ok(issuers)
    }
}

/// Whether an address without encryption is one of this machine, as of a proxy that fetches keys.
fn is_of_this_machine(url: &str) -> bool {
    let host = url.trim_start_matches("http://").split(['/', ':']).next().unwrap_or_default();
    matches!(host, "127.0.0.1" | "localhost") && !url.contains('@')
}

/// The public keys of an issuer, as they were fetched last.
#[derive(Clone, Debug, Default)]
pub(super) struct Keys(Arc<State>);

#[derive(Debug, Default)]
struct State {
    fetched: StdMutex<Fetched>,
    /// Whoever needs a key that is not known waits for the one who fetches.
    fetching: Mutex<()>,
}

#[derive(Debug, Default)]
struct Fetched {
    keys: Option<(Instant, JwkSet)>,
    tried: Option<Instant>,
}

impl Keys {
    /// The key with a name; none where there is none of that name. One that is known is given at once, and fetched anew
    /// meanwhile where it is old.
    ///
    /// # Errors
    /// [`Error::Refused`] where keys cannot be fetched and none are known that could still be used.
    pub async fn find(&self, issuer: &Issuer, name: &str, tick: Instant) -> Result<Option<Jwk>> {
        if let Some((age, key)) = self.known(name, tick) {
            if age >= OLD && self.is_due(tick) {
                let (own, issuer) = (self.clone(), issuer.clone());
                tokio::spawn(async move { own.refresh(&issuer, tick).await });
            }
            return Ok(Some(key));
        }
        let _turn = self.0.fetching.lock().await;
        if self.known(name, tick).is_none() && self.is_due(tick) {
            self.refresh(issuer, tick).await;
        }
        if let Some((_, key)) = self.known(name, tick) {
            return Ok(Some(key));
        }
        let has_any = self.state().keys.as_ref().is_some_and(|(at, _)| age(*at, tick) < STALE);
        if has_any {
            Ok(None)
        } else {
            Err(Error::Refused("the keys of the issuer could not be fetched".to_owned()))
        }
    }

    fn state(&self) -> MutexGuard<'_, Fetched> {
        self.0.fetched.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A key that can still be used, and how old it is.
    fn known(&self, name: &str, tick: Instant) -> Option<(Duration, Jwk)> {
        let state = self.state();
        let (at, keys) = state.keys.as_ref()?;
        let age = age(*at, tick);
        Some((age, signing(keys, name).filter(|_| age < STALE)?))
    }

    /// Whether it is time to fetch keys; then it is so for nobody else.
    fn is_due(&self, tick: Instant) -> bool {
        let mut state = self.state();
        let is_due = state.tried.is_none_or(|at| age(at, tick) >= PAUSE);
        if is_due {
            state.tried = Some(tick);
        }
        is_due
    }

    async fn refresh(&self, issuer: &Issuer, tick: Instant) {
        match fetch(issuer.jwks.clone()).await {
            Ok(keys) => self.state().keys = Some((tick, keys)),
            Err(cause) => {
                tracing::warn!(token.issuer = issuer.issuer, error.cause = %cause, "keys could not be fetched");
            }
        }
    }
}

fn age(at: Instant, tick: Instant) -> Duration {
    tick.saturating_duration_since(at)
}

/// The key with a name that is for signatures.
fn signing(keys: &JwkSet, name: &str) -> Option<Jwk> {
    let signs =
        |key: &Jwk| key.common.public_key_use.as_ref().is_none_or(|own| *own == PublicKeyUse::Signature);
    keys.find(name).filter(|key| signs(key)).cloned()
}

async fn fetch(from: String) -> std::result::Result<JwkSet, String> {
    let fetched = tokio::task::spawn_blocking(move || {
        let text = if from.starts_with("https:") || from.starts_with("http:") {
            download(&from)?
        } else {
            let file = std::fs::File::open(Path::new(&from)).map_err(|cause| cause.to_string())?;
            let mut text = String::new();
            file.take(LARGEST).read_to_string(&mut text).map_err(|cause| cause.to_string())?;
            text
        };
        read(&text)
    });
    fetched.await.map_err(|cause| cause.to_string())?
}

/// The keys of a set, without those of kinds that are not known here.
fn read(text: &str) -> std::result::Result<JwkSet, String> {
    #[derive(Deserialize)]
    struct Set {
        keys: Vec<serde_json::Value>,
    }
    let set: Set = serde_json::from_str(text).map_err(|cause| cause.to_string())?;
    let keys = set.keys.into_iter().filter_map(|key| serde_json::from_value(key).ok()).collect();
    Ok(JwkSet { keys })
}

fn download(url: &str) -> std::result::Result<String, String> {
    // Where another part of the program has chosen already, that holds.
    let _chosen = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .timeout_global(Some(PATIENCE))
        .max_redirects(0)
        .proxy(None)
        .build()
        .into();
    let mut response = agent.get(url).call().map_err(|cause| cause.to_string())?;
    if response.status() != 200 {
        return Err(format!("status {}", response.status()));
    }
    response.body_mut().with_config().limit(LARGEST).read_to_string().map_err(|cause| cause.to_string())
}

#[cfg(test)]
mod tests {
    use super::download;

    #[test]
    fn an_address_with_encryption_that_nobody_answers_is_an_error_like_any_other() {
        // What encrypts is there: only the connection fails.
        let refused = download("https://127.0.0.1:1/jwks").unwrap_err();
        assert!(refused.contains("onnection refused"), "{refused}");
    }
}
