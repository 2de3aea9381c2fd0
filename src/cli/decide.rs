//! `samverkan decide` and `samverkan duplicates`.

use std::path::PathBuf;

use chrono::Utc;
use clap::{Args, Subcommand};

use crate::config::Config;
use crate::decide::{self, Decision, Ruling};
use crate::error::{Error, Result};

#[derive(Args, Debug)]
pub(super) struct Arguments {
    #[command(subcommand)]
    what: What,

    /// Why, for those who come after.
    #[arg(long, global = true)]
    note: Option<String>,
}

/// Projects and organisations are named by global id, number or whole name; statements by global id or `FILE:LINE`.
#[derive(Subcommand, Debug)]
enum What {
    /// Two projects are one; or the first organisation is the second.
    Merge { one: String, other: String },
    /// Two that look alike are two.
    Reject { one: String, other: String },
    /// Some statements are about another project than the one they were joined to.
    Split {
        project: String,
        #[arg(required = true)]
        statements: Vec<String>,
    },
    /// What a statement says of a field is what the project shows.
    Choose { project: String, field: String, statement: String },
    /// Print all decisions with their numbers.
    List,
    /// Take a decision back.
    Undo { number: i64 },
    /// Print the decisions in force as JSON Lines.
    Export,
    /// Record the decisions of a file that are not known yet.
    Import { file: PathBuf },
}

/// Records, lists or takes back decisions.
pub(super) async fn run(config: &Config, arguments: &Arguments) -> Result<()> {
    let db = super::open(config).await?;
    let now = Utc::now();
    let ruling = match &arguments.what {
        What::Merge { one, other } => Ruling::Merge(one.clone(), other.clone()),
        What::Reject { one, other } => Ruling::Reject(one.clone(), other.clone()),
        What::Split { project, statements } => Ruling::Split(project.clone(), statements.clone()),
        What::Choose { project, field, statement } => {
            Ruling::Choose(project.clone(), field.clone(), statement.clone())
        }
        What::List => {
            decide::all(&db).await?.iter().for_each(|decision| super::print(&line(decision)));
            return Ok(());
        }
        What::Undo { number } => {
            let settled = decide::undo(&db, *number, now).await?;
            super::print(&format!("Decision {number} is taken back: {settled}"));
            return Ok(());
        }
        What::Export => {
            decide::export(&db).await?.iter().for_each(|line| super::print(line));
            return Ok(());
        }
        What::Import { file } => {
            let text = std::fs::read_to_string(file).map_err(|cause| Error::File {
                path: file.clone(),
                reason: format!("cannot be read: {cause}"),
            })?;
            let (count, settled) = decide::import(&db, &text, now).await.map_err(|cause| match cause {
                Error::Refused(reason) => Error::File { path: file.clone(), reason },
                cause => cause,
            })?;
            super::print(&format!("{count} decisions are new: {settled}"));
            return Ok(());
        }
    };
    let decided = decide::decide(&db, &ruling, arguments.note.as_deref(), now).await?;
    super::print(&format!("Decision {}: {}", decided.number, decided.settled));
    Ok(())
}

fn line(decision: &Decision) -> String {
    let Decision { row, members } = decision;
    let member = |member: &crate::entities::decision_member::Model| {
        let name = member.name.as_deref().or(member.number.as_deref()).unwrap_or("?");
        let place =
            member.document.as_ref().zip(member.line).map(|(document, line)| format!(" ({document}:{line})"));
        format!("{name}{}", place.unwrap_or_default())
    };
    let side =
        |side: i32| members.iter().filter(|m| m.side == side).map(member).collect::<Vec<_>>().join(", ");
    let field = row.field.as_ref().map(|field| format!(" {field}")).unwrap_or_default();
    let other =
        Some(side(1)).filter(|text| !text.is_empty()).map(|text| format!(" | {text}")).unwrap_or_default();
    let note = row.note.as_ref().map(|note| format!(" — {note}")).unwrap_or_default();
    let undone = row.undone_at.map(|at| format!(" [taken back {}]", at.date_naive())).unwrap_or_default();
    let kind = format!("{:?}", row.kind).to_lowercase();
    format!(
        "{} {} {kind}{field}: {}{other}{note}{undone}",
        row.sequence,
        row.decided_at.date_naive(),
        side(0)
    )
}

#[derive(Args, Debug)]
pub(super) struct Duplicates {
    /// Print one JSON object a line.
    #[arg(long)]
    json: bool,
}

/// Lists what may be one.
pub(super) async fn duplicates(config: &Config, arguments: &Duplicates) -> Result<()> {
    let db = super::open(config).await?;
    let found = decide::duplicates(&db).await?;
    for duplicate in &found {
        if arguments.json {
            let line = serde_json::to_string(duplicate)
                .map_err(|cause| Error::Unreadable { what: "a candidate", cause })?;
            super::print(&line);
            continue;
        }
        let [one, other] = &duplicate.pair;
        let named = |named: &decide::Named| {
            let number = named.number.as_ref().map(|number| format!(" {number}")).unwrap_or_default();
            format!("{}{number} [{}]", named.name, named.id)
        };
        super::print(&format!("{:.2} {} {}", duplicate.score, duplicate.kind, named(one)));
        super::print(&format!("     and {}", named(other)));
        super::print(&format!("     for: {}", duplicate.reasons_for.join(", ")));
        if !duplicate.reasons_against.is_empty() {
            super::print(&format!("     against: {}", duplicate.reasons_against.join(", ")));
        }
    }
    if !arguments.json {
        super::print(&format!(
            "{} may be duplicates. `samverkan decide merge` or `reject` settles each.",
            found.len()
        ));
    }
    Ok(())
}
