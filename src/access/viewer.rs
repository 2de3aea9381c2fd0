//! Who asks.

use std::net::IpAddr;
use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};
use ipnet::IpNet;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use uuid::Uuid;

use super::token::Holder;
use crate::domain::access_key::AccessKey;
use crate::domain::scope::Scope;
use crate::entities::{access_grant, access_key};
use crate::store::own::Granted;

/// Before a key is over, its holder is told so for so many days.
const WARNING: i64 = 30;

/// A partner organisation, as it is known by a key or a token.
#[derive(Debug)]
pub struct Viewer {
    /// The organisation in the public database.
    pub organisation: Uuid,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// By what it is known.
    pub by: By,
    /// What it was granted.
    pub granted: Granted,
    networks: Vec<IpNet>,
}

/// By what a partner is known.
#[derive(Debug)]
pub enum By {
    /// A key.
    Key(access_key::Model),
    /// A token.
    Token {
        /// Who issued it.
        issuer: String,
        /// Which of the issuer's subjects has it.
        subject: String,
    },
}

/// A viewer and what it asks for.
#[derive(Clone, Debug)]
pub struct Asker {
    /// Who asks.
    pub viewer: Arc<Viewer>,
    /// What for, in its words.
    pub purpose: Option<String>,
}

impl Viewer {
    /// The holder of a key.
    pub(super) fn of_key(key: access_key::Model, grants: &[access_grant::Model]) -> Self {
        // One that cannot be read is one from which nobody comes.
        let nobody = IpNet::from(IpAddr::from([0, 0, 0, 0]));
        let networks = key.networks.split(',').filter(|text| !text.is_empty());
        Self {
            organisation: key.organisation_id,
            scopes: Scope::list(&key.scopes),
            networks: networks.map(|text| text.parse().unwrap_or(nobody)).collect(),
            granted: granted(key.organisation_id, grants),
            by: By::Key(key),
        }
    }

    /// The holder of a token, which is an organisation.
    pub(super) fn of_token(holder: Holder, organisation: Uuid, grants: &[access_grant::Model]) -> Self {
        Self {
            organisation,
            scopes: holder.scopes,
            networks: Vec::new(),
            granted: granted(organisation, grants),
            by: By::Token { issuer: holder.issuer, subject: holder.subject },
        }
    }

    /// Whether it is known by a key, from an address at some time.
    pub(super) fn takes(&self, key: &AccessKey, address: Option<IpAddr>, now: DateTime<Utc>) -> bool {
        let comes_from = |net: &IpNet| address.is_some_and(|address| net.contains(&address));
        let comes_from_there = self.networks.is_empty() || self.networks.iter().any(comes_from);
        self.has(key, now) && comes_from_there
    }

    /// Whether a key is its own, and can be used at some time.
    pub(super) fn has(&self, key: &AccessKey, now: DateTime<Utc>) -> bool {
        let By::Key(own) = &self.by else { return false };
        let same: bool = digest(key).as_slice().ct_eq(&own.digest).into();
        same && own.revoked_at.is_none() && now < own.expires_at
    }

    /// Whether it may do something.
    #[must_use]
    pub fn may(&self, scope: Scope) -> bool {
        self.scopes.contains(&scope)
    }

    /// Its name in logs, which tells it from every other.
    #[must_use]
    pub fn actor(&self) -> String {
        match &self.by {
            By::Key(key) => format!("key {}", key.id),
            // A subject can be a person.
            By::Token { issuer, subject } => {
                format!("token {} of {issuer}", hex::encode(&Sha256::digest(subject)[..8]))
            }
        }
    }
}

/// Whether a key is over soon.
#[must_use]
pub fn ends_soon(key: &access_key::Model, now: DateTime<Utc>) -> bool {
    key.expires_at - now < Duration::days(WARNING)
}

fn granted(organisation: Uuid, grants: &[access_grant::Model]) -> Granted {
    Granted {
        organisation,
        roles: grants.iter().filter_map(|grant| grant.role).collect(),
        numbers: grants.iter().filter_map(|grant| grant.project_key.clone()).collect(),
    }
}

/// What is kept of a key: enough to know it again, too little to make it.
pub(super) fn digest(key: &AccessKey) -> Vec<u8> {
    // The secret has 178 bits, so that a slow digest would protect nothing more.
    Sha256::digest(key.reveal()).to_vec()
}
