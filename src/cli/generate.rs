//! `samverkan generate`.

use std::path::PathBuf;

use clap::Args;

use crate::error::Result;
use crate::generate::{self, Options};

#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// How many projects.
    #[arg(long, default_value_t = 1_000)]
    projects: u32,

    /// How many take part in all projects together, about; no file of participations where none.
    #[arg(long, default_value_t = 0)]
    participations: u32,

    /// Of equal seeds come equal files.
    #[arg(long, default_value_t = 1)]
    seed: u64,

    /// The folder to write into.
    folder: PathBuf,
}

/// Writes synthetic files.
pub(super) fn run(arguments: &Arguments) -> Result<()> {
    let Arguments { projects, participations, seed, folder } = arguments;
    for path in generate::write(
        folder,
        Options { projects: *projects, participations: *participations, seed: *seed },
    )? {
        super::print(&path.display().to_string());
    }
    Ok(())
}
