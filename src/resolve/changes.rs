//! What happened to projects, for those who keep a copy.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, EntityTrait};
use uuid::Uuid;

use super::{AT_ONCE, content};
use crate::entities::change::{self, ChangeType};
use crate::entities::{change_departure, data_version, project};
use crate::error::Result;
use crate::store::transaction::WriteTransaction;
use crate::store::write::{bump_version, graph_changed, insert_many};

/// The changes that come with one new version of the data.
pub(super) struct Changes {
    version: u64,
    count: u64,
    now: DateTime<Utc>,
    rows: Vec<change::Model>,
    /// The last change of each project that was there before, of those that are not written yet.
    of_project: HashMap<Uuid, Uuid>,
    departures: Vec<change_departure::Model>,
}

impl Changes {
    /// Begins a new version of the data.
    pub async fn new(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<Self> {
        bump_version(db, now).await?;
        graph_changed(db).await?;
        let version = data_version::Entity::find_by_id(1).one(db).await?.map_or(0, |row| row.version);
        let version = u64::try_from(version).unwrap_or_default();
        Ok(Self {
            version,
            count: 0,
            now,
            rows: Vec::new(),
            of_project: HashMap::new(),
            departures: Vec::new(),
        })
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

    /// Who took part in some projects before they changed, and who of them does so now: pairs of organisation and project.
    pub fn departed(&mut self, before: Vec<(Uuid, Uuid)>, after: Vec<(Uuid, Uuid)>) {
        let after: HashSet<(Uuid, Uuid)> = after.into_iter().collect();
        for (organisation_id, project) in before.into_iter().filter(|part| !after.contains(part)) {
            if let Some(&change_id) = self.of_project.get(&project) {
                self.departures.push(change_departure::Model { organisation_id, change_id });
            }
        }
    }

    fn add(&mut self, what: ChangeType, project_id: Uuid, fields: String, merged_into_id: Option<Uuid>) {
        // In order, so that both indexes only ever grow at their end.
        let id = Uuid::from_u64_pair(self.version, self.count);
        if what != ChangeType::Created {
            self.of_project.insert(project_id, id);
        }
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
    pub async fn write_if_many(&mut self, db: &WriteTransaction) -> Result<()> {
        if self.rows.len() >= AT_ONCE { self.write(db).await } else { Ok(()) }
    }

    /// Writes what has come together.
    pub async fn write(&mut self, db: &WriteTransaction) -> Result<()> {
        insert_many::<change::Entity>(db, std::mem::take(&mut self.rows)).await?;
        self.of_project.clear();
        insert_many::<change_departure::Entity>(db, std::mem::take(&mut self.departures)).await
    }
}
