//! `samverkan withdraw` and `samverkan rebuild`: deriving the graph anew.

use chrono::Utc;
use clap::Args;

use crate::config::Config;
use crate::error::Result;
use crate::import;

#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// The source: its file's name, or the beginning of its SHA-256.
    source: String,

    /// Put it in force again.
    #[arg(long)]
    undo: bool,
}

/// Takes a source back, or puts it in force again.
pub(super) async fn run(config: &Config, arguments: &Arguments) -> Result<()> {
    let Arguments { source, undo } = arguments;
    let settled = import::sources::withdraw(&super::open(config).await?, source, *undo, Utc::now()).await?;
    let done = if *undo { "is in force again" } else { "was taken back" };
    super::print(&format!("{source} {done}: {settled}"));
    Ok(())
}

/// Derives the whole graph again.
pub(super) async fn rebuild(config: &Config) -> Result<()> {
    let settled = import::rebuild(&super::open(config).await?, Utc::now()).await?;
    super::print(&format!("Rebuilt: {settled}"));
    Ok(())
}
