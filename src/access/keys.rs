//! Making keys and taking them back: verbs of the operator.

use chrono::{DateTime, Utc};
use rand::distr::{Alphanumeric, SampleString};

use super::viewer::digest;
use crate::domain::access_key::{AccessKey, Environment, NAME, SECRET};
use crate::domain::scope::Scope;
use crate::entities::{access_key, organisation};
use crate::error::{Error, Result};
use crate::store::access::{self, Access};

/// Keys that an organisation may have for one purpose at the same time: the one in use, and the next.
const LIVE: usize = 2;

/// A key to be made.
#[derive(Clone, Debug)]
pub struct New {
    /// Which services take it.
    pub environment: Environment,
    /// What it is for.
    pub label: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// Networks from which it is taken, with commas between them; from everywhere where empty.
    pub networks: String,
    /// Until when it is taken.
    pub expires_at: DateTime<Utc>,
}

/// Makes a key for an organisation. It is in the answer and nowhere else.
///
/// # Errors
/// [`Error::Refused`] where the organisation has two keys of that label already, [`Error::Database`] if the database fails.
pub async fn create(
    access: &Access,
    holder: &organisation::Model,
    new: New,
    now: DateTime<Utc>,
) -> Result<(AccessKey, access_key::Model)> {
    let model = access_key::Model {
        id: String::new(),
        environment: new.environment.word().to_owned(),
        organisation_id: holder.id,
        organisation_name: holder.name.clone(),
        label: new.label,
        digest: Vec::new(),
        scopes: Scope::words(&new.scopes),
        networks: new.networks,
        created_at: now,
        expires_at: new.expires_at,
        last_used_on: None,
        revoked_at: None,
    };
    add(access, model, new.environment, now).await
}

/// Makes the next key with the rights of another, which stays until it is over or is taken back.
///
/// # Errors
/// [`Error::Refused`] where there is no such key, or there is a next one already.
pub async fn rotate(
    access: &Access,
    name: &str,
    expires_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(AccessKey, access_key::Model)> {
    let old = access::keys::find(access, name).await?;
    let old = old
        .filter(|old| is_live(old, now))
        .ok_or_else(|| Error::Refused(format!("there is no key {name} that can be used")))?;
    let environment =
        if old.environment == Environment::Test.word() { Environment::Test } else { Environment::Live };
    let model = access_key::Model { created_at: now, expires_at, last_used_on: None, ..old };
    add(access, model, environment, now).await
}

async fn add(
    access: &Access,
    model: access_key::Model,
    environment: Environment,
    now: DateTime<Utc>,
) -> Result<(AccessKey, access_key::Model)> {
    let others = access::keys::list(access, Some(model.organisation_id)).await?;
    let same = |other: &&access_key::Model| other.label == model.label && is_live(other, now);
    if others.iter().filter(same).count() >= LIVE {
        return Err(Error::Refused(format!(
            "{} has two keys for {:?} already; revoke the older one first",
            model.organisation_name, model.label
        )));
    }
    // Of the system's own generator, fit for secrets.
    let mut random = rand::rng();
    let text = |random: &mut rand::rngs::ThreadRng, length| Alphanumeric.sample_string(random, length);
    let key = AccessKey::new(environment, &text(&mut random, NAME), &text(&mut random, SECRET));
    drop(random);
    let model = access_key::Model { id: key.name().to_owned(), digest: digest(&key), ..model };
    access::keys::add(access, model.clone()).await?;
    Ok((key, model))
}

/// Whether a key can be used at some time.
#[must_use]
pub fn is_live(key: &access_key::Model, now: DateTime<Utc>) -> bool {
    key.revoked_at.is_none() && now < key.expires_at
}

/// Takes a key back. Services notice within seconds.
///
/// # Errors
/// [`Error::Refused`] where there is no such key.
pub async fn revoke(access: &Access, name: &str, now: DateTime<Utc>) -> Result<()> {
    if access::keys::revoke(access, name, now).await? {
        return Ok(());
    }
    Err(Error::Refused(format!("there is no key {name} that could be revoked")))
}
