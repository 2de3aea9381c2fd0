//! `samverkan demo`.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use rust_embed::RustEmbed;
use sea_orm::DatabaseConnection;
use uuid::Uuid;

use crate::access::{Access, Places, grants, keys};
use crate::config::{Config, Serving};
use crate::decide;
use crate::domain::access_key::{AccessKey, Environment};
use crate::domain::scope::Scope;
use crate::entities::partnership::PartnershipRole;
use crate::error::{Error, Result};
use crate::generate::example;
use crate::http::{self, Settings};
use crate::store::{access, database, exact, projects};

/// Facts-only documents, built into the program so that the demo runs anywhere.
#[derive(RustEmbed)]
#[folder = "demo"]
struct Documents;

/// Fills a database that goes when the program does, and serves it.
pub(super) async fn run(config: &Config, serving: &Serving) -> Result<()> {
    // What is wrong with a setting is said before anything is done.
    serving.settings()?;
    let server = http::bind(&config.listen).await?;
    let refuse = |cause: std::io::Error| Error::Refused(format!("the demo cannot be set up: {cause}"));
    let folder = tempfile::tempdir().map_err(refuse)?;
    let documents = folder.path().join("demo");
    std::fs::create_dir(&documents).map_err(refuse)?;
    for name in Documents::iter() {
        if let Some(document) = Documents::get(&name) {
            std::fs::write(documents.join(name.as_ref()), document.data).map_err(refuse)?;
        }
    }
    let database = format!("sqlite://{}", folder.path().join("demo.db").display());
    let (projects, participations) = example::write(folder.path(), chrono::Utc::now().date_naive())?;
    let secret = folder.path().join("demo.secret");
    std::fs::write(&secret, format!("{}{}", Uuid::new_v4(), Uuid::new_v4())).map_err(refuse)?;
    // In processes of their own: what reading documents takes of memory is not needed to serve them.
    let perform = |command: &str, files: &[&Path]| {
        let done = std::env::current_exe().and_then(|program| {
            Command::new(program)
                .arg(command)
                .args(files)
                .env("DATABASE_URL", &database)
                .env("SECRET_FILE", &secret)
                .env("LOG", &config.log)
                .status()
        });
        if done.map_err(refuse)?.success() {
            return Ok(());
        }
        Err(Error::Refused(format!("the demo could not be set up: samverkan {command} failed")))
    };
    perform("import", &[&documents, &projects])?;
    super::print("\nMade-up participations of made-up projects, to show how outcomes are protected:");
    perform("import-outcomes", &[&participations])?;
    perform("release", &[])?;
    let db = database::open_to_serve(&database, &serving.pool()).await?;
    let places = Places {
        access: access::beside(&database),
        exact: exact::beside(&database),
        public: database.clone(),
    };
    let partners = Access::new(Environment::Test, places, Vec::new());
    let key = partner(&partners, &db).await?;
    let settings = Settings { access: Some(partners), ..serving.settings()? };
    let holds = projects::holdings(&db).await?;
    super::print(&format!(
        "\n{} statements of {} sources became {} projects, {} organisations and {} funders; \
         sources disagree on {} fields.\n\n\
         Look around:   http://{address}/\n\
         Ask questions: http://{address}/graphiql\n\
         From programs: POST http://{address}/graphql\n\
         As a partner:  Authorization: Bearer {key}\n\n\
         Ctrl-C stops the demo and deletes its data.",
        holds.statements,
        holds.sources,
        holds.projects,
        holds.organisations,
        holds.funders,
        holds.conflicts,
        address = server.address,
        key = key.reveal(),
    ));
    let stop = super::serve::told_to_stop(Duration::ZERO);
    server.serve(db.clone(), settings, stop).await?;
    Ok(db.close().await?)
}

/// A key of the made-up municipality, which owns the made-up projects: to see what partners see.
async fn partner(partners: &Access, db: &DatabaseConnection) -> Result<AccessKey> {
    let (store, now) = (partners.store().await?, chrono::Utc::now());
    let holder = decide::organisation(db, example::OWNER).await?;
    let new = keys::New {
        environment: Environment::Test,
        label: "demo".to_owned(),
        scopes: Scope::ALL.to_vec(),
        networks: String::new(),
        expires_at: now + chrono::Duration::days(1),
    };
    grants::create(store, &holder, grants::What::Role(PartnershipRole::Owner), now).await?;
    Ok(keys::create(store, &holder, new, now).await?.0)
}
