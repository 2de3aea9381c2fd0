//! Who asks, and how much of its share is left: what every request that may have a key passes first.

use std::net::IpAddr;
use std::time::Instant;

use chrono::Utc;
use ipnet::IpNet;
use poem::Request;
use poem::http::{HeaderMap, header};
use sea_orm::DatabaseConnection;

use super::peer;
use super::rate::{Client, Rate, Share};
use super::settings::Settings;
use crate::access::log::LONGEST_PURPOSE;
use crate::access::{Access, Asker, Refusal};

/// What a key that is not taken costs its sender: of a share of 600000 a minute, six hundred tries are left.
const GUESS: u64 = 1_000;
/// The header that says what exact figures are for.
pub(super) const PURPOSE: &str = "x-purpose";

/// Looks who comes in.
pub(super) struct Door {
    db: DatabaseConnection,
    access: Option<Access>,
    rate: Rate,
    proxies: Vec<IpNet>,
}

/// Who asks.
#[derive(Debug)]
pub(super) struct Caller {
    address: Option<IpAddr>,
    /// The partner whose key came with the request.
    pub asker: Option<Asker>,
}

/// Why somebody is not let in.
#[derive(Debug)]
pub(super) enum Closed {
    /// The key is not taken; why is not said.
    Unauthenticated,
    /// Too many tries.
    Limited(Share),
    /// A header says what it cannot.
    Bad(&'static str),
    /// Keys cannot be looked up at the moment.
    Unavailable,
}

impl Door {
    /// The door of a server.
    pub fn new(db: DatabaseConnection, settings: &Settings) -> Self {
        Self {
            db,
            access: settings.access.clone(),
            rate: Rate::new(settings.rate_limit),
            proxies: settings.proxies.clone(),
        }
    }

    /// What tells partners by their keys.
    pub fn access(&self) -> Option<&Access> {
        self.access.as_ref()
    }

    /// Who sent a request.
    pub async fn caller(&self, request: &Request) -> Result<Caller, Closed> {
        let address = request.remote_addr().as_socket_addr().map(std::net::SocketAddr::ip);
        let address = address.map(|ip| peer::address(ip, request.headers(), &self.proxies));
        let Some(bearer) = bearer(request.headers()) else { return Ok(Caller { address, asker: None }) };
        let purpose = purpose(request.headers())?;
        let refusal = match (bearer, &self.access) {
            (Ok(bearer), Some(access)) => {
                // Boxed, for most requests have no need of it.
                let viewer = Box::pin(access.viewer(&self.db, bearer, address, Utc::now(), Instant::now()));
                match viewer.await {
                    Ok(viewer) => {
                        return Ok(Caller { address, asker: Some(Asker { viewer, purpose }) });
                    }
                    Err(refusal) => refusal,
                }
            }
            _ => Refusal::Invalid,
        };
        match refusal {
            Refusal::Unavailable(cause) => {
                tracing::error!(error.cause = ?cause, "a key could not be looked up");
                Err(Closed::Unavailable)
            }
            Refusal::Invalid => match self.rate.charge(address.map(Client::Address), GUESS) {
                Ok(_) => Err(Closed::Unauthenticated),
                Err(share) => Err(Closed::Limited(share)),
            },
        }
    }

    /// Takes the cost of a request from the share of who asks; none where nothing is counted.
    ///
    /// # Errors
    /// The share, where not enough is left of it.
    pub fn charge(&self, caller: &Caller, cost: u64) -> Result<Option<Share>, Share> {
        self.rate.charge(caller.client(), cost)
    }
}

impl Caller {
    /// With whom its requests are counted.
    pub fn client(&self) -> Option<Client> {
        match &self.asker {
            Some(asker) => Some(Client::Partner(asker.viewer.actor())),
            None => self.address.map(Client::Address),
        }
    }
}

/// What stands in `Authorization`; an error where that is no bearer token, for whoever sends another kind means to be
/// known. None where there is no such header.
fn bearer(headers: &HeaderMap) -> Option<Result<&str, ()>> {
    let mut lines = headers.get_all(header::AUTHORIZATION).iter();
    let line = lines.next()?;
    if lines.next().is_some() {
        return Some(Err(()));
    }
    let (scheme, token) = line.to_str().ok().and_then(|text| text.split_once(' ')).unwrap_or_default();
    Some(if scheme.eq_ignore_ascii_case("bearer") { Ok(token.trim()) } else { Err(()) })
}

/// What exact figures are for.
fn purpose(headers: &HeaderMap) -> Result<Option<String>, Closed> {
    let Some(line) = headers.get(PURPOSE) else { return Ok(None) };
    let text =
        std::str::from_utf8(line.as_bytes()).map_err(|_| Closed::Bad("X-Purpose: is not UTF-8"))?.trim();
    if text.chars().count() > LONGEST_PURPOSE {
        return Err(Closed::Bad("X-Purpose: has more than 200 characters"));
    }
    Ok(Some(text.to_owned()).filter(|text| !text.is_empty()))
}
