//! `samverkan doctor`.

use std::process::ExitCode;

use crate::config::{Config, Serving};
use crate::error::Result;
use crate::http;
use crate::store::{database, projects};

/// Checks what serving needs, and says what it found; the exit code is 0 if all is well.
pub(super) async fn run(config: &Config, serving: &Serving) -> ExitCode {
    super::print(&format!("program        {}", env!("CARGO_PKG_VERSION")));
    super::print(&format!("listen         {}", config.listen));
    // Never the URL: it can hold a password.
    let kind = ["sqlite", "postgres"].into_iter().find(|kind| config.database_url.starts_with(kind));
    super::print(&format!("database       {}", kind.unwrap_or("not known")));
    match look(config, serving).await {
        Ok(lines) => {
            for line in &lines {
                super::print(line);
            }
            ExitCode::SUCCESS
        }
        Err(error) => {
            let cause = std::error::Error::source(&error).map(|cause| format!(" ({cause})"));
            super::fail(&format!("{error}{}", cause.unwrap_or_default()))
        }
    }
}

async fn look(config: &Config, serving: &Serving) -> Result<Vec<String>> {
    let settings = serving.settings()?;
    let db = database::open_existing(&config.database_url).await?;
    database::check(&db).await?;
    http::check(&db, &settings)?;
    let version = database::version(&db).await?;
    let holds = projects::holdings(&db).await?;
    Ok(vec![
        format!("data version   {}", version.version),
        format!("last change    {}", version.updated_at.map_or("never".to_owned(), |at| at.to_rfc3339())),
        format!("projects       {}", holds.projects),
        format!("sources        {}", holds.sources),
        format!("statements     {}", holds.statements),
    ])
}
