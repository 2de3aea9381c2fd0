//! `samverkan key`: keys by which partner organisations are known.

use chrono::{DateTime, Days, Utc};
use clap::{Args, Subcommand};
use comfy_table::Table;
use comfy_table::presets::NOTHING;
use ipnet::IpNet;

use crate::access::keys::{self, New, is_live};
use crate::config::{Config, Partners};
use crate::decide;
use crate::domain::access_key::{AccessKey, Environment};
use crate::domain::scope::Scope;
use crate::entities::access_key;
use crate::error::{Error, Result};
use crate::store::access;

/// How long a key is taken where nothing is said, and at most, in days.
const DAYS: u32 = 365;
const MOST_DAYS: i64 = 400;

#[derive(Args, Debug)]
pub(super) struct Arguments {
    #[command(flatten)]
    partners: Partners,

    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Make a key. It is shown once and kept nowhere: hand it over by a safe way.
    Create {
        /// Whose: its organisationsnummer, its whole name, or its global id. Units have keys of their own.
        #[arg(long)]
        organisation: String,
        /// What it is for, such as `follow-up system`. Two keys of a label can be used at the same time.
        #[arg(long, default_value = "key")]
        label: String,
        /// What it may do: read:own, read:participants:exact, import:own, audit:own.
        #[arg(long = "scope", value_name = "SCOPE", value_parser = scope, default_value = "read:own")]
        scopes: Vec<Scope>,
        /// A network from which alone it is taken, such as 192.0.2.0/24; of IPv6 /64 or larger.
        #[arg(long = "network", value_name = "NETWORK", value_parser = network)]
        networks: Vec<IpNet>,
        #[command(flatten)]
        until: Until,
        /// A key for demonstrations, which services with real data do not take.
        #[arg(long)]
        test: bool,
    },
    /// List keys, without what is secret of them.
    List {
        /// Only of this organisation.
        #[arg(long)]
        organisation: Option<String>,
    },
    /// Make the next key with the rights of another, which stays until it is over or revoked.
    Rotate {
        /// The key's name: the twelve characters after `smv_live_`.
        key: String,
        #[command(flatten)]
        until: Until,
    },
    /// Take a key back. Running services notice within five seconds.
    Revoke {
        /// The key's name.
        key: String,
    },
}

#[derive(Args, Debug)]
struct Until {
    /// For how many days it is taken, 400 at most.
    #[arg(long, default_value_t = DAYS)]
    days: u32,
    /// The first day on which it is not taken any more, such as 2027-01-01.
    #[arg(long, conflicts_with = "days")]
    expires: Option<chrono::NaiveDate>,
}

impl Until {
    fn end(&self, now: DateTime<Utc>) -> Result<DateTime<Utc>> {
        let end = match self.expires {
            Some(day) => day.and_time(chrono::NaiveTime::MIN).and_utc(),
            None => now.checked_add_days(Days::new(self.days.into())).unwrap_or(DateTime::<Utc>::MAX_UTC),
        };
        let days = (end - now).num_days();
        if end <= now || days > MOST_DAYS {
            let reason = format!("a key is taken for some time, {MOST_DAYS} days at most");
            return Err(Error::Refused(reason));
        }
        Ok(end)
    }
}

/// A network as addresses are compared: of IPv6 its first half.
fn network(text: &str) -> std::result::Result<IpNet, String> {
    let net: IpNet = text.parse().map_err(|_| "is no network such as 192.0.2.0/24".to_owned())?;
    match net {
        IpNet::V6(six) if six.prefix_len() > 64 || six.addr().to_ipv4_mapped().is_some() => {
            Err("of IPv6, /64 or larger; of IPv4, as such".to_owned())
        }
        net => Ok(net.trunc()),
    }
}

/// A key's name, also with what stands before it in lists.
fn name(text: &str) -> &str {
    text.trim_start_matches("smv_live_").trim_start_matches("smv_test_")
}

fn scope(word: &str) -> std::result::Result<Scope, String> {
    let all = || Scope::words(&Scope::ALL).replace(' ', ", ");
    Scope::parse(word).ok_or_else(|| format!("is none of {}", all()))
}

pub(super) async fn run(config: &Config, arguments: &Arguments) -> Result<()> {
    let access = arguments.partners.open(config).await?;
    let now = Utc::now();
    match &arguments.command {
        Command::Create { organisation, label, scopes, networks, until, test } => {
            let db = super::open(config).await?;
            let holder = decide::organisation(&db, organisation).await?;
            let new = New {
                environment: if *test { Environment::Test } else { Environment::Live },
                label: label.clone(),
                scopes: scopes.clone(),
                networks: networks.iter().map(ToString::to_string).collect::<Vec<_>>().join(","),
                expires_at: until.end(now)?,
            };
            let (key, row) = keys::create(&access, &holder, new, now).await?;
            show(&key, &row);
        }
        Command::Rotate { key, until } => {
            let (key, row) = keys::rotate(&access, name(key), until.end(now)?, now).await?;
            show(&key, &row);
        }
        Command::Revoke { key } => {
            keys::revoke(&access, name(key), now).await?;
            super::print(&format!("{key} was revoked: running services notice within five seconds."));
        }
        Command::List { organisation } => {
            let holder = match organisation {
                Some(text) => Some(decide::organisation(&super::open(config).await?, text).await?.id),
                None => None,
            };
            super::print(&list(&access::keys::list(&access, holder).await?, now));
        }
    }
    Ok(())
}

/// The key alone on standard output, so that it can be piped to where it is kept; about it on standard error.
fn show(key: &AccessKey, row: &access_key::Model) {
    super::complain(&format!(
        "A key for {} ({}), which may {}, until {}. It is shown this once:",
        row.organisation_name,
        row.label,
        row.scopes.replace(' ', ", "),
        row.expires_at.date_naive(),
    ));
    super::print(key.reveal());
}

fn list(keys: &[access_key::Model], now: DateTime<Utc>) -> String {
    if keys.is_empty() {
        return "There are no keys.".to_owned();
    }
    let mut table = Table::new();
    table.load_preset(NOTHING).set_header(["key", "organisation", "label", "scopes", "last used", "state"]);
    for key in keys {
        let state = match key.revoked_at {
            Some(at) => format!("revoked {}", at.date_naive()),
            None if is_live(key, now) => format!("until {}", key.expires_at.date_naive()),
            None => format!("over since {}", key.expires_at.date_naive()),
        };
        table.add_row([
            format!("smv_{}_{}", key.environment, key.id),
            key.organisation_name.clone(),
            key.label.clone(),
            key.scopes.clone(),
            key.last_used_on.map_or("never".to_owned(), |day| day.to_string()),
            state,
        ]);
    }
    table.to_string()
}
