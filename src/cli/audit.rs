//! `samverkan audit`: the log of who was shown exact figures.

use chrono::Utc;
use clap::{Args, Subcommand};

use crate::access::log;
use crate::config::{Config, Partners};
use crate::error::Result;

#[derive(Args, Debug)]
pub(super) struct Arguments {
    #[command(flatten)]
    partners: Partners,

    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Go through the log and see whether every entry is as it was written. What it prints, kept elsewhere, proves later
    /// that none was cut off at the end.
    Verify,
    /// Delete entries that are older than five years.
    Retire,
}

pub(super) async fn run(config: &Config, arguments: &Arguments) -> Result<()> {
    let access = arguments.partners.open(config).await?;
    match arguments.command {
        Command::Verify => {
            let found = log::verify(&access, Utc::now()).await?;
            super::print(&match found.entries {
                0 => "The access log has no entries.".to_owned(),
                entries => format!(
                    "The access log has {entries} entries, from number {}, each as it was written; the last is {}.",
                    found.first, found.last
                ),
            });
        }
        Command::Retire => {
            let gone = log::retire(&access, Utc::now()).await?;
            super::print(&format!("{gone} entries older than {} years were deleted.", log::YEARS));
        }
    }
    Ok(())
}
