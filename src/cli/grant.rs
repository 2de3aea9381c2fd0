//! `samverkan grant`: of which projects partners may see exact figures.

use chrono::Utc;
use clap::{Args, Subcommand};
use comfy_table::Table;
use comfy_table::presets::NOTHING;
use sea_orm::ActiveEnum;
use uuid::Uuid;

use crate::access::grants::{self, What};
use crate::config::{Config, Partners};
use crate::decide;
use crate::domain::matching::number_key;
use crate::entities::access_grant;
use crate::entities::partnership::PartnershipRole;
use crate::error::{Error, Result};
use crate::store::{access, projects};

#[derive(Args, Debug)]
pub(super) struct Arguments {
    #[command(flatten)]
    partners: Partners,

    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Grant an organisation exact figures: of one project, or of all in which it has a role. Its key needs the scope
    /// read:participants:exact besides.
    Create {
        /// Whose: its organisationsnummer, its whole name, or its global id.
        #[arg(long)]
        organisation: String,
        /// A project's number.
        #[arg(long, required_unless_present = "role")]
        project: Option<String>,
        /// Every project in which it, or a unit of it, has this role, now or later: OWNER, PARTNER, ...
        #[arg(long, conflicts_with = "project", value_parser = role)]
        role: Option<PartnershipRole>,
    },
    /// List grants.
    List {
        /// Only of this organisation.
        #[arg(long)]
        organisation: Option<String>,
    },
    /// Take a grant back. Running services notice within five seconds.
    Revoke {
        /// The grant's id.
        grant: Uuid,
    },
}

fn role(word: &str) -> std::result::Result<PartnershipRole, String> {
    PartnershipRole::try_from_value(&word.to_uppercase())
        .map_err(|_| "is no role of an organisation in a project, such as OWNER or PARTNER".to_owned())
}

pub(super) async fn run(config: &Config, arguments: &Arguments) -> Result<()> {
    let access = arguments.partners.open(config).await?;
    match &arguments.command {
        Command::Create { organisation, project, role } => {
            let db = super::open(config).await?;
            let holder = decide::organisation(&db, organisation).await?;
            let what = match (project, role) {
                (Some(number), _) => {
                    let (key, _) = number_key(number);
                    let known = projects::with_numbers(&db, vec![key.clone()]).await?.len();
                    if known != 1 {
                        let which =
                            if known == 0 { "no source knows a project" } else { "several projects go" };
                        let reason = format!("--project: {which} with the number {number}");
                        return Err(Error::Refused(reason));
                    }
                    What::Project(key)
                }
                (None, Some(role)) => What::Role(*role),
                (None, None) => return Err(Error::Refused("name a project or a role".to_owned())),
            };
            let grant = grants::create(&access, &holder, what, Utc::now()).await?;
            super::print(&list(&[grant]));
        }
        Command::List { organisation } => {
            let holder = match organisation {
                Some(text) => Some(decide::organisation(&super::open(config).await?, text).await?.id),
                None => None,
            };
            super::print(&list(&access::grants::list(&access, holder).await?));
        }
        Command::Revoke { grant } => {
            grants::revoke(&access, *grant).await?;
            super::print(&format!("{grant} was taken back: running services notice within five seconds."));
        }
    }
    Ok(())
}

fn list(grants: &[access_grant::Model]) -> String {
    if grants.is_empty() {
        return "There are no grants.".to_owned();
    }
    let mut table = Table::new();
    table.load_preset(NOTHING).set_header(["grant", "organisation", "exact figures of"]);
    for grant in grants {
        let what = match (&grant.project_key, grant.role) {
            (Some(number), _) => format!("project {number}"),
            (None, Some(role)) => format!("projects in which it is {}", role.to_value()),
            (None, None) => String::new(),
        };
        table.add_row([grant.id.to_string(), grant.organisation_name.clone(), what]);
    }
    table.to_string()
}
