//! `samverkan import-outcomes`, `samverkan release` and `samverkan retention`.

use std::path::PathBuf;
use std::process::ExitCode;

use chrono::{NaiveDate, Utc};
use clap::Args;
use encoding_rs::Encoding;
use sea_orm::DatabaseConnection;

use super::import::ReportKind;
use crate::config::{Config, Participations};
use crate::domain::disclosure::Parameters;
use crate::error::{Error, Result};
use crate::outcomes::delivery::report::Outcome;
use crate::outcomes::{delivery, release, retention};
use crate::store::database;
use crate::store::exact::Exact;

#[derive(Args, Debug)]
pub(super) struct Delivery {
    #[command(flatten)]
    participations: Participations,

    /// The number of the project, where the files have no column for it.
    #[arg(long)]
    project: Option<String>,

    /// What the files are written in, such as `windows-1252`; guessed where they are no UTF-8.
    #[arg(long)]
    encoding: Option<String>,

    /// Forget what was delivered before about the projects of these files.
    #[arg(long)]
    replace: bool,

    /// Try everything and undo it.
    #[arg(long)]
    dry_run: bool,

    /// How to report.
    #[arg(long, value_enum, default_value = "table")]
    report: ReportKind,

    /// Print the headers of empty files, of participations and of counts, and what stands in each column; do nothing else.
    #[arg(long)]
    template: bool,

    /// Files of participations (CSV or XLSX), and folders of them.
    #[arg(required_unless_present = "template")]
    paths: Vec<PathBuf>,
}

/// Opens the exact rows, once they are out of reach of who answers the public.
async fn open_exact(
    config: &Config,
    participations: &Participations,
    db: &DatabaseConnection,
) -> Result<Exact> {
    // Another schema of the same database is as near.
    let place = |url: &str| url.split('?').next().map(str::to_owned);
    let is_near = place(&participations.exact_url(config)) == place(&config.database_url);
    if is_near && !database::has_public_role(db).await? {
        return Err(Error::Refused(format!(
            "exact rows would stand where the service that answers the public can read them: let an administrator of \
             PostgreSQL say CREATE ROLE {role}; GRANT {role} TO this user; and run samverkan migrate, or name another \
             database in EXACT_DATABASE_URL",
            role = database::PUBLIC_ROLE,
        )));
    }
    participations.exact(config).await
}

/// Reads participations, and says by the exit code whether every row could be read.
pub(super) async fn deliver(config: &Config, arguments: &Delivery) -> Result<ExitCode> {
    if arguments.template {
        for header in delivery::columns::templates() {
            super::print(&header);
        }
        for column in delivery::columns::all() {
            super::complain(&format!("{}: {} / {}", column.name, column.meaning_sv, column.meaning_en));
        }
        return Ok(ExitCode::SUCCESS);
    }
    let encoding = match &arguments.encoding {
        None => None,
        Some(name) => Some(
            Encoding::for_label(name.as_bytes())
                .ok_or_else(|| Error::Refused(format!("--encoding: {name} is not known")))?,
        ),
    };
    let options = delivery::Options {
        project: arguments.project.clone(),
        encoding,
        replace: arguments.replace,
        dry_run: arguments.dry_run,
    };
    let secret = arguments.participations.secret()?;
    let db = super::open(config).await?;
    let exact = open_exact(config, &arguments.participations, &db).await?;
    let reports = delivery::run(&exact, &db, &secret, &arguments.paths, &options, Utc::now()).await?;
    match arguments.report {
        ReportKind::Table => reports.iter().for_each(|report| super::print(&report.text())),
        ReportKind::Json => super::print_json(&reports)?,
    }
    exact.close().await?;
    db.close().await?;
    let is_sound = |outcome: Outcome| outcome != Outcome::Failed;
    let sound = !reports.is_empty()
        && reports.iter().all(|report| is_sound(report.outcome) && report.refused.is_empty());
    Ok(if sound { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

#[derive(Args, Debug)]
pub(super) struct Release {
    #[command(flatten)]
    participations: Participations,

    /// Count as of this day; today where none is given.
    #[arg(long)]
    as_of: Option<NaiveDate>,

    /// Go on although the secret is another than that of the release before.
    #[arg(long)]
    new_secret: bool,

    /// How to report.
    #[arg(long, value_enum, default_value = "table")]
    report: ReportKind,
}

/// Makes a release.
pub(super) async fn release(config: &Config, arguments: &Release) -> Result<()> {
    let now = Utc::now();
    let options = release::Options {
        as_of: arguments.as_of.unwrap_or_else(|| now.date_naive()),
        new_secret: arguments.new_secret,
        parameters: Parameters::default(),
    };
    let secret = arguments.participations.secret()?;
    let db = super::open(config).await?;
    let exact = open_exact(config, &arguments.participations, &db).await?;
    let report = release::run(&exact, &db, &secret, &options, now).await?;
    match arguments.report {
        ReportKind::Table => super::print(&report.text()),
        ReportKind::Json => super::print_json(&report)?,
    }
    exact.close().await?;
    Ok(db.close().await?)
}

#[derive(Args, Debug)]
pub(super) struct Retention {
    #[command(flatten)]
    participations: Participations,

    /// How many years participations are kept after the last day that anything is known of.
    #[arg(long, env = "RETENTION_YEARS", default_value_t = retention::YEARS)]
    years: u32,

    /// Say what would be deleted, and delete nothing.
    #[arg(long)]
    dry_run: bool,
}

/// Deletes participations whose time is up.
pub(super) async fn retain(config: &Config, arguments: &Retention) -> Result<()> {
    let exact = arguments.participations.exact(config).await?;
    let gone = retention::run(&exact, arguments.years, arguments.dry_run, Utc::now()).await?;
    let verb = if arguments.dry_run { "would be deleted" } else { "deleted" };
    for held in &gone {
        let last = held.last();
        super::print(&format!(
            "{verb}: project {}, {}: {} participations, of which nothing is known after {last}",
            held.project_key, held.start_year, held.participations
        ));
    }
    let sum: i64 = gone.iter().map(|held| held.participations).sum();
    super::print(&format!(
        "{sum} participations {verb}; kept are those of which something is known within {} years.",
        arguments.years
    ));
    exact.close().await
}
