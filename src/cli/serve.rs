//! `samverkan serve`.

use std::time::Duration;

use crate::config::{Config, Serving};
use crate::domain::access_key::Environment;
use crate::error::Result;
use crate::http::{self, Settings};
use crate::store::database;

/// Serves the database until the process is told to stop.
pub(super) async fn run(config: &Config, serving: &Serving) -> Result<()> {
    let access = Some(serving.access(config, Environment::Live)?);
    let settings = Settings { access, ..serving.settings()? };
    let server = http::bind(&config.listen).await?;
    let db = database::open_to_serve(&config.database_url, &serving.pool()).await?;
    let readers = serving.readers(config, db).await?;
    tracing::info!(server.address = %server.address, "serving on http://{}", server.address);
    server.serve(readers, settings, told_to_stop(Duration::from_secs(serving.shutdown_delay))).await
}

/// Has the system give memory in small pages. The allocator asks for large ones, with which a server takes far more
/// memory and answers no faster.
pub(super) fn take_small_pages() {
    #[cfg(target_os = "linux")]
    {
        // Where it is not allowed, the pages are what they would have been.
        let _done = rustix::thread::disable_transparent_huge_pages(true);
    }
}

/// Comes back at Ctrl-C or SIGTERM, with how long to go on serving: a person at a terminal does not wait, a supervisor
/// gives its balancer time to look elsewhere.
pub(super) async fn told_to_stop(delay: Duration) -> Duration {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminated) = signal(SignalKind::terminate()) {
            return tokio::select! {
                _ = interrupted => Duration::ZERO,
                _ = terminated.recv() => delay,
            };
        }
    }
    let _interrupted = interrupted.await;
    Duration::ZERO
}
