//! `samverkan serve`.

use crate::config::Config;
use crate::error::Result;
use crate::http;

/// Serves the database until the process is told to stop.
pub(super) async fn run(config: &Config) -> Result<()> {
    let server = http::bind(&config.listen).await?;
    let db = super::open(config).await?;
    tracing::info!(server.address = %server.address, "serving on http://{}", server.address);
    server.serve(db, told_to_stop()).await
}

/// Comes back at Ctrl-C or SIGTERM.
pub(super) async fn told_to_stop() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminated) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = interrupted => {}
                _ = terminated.recv() => {}
            }
            return;
        }
    }
    let _interrupted = interrupted.await;
}
