//! What happened to projects, for those who keep a copy.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, EntityTrait};
use uuid::Uuid;

use super::{AT_ONCE, content};
use crate::entities::change::{self, ChangeType};
use crate::entities::{data_version, project};
use crate::error::Result;
use crate::store::write::{bump_version, insert};

/// The changes that come with one new version of the data.
pub(super) struct Changes {
    version: u64,
    count: u64,
    now: DateTime<Utc>,
    rows: Vec<change::Model>,
}

impl Changes {
    /// Begins a new version of the data.
    pub async fn new(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<Self> {
        bump_version(db, now).await?;
        let version = data_version::Entity::find_by_id(1).one(db).await?.map_or(0, |row| row.version);
        let version = u64::try_from(version).unwrap_or_default();
        Ok(Self { version, count: 0, now, rows: Vec::new() })
    }

    /// A project is new.
    pub fn created(&mut self, project: Uuid) {
        self.add(ChangeType::Created, project, String::new(), None);
    }

    /// A project is not what it was.
    pub fn changed(&mut self, old: &project::Model, new: &project::Model) {
        self.add(ChangeType::Changed, new.id, content::differing(old, new).join(","), None);
    }

    /// A project went into another, or nothing speaks of it any more.
    pub fn removed(&mut self, project: Uuid, merged_into: Option<Uuid>) {
        let what = if merged_into.is_some() { ChangeType::Merged } else { ChangeType::Removed };
        self.add(what, project, String::new(), merged_into);
    }

    fn add(&mut self, what: ChangeType, project_id: Uuid, fields: String, merged_into_id: Option<Uuid>) {
        // In order, so that both indexes only ever grow at their end.
        let id = Uuid::from_u64_pair(self.version, self.count);
        self.rows.push(change::Model {
            id,
            sort_key: id.as_bytes().to_vec(),
            at: self.now,
            r#type: what,
            project_id,
            fields,
            merged_into_id,
        });
        self.count += 1;
    }

    /// Writes what has come together, if that is much.
    pub async fn write_if_many(&mut self, db: &impl ConnectionTrait) -> Result<()> {
        if self.rows.len() >= AT_ONCE { self.write(db).await } else { Ok(()) }
    }

    /// Writes what has come together.
    pub async fn write(&mut self, db: &impl ConnectionTrait) -> Result<()> {
        insert::<change::Entity>(db, std::mem::take(&mut self.rows)).await
    }
}
