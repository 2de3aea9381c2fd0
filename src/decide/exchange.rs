//! Decisions as a file: JSON Lines, one decision a line.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use sea_orm::DatabaseConnection;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Decision, all, follow, record};
use crate::domain::field::Field;
use crate::entities::decision::{self, DecisionKind};
use crate::entities::decision_member;
use crate::error::{Error, Result};
use crate::resolve::Settled;
use crate::store::decisions::last_sequence;
use crate::store::group_figures;
use crate::store::transaction::{self, WriteTransaction};

/// A decision as it is written.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    id: String,
    decision: DecisionKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    about: Vec<Member>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    decided_at: DateTime<Utc>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Member {
    side: i32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    statement: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    organisation: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    document: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sha256: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    line: Option<i32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    number: Option<String>,
}

/// The decisions in force, one a line.
///
/// # Errors
/// [`Error::Database`] if the database fails.
pub async fn export(db: &DatabaseConnection) -> Result<Vec<String>> {
    let decisions = all(db).await?.into_iter().filter(|decision| decision.row.undone_at.is_none());
    let line = |Decision { row, members }: Decision| {
        let about = members.into_iter().map(|member| Member {
            side: member.side,
            statement: member.statement_id.map(|id| id.to_string()),
            organisation: member.organisation_id.map(|id| id.to_string()),
            document: member.document,
            sha256: member.sha256,
            line: member.line,
            name: member.name,
            number: member.number,
        });
        let line = Line {
            id: row.id.to_string(),
            decision: row.kind,
            field: row.field,
            about: about.collect(),
            note: row.note,
            decided_at: row.decided_at,
        };
        serde_json::to_string(&line).map_err(|cause| Error::Unreadable { what: "a decision", cause })
    };
    decisions.map(line).collect()
}

/// Records the decisions of a file that are not known yet, all or none. What they are about may be imported later.
///
/// # Errors
/// [`Error::Refused`] naming the line that is no decision, [`Error::Database`] if the database fails.
pub async fn import(db: &DatabaseConnection, text: &str, now: DateTime<Utc>) -> Result<(usize, Settled)> {
    let recorded = transaction::run(db, async |tx| record_all(tx, text, now).await).await?;
    group_figures::follow(db).await;
    Ok(recorded)
}

async fn record_all(tx: &WriteTransaction, text: &str, now: DateTime<Utc>) -> Result<(usize, Settled)> {
    let mut known: HashSet<Uuid> = all(tx).await?.into_iter().map(|decision| decision.row.id).collect();
    let mut sequence = last_sequence(tx).await?;
    let (mut count, mut about) = (0, Vec::new());
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let refuse = |reason: &str| Error::Refused(format!("line {}: {reason}", number + 1));
        let line: Line =
            serde_json::from_str(line).map_err(|cause| refuse(&format!("is no decision: {cause}")))?;
        let field = line.field.as_deref();
        if (line.decision == DecisionKind::Choose) != field.and_then(Field::by_name).is_some() {
            return Err(refuse("field: names a field where one is chosen, and nothing else"));
        }
        if line.about.iter().any(|member| member.statement.is_some() == member.organisation.is_some()) {
            return Err(refuse("about: each names a statement or an organisation"));
        }
        let read = |id: &str| id.parse::<Uuid>().map_err(|_| refuse(&format!("{id} is no id")));
        let id = read(&line.id)?;
        if !known.insert(id) {
            continue;
        }
        sequence += 1;
        let member = |member: Member| {
            Ok(decision_member::Model {
                side: member.side,
                statement_id: member.statement.as_deref().map(read).transpose()?,
                organisation_id: member.organisation.as_deref().map(read).transpose()?,
                document: member.document,
                sha256: member.sha256,
                line: member.line,
                name: member.name,
                number: member.number,
                ..decision_member::Model::default()
            })
        };
        let members = line.about.into_iter().map(member).collect::<Result<Vec<decision_member::Model>>>()?;
        let row = decision::Model {
            id,
            sequence,
            kind: line.decision,
            field: line.field,
            note: line.note,
            decided_at: line.decided_at,
            undone_at: None,
        };
        record(tx, row, &members).await?;
        about.extend(members);
        count += 1;
    }
    Ok((count, follow(tx, &about, now).await?))
}
