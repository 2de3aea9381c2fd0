//! Tokens that a federation of agencies issues: JSON Web Tokens, signed with the issuer's own key.

use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::Refusal;
use super::issuer::{Issuer, Keys};
use crate::domain::scope::Scope;

/// Bytes of a token at most.
const LONGEST: usize = 8 * 1024;
/// By how much clocks may differ.
const SKEW: Duration = Duration::from_mins(1);
/// How long ago a token may have been issued.
const OLDEST: TimeDelta = TimeDelta::hours(1);
/// Signatures with a key that only the issuer has. Whoever checks one of the others could make it.
const ALGORITHMS: [(&str, Algorithm); 4] = [
    ("ES256", Algorithm::ES256),
    ("PS256", Algorithm::PS256),
    ("RS256", Algorithm::RS256),
    ("EdDSA", Algorithm::EdDSA),
];

/// What stands before a token's claims. Where it says that keys are to be had (`jku`, `x5u`, `jwk`) is not looked at.
#[derive(Deserialize)]
struct Head {
    alg: String,
    kid: String,
    /// What a reader must understand; there is nothing.
    crit: Option<Value>,
}

/// What a token says of who has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Holder {
    /// The issuer.
    pub issuer: String,
    /// Which of its subjects.
    pub subject: String,
    /// The organisationsnummer.
    pub organisation: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// Until when it is taken.
    pub expires_at: DateTime<Utc>,
}

/// Who has a token, by the issuers whose tokens are taken.
pub(super) async fn holder(
    token: &str,
    issuers: &[(Issuer, Keys)],
    now: DateTime<Utc>,
    tick: Instant,
) -> Result<Holder, Refusal> {
    let (issuer, claims) = claims(token, issuers, tick).await?;
    let time = |name: &str| claims.get(name)?.as_i64().and_then(|at| DateTime::from_timestamp(at, 0));
    let text = |name: &str| claims.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let read = || {
        let (made_at, expires_at) = (time("iat")?, time("exp")?);
        let skew = TimeDelta::from_std(SKEW).ok()?;
        let is_of_now = made_at <= now + skew && now - made_at <= OLDEST + skew && expires_at + skew > now;
        let words = match claims.get(&issuer.scope_claim) {
            Some(Value::String(words)) => words.clone(),
            Some(Value::Array(words)) => words.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" "),
            _ => return None,
        };
        is_of_now.then(|| {
            Some(Holder {
                issuer: issuer.issuer.clone(),
                subject: text("sub").or_else(|| text("client_id"))?.to_owned(),
                organisation: text(&issuer.organisation_claim)?.to_owned(),
                scopes: Scope::list(&words),
                expires_at,
            })
        })?
    };
    read().ok_or(Refusal::Invalid)
}

/// The claims of a token, if its issuer has signed them for this service.
async fn claims<'a>(
    token: &str,
    issuers: &'a [(Issuer, Keys)],
    tick: Instant,
) -> Result<(&'a Issuer, Map<String, Value>), Refusal> {
    if token.len() > LONGEST {
        return Err(Refusal::Invalid);
    }
    let mut parts = token.split('.');
    let (head, body) =
        (parts.next().and_then(part::<Head>), parts.next().and_then(part::<Map<String, Value>>));
    let (Some(head), Some(body)) = (head, body) else { return Err(Refusal::Invalid) };
    let algorithm = ALGORITHMS.iter().find(|(name, _)| *name == head.alg);
    let issuer = body.get("iss").and_then(Value::as_str);
    let issuer = issuers.iter().find(|(own, _)| issuer == Some(&*own.issuer));
    let (Some((_, algorithm)), Some((issuer, keys)), None) = (algorithm, issuer, head.crit) else {
        return Err(Refusal::Invalid);
    };
    let key = keys.find(issuer, &head.kid, tick).await.map_err(Refusal::Unavailable)?;
    let key = key.ok_or(Refusal::Invalid)?;
    // A key is for the signatures that it says it is for.
    if key.common.key_algorithm.is_some_and(|own| own.to_string() != head.alg) {
        return Err(Refusal::Invalid);
    }
    let key = DecodingKey::from_jwk(&key).map_err(|_| Refusal::Invalid)?;
    let mut rules = Validation::new(*algorithm);
    rules.set_issuer(&[&issuer.issuer]);
    rules.set_audience(&[&issuer.audience]);
    rules.set_required_spec_claims(&["exp", "iss", "aud"]);
    rules.validate_nbf = true;
    rules.leeway = SKEW.as_secs();
    let verified = decode::<Map<String, Value>>(token, &key, &rules).map_err(|_| Refusal::Invalid)?;
    Ok((issuer, verified.claims))
}

fn part<T: for<'a> Deserialize<'a>>(text: &str) -> Option<T> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()
}
