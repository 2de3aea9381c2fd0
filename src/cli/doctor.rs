//! `samverkan doctor`.

use std::process::ExitCode;

use crate::config::{Config, Serving};
use crate::error::Result;
use crate::http;
use crate::store::{database, packed, projects, releases};

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
    let readers = serving.readers(config, db.clone()).await?;
    http::check(&readers, &settings)?;
    let version = database::version(&db).await?;
    let holds = projects::holdings(&db).await?;
    let release = match releases::active(&db).await? {
        Some(release) => {
            format!("{} as of {}, {} participations", release.number, release.as_of, release.participations)
        }
        None => "none".to_owned(),
    };
    let apart = match (database::has_public_role(&db).await?, config.database_url.starts_with("sqlite")) {
        (true, true) => "in a file of their own".to_owned(),
        (true, false) => {
            format!("in a schema of their own, out of reach of the role {}", database::PUBLIC_ROLE)
        }
        (false, _) => format!("not possible here until there is the role {}", database::PUBLIC_ROLE),
    };
    let mut lines = vec![
        format!("data version   {}", version.version),
        format!("last change    {}", version.updated_at.map_or("never".to_owned(), |at| at.to_rfc3339())),
        format!("projects       {}", holds.projects),
        format!("sources        {}", holds.sources),
        format!("statements     {}", holds.statements),
        format!("release        {release}"),
        format!("exact rows     {apart}"),
    ];
    if !packed::are_current(&db).await? {
        lines.push(
            "lists          of an earlier program: samverkan rebuild has pages of projects read faster"
                .to_owned(),
        );
    }
    for (at, found) in readers.examine().await.into_iter().enumerate() {
        // One that is away does not keep a server from its work.
        let found = found.map_or_else(|why| why, |version| format!("at data version {version}"));
        lines.push(format!("replica {:<6} {found}", at + 1));
    }
    Ok(lines)
}
