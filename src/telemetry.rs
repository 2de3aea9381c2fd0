//! Logs: readable on a terminal, one JSON object a line otherwise. They go to standard error.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

use crate::error::{Error, Result};

/// Starts logging by a filter such as `info` or `samverkan=debug,warn`.
///
/// # Errors
/// [`Error::Refused`] if the filter cannot be read.
pub fn start(filter: &str) -> Result<()> {
    let filter = EnvFilter::try_new(filter).map_err(|cause| Error::Refused(format!("LOG: {cause}")))?;
    let logs = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A second start, as in tests, keeps the first.
    let _started = if std::io::stderr().is_terminal() {
        logs.with_target(false).try_init()
    } else {
        logs.json().flatten_event(true).try_init()
    };
    Ok(())
}
