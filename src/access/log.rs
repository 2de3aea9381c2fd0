//! The access log: what was shown to whom, each entry with the digest of the one before.

use chrono::{DateTime, SubsecRound, Utc};
use sea_orm::DatabaseConnection;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::Asker;
use crate::domain::personal;
use crate::entities::{access_entry, access_entry_project};
use crate::error::{Error, Result};
use crate::store::access::{self, Access};
use crate::store::own;

/// Bytes of variables that are kept.
const LONGEST: usize = 4_096;
/// Characters of a purpose that are kept.
pub const LONGEST_PURPOSE: usize = 200;
/// Entries that are verified at once.
const AT_ONCE: u64 = 500;
/// For how many years entries are kept.
pub const YEARS: u32 = 5;

/// What somebody is about to be shown.
#[derive(Clone, Debug)]
pub struct Shown {
    /// Who asks.
    pub asker: Asker,
    /// When.
    pub at: DateTime<Utc>,
    /// The id of the request.
    pub request: String,
    /// The operation or the file, by name.
    pub operation: Option<String>,
    /// SHA-256 of the document or of the file's address, in hexadecimal digits.
    pub document: String,
    /// The variables as JSON.
    pub variables: String,
    /// The projects whose exact figures they are.
    pub projects: Vec<Uuid>,
    /// How many participations the figures are made of.
    pub participations: u64,
}

/// Adds an entry.
///
/// # Errors
/// [`Error::Database`] if a database fails; nothing is added then.
pub(super) async fn append(access: &Access, public: &DatabaseConnection, shown: Shown) -> Result<()> {
    let parties = own::parties(public, &shown.projects).await?;
    access::log::append(access, |last| entry(shown, &parties, last)).await
}

fn entry(
    shown: Shown,
    parties: &[(Uuid, Uuid)],
    last: Option<&access_entry::Model>,
) -> (access_entry::Model, Vec<access_entry_project::Model>) {
    let number = last.map_or(0, |last| number(&last.sort_key)) + 1;
    let sort_key = number.to_be_bytes().to_vec();
    let mut variables = without_persons(shown.variables);
    if variables.len() > LONGEST {
        variables.truncate(variables.floor_char_boundary(LONGEST));
        variables.push('…');
    }
    let mut entry = access_entry::Model {
        id: Uuid::new_v4(),
        sort_key,
        // Clocks differ; the log goes forward.
        at: last.map_or(shown.at, |last| last.at.max(shown.at)).trunc_subsecs(6),
        request: shown.request,
        organisation_id: shown.asker.viewer.organisation,
        actor: shown.asker.viewer.actor(),
        purpose: shown.asker.purpose.clone().map(without_persons),
        operation: shown.operation,
        document: shown.document,
        variables,
        projects: i32::try_from(shown.projects.len()).unwrap_or(i32::MAX),
        participations: i32::try_from(shown.participations).unwrap_or(i32::MAX),
        previous: last.map(|last| last.digest.clone()).unwrap_or_default(),
        digest: Vec::new(),
    };
    let project = |&(organisation_id, project_id): &(Uuid, Uuid)| access_entry_project::Model {
        entry_id: entry.id,
        organisation_id,
        project_id,
    };
    let projects: Vec<_> = parties.iter().map(project).collect();
    entry.digest = digest(&entry, &projects);
    (entry, projects)
}

/// What is kept of somebody's own words: nothing, where they hold a personal identity number.
fn without_persons(text: String) -> String {
    if personal::line_has_number(&text) {
        "left out: it holds a personal identity number".to_owned()
    } else {
        text
    }
}

fn number(sort_key: &[u8]) -> u64 {
    sort_key.try_into().map_or(0, u64::from_be_bytes)
}

/// The digest of an entry, of its projects, and of the entry before.
fn digest(entry: &access_entry::Model, projects: &[access_entry_project::Model]) -> Vec<u8> {
    let mut hash = Sha256::new();
    let mut add = |bytes: &[u8]| {
        hash.update(bytes.len().to_be_bytes());
        hash.update(bytes);
    };
    add(&entry.previous);
    add(entry.id.as_bytes());
    add(&entry.sort_key);
    add(&entry.at.timestamp_micros().to_be_bytes());
    add(entry.organisation_id.as_bytes());
    for text in [&entry.request, &entry.actor, &entry.document, &entry.variables] {
        add(text.as_bytes());
    }
    for text in [&entry.purpose, &entry.operation] {
        add(&[u8::from(text.is_some())]);
        add(text.as_deref().unwrap_or_default().as_bytes());
    }
    for count in [entry.projects, entry.participations] {
        add(&count.to_be_bytes());
    }
    let mut projects: Vec<_> = projects.iter().map(|own| (own.organisation_id, own.project_id)).collect();
    projects.sort_unstable();
    for (organisation, project) in projects {
        add(organisation.as_bytes());
        add(project.as_bytes());
    }
    hash.finalize().to_vec()
}

/// What verifying the log found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// How many entries there are.
    pub entries: u64,
    /// The number of the first one; those before have gone with their time.
    pub first: u64,
    /// The digest of the last one, in hexadecimal digits: kept elsewhere, it proves that none was cut off at the end.
    pub last: String,
}

/// Goes through the whole log and looks whether each entry is as it was written.
///
/// # Errors
/// [`Error::Refused`] naming the first entry that was changed, or after which one is missing.
pub async fn verify(access: &Access, now: DateTime<Utc>) -> Result<Verified> {
    let mut found = Verified { entries: 0, first: 0, last: String::new() };
    let mut before: Option<access_entry::Model> = None;
    loop {
        let from = before.as_ref().map(|entry| entry.sort_key.clone()).unwrap_or_default();
        let some = access::log::after(access, &from, AT_ONCE).await?;
        if some.is_empty() {
            return Ok(found);
        }
        for (entry, projects) in some {
            let own = number(&entry.sort_key);
            match &before {
                Some(before) => {
                    let expected = number(&before.sort_key) + 1;
                    if own != expected {
                        return Err(Error::Refused(format!("the access log has no entry {expected}")));
                    }
                    if entry.previous != before.digest {
                        return Err(changed(own));
                    }
                }
                // Of those whose time is up the last one stays, so that none before it can go unseen.
                None if own > 1 && entry.at > oldest(now) => {
                    return Err(Error::Refused(format!("the access log has no entry {}", own - 1)));
                }
                None => found.first = own,
            }
            if digest(&entry, &projects) != entry.digest {
                return Err(changed(own));
            }
            found.entries += 1;
            found.last = hex::encode(&entry.digest);
            before = Some(entry);
        }
    }
}

fn changed(number: u64) -> Error {
    Error::Refused(format!("entry {number} of the access log is not as it was written"))
}

/// The time before which entries need not be kept.
fn oldest(now: DateTime<Utc>) -> DateTime<Utc> {
    now.checked_sub_months(chrono::Months::new(12 * YEARS)).unwrap_or(DateTime::UNIX_EPOCH)
}

/// Deletes entries whose time is up, but for the last of them: the next one is verified by it.
///
/// # Errors
/// [`Error::Database`] if the database fails.
pub async fn retire(access: &Access, now: DateTime<Utc>) -> Result<u64> {
    access::log::retire(access, oldest(now)).await
}
